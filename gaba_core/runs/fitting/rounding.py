"""How a log was rounded, told from its values, and what the rounding errors of its records have in common."""

from __future__ import annotations

import numpy as np

from gaba_core.checks import FloatArray

PLACES = range(2, 12)  # decimal places to which a log may be rounded
DIGITS = range(3, 12)  # significant digits
BITS = (8, 11, 24)  # of the mantissa: bfloat16, float16, float32
EXACT = 2e-16  # step of a number that was not rounded: no recorded number is more exact
SAME = 1e-12
UNIFORM = 12.0**-0.5  # standard deviation of a rounding error in rounding steps


def rounding_steps(values: FloatArray) -> FloatArray:
    """Return the rounding step of each value (N,), all finite; EXACT where they were not rounded.

    Looked for are decimal places, significant digits and the mantissas of shorter floats; of what fits all
    values the coarsest counts.
    """
    size = np.maximum(np.abs(values), SAME)
    found = [np.full(values.shape, EXACT)]
    for places in PLACES:
        if _fits(values, np.round(values, places)):
            found.append(np.full(values.shape, 10.0**-places))
            break
    decade = np.floor(np.log10(size) + 1e-9)
    for digits in DIGITS:
        step = 10.0 ** (decade - digits + 1)
        if _fits(values, np.round(values / step) * step):
            found.append(step)
            break
    octave = np.floor(np.log2(size)) + 1.0
    for bits in BITS:
        step = 2.0 ** (octave - bits)
        if bool((np.round(values / step) * step == values).all()):
            found.append(step)
            break
    return max(found, key=lambda step: float(np.log(step).sum()))


def _fits(values: FloatArray, rounded: FloatArray) -> bool:
    return bool((np.abs(values - rounded) < SAME).all())


def rounding_covariance(values: FloatArray, steps: FloatArray, scatter: FloatArray) -> FloatArray:
    """Return the covariance (N, N) of the rounding errors of values (N,).

    Values that differ by less than a step are rounded alike: a weight at rest is off by the same in every
    record, and no number of records makes that smaller. Where they differ by a step or more, or scatter so
    far, their errors are independent.

    Args:
        values: expected values, before rounding.
        steps: of the rounding, (N,).
        scatter: variance of the difference of two values about what is expected, (N, N).
    """
    apart = (values[:, None] - values) ** 2 + scatter
    alike = np.exp(-2.0 * np.pi**2 * apart / (steps[:, None] * steps))
    sd = UNIFORM * steps
    return np.asarray(sd[:, None] * sd * alike, dtype=np.float64)
