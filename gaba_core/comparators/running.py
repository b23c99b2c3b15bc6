"""Runs of the comparators over draws, many at once, which takes little longer than one alone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.comparators.base import Comparator, Job, kind_of, side_by_side
from gaba_core.comparators.draws import Drawn, Draws, draw
from gaba_core.share_moments import cached_moments

Start = Literal["rest", "published"]


class Run(NamedTuple):
    """One run of one method: all that its weights depend on."""

    comparator: Comparator[Any]
    start: Start
    draws: Draws


class Outcome(NamedTuple):
    """What a run saw, and the weights (S, T, K) that its method made of it."""

    drawn: Drawn
    weights: FloatArray

    def until(self, steps: int) -> Outcome:
        """Return the first steps of it."""
        norms, losses, weights = (each[:, :steps] for each in (*self.drawn, self.weights))
        return Outcome(Drawn(norms, losses), weights)


def run_all(runs: Sequence[Run]) -> list[Outcome]:
    """Return the outcome of each run; equal ones, and one that another begins with, are run once."""
    courses = [_course(run) for run in runs]
    longest: dict[Run, Run] = {}
    for course, run in zip(courses, runs, strict=True):
        longest[course] = max(longest.get(course, run), run, key=lambda one: one.draws.steps)
    outcomes = dict(zip(longest, _run_distinct(list(longest.values())), strict=True))
    return [outcomes[course].until(run.draws.steps) for course, run in zip(courses, runs, strict=True)]


def _course(run: Run) -> Run:
    """Return what runs agree in of which the shorter one is the start of the longer one."""
    return run._replace(draws=run.draws._replace(steps=0)) if run.draws.steady else run


def _run_distinct(runs: Sequence[Run]) -> list[Outcome]:
    """Return the outcome of each run; those of one kind, start and shape are one job."""
    drawn = {draws: draw(draws) for draws in dict.fromkeys(run.draws for run in runs)}
    alike: dict[Hashable, list[int]] = {}
    for i, run in enumerate(runs):
        key = (kind_of(run.comparator), run.start, drawn[run.draws].norms.shape)
        alike.setdefault(key, []).append(i)
    by_class: dict[type[Comparator[Any]], list[list[int]]] = {}
    for members in alike.values():
        by_class.setdefault(type(runs[members[0]].comparator), []).append(members)
    weights: dict[int, FloatArray] = {}
    for cls, groups in by_class.items():
        jobs = [_job([runs[i] for i in members], drawn) for members in groups]
        with np.errstate(all="ignore"):
            found = cls.run_jobs(jobs)
        for members, results in zip(groups, found, strict=True):
            weights |= zip(members, results, strict=True)
    return [Outcome(drawn[run.draws], weights[i]) for i, run in enumerate(runs)]


def _job(runs: Sequence[Run], drawn: Mapping[Draws, Drawn]) -> Job:
    """Return runs of one kind, start and shape side by side, arrays (P, S, T, K)."""
    comparator = side_by_side([run.comparator for run in runs])
    norms, losses = (np.stack(each) for each in zip(*(drawn[run.draws] for run in runs), strict=True))
    return Job(comparator, _start_of(comparator, runs[0].start, [run.draws for run in runs]), norms, losses)


def _start_of(comparator: Comparator[Any], start: Start, draws: Sequence[Draws]) -> Any:
    """Return the first state of a method in experiments that start alike, for arrays (P, S, K)."""
    tasks = len(draws[0].norms)
    shape = (len(draws), len(draws[0].seeds), tasks)
    if start == "published":
        return comparator.init(tasks, shape[:-1])
    moments = cached_moments.many((one.norms, one.noise, one.sigma) for one in draws)
    typical = (
        [one.norms for one in draws],
        [found.mean for found in moments],
        [np.broadcast_to(one.model.first, tasks) for one in draws],
    )
    return comparator.rest(*(np.broadcast_to(np.array(rows)[:, None], shape) for rows in typical))


def run_comparator(
    comparator: Comparator[Any], norms: FloatArray, losses: FloatArray, state: Any
) -> FloatArray:
    """Return the weights along whole recordings (..., T, K), from `state` on; what overflows stays."""
    with np.errstate(all="ignore"):
        return comparator.run(state, norms, losses)
