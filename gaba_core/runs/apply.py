"""A table read by a mapping: its rows put on one time axis, its columns given their places in a run."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaba_core.checks import FloatArray
from gaba_core.errors import LogFormatError
from gaba_core.runs.column_notes import order_notes
from gaba_core.runs.epoch_filling import filled, settled
from gaba_core.runs.formats.json_columns import FORMAT as ARRAYS
from gaba_core.runs.roles import TIMES
from gaba_core.runs.roles import Mapping as ColumnMapping
from gaba_core.runs.row_merging import is_lossless, last_of_each, merge_rows
from gaba_core.runs.silent_nulls import without_silent_nulls
from gaba_core.runs.table import Bools, Table
from gaba_core.runs.wall_clock import since_start

STEP = "step"  # name under which a run holds the step of its records


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A table's rows on their time axis.

    Attributes:
        epochs: (E,) what the axis counts, int64 where every value is whole.
        unit: what that is: "epoch", "step", "second" or "row".
        axis: the column it is, empty where the rows are numbered.
        table: the rows that are left.
        notes: what was unusual or assumed.
    """

    epochs: NDArray[np.float64] | NDArray[np.int64]
    unit: str
    axis: str
    table: Table
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Axis:
    values: FloatArray
    unit: str
    name: str = ""
    notes: tuple[str, ...] = ()


def placed(table: Table, mapping: ColumnMapping, source: str) -> Placed:
    """Return the rows of a table on the time axis that the mapping names.

    Raises:
        LogFormatError: a column cannot be the time axis; names source, row, column and what was found.
    """
    table = settled(without_silent_nulls(table), _column(mapping, "epoch"), _column(mapping, "step"))
    rows, notes = table.rows, []
    if mapping.repeats == "join":
        table = merge_rows(table, mapping.times, mapping.clocks)
        if table.rows < rows:
            notes.append(
                f"{rows} rows were joined to {table.rows}: those of one moment fill different columns."
            )
    axis = _axis(table, mapping, source)
    values = axis.values
    if mapping.repeats == "last":
        rows, table = table.rows, last_of_each(table, values)
        values = np.unique(values)
        if table.rows < rows:
            article = "an" if axis.unit == "epoch" else "a"
            notes.append(
                f"{rows} rows became {table.rows}, one {article} {axis.unit}: "
                "the last value of each column counts."
            )
    epochs = _whole(values)
    by = _restarts_by(table, mapping, values)
    order = [] if mapping.repeats == "last" else order_notes(epochs, axis.unit, table.row, by)
    return Placed(epochs, axis.unit, axis.name, table, (*axis.notes, *notes, *order))


def metrics_of(
    found: Placed, mapping: ColumnMapping, used: Collection[str]
) -> tuple[dict[str, FloatArray], dict[str, Bools]]:
    """Return the metrics of a run by name, and where those that are logged in some rows only say nothing.

    The step of the records is called "step" whatever its column is called, and no other column is.
    """
    step = _column(mapping, "step")
    metrics: dict[str, FloatArray] = {}
    unlogged: dict[str, Bools] = {}
    for name, column in found.table.columns.items():
        kind = mapping.role(name).kind
        if name in used or kind == "out" or (name == found.axis and kind != "step"):
            continue
        known = STEP if name == step else f"{name} (column)" if name == STEP else name
        metrics[known] = column
        if name in found.table.unlogged:
            unlogged[known] = found.table.unlogged[name]
    if STEP in unlogged:
        metrics[STEP] = filled(found.table, step or "", None)[0]
        del unlogged[STEP]
    return metrics, unlogged


def _axis(table: Table, mapping: ColumnMapping, source: str) -> _Axis:
    for kind, unit in zip(TIMES, ("epoch", "step", "second"), strict=True):
        name = _column(mapping, kind)
        if name is None or name not in table.columns:
            continue
        axis = _of_column(table, mapping, name, unit, source)
        return _finer(table, mapping, axis, source) if kind == "epoch" else axis
    numbers = np.arange(table.rows, dtype=np.float64)
    if table.format == ARRAYS:
        said = "The log counts no epochs: its entries are taken as one an epoch, from 0."
        return _Axis(numbers, "epoch", "", (said,))
    return _Axis(
        numbers, "row", "", ("The log counts neither epochs nor steps: its rows are numbered from 0.",)
    )


def _of_column(table: Table, mapping: ColumnMapping, name: str, unit: str, source: str) -> _Axis:
    notes = [] if unit == "epoch" else [f"The log counts no epochs: time is its {name}."]
    column, logged = table.columns[name], table.logged(name)
    broken = np.flatnonzero(logged & ~np.isfinite(column))
    if broken.size or not logged.any():
        where = f"{table.row} {broken[0]}" if broken.size else "every row"
        raise LogFormatError(
            f"{source}, column '{name}' must be a finite number in every row to be the time axis; "
            f"got none in {where}."
        )
    if not logged.all():
        other = _column(mapping, "step") if unit == "epoch" else None
        column, silent, from_next = filled(table, name, other)
        taken = "the next" if from_next else "the last"
        notes.append(
            f"{name} stands in {table.rows - int(silent.sum())} of {table.rows} rows; "
            f"the others take that of {taken} row that has one."
        )
    if unit == "second":
        column = since_start(column, name)
    return _Axis(column, unit, name, tuple(notes))


def _finer(table: Table, mapping: ColumnMapping, axis: _Axis, source: str) -> _Axis:
    """Return the step as the axis where it ascends within an epoch whose rows say the same again and again.

    An epoch of many rows, or one that was rounded, would else be one moment, and one row of it count.
    """
    step = _column(mapping, "step")
    if mapping.repeats == "last" or step is None or step not in table.columns:
        return axis
    if is_lossless(table, axis.values, (*mapping.times, *mapping.clocks)):
        return axis
    logged = table.logged(step)
    if not logged.any() or not np.isfinite(table.columns[step][logged]).all():
        return axis
    steps = filled(table, step, axis.name)[0]
    forward, same = np.diff(steps) >= 0.0, np.diff(axis.values) == 0.0
    if not bool(forward[same].all()) or len(np.unique(steps)) <= len(np.unique(axis.values)):
        return axis
    if 4 * int((~forward).sum()) > max(4, len(steps)):
        return axis
    said = f"Several rows belong to one {axis.name}: time is {step}, so that every row counts."
    return _Axis(steps, "step", step, (*axis.notes, said))


def _restarts_by(table: Table, mapping: ColumnMapping, axis: FloatArray) -> FloatArray:
    """Return what goes back where a run was restarted: its step where that is known, else the axis."""
    step = _column(mapping, "step")
    if step is None or step not in table.columns or mapping.repeats == "last":
        return axis
    logged = table.logged(step)
    known = bool(logged.any()) and bool(np.isfinite(table.columns[step][logged]).all())
    return filled(table, step, None)[0] if known else axis


def _column(mapping: ColumnMapping, kind: str) -> str | None:
    return next(iter(mapping.columns(kind).values()), None)


def _whole(axis: FloatArray) -> NDArray[np.float64] | NDArray[np.int64]:
    whole = bool((axis == np.floor(axis)).all() and (np.abs(axis) < 2.0**53).all())
    return axis.astype(np.int64) if whole else axis
