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


def estimate(value: float, half: float, low: float = -math.inf, high: float = math.inf) -> Estimate:
    """Return a value with the interval of a half-width, cut to what is possible.

    No interval is narrower than the arithmetic that made the value: 1e-9 of it.
    """
    width = half + 1e-9 * abs(value) + 1e-12
    return Estimate(value, max(low, value - width), min(high, value + width))
