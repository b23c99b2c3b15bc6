"""What a sweep measures: one number a cell, and the sums over seeds from which it is made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError
from gaba_core.projection import TOLERANCE


class Seeds(NamedTuple):
    """What each of S seeds of many cells did, each (..., S).

    Attributes:
        settled: 0-based step from which the run is settled; -1 where it never is.
        weight: weight of the first task at the last step.
        share: smallest part of any task in the weighted gradients then.
        release: steps that the first task's weight stays on its floor once the gradients are equal.
    """

    settled: Any
    weight: FloatArray
    share: FloatArray
    release: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Of some seeds of many cells: counts and sums, each (...). They merge in any split of the seeds.

    Attributes:
        seeds: how many.
        settled: how many of them settle.
        steps: sum of the steps at which these do.
        mean, squares: mean of the last weights and sum of their squared distances from it.
        share, release: sums.
    """

    seeds: FloatArray
    settled: FloatArray
    steps: FloatArray
    mean: FloatArray
    squares: FloatArray
    share: FloatArray
    release: FloatArray

    def merged(self, other: Sums) -> Sums:
        """Return the sums over both; bit for bit the same for the same two, in this order."""
        seeds = self.seeds + other.seeds
        apart = other.mean - self.mean
        return Sums(
            seeds,
            self.settled + other.settled,
            self.steps + other.steps,
            self.mean + apart * (other.seeds / seeds),
            self.squares + other.squares + apart**2 * (self.seeds * other.seeds / seeds),
            self.share + other.share,
            self.release + other.release,
        )


FIELDS = tuple(Sums.__dataclass_fields__)


def sums_of(runs: Seeds) -> Sums:
    """Return the sums over the last axis."""
    settles = runs.settled >= 0
    mean = runs.weight.mean(axis=-1)
    return Sums(
        np.full(mean.shape, float(runs.weight.shape[-1])),
        settles.sum(axis=-1).astype(np.float64),
        np.where(settles, runs.settled, 0).sum(axis=-1).astype(np.float64),
        mean,
        ((runs.weight - mean[..., None]) ** 2).sum(axis=-1),
        runs.share.sum(axis=-1),
        runs.release.sum(axis=-1),
    )


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a cell.

    Attributes:
        value: from the sums; not a number where it is not defined.
    """

    label: str
    unit: str
    help: str
    value: Callable[[Sums], FloatArray]


def _settle(sums: Sums) -> FloatArray:
    some = sums.settled > 0.0
    return np.where(some, sums.steps / np.where(some, sums.settled, 1.0), np.nan)


def _noise(sums: Sums) -> FloatArray:
    several = sums.seeds > 1.0
    variance = sums.squares / np.where(several, sums.seeds - 1.0, 1.0)
    return np.where(several, np.sqrt(variance), np.nan)


MEASURES: dict[str, Measure] = {
    "settle": Measure(
        "Time to settle",
        "steps",
        "Mean step, over the seeds that settle, from which every weight is at its equilibrium: within "
        "0.1 % or four standard deviations, whichever is more. It is where regime 4 begins.",
        _settle,
    ),
    "equilibrium": Measure(
        "Equilibrium",
        "",
        "Weight of the first task at the last step, mean over the seeds.",
        lambda sums: sums.mean,
    ),
    "noise": Measure(
        "Noise of the weight",
        "",
        "Standard deviation of the first task's weight at the last step over the seeds.",
        _noise,
    ),
    "smallest_share": Measure(
        "Smallest share",
        "",
        "Smallest part that any task has in the weighted gradients, w g over the sum of all, at the last "
        "step and at the gradients' medians; mean over the seeds.",
        lambda sums: sums.share / sums.seeds,
    ),
    "failure_rate": Measure(
        "Failure rate",
        "",
        "Part of the seeds that never settle within the run.",
        lambda sums: 1.0 - sums.settled / sums.seeds,
    ),
    "release_delay": Measure(
        "Release delay",
        "steps",
        "How long the first task's weight stays on its floor if, after the run, all gradients become equal: "
        "mean over the seeds.",
        lambda sums: sums.release / sums.seeds,
    ),
}


def check_measures(measures: Any) -> tuple[str, ...]:
    """Return the names of the measures, each one of MEASURES.

    Raises:
        ParameterError: none, or one that is not known.
    """
    named = (measures,) if isinstance(measures, str) else measures
    found = tuple(named) if isinstance(named, Iterable) else ()
    for name in found or (measures,):
        if name not in MEASURES:
            raise ParameterError(f"measures must be of {', '.join(MEASURES)}; got {name!r}.")
    return found


def release_steps(beta: float, floor: FloatArray, state: FloatArray, target: float) -> FloatArray:
    """Return how many steps a free average stays on or below the floor when its share becomes `target`.

    Whole steps of `gaba_core.anti_windup.release_delay`: 0 where the state is not below the floor, infinite
    where the target is not above it. The three broadcast.
    """
    below = state < floor
    if not beta:
        return np.where(below & (floor >= target), np.inf, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.log((target - floor) / (target - state)) / np.log(beta)
    whole = np.maximum(np.ceil(steps - TOLERANCE) - 1.0, 0.0)
    return np.where(below, np.where(floor < target, whole, np.inf), 0.0)


def smallest_shares(weights: FloatArray, norms: Sequence[float]) -> FloatArray:
    """Return the smallest w_i g_i / sum of all, (...), of weights (..., K) and norms (K,); else 1/K."""
    pull = weights * np.asarray(norms)
    total = pull.sum(axis=-1)
    least: FloatArray = np.where(
        total > 0.0, pull.min(axis=-1) / np.where(total > 0.0, total, 1.0), 1.0 / weights.shape[-1]
    )
    return least
