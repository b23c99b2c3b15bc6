"""Each record predicted from the one before it, with the covariance of the errors, rounding included."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.fitting.regression import states
from gaba_core.runs.fitting.rounding import rounding_covariance
from gaba_core.runs.schema import Bools

NUGGET = 0.1  # share of a rounding error's variance that is no other record's


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """The records of one fit, from the first that moved.

    Attributes:
        times: (N,) ascending, in units of their usual spacing, from 0.
        values: (N,) EMA state or weight of the task.
        steps: (N,) rounding step of each.
    """

    times: FloatArray
    values: FloatArray
    steps: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """N - 1 predictions under one decay, target and, where P = 3, floor.

    Attributes:
        errors: (N - 1,) of the state after.
        slope: (N - 1, P) by how much each falls as a fitted number grows, expected.
        covariance: (N - 1, N - 1) of the errors.
        variance: that the noise adds over one spacing.
        growth: (N - 1,) variance that the noise adds, in units of that of one spacing.
        rounding: (N, N) covariance of the rounding errors in units of the state.
        kept: (N - 1,) share of the distance from the target that is left.
        state: (N,) of the records.
        stretch: (N,) how far the state moves with the recorded value.
        floored: (N,) whether the value lies below the floor.
    """

    errors: FloatArray
    slope: FloatArray
    covariance: FloatArray
    variance: float
    growth: FloatArray
    rounding: FloatArray
    retained: FloatArray
    state: FloatArray
    stretch: FloatArray
    floored: Bools


def predict(records: Records, at: FloatArray, variance: float) -> Prediction:
    """Return the predictions under (P,) decay, target and floor, where a spacing adds so much variance."""
    decay, target = float(at[0]), float(at[1])
    floor = float(at[2]) if len(at) == 3 else 0.0
    state = states(records.values, np.array([floor]))[0]
    floored = records.values < floor
    stretch = np.where(floored, floor / np.where(floored, records.values, 1.0) ** 2, 1.0)
    ratio = np.diff(records.times)
    retained = decay**ratio
    mean = target + (state[0] - target) * decay**records.times
    errors = state[1:] - target - retained * (state[:-1] - target)
    slope = [ratio * retained / decay * (mean[:-1] - target), 1.0 - retained]
    if floor:
        with_floor = np.where(floored, (mean - 1.0) / floor, 0.0)
        slope.append(retained * with_floor[:-1] - with_floor[1:])
    growth = (1.0 - retained**2) / (1.0 - decay**2)
    rounding = _rounding(records, mean, floor, floored, stretch, variance / (1.0 - decay**2), decay)
    covariance = _predicted(rounding, retained)
    np.einsum("ii->i", covariance)[...] += variance * growth
    return Prediction(
        errors,
        np.stack(slope, axis=1),
        covariance,
        variance,
        growth,
        rounding,
        retained,
        state,
        stretch,
        floored,
    )


def _rounding(
    records: Records,
    mean: FloatArray,
    floor: float,
    floored: Bools,
    stretch: FloatArray,
    settled: float,
    decay: float,
) -> FloatArray:
    """Return the covariance (N, N) of the rounding errors in units of the state."""
    expected = np.where(floored, floor / np.maximum(1.0 + floor - mean, floor), mean) if floor else mean
    lag = np.abs(records.times[:, None] - records.times)
    scatter = 2.0 * settled * (1.0 - decay**lag) / (stretch[:, None] * stretch)
    found = rounding_covariance(expected, records.steps, scatter)
    np.einsum("ii->i", found)[...] *= 1.0 + NUGGET
    return np.asarray(found * stretch[:, None] * stretch, dtype=np.float64)


def _predicted(rounding: FloatArray, retained: FloatArray) -> FloatArray:
    """Return A R A^T: the covariance of after - kept * before."""
    rows = rounding[1:] - retained[:, None] * rounding[:-1]
    return np.asarray(rows[:, 1:] - rows[:, :-1] * retained, dtype=np.float64)
