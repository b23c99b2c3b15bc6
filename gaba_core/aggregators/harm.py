"""What a step along weighted gradients does to each task, to first order.

With the update d = Jᵀ w of a plain gradient step, (G w)_i = g_i . d is how much the step lowers task i's loss
per unit of learning rate. Below 0 the step harms the task. It says nothing of AdamW or of a clipped step.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core.aggregators.gramians import check_square
from gaba_core.checks import FloatArray, check_array
from gaba_core.errors import ParameterError

ROUNDING = 1e-12  # of the sum of the absolute terms: a harm that small is rounding


def first_order_gain(gramians: Any, weights: Any) -> FloatArray:
    """Return G w (..., K): what a step lowers each loss by, to first order and per unit of learning rate.

    Args:
        gramians: (..., K, K); those that are not finite give what is not finite.
        weights: (..., K), of as many steps.

    Raises:
        ParameterError: the shapes do not fit.
    """
    return _gain(*_paired(gramians, weights))


def is_harmed(gramians: Any, weights: Any) -> npt.NDArray[np.bool_]:
    """Return which tasks a step harms, (..., K): (G w)_i below 0 by more than rounding.

    Raises:
        ParameterError: the shapes do not fit.
    """
    array, factors = _paired(gramians, weights)
    gain = _gain(array, factors)
    harmed = np.asarray(gain < 0.0)
    some = harmed.any(axis=-1)
    if some.any():  # on few steps of most runs, and on those alone rounding matters
        size = _gain(np.abs(array[some]), np.abs(factors[some]))
        harmed[some] = gain[some] < -ROUNDING * size
    return harmed


def harms_any(gramians: Any, weights: Any) -> npt.NDArray[np.bool_]:
    """Return on which steps some task is harmed, (...,); a step that is not finite harms none.

    Raises:
        ParameterError: the shapes do not fit.
    """
    array, factors, finite = _finite(gramians, weights)
    return np.asarray(is_harmed(array, factors).any(axis=-1) & finite)


def harm_share(gramians: Any, weights: Any) -> float:
    """Return the share of the steps on which some task is harmed, from 0 to 1; NaN where none is finite.

    Args:
        gramians: (T, K, K); a step that is not finite is left out.
        weights: (T, K).

    Raises:
        ParameterError: the shapes do not fit.
    """
    array, factors, finite = _finite(gramians, weights)
    harmed = np.asarray(is_harmed(array, factors).any(axis=-1) & finite)
    return float(harmed.sum() / finite.sum()) if finite.any() else float("nan")


def harm_rates(gramians: Any, weights: Any) -> FloatArray:
    """Return the share of the steps on which each task is harmed, (..., K), from 0 to 1.

    Steps whose Gramian or weights are not finite are left out; NaN where none is left.

    Args:
        gramians: (..., T, K, K).
        weights: (..., T, K).

    Raises:
        ParameterError: the shapes do not fit or there is no axis of steps.
    """
    array, factors, finite = _finite(gramians, weights)
    if array.ndim < 3:
        raise ParameterError(f"gramians must have shape (..., T, K, K); got shape {array.shape}.")
    harmed = is_harmed(array, factors)
    seen = finite.sum(axis=-1)[..., None]
    rates: FloatArray = np.where(seen > 0, harmed.sum(axis=-2) / np.maximum(seen, 1), np.nan)
    return rates


def _gain(gramians: FloatArray, weights: FloatArray) -> FloatArray:
    gain: FloatArray = np.einsum("...ij,...j->...i", gramians, weights)
    return gain


def _finite(gramians: Any, weights: Any) -> tuple[FloatArray, FloatArray, npt.NDArray[np.bool_]]:
    """Return both, with zeros on the steps where one of them is not finite, and which steps are finite."""
    array, factors = _paired(gramians, weights)
    if np.isfinite(array).all() and np.isfinite(factors).all():
        return array, factors, np.ones(factors.shape[:-1], dtype=bool)
    finite = np.asarray(np.isfinite(array).all(axis=(-2, -1)) & np.isfinite(factors).all(axis=-1))
    return np.where(finite[..., None, None], array, 0.0), np.where(finite[..., None], factors, 0.0), finite


def _paired(gramians: Any, weights: Any) -> tuple[FloatArray, FloatArray]:
    array, factors = check_square("gramians", gramians), check_array("weights", weights, "... K")
    if array.shape[:-1] != factors.shape:
        raise ParameterError(f"weights must have shape {array.shape[:-1]}; got shape {factors.shape}.")
    return array, factors
