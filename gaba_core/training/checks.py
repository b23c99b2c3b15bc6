"""Checks on settings: each returns nothing or raises the error that names parameter, rule and value."""

from __future__ import annotations

import math
from numbers import Real

from gaba_core.errors import ParameterError


def _is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def check_decay(name: str, value: object) -> None:
    """Raise ParameterError unless 0 <= value < 1."""
    if not _is_number(value) or not 0 <= value < 1:  # type: ignore[operator]  # _is_number has seen it
        raise ParameterError(f"{name} must be a number in [0, 1); got {value!r}.")


def check_floor(name: str, value: object, tasks: int) -> None:
    """Raise ParameterError unless 0 <= value <= 1/tasks."""
    if not _is_number(value) or not 0 <= value <= 1 / tasks:  # type: ignore[operator]  # as above
        raise ParameterError(f"{name} must lie between 0 and 1/{tasks} for {tasks} tasks; got {value!r}.")


def check_positive(name: str, value: object, *, zero: bool = False) -> None:
    """Raise ParameterError unless value is a finite number above 0 (or 0 itself, where ``zero``)."""
    if not _is_number(value) or value < 0 or (value == 0 and not zero):  # type: ignore[operator]  # as above
        raise ParameterError(f"{name} must be {'at least' if zero else 'above'} 0; got {value!r}.")
