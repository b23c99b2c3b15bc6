"""Quantities that each bring their own time axis: {"loss": {"x": [...], "y": [...]}} and its relatives.

Sacred writes steps, values and timestamps, plotting tools x and y, trackers a list of {step, value}, and many
a loop an object whose names are the steps. They become the rows of one axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from gaba_core.runs.formats.row_lists import are_scalars
from gaba_core.runs.formats.values import ABSENT, table_of
from gaba_core.runs.table import Table

FORMAT = "object of series"
_STEPS = ("step", "steps", "iter", "iters", "iteration", "iterations", "global_step", "x")
_AXES = dict.fromkeys(_STEPS, "step") | dict.fromkeys(("epoch", "epochs"), "epoch")
_VALUES = ("value", "values", "y", "val", "data", "metric")
Series = tuple[str, list[Any], list[Any]]  # what the axis counts, its values, those of the quantity


def series_table(value: Mapping[str, Any], source: str, around: Mapping[str, Any]) -> Table | None:
    """Return the table of an object whose every quantity has an axis of its own; None of any other object.

    Raises:
        LogFormatError: a quantity holds what is no number.
    """
    found: dict[str, Series] = {}
    _collect(value, "", found)
    if not found:
        return None
    kinds = {axis for axis, _, _ in found.values()}
    axis = "epoch" if kinds == {"epoch"} else "step"
    used = {name: series for name, series in found.items() if series[0] == axis}
    places = sorted({x for _, xs, _ in used.values() for x in xs})
    row_of = {x: i for i, x in enumerate(places)}
    values: dict[str, list[Any]] = {axis: list(places)}
    twice = []
    for name, (_, xs, ys) in used.items():
        column: list[Any] = [ABSENT] * len(places)
        for x, y in zip(xs, ys, strict=True):
            column[row_of[x]] = y
        values[name if name not in values else f"{name} (values)"] = column
        if len(set(xs)) < len(xs):
            twice.append(name)
    notes = [f"{name} has several values at one {axis}: the last counts." for name in twice]
    left = {name: f"counts in {series[0]}s where others count in {axis}s" for name, series in found.items()
            if name not in used}  # fmt: skip
    return table_of(values, source, FORMAT, around=around, notes=tuple(notes), left_out=left, sparse=True)


def _collect(value: Mapping[str, Any], prefix: str, found: dict[str, Series], depth: int = 0) -> None:
    for name, entry in value.items():
        series = _series(entry)
        if series is not None:
            found[prefix + name] = series
        elif isinstance(entry, dict) and depth < 8:
            _collect(entry, f"{prefix}{name}/", found, depth + 1)


def _series(entry: Any) -> Series | None:
    if isinstance(entry, dict):
        return _of_lists(entry) or _of_names(entry)
    if isinstance(entry, list) and entry and all(isinstance(item, dict) for item in entry):
        return _of_points(entry)
    if isinstance(entry, list) and entry and all(isinstance(item, list) for item in entry):
        return _of_scalars(entry)
    return None


def _of_lists(entry: Mapping[str, Any]) -> Series | None:
    held = {name.lower(): v for name, v in entry.items() if isinstance(v, list)}
    axis = next((name for name in _AXES if name in held), None)
    values = next((name for name in _VALUES if name in held), None)
    if axis is None or values is None:
        return None
    return _checked(_AXES[axis], held[axis], held[values])


def _of_points(entry: Sequence[Mapping[str, Any]]) -> Series | None:
    names = {name.lower(): name for name in entry[0]}
    axis = next((name for name in _AXES if name in names), None)
    value = next((name for name in _VALUES if name in names), None)
    if axis is None or value is None or len(names) > 4:
        return None
    xs = [item.get(names[axis]) for item in entry]
    return _checked(_AXES[axis], xs, [item.get(names[value]) for item in entry])


def _of_scalars(entry: Sequence[Sequence[Any]]) -> Series | None:
    """Return the series of the scalars of a tag as TensorBoard has them: wall time, step, value."""
    if not all(len(row) == 3 and all(type(v) in (int, float) for v in row[:2]) for row in entry):
        return None
    return (
        _checked("step", [row[1] for row in entry], [row[2] for row in entry]) if are_scalars(entry) else None
    )


def _of_names(entry: Mapping[str, Any]) -> Series | None:
    """Return the series of an object whose names are its steps, ascending and not counted from 0."""
    if len(entry) < 2 or not all(name.isascii() and name.isdecimal() and len(name) < 16 for name in entry):
        return None
    if not all(v is None or type(v) in (int, float) for v in entry.values()):
        return None
    steps = [int(name) for name in entry]
    if steps == list(range(len(steps))) or any(b <= a for a, b in pairwise(steps)):
        return None
    return "step", steps, list(entry.values())


def _checked(axis: str, xs: list[Any], ys: list[Any]) -> Series | None:
    if len(xs) != len(ys) or not xs or not all(type(x) in (int, float) and x == x for x in xs):
        return None
    return (axis, xs, ys) if any(type(y) in (int, float) for y in ys) else None
