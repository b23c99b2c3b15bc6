"""A fitted number with its interval, and the quantile that makes one."""

from __future__ import annotations

import math
from dataclasses import dataclass

LEVEL = 0.95
_FEW = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060)  # 97.5 % of Student's t, 1 to 8
_NORMAL = 1.959964


@dataclass(frozen=True, slots=True)
class Estimate:
    """A number and the 95 % interval around it."""

    value: float
    low: float
    high: float

    @property
    def interval(self) -> tuple[float, float]:
        """Lower and upper end."""
        return self.low, self.high

    def covers(self, value: float) -> bool:
        """Whether the interval holds a value."""
        return self.low <= value <= self.high


def student(freedom: int) -> float:
    """Return the 97.5 % quantile of Student's t, to 1e-3."""
    if freedom <= len(_FEW):
        return _FEW[max(1, freedom) - 1]
    z, n = _NORMAL, float(freedom)
    first = (z**3 + z) / 4.0
    second = (5.0 * z**5 + 16.0 * z**3 + 3.0 * z) / 96.0
    third = (3.0 * z**7 + 19.0 * z**5 + 17.0 * z**3 - 15.0 * z) / 384.0
    return z + first / n + second / n**2 + third / n**3


def uniform_and_normal(uniform: float, normal: float, quantile: float) -> float:
    """Return the half-width that holds 95 % of the sum of a uniform and a normal error.

    Args:
        uniform: half-width of the uniform error, such as that of one rounding.
        normal: standard deviation of the other.
        quantile: 97.5 % quantile of the normal error in its standard deviations.
    """
    if uniform <= 0.01 * normal:
        return quantile * normal
    sd = normal * quantile / _NORMAL
    if sd <= 1e-6 * uniform:
        return LEVEL * uniform
    low, high = 0.0, uniform + quantile * normal
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _within(middle, uniform, sd) < LEVEL else (low, middle)
    return high


def _within(half: float, uniform: float, sd: float) -> float:
    """Return the probability that a uniform and a normal error add to less than a half-width."""
    return sd / uniform * (_area((half + uniform) / sd) - _area((half - uniform) / sd)) - 1.0


def _area(z: float) -> float:
    """Return the integral of the normal distribution function up to z."""
    below = 0.5 * math.erfc(-z / math.sqrt(2.0))
    return z * below + math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


def estimate(value: float, half: float, low: float = -math.inf, high: float = math.inf) -> Estimate:
    """Return a value with the interval of a half-width, both cut to what is possible.

    No interval is narrower than the arithmetic that made the value: 1e-9 of it.
    """
    width = half + 1e-9 * abs(value) + 1e-12
    legal, least, most = (min(max(x, low), high) for x in (value, value - width, value + width))
    return Estimate(legal, least, most)
