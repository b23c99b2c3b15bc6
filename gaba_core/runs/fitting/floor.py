"""The floor under which recorded weights are likeliest, and every floor that they do not rule out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gaba_core.runs.fitting.estimate import student
from gaba_core.runs.fitting.regression import Pairs, Regression, regress

Flags = npt.NDArray[np.bool_]
GRID = 60
ZOOMS = 10
CLOSER = 15.0
BELIEVED = 12.0  # gain in deviance from which a floor is believed rather than none (p below 0.001)
SIDES = 80  # floors tried on each side for the interval
NEAREST = 1e-15
LEVEL = 1e-4  # difference in deviance that no longer tells two floors apart


@dataclass(frozen=True, slots=True, eq=False)
class FloorFit:
    """The likeliest fit, and the fits under every floor tried that the log does not rule out.

    Attributes:
        best: a fit of one floor, M = 1; floor 0 where none is believed.
        allowed: the fits within the 95 % interval of the floor.
    """

    best: Regression
    allowed: Regression


def fit_floor(pairs: Pairs, with_floor: bool) -> FloorFit:
    """Return the fit of the pairs, with a floor if the log speaks for one and it may have one."""
    plain = regress(pairs, np.zeros(1))
    bracket = _bracket(pairs) if with_floor else None
    if bracket is None:
        return FloorFit(plain, plain)
    low, high = bracket
    tried = regress(pairs, np.linspace(low, high, GRID))
    width = (high - low) / (GRID - 1)
    for _ in range(ZOOMS):
        if not np.isfinite(tried.deviance).any():
            return FloorFit(plain, plain)
        middle = float(tried.floor[int(tried.deviance.argmin())])
        if width < low * NEAREST or np.ptp(tried.deviance[np.isfinite(tried.deviance)]) < LEVEL:
            break
        inside = np.linspace(max(low, middle - width), min(high, middle + width), 2 * int(CLOSER) + 1)
        tried = regress(pairs, np.append(inside, middle))
        width /= CLOSER
    best = _one(tried, int(tried.deviance.argmin()))
    if not float(plain.deviance[0] - best.deviance[0]) > BELIEVED + 2.0 * _jump(best):
        return FloorFit(plain, plain)
    return FloorFit(best, _allowed(pairs, best, low, high))


def _bracket(pairs: Pairs) -> tuple[float, float] | None:
    """Return the floors that a weight at rest at w can have: from w (target w) to w / (1 - w) (target 0)."""
    end = pairs.after[-max(1, pairs.after.size // 4) :]
    low, high = float(end.min()), float(np.median(end))
    if pairs.after.size <= 3 or low <= 0.0 or high >= 0.5:
        return None
    return low, min(0.5, 1.02 * high / (1.0 - high))


def _allowed(pairs: Pairs, best: Regression, low: float, high: float) -> Regression:
    """Return the fits under the floors next to the best that its 95 % interval holds, the best included."""
    at = float(best.floor[0])
    size = pairs.after.size
    freedom = max(1, size - 3)
    limit = float(best.deviance[0]) + size * math.log1p(student(freedom) ** 2 / freedom) + _jump(best)
    reach = np.geomspace(NEAREST, max(high - low, 2.0 * NEAREST), SIDES)
    floors = np.concatenate([[at], at - reach, at + reach])
    floors = np.clip(floors, 0.5 * low, 0.5)
    fits = regress(pairs, floors)
    held = fits.deviance <= limit
    below, above = held[1 : SIDES + 1], held[SIDES + 1 :]
    kept = np.concatenate([np.ones(1, dtype=np.bool_), _next(below), _next(above)])
    return _several(fits, kept)


def _jump(fit: Regression) -> float:
    """Return how far the deviance leaps where a floor passes a recorded weight: that is no evidence."""
    return 2.0 * math.log(1.0 / float(fit.floor[0]))


def _next(held: Flags) -> Flags:
    """Return the floors held and one further out: the interval ends between them."""
    last = int(np.flatnonzero(held)[-1]) if held.any() else -1
    kept = np.zeros_like(held)
    kept[: last + 2] = True
    return kept


def _one(fits: Regression, index: int) -> Regression:
    return _several(fits, np.arange(fits.floor.size) == index)


def _several(fits: Regression, kept: Flags) -> Regression:
    return Regression(
        fits.floor[kept],
        fits.decay[kept],
        fits.target[kept],
        fits.covariance[kept],
        fits.noise[kept],
        fits.deviance[kept],
        fits.errors[kept],
    )
