"""The floor under which recorded weights are likeliest, where they speak for one at all."""

from __future__ import annotations

import math

import numpy as np

from gaba_core.runs.fitting.regression import Pairs, Regression, regress

GRID = 60
ZOOMS = 10
CLOSER = 15.0
BELIEVED = 12.0  # gain in deviance from which a floor is believed rather than none (p below 0.001)
NEAREST = 1e-15
LEVEL = 1e-4  # difference in deviance that no longer tells two floors apart


def fit_floor(pairs: Pairs, with_floor: bool) -> Regression:
    """Return the fit of the pairs, M = 1: with a floor if the log speaks for one and may have one, else 0."""
    plain = regress(pairs, np.zeros(1))
    bracket = _bracket(pairs) if with_floor else None
    if bracket is None:
        return plain
    low, high = bracket
    tried = regress(pairs, np.linspace(low, high, GRID))
    width = (high - low) / (GRID - 1)
    for _ in range(ZOOMS):
        if not np.isfinite(tried.deviance).any():
            return plain
        middle = float(tried.floor[int(tried.deviance.argmin())])
        if width < low * NEAREST or np.ptp(tried.deviance[np.isfinite(tried.deviance)]) < LEVEL:
            break
        inside = np.linspace(max(low, middle - width), min(high, middle + width), 2 * int(CLOSER) + 1)
        tried = regress(pairs, np.append(inside, middle))
        width /= CLOSER
    best = _one(tried, int(tried.deviance.argmin()))
    if not float(plain.deviance[0] - best.deviance[0]) > BELIEVED + 2.0 * _jump(best):
        return plain
    return best


def _bracket(pairs: Pairs) -> tuple[float, float] | None:
    """Return the floors that a weight at rest at w can have: from w (target w) to w / (1 - w) (target 0)."""
    end = pairs.after[-max(1, pairs.after.size // 4) :]
    low, high = float(end.min()), float(np.median(end))
    if pairs.after.size <= 3 or low <= 0.0 or high >= 0.5:
        return None
    return low, min(0.5, 1.02 * high / (1.0 - high))


def _jump(fit: Regression) -> float:
    """Return how far the deviance leaps where a floor passes a recorded weight: that is no evidence."""
    return 2.0 * math.log(1.0 / float(fit.floor[0]))


def _one(fits: Regression, index: int) -> Regression:
    retained = np.arange(fits.floor.size) == index
    return Regression(
        fits.floor[retained],
        fits.decay[retained],
        fits.target[retained],
        fits.noise[retained],
        fits.deviance[retained],
        fits.errors[retained],
    )
