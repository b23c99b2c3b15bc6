"""The EMA state that applied weights stand for, where they can tell."""

from __future__ import annotations

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.schema import Run, frozen, is_gaba

UNEVEN = 1e-3  # distance of a sum of weights from 1 beyond rounding


def known_state(run: Run) -> FloatArray | None:
    """Return the EMA state (E, K): recorded, else computed from GABA's weights and a known floor, else None.

    Computed from weights rounded to four places, a state far below its floor is known to about 0.001.
    """
    if run.state is not None or run.weights is None:
        return run.state
    floor = run.floor
    if floor is None or not 0.0 < floor < 1.0 / len(run.tasks) or not is_gaba(run):
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        sums = run.weights.sum(axis=1)
        uneven = bool((np.abs(sums - 1.0) > UNEVEN).any())
    return None if uneven else implied_state(run.weights, floor)


def implied_state(weights: FloatArray, floor: float) -> FloatArray:
    """Return the EMA state (E, K) that applied weights stand for; NaN where they cannot tell.

    Where no weight lies below the floor m nothing was clamped, and the state is the weight. Where one task
    is clamped, its weight m / S gives the sum S before renormalising: the others had w S, and it what is left
    to 1. Of several clamped tasks only the sum could be known.
    """
    out = np.full(weights.shape, np.nan)
    good = np.isfinite(weights).all(axis=1) & (weights > 0.0).all(axis=1)
    clamped = weights < floor
    free = good & ~clamped.any(axis=1)
    out[free] = weights[free]
    one = np.flatnonzero(good & (clamped.sum(axis=1) == 1))
    at = clamped[one].argmax(axis=1)
    total = floor / weights[one, at]
    out[one] = weights[one] * total[:, None]
    out[one, at] = 1.0 + floor - total
    return frozen(out)
