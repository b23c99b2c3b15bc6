"""The four ways in which loss weights fail, told apart and counted."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from gaba_core.projection import weight_bounds

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


def find_failures(weights: FloatArray, norms: FloatArray, floor: float) -> Failures:
    """Return where weights (..., T, K) failed on gradient norms of the same shape.

    left: a weight's share w / sum w lies outside [0, 1]. non-finite: a weight or its share is NaN or
    infinite. weight-starved: a task's share of the weights is below the exact bound of `floor`.
    gradient-starved: a task's share of the |w_i| g_i is below a tenth of 1/K. A step that is not finite
    counts as that alone.
    """
    tasks = weights.shape[-1]
    with np.errstate(all="ignore"):
        shares = weights / weights.sum(axis=-1, keepdims=True)
        finite = np.isfinite(weights).all(axis=-1) & np.isfinite(shares).all(axis=-1)
        pulls = np.abs(weights) * norms
        least = pulls.min(axis=-1) / pulls.sum(axis=-1)
        low = shares.min(axis=-1)
        found: dict[FailureKind, npt.NDArray[np.bool_]] = {
            "left": finite & ((low < -LEFT) | (shares.max(axis=-1) > 1.0 + LEFT)),
            "non-finite": ~finite,
            "weight-starved": finite & (low < weight_bounds(tasks, floor)[0] - BELOW),
            "gradient-starved": finite & (least < FAR / tasks),
        }
    return Failures(
        first={kind: np.where(at.any(axis=-1), at.argmax(axis=-1), -1) for kind, at in found.items()},
        share={kind: at.mean(axis=-1) for kind, at in found.items()},
    )


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
