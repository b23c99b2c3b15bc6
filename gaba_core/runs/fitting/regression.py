"""Each recorded share predicted from the one before it: decay and target by weighted least squares.

The EMA state is a first-order process: over d steps it goes from x to c + beta**d (x - c), plus noise that is
independent of what was before. So the errors of predicting a record from the record before are independent,
which those of a curve through all records are not, and the intervals mean what they say.

Under a floor m the applied weight of the one floored task is m / (1 + m - x): every weight still gives its
state, once m is known. So m is found by the likelihood of the recorded weights, many m side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray

ITERATIONS = 12
LOWEST, HIGHEST = 1e-9, 1.0 - 1e-9  # decay from one record to the next


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Neighbouring records, (N,) each: value before and after, time between in units of the usual spacing.

    Attributes:
        rounding_before, rounding_after: standard deviation of what rounding did to them.
    """

    before: FloatArray
    after: FloatArray
    ratio: FloatArray
    rounding_before: FloatArray
    rounding_after: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """Fits under M floors: decay over one spacing and target, (M,) each.

    Attributes:
        noise: standard deviation of what one spacing adds.
        deviance: twice the negative log-likelihood of the recorded values; infinite where there is no fit.
        errors: of predicting the state of a record from the one before, (M, N).
    """

    floor: FloatArray
    decay: FloatArray
    target: FloatArray
    noise: FloatArray
    deviance: FloatArray
    errors: FloatArray


def states(weights: FloatArray, floor: FloatArray) -> FloatArray:
    """Return the states (M, N) of weights (N,) under floors (M,), where no other task is floored."""
    limit = floor[:, None]
    floored = weights < limit
    return np.where(floored, 1.0 + limit - limit / np.where(floored, weights, 1.0), weights)


def regress(pairs: Pairs, floor: FloatArray) -> Regression:
    """Return the least-squares fits under the floors (M,); floor 0 takes the values for the state itself."""
    before, after = states(pairs.before, floor), states(pairs.after, floor)
    stretch_before, stretch_after = (_stretch(w, floor) for w in (pairs.before, pairs.after))
    size = pairs.after.size
    target = np.median(after[:, -max(1, size // 4) :], axis=1)
    decay = _decay(before - target[:, None], after - target[:, None])
    for step in range(ITERATIONS + 1):
        retained = decay[:, None] ** pairs.ratio
        away = before - target[:, None]
        errors = after - target[:, None] - retained * away
        growth = (1.0 - retained**2) / (1.0 - decay[:, None] ** 2)
        rounding = (pairs.rounding_after * stretch_after) ** 2
        rounding = rounding + (retained * pairs.rounding_before * stretch_before) ** 2
        noise = np.maximum(((errors**2 - rounding) / growth).mean(axis=1), 0.0)
        variance = noise[:, None] * growth + rounding
        slope = np.stack([pairs.ratio * retained / decay[:, None] * away, 1.0 - retained], axis=2)
        change = _change(slope, errors, variance)
        if step < ITERATIONS:
            known = np.nan_to_num(change)
            decay = np.clip(decay + known[:, 0], LOWEST, HIGHEST)
            target = np.clip(target + known[:, 1], 0.0, 1.0)
    misfit = errors**2 / variance
    deviance = (np.log(variance) + misfit - 2.0 * np.log(stretch_after)).sum(axis=1)
    known = np.isfinite(deviance) & np.isfinite(change).all(axis=1)
    return Regression(floor, decay, target, np.sqrt(noise), np.where(known, deviance, np.inf), errors)


def _stretch(weights: FloatArray, floor: FloatArray) -> FloatArray:
    """Return how far the state moves with the weight, (M, N)."""
    floored = weights < floor[:, None]
    return np.where(floored, floor[:, None] / np.where(floored, weights, 1.0) ** 2, 1.0)


def _decay(before: FloatArray, after: FloatArray) -> FloatArray:
    power = (before**2).sum(axis=1)
    product = (before * after).sum(axis=1)
    decay: FloatArray = np.clip(product / np.where(power > 0.0, power, 1.0), 1e-6, 0.9999)
    return decay


def _change(slope: FloatArray, errors: FloatArray, variance: FloatArray) -> FloatArray:
    """Return the step (M, 2) of decay and target; NaN where the pairs do not determine them."""
    weighted = slope / variance[:, :, None]
    a, b, d = ((weighted[:, :, i] * slope[:, :, j]).sum(axis=1) for i, j in ((0, 0), (0, 1), (1, 1)))
    right = (weighted * errors[:, :, None]).sum(axis=1)
    determinant = a * d - b * b
    singular = determinant <= 1e-13 * a * d
    safe = np.where(singular, 1.0, determinant)
    inverse = np.stack([np.stack([d, -b], axis=1), np.stack([-b, a], axis=1)], axis=1) / safe[:, None, None]
    change: FloatArray = np.einsum("mij,mj->mi", inverse, right)
    change[singular] = np.nan
    return change
