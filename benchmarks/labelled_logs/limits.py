"""The limits that verdicts keep, each as a share of logs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.labelled_logs.draws import Log

Judged = tuple[str, Log, str]  # kind, log, code of the verdict
FATAL = ("oscillating", "moved", "diverged", "starved")
STATIONARY = (
    *("small_noise", "large_noise", "small_memory", "large_memory", "approach", "noisy_approach"),
    *("floored", "free", "stated", "many_tasks", "hook", "hook_above_floor", "near_equal", "straddling"),
)
OF_GABA = STATIONARY[6:]
LINES = ("line", "correlated_line", "exact_line")
PERIODS = (
    "sine",
    "clean_sine",
    "flip_flop",
    "growing",
    "after_an_approach",
    "of_other_sum",
    "cycling_gradients",
)
SQUARES = ("square", "saw")
WALKS = ("walk", "small_walk")
MIDDLE, LATE = ("step_in_the_middle", "smooth_step", "gradient_step"), ("late_step",)


@dataclass(frozen=True, slots=True)
class Share:
    """A share of logs against its limit; `most` says whether it is an upper one."""

    name: str
    limit: float
    part: int
    whole: int
    most: bool = True

    @property
    def retained(self) -> bool:
        """Whether the limit is kept."""
        share = self.part / max(1, self.whole)
        return share <= self.limit if self.most else share >= self.limit


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit on the share of the `among` for which `counts` holds."""

    name: str
    limit: float
    among: Callable[[Judged], bool]
    counts: Callable[[Judged], bool]
    most: bool = True

    def share(self, judged: Sequence[Judged]) -> Share:
        """Return the share that was found."""
        some = [j for j in judged if self.among(j)]
        return Share(self.name, self.limit, sum(map(self.counts, some)), len(some), self.most)


def _of(*kinds: str) -> Callable[[Judged], bool]:
    return lambda j: j[0] in kinds


def _called(*codes: str) -> Callable[[Judged], bool]:
    return lambda j: j[2] in codes


def _comes_out(outcome: str) -> Callable[[Judged], bool]:
    return lambda j: j[1].outcome(j[2]) == outcome


def _all(_: Judged) -> bool:
    return True


LIMITS = (
    Limit("wrong, of all", 0.015, _all, _comes_out("wrong")),
    Limit("cannot tell though decidable, of all", 0.02, _all, _comes_out("cannot tell")),
    Limit(
        "cannot tell though decidable, under 100 records",
        0.03,
        lambda j: j[1].records < 100,
        _comes_out("cannot tell"),
    ),
    Limit("drift of 6 SE or more called converged", 0.0, _of(*LINES), _called("converged")),
    Limit("drift of 6 SE or more called noisy", 0.01, _of(*LINES), _called("noisy")),
    Limit("periods called converged", 0.01, _of(*PERIODS, *SQUARES), _called("converged")),
    Limit("periods called noisy", 0.02, _of(*PERIODS), _called("noisy")),
    Limit("square and saw called noisy", 0.05, _of(*SQUARES), _called("noisy")),
    Limit("random walks called converged", 0.05, _of(*WALKS), _called("converged")),
    Limit("random walks called noisy", 0.07, _of(*WALKS), _called("noisy")),
    Limit("stationary GABA called drifting", 0.03, _of(*OF_GABA), _called("drifting")),
    Limit("stationary GABA of stated beta called drifting", 0.01, _of("stated"), _called("drifting")),
    Limit("stationary weights accused", 0.005, _of(*STATIONARY), _called(*FATAL)),
    Limit("steps in the middle found", 0.93, _of(*MIDDLE), _called("moved"), most=False),
    Limit("late steps found", 0.80, _of(*LATE), _called("moved"), most=False),
)
