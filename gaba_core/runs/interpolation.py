"""Lines of several runs on one axis: values between records, differences from a baseline."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray

Line = tuple[npt.NDArray[np.generic], FloatArray]


def values_at(grid: npt.ArrayLike, line: Line) -> FloatArray:
    """Return a line's values at other places, linear between two records that are both there.

    NaN outside the line and beside a gap: nothing is guessed. Where x is repeated the last value counts.

    Args:
        grid: (P,), in any order.
        line: x and values, (N,) each, in any order.
    """
    at = np.asarray(grid, dtype=np.float64)
    x, y = _ascending(line)
    if not x.size:
        return np.full(at.shape, np.nan)
    right = np.searchsorted(x, at, side="left").clip(0, x.size - 1)
    left = np.maximum(right - 1, 0)
    width = np.where(right > left, x[right] - x[left], 1.0)
    part = (at - x[left]) / width
    between = y[left] * (1.0 - part) + y[right] * part  # never overflows, whatever lies at the two ends
    found = np.where(x[right] == at, y[right], between)
    return np.where((at >= x[0]) & (at <= x[-1]), found, np.nan)


def difference(line: Line, base: Line) -> Line:
    """Return the line minus the base, on the line's own x; NaN where one of them has no value."""
    x, y = line
    with np.errstate(over="ignore"):
        return x, y - values_at(x, base)


def _ascending(line: Line) -> tuple[FloatArray, FloatArray]:
    """Places in ascending order without repeats and without those that are not finite."""
    x, y = np.asarray(line[0], dtype=np.float64), line[1]
    known = np.isfinite(x)
    x, y = x[known], y[known]
    places, last = np.unique(x[::-1], return_index=True)
    return places, y[::-1][last]
