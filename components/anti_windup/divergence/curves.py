"""The curves of the Divergence panel: runs as they are drawn, many made at once and cached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core.batched_cache import BatchedCache
from gaba_core.checks import FloatArray, IntArray
from gaba_core.comparators import FailureKind, Failures, Judged, judge
from gaba_core.comparators.running import Outcome, Run, run_all
from gaba_core.lru_cache import OF_SETTINGS
from gaba_core.projection import total_of

from ...plotting.arrays import Packed, packed
from .state import DivergenceState

POINTS = 250
EDGES = (-0.3, 1.3)  # of what is drawn of a weight's share; a failure beyond is marked, not drawn
SMOOTHED = 25  # steps over which a share of the gradient is averaged; single batches hide the level
AT_ONCE = 64  # states: the runs of all methods in them are cached until they are drawn
NUMBERS_AT_ONCE = 2**16  # weights to a batch, as many as a processor's cache holds


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """One run as it is drawn, seed by seed.

    Attributes:
        weights: share of the weights that the first task has.
        pulls: share of the gradient that the second task has, averaged over the last SMOOTHED steps.
        heights: `weights` at every step, shape (S, T), between `lowest` and `highest`.
        weight_end, pull_end: where both end of the first seed.
        starved: `pulls` where the gradient starves first.
        judged: what failed.
    """

    weights: tuple[Packed, ...]
    pulls: tuple[Packed, ...]
    heights: npt.NDArray[np.float32]
    lowest: float
    highest: float
    weight_end: float
    pull_end: float
    starved: tuple[float, ...]
    judged: Judged

    def height(self, seed: int, step: int, kind: FailureKind) -> float:
        """Where a failure of the seed at that place is marked."""
        return self.starved[seed] if kind == "gradient-starved" else float(self.heights[seed, step])


def prepare(states: Sequence[DivergenceState]) -> None:
    """Run and draw the methods of many states at once, which takes little longer than one alone."""
    cached_curves.many(run for state in states for run in state.settings().runs.values())


def curves_of(state: DivergenceState) -> dict[str, Curves]:
    """Return the curves of every chosen method."""
    runs = state.settings().runs
    return dict(zip(runs, cached_curves.many(runs.values()), strict=True))


def failures_in(curves: Mapping[str, Curves], floor: float) -> dict[str, Failures]:
    """Return what failed in the runs of each method, under a floor."""
    return {method: each.judged.failures(floor) for method, each in curves.items()}


@lru_cache(maxsize=64)
def drawn_steps(steps: int) -> tuple[IntArray, Packed]:
    """Return the steps that are drawn of so many, at most POINTS, and the same packed."""
    at = np.arange(steps) if steps <= POINTS else np.linspace(0, steps - 1, POINTS).astype(np.int64)
    return at, packed(at)


def _compute(runs: Sequence[Run]) -> list[Curves]:
    outcomes = run_all(runs)
    alike: dict[tuple[int, ...], list[int]] = {}
    for i, outcome in enumerate(outcomes):
        alike.setdefault(outcome.weights.shape, []).append(i)
    found: dict[int, Curves] = {}
    for shape, members in alike.items():
        at_once = max(1, NUMBERS_AT_ONCE // int(np.prod(shape)))
        for start in range(0, len(members), at_once):
            some = members[start : start + at_once]
            found |= zip(some, _drawn([outcomes[i] for i in some]), strict=True)
    return [found[i] for i in range(len(runs))]


cached_curves: BatchedCache[Run, Curves] = BatchedCache(_compute, OF_SETTINGS)


def _drawn(outcomes: Sequence[Outcome]) -> Iterator[Curves]:
    """Yield the curves of runs of one shape."""
    weights = np.stack([outcome.weights for outcome in outcomes])
    norms = np.stack([outcome.drawn.norms for outcome in outcomes])
    judged = judge(weights, norms)
    heights = np.clip(_held(_share(weights, 0)), *EDGES).astype(np.float32)
    pulls = _smoothed(_held(_share(np.abs(weights) * norms, 1)))
    first = np.maximum(judged.others.first["gradient-starved"], 0)[..., None]
    starved = np.take_along_axis(pulls, first, axis=-1)[..., 0]
    lowest, highest = heights.min(axis=(1, 2)).tolist(), heights.max(axis=(1, 2)).tolist()
    at, _ = drawn_steps(weights.shape[2])
    shown: list[Any] = [heights[..., at], pulls[..., at].astype(np.float32)]
    for i in range(len(outcomes)):
        above, below = (tuple(packed(row) for row in kind[i]) for kind in shown)
        yield Curves(
            weights=above,
            pulls=below,
            heights=heights[i].copy(),
            lowest=lowest[i],
            highest=highest[i],
            weight_end=float(heights[i, 0, -1]),
            pull_end=float(pulls[i, 0, -1]),
            starved=tuple(starved[i].tolist()),
            judged=judged.part(i),
        )


def _share(values: FloatArray, task: int) -> FloatArray:
    with np.errstate(all="ignore"):
        share: FloatArray = values[..., task] / total_of(values)[..., 0]
    return share


def _held(values: FloatArray) -> FloatArray:
    """Return values (..., T) with each that is not finite replaced by the last finite one before it, or 0."""
    finite = np.isfinite(values)
    if finite.all():
        return values
    last = np.maximum.accumulate(np.where(finite, np.arange(values.shape[-1]), -1), axis=-1)
    before = np.take_along_axis(np.where(finite, values, 0.0), np.maximum(last, 0), axis=-1)
    return np.where(last >= 0, before, 0.0)


def _smoothed(values: FloatArray) -> FloatArray:
    """Return the mean of the last SMOOTHED values along the last axis, of fewer at its beginning."""
    sums = np.cumsum(values, axis=-1)
    means = sums.copy()
    means[..., SMOOTHED:] -= sums[..., :-SMOOTHED]
    means /= np.minimum(np.arange(1, values.shape[-1] + 1), SMOOTHED)
    return means
