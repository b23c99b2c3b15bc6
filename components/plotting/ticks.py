"""Ticks of logarithmic axes."""

from __future__ import annotations

import math


def decade_ticks(low: float, high: float) -> dict[str, list[float]]:
    """Return ticks at 1, 2 and 5 of every decade between two values; over four decades, at 1 only."""
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    digits = (1.0,) if last - first > 4 else (1.0, 2.0, 5.0)
    values = [digit * 10.0**decade for decade in range(first, last + 1) for digit in digits]
    return {"tickvals": [round(v, 12) for v in values if low <= v <= high]}


def lasting_ticks(low: float, high: float) -> list[float]:
    """Return ticks at 1, 2 and 5, or 1 only, that last while the axis is moved by up to two decades."""
    digits = (1.0,) if high / low > 10_000.0 else (1.0, 2.0, 5.0)
    decades = range(math.floor(math.log10(low)) - 2, math.ceil(math.log10(high)) + 3)
    return [float(f"{digit * 10.0**decade:.3g}") for decade in decades for digit in digits]


def log_ticks(low: float, high: float) -> list[float]:
    """Return ticks at 1, 2 and 5 of every decade, fewer or more as it spans; over little, even ones."""
    if high / low > 2.5:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
        decades = range(first, last + 1, max(1, (last - first) // 6))
        digits: tuple[float, ...] = (1.0,) if len(decades) > 4 else (1.0, 2.0, 5.0)
        if high / low < 12.0:
            digits = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
        ticks = [digit * 10.0**decade for decade in decades for digit in digits]
    else:
        return even_ticks(low, high)
    return [float(f"{tick:.6g}") for tick in ticks if low <= tick <= high]


def even_ticks(low: float, high: float) -> list[float]:
    """Return about five evenly spaced ticks between two values, at steps of 1, 2 or 5 of some decade."""
    rough = (high - low) / 5.0
    if rough <= 0.0:
        return [low]
    size = 10.0 ** math.floor(math.log10(rough))
    step = size * next(m for m in (1.0, 2.0, 5.0, 10.0) if m * size >= rough)
    ticks = [k * step for k in range(math.floor(low / step), math.ceil(high / step) + 1)]
    return [float(f"{tick:.6g}") for tick in ticks if low <= tick <= high]
