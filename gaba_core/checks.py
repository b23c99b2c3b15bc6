"""Checks of plain arguments, shared by every public function; each error names argument, rule and value."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core.errors import ParameterError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def check_whole(name: str, value: Any, low: int, high: int | None = None) -> int:
    """Return value as an int in [low, high].

    Raises:
        ParameterError: anything else.
    """
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    if not whole or value < low or (high is not None and value > high):
        rule = f"of at least {low}" if high is None else f"in [{low}, {high}]"
        raise ParameterError(f"{name} must be a whole number {rule}; got {value!r}.")
    return int(value)


def check_finite(name: str, value: Any) -> float:
    """Return value as a finite float.

    Raises:
        ParameterError: anything else.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise ParameterError(f"{name} must be a finite number; got {value!r}.")
    return float(value)


def check_array(name: str, values: Any, axes: str) -> FloatArray:
    """Return values as a float64 array with the axes named, e.g. "S T K" or "... K".

    Raises:
        ParameterError: not numbers, or another number of axes, or fewer than 2 tasks on a last axis K.
    """
    try:
        array = np.asarray(values)
        numeric = array.dtype.kind in "iuf"
    except ValueError:
        numeric = False
    if not numeric:
        raise ParameterError(f"{name} must be an array of numbers; got {values!r}.")
    wanted = axes.split()
    if array.ndim < 1 or ("..." not in wanted and array.ndim != len(wanted)):
        shape = f"({', '.join(wanted)}{',' if len(wanted) == 1 else ''})"
        raise ParameterError(f"{name} must have shape {shape}; got shape {array.shape}.")
    if wanted[-1] == "K" and array.shape[-1] < 2:
        raise ParameterError(f"{name} must hold at least 2 tasks on its last axis; got shape {array.shape}.")
    return np.asarray(array, dtype=np.float64)


def check_all_finite(name: str, array: FloatArray) -> None:
    """Check that no entry is NaN or infinite.

    Raises:
        ParameterError: names the first entry that is.
    """
    finite = np.isfinite(array)
    if not finite.all():
        where = tuple(int(i) for i in np.argwhere(~finite)[0])
        raise ParameterError(f"{name} must hold finite numbers only; got {array[where]} at index {where}.")
