"""The four ways in which loss weights fail, distinguished and counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray, IntArray, check_finite
from gaba_core.comparators.experiment import (
    Divergence,
    DivergenceSettings,
    run_divergences,
)
from gaba_core.errors import ParameterError
from gaba_core.projection import total_of, weight_bounds

FailureKind = Literal["left", "non-finite", "weight-starved", "gradient-starved"]
FAILURE_KINDS: tuple[FailureKind, ...] = ("left", "non-finite", "weight-starved", "gradient-starved")
LEFT = 1e-6  # how far outside [0, 1] a weight's share must be
BELOW = 1e-9  # how far below the exact bound
FAR = 0.1  # of 1/K: a task with less of the sum of w_i g_i is gradient-starved
MOST = 0.5  # of the steps: starved for longer than this, a seed counts as failed


@dataclass(frozen=True, slots=True, eq=False)
class Failures:
    """Where one method failed, seed by seed.

    Attributes:
        first: first step with the failure, -1 where there is none, shape (S,), for each kind.
        share: share of the steps with the failure, shape (S,), for each kind.
    """

    first: Mapping[FailureKind, IntArray]
    share: Mapping[FailureKind, FloatArray]

    def failed(self, kind: FailureKind) -> npt.NDArray[np.bool_]:
        """Return which seeds failed, shape (S,).

        One step outside [0, 1] or without a finite weight is a failure; starvation is one where it fills more
        than half of the steps.
        """
        if kind in ("left", "non-finite"):
            return np.asarray(self.first[kind] >= 0)
        return np.asarray(self.share[kind] > MOST)


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What weights were found to do before any floor is named: of the failures only one depends on it.

    Attributes:
        lowest: smallest share of the weights at each step, infinite where one is not finite, shape (S, T).
        others: every other kind of failure.
    """

    lowest: FloatArray
    others: Failures
    tasks: int

    def failures(self, floor: float) -> Failures:
        """Return all failures under a floor."""
        bound = weight_bounds(self.tasks, floor)[0] - BELOW
        first, share = _first_and_share(self.lowest < bound)
        return Failures(
            first={**self.others.first, "weight-starved": first},
            share={**self.others.share, "weight-starved": share},
        )

    def part(self, at: int) -> Judged:
        """Return what was found of one of many runs that were judged in one batch, shape (P, S, T)."""
        first = {kind: each[at].copy() for kind, each in self.others.first.items()}
        share = {kind: each[at].copy() for kind, each in self.others.share.items()}
        return Judged(self.lowest[at].copy(), Failures(first, share), self.tasks)


def judge(weights: FloatArray, norms: FloatArray) -> Judged:
    """Return what weights (..., T, K) did on gradient norms of the same shape.

    left: a weight's share w / sum w lies outside [0, 1]. non-finite: a weight or its share is NaN or
    infinite. weight-starved: a task's share of the weights is below the exact bound of the floor.
    gradient-starved: a task's share of the |w_i| g_i is below a tenth of 1/K. A step that is not finite
    counts as that alone.
    """
    tasks = weights.shape[-1]
    with np.errstate(all="ignore"):
        shares = weights / total_of(weights)
        low, high = _least(shares), -_least(-shares)
        finite = np.isfinite(low) & np.isfinite(high)  # a weight that is not finite makes its share NaN
        pulls = np.abs(weights) * norms
        least = _least(pulls) / total_of(pulls)[..., 0]
    found: dict[FailureKind, npt.NDArray[np.bool_]] = {
        "left": finite & ((low < -LEFT) | (high > 1.0 + LEFT)),
        "non-finite": ~finite,
        "gradient-starved": finite & (least < FAR / tasks),
    }
    each = {kind: _first_and_share(at) for kind, at in found.items()}
    others = Failures(
        {kind: first for kind, (first, _) in each.items()}, {kind: share for kind, (_, share) in each.items()}
    )
    return Judged(np.where(finite, low, np.inf), others, tasks)


def _least(values: FloatArray) -> FloatArray:
    """Return the smallest entry along the last axis, NaN where one is."""
    return reduce(np.minimum, np.moveaxis(values, -1, 0))


def _first_and_share(at: npt.NDArray[np.bool_]) -> tuple[IntArray, FloatArray]:
    """Return the first step that is True, -1 where none is, and the share of the steps that are."""
    share = np.count_nonzero(at, axis=-1) / at.shape[-1]
    return np.where(share > 0.0, at.argmax(axis=-1), -1), np.asarray(share)


def find_failures(weights: FloatArray, norms: FloatArray, floor: float) -> Failures:
    """Return where weights (..., T, K) failed on gradient norms of the same shape; kinds as in `judge`."""
    return judge(weights, norms).failures(floor)


def failures_of(result: Divergence) -> dict[str, Failures]:
    """Return the failures of every method of an experiment."""
    floor = result.settings.floor
    return {method: find_failures(weights, result.norms, floor) for method, weights in result.weights.items()}


@dataclass(frozen=True, slots=True, eq=False)
class FailureRates:
    """How often the methods fail as the noise grows.

    Attributes:
        sigmas: shape (P,).
        rates: share of the seeds that failed, shape (P,), by method and kind.
    """

    sigmas: FloatArray
    seeds: int
    rates: Mapping[str, Mapping[FailureKind, FloatArray]]

    def first_failure(self, method: str, kinds: Sequence[FailureKind], share: float = 0.0) -> float | None:
        """Return the smallest noise at which more than `share` of the seeds fail in one kind, or None."""
        failing = np.stack([self.rates[method][kind] for kind in kinds]).max(axis=0) > share
        return float(self.sigmas[failing.argmax()]) if failing.any() else None


def failure_rates(settings: DivergenceSettings, sigmas: Sequence[float], seeds: int = 200) -> FailureRates:
    """Return the failure rates of the chosen methods at each noise, over the seeds 0, 1, 2 ...

    Args:
        settings: the experiment; its own sigma and seeds are not read.
        sigmas: noise levels, at least one.
        seeds: how many.

    Raises:
        ParameterError: an argument is not legal.
    """
    levels = [check_finite(f"sigmas[{i}]", sigma) for i, sigma in enumerate(sigmas)]
    if not levels:
        raise ParameterError("sigmas must hold at least one noise level; got none.")
    each = [dataclasses.replace(settings, sigma=sigma, seeds=tuple(range(seeds))) for sigma in levels]
    found = [failures_of(result) for result in run_divergences(each)]
    rates = {
        method: {kind: np.array([one[method].failed(kind).mean() for one in found]) for kind in FAILURE_KINDS}
        for method in settings.methods
    }
    return FailureRates(np.array(levels), seeds, rates)
