"""A line without its jitter: the exponential average that the field draws its curves with, and a mean."""

from __future__ import annotations

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.ema_scan import decay_scan
from gaba_core.errors import ParameterError

STRONGEST = 0.99


def smoothed(values: FloatArray, factor: float) -> FloatArray:
    """Return the debiased exponential moving average of a line; a gap stays a gap and is not counted.

    y_n = (1 - f) sum_k f^(n - k) v_k / (1 - f^n) over the finite values v_1, v_2, ...: a constant stays what
    it is from its first value on (bias correction as in Kingma and Ba, 2015).

    Args:
        values: (N,).
        factor: f, in [0, .99]; 0 returns the values themselves.

    Raises:
        ParameterError: the factor is out of range.
    """
    if not 0.0 <= factor <= STRONGEST:
        raise ParameterError(f"factor must be a number in [0, {STRONGEST}]; got {factor!r}.")
    if factor == 0.0:
        return values
    out = np.full(values.shape, np.nan)
    known = np.isfinite(values)
    largest = float(np.abs(values[known]).max(initial=0.0)) or 1.0  # a sum of 1e300 must not overflow
    counted = np.arange(1.0, known.sum() + 1.0)
    averages = decay_scan((1.0 - factor) * (values[known] / largest), factor) / (1.0 - factor**counted)
    out[known] = averages * largest
    return out


def running_mean(values: FloatArray, width: int) -> FloatArray:
    """Return (N,) the mean of the finite values in a window around each, cut at the ends; NaN without any."""
    known = np.isfinite(values)
    sums, counts = (
        np.concatenate([[0.0], np.cumsum(part)])
        for part in (np.where(known, values, 0.0), known.astype(float))
    )
    at = np.arange(len(values))
    low, high = np.maximum(at - (width - 1) // 2, 0), np.minimum(at + width // 2 + 1, len(values))
    with np.errstate(all="ignore"):
        found: FloatArray = (sums[high] - sums[low]) / (counts[high] - counts[low])
    return found
