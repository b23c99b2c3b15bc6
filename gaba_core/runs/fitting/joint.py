"""Decay, target and floor together, by generalised least squares, with the errors that rounding makes.

The errors of predicting a record from the one before are what the noise of the gradients adds (independent)
and what rounding adds to both records (shared by neighbours, and by all records of a weight at rest). With
their whole covariance as weights, the intervals hold the truth as often as they say, whichever is larger.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.fitting.estimate import student, uniform_and_normal
from gaba_core.runs.fitting.noise import expected_variance, next_variance, telling
from gaba_core.runs.fitting.prediction import Prediction, Records, predict
from gaba_core.runs.fitting.regression import HIGHEST, LOWEST

ROUNDS = 30
CLOSE = 1e-4  # standard errors by which a last round may move
SINGULAR = 1e12  # condition of the scaled normal matrix
AVERAGED = 10**6  # degrees of freedom where the noise is a mean over all that it may be: its error is in it
COUNTS = 0.02  # of the noise variance: rounding from which the noise is not well known


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """A fit of decay over one spacing, target and floor (P = 3; 2 where there is no floor).

    Attributes:
        noise: standard deviation of what one spacing adds to the state.
        first: state of the first record, with its rounding error estimated.
        first_variance: of that, at the fitted numbers.
        first_slope: (P,) how it moves with them.
        covariance: (P, P) of the fitted numbers.
        freedom: degrees of freedom that the noise was estimated with.
        rest: (P,) how far each number moves with the error of the value the log rests at.
        step: rounding step of that value; 0 where the records do not share its error.
    """

    decay: float
    target: float
    floor: float
    noise: float
    first: float
    first_variance: float
    first_slope: FloatArray
    covariance: FloatArray
    freedom: int
    rest: FloatArray
    step: float

    @property
    def settled_sd(self) -> float:
        """Standard deviation of the state at rest."""
        return self.noise / math.sqrt(1.0 - self.decay**2)

    def half_width(self, slope: FloatArray, more: float = 0.0) -> float:
        """Return the half-width of the 95 % interval of a value that moves so with the fitted numbers.

        Args:
            slope: (P,) derivative of the value.
            more: variance that the value has besides.
        """
        variance = float(slope @ self.covariance @ slope) + more
        uniform = 0.5 * abs(float(slope @ self.rest)) * self.step
        normal = math.sqrt(max(variance - uniform**2 / 3.0, 0.0))
        return uniform_and_normal(uniform, normal, student(self.freedom))


def fit_jointly(records: Records, decay: float, target: float, floor: float, noise: float) -> Joint | None:
    """Return the fit that begins at the given numbers; None where the records do not determine one.

    Args:
        records: at least 4.
        decay: of a first fit.
        target: of a first fit.
        floor: of a first fit; 0 fits none.
        noise: of a first fit.
    """
    at = np.array([decay, target, floor][: 3 if floor else 2])
    found = _converged(records, at, noise**2, None)
    if found is None:
        return None
    again = None
    if _rounding_counts(found):
        again = _converged(records, found.at, found.variance, expected_variance(found.model))
    if again is None:
        return _joint(records, found, max(1, int(telling(found.model).sum()) - len(at)))
    return _joint(records, again, AVERAGED)


@dataclass(frozen=True, slots=True, eq=False)
class _Solution:
    """Fitted numbers with the prediction under them, its inverse covariance and the normal matrix."""

    at: FloatArray
    variance: float
    model: Prediction
    inverse: FloatArray
    normal: FloatArray


def _converged(records: Records, at: FloatArray, variance: float, known: float | None) -> _Solution | None:
    """Return the numbers that no further round moves, the noise variance estimated unless it is known."""
    for _ in range(ROUNDS):
        variance = variance if known is None else known
        try:
            model = predict(records, at, variance)
            inverse: FloatArray = np.linalg.inv(model.covariance).astype(np.float64)
        except np.linalg.LinAlgError:
            return None
        weighted = inverse @ model.slope
        normal = model.slope.T @ weighted
        if not _determines(normal):
            return None
        found = _Solution(at, variance, model, inverse, normal)
        change: FloatArray = np.linalg.solve(normal, weighted.T @ model.errors).astype(np.float64)
        moved = np.abs(change) / np.sqrt(np.diag(np.linalg.inv(normal)))
        variance, settled = next_variance(model, variance)
        if float(moved.max()) < CLOSE and (settled or known is not None):
            break
        at = _legal(at, change)
    return found


def _rounding_counts(found: _Solution) -> bool:
    """Return whether the noise is not far above what rounding does to the state where it does least."""
    own = np.diag(found.model.rounding)
    return bool(float(own.min()) > COUNTS * found.variance)


def _legal(at: FloatArray, change: FloatArray) -> FloatArray:
    out = at + change
    out[0] = min(max(out[0], LOWEST, 0.3 * at[0]), HIGHEST, 1.0 - 0.3 * (1.0 - at[0]))
    out[1] = min(max(out[1], 0.0), 1.0)
    if len(at) == 3:
        out[2] = min(max(out[2], 0.7 * at[2]), 1.4 * at[2], 0.5)
    return out


def _determines(normal: FloatArray) -> bool:
    """Return whether the normal matrix has an inverse that means something."""
    own = np.diag(normal)
    if not np.isfinite(normal).all() or not (own > 0.0).all():
        return False
    root = np.sqrt(own)
    return bool(np.linalg.cond(normal / root[:, None] / root) < SINGULAR)


def _joint(records: Records, found: _Solution, freedom: int) -> Joint:
    model, at, inverse = found.model, found.at, found.inverse
    covariance: FloatArray = np.linalg.inv(found.normal).astype(np.float64)
    # The first record's own rounding error shows in the errors of all the others' predictions.
    shared = model.rounding[1:, 0] - model.retained * model.rounding[:-1, 0]
    gain = inverse @ shared
    first_slope = model.slope.T @ gain
    if len(at) == 3 and model.floored[0]:
        first_slope[2] += (model.state[0] - 1.0) / at[2]
    linear = covariance @ (model.slope.T @ inverse)  # (P, N - 1): of the errors
    by_state = np.concatenate([np.zeros((len(at), 1)), linear], axis=1)
    by_state[:, :-1] -= linear * model.retained
    last = records.values == records.values[-1]
    alike = model.rounding[-1, last] / np.sqrt(np.diag(model.rounding)[last] * model.rounding[-1, -1])
    rests = int(last.sum()) > 3 and float(alike.mean()) > 0.5
    return Joint(
        decay=float(at[0]),
        target=float(at[1]),
        floor=float(at[2]) if len(at) == 3 else 0.0,
        noise=math.sqrt(found.variance),
        first=float(model.state[0] - gain @ model.errors),
        first_variance=max(0.0, float(model.rounding[0, 0] - shared @ gain)),
        first_slope=first_slope,
        covariance=covariance,
        freedom=freedom,
        rest=(by_state * model.stretch)[:, last].sum(axis=1),
        step=float(records.steps[-1]) if rests else 0.0,
    )
