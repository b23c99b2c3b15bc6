"""Runs of the comparators over draws, many at once: together they take little longer than one alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.comparators.base import Comparator, kind_of, side_by_side
from gaba_core.comparators.draws import Drawn, Draws, draw
from gaba_core.share_moments import kept_moments

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


def run_all(runs: Sequence[Run]) -> list[Outcome]:
    """Return the outcome of each run; equal ones, and one that another begins with, are run once."""
    longest = _longest(runs)
    whole = [longest[_course(run)] for run in runs]
    drawn = {draws: draw(draws) for draws in dict.fromkeys(run.draws for run in whole)}
    groups: dict[Any, list[Run]] = {}
    for run in dict.fromkeys(whole):
        key = (kind_of(run.comparator), run.start, drawn[run.draws].norms.shape)
        groups.setdefault(key, []).append(run)
    weights: dict[Run, FloatArray] = {}
    for members in groups.values():
        together = _run_together(members, [drawn[run.draws] for run in members])
        weights |= zip(members, together, strict=True)
    return [
        Outcome(
            Drawn(*(kind[:, : one.draws.steps] for kind in drawn[run.draws])),
            weights[run][:, : one.draws.steps],
        )
        for one, run in zip(runs, whole, strict=True)
    ]


def _course(run: Run) -> Run:
    """Return what runs agree in of which the shorter one is the start of the longer one."""
    return run._replace(draws=run.draws._replace(steps=0)) if run.draws.steady else run


def _longest(runs: Sequence[Run]) -> dict[Run, Run]:
    """Return the longest run of each course."""
    found: dict[Run, Run] = {}
    for run in runs:
        known = found.setdefault(_course(run), run)
        if run.draws.steps > known.draws.steps:
            found[_course(run)] = run
    return found


def _run_together(runs: Sequence[Run], drawn: Sequence[Drawn]) -> FloatArray:
    """Return the weights (P, S, T, K) of runs of one kind, start and shape."""
    comparator = side_by_side([run.comparator for run in runs])
    norms, losses = (np.stack(kind) for kind in zip(*drawn, strict=True))
    state = _start_of(comparator, runs[0].start, [run.draws for run in runs])
    return run_comparator(comparator, norms, losses, state)


def _start_of(comparator: Comparator[Any], start: Start, draws: Sequence[Draws]) -> Any:
    """Return the first state of a method in experiments that start alike, for arrays (P, S, K)."""
    tasks = len(draws[0].norms)
    shape = (len(draws), len(draws[0].seeds), tasks)
    if start == "published":
        return comparator.init(tasks, shape[:-1])
    moments = kept_moments.many((one.norms, one.noise, one.sigma) for one in draws)
    typical = (
        [one.norms for one in draws],
        [found.mean for found in moments],
        [np.broadcast_to(one.model.first, tasks) for one in draws],
    )
    return comparator.rest(*(np.broadcast_to(np.array(rows)[:, None], shape) for rows in typical))


def run_comparator(
    comparator: Comparator[Any], norms: FloatArray, losses: FloatArray, state: Any
) -> FloatArray:
    """Return the weights along whole recordings (..., T, K), from `state` on; what overflows is kept."""
    with np.errstate(all="ignore"):
        return comparator.run(state, norms, losses)
