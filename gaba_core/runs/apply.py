"""A table read by a mapping: its rows put on one time axis, its columns given their places in a run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.json_columns import FORMAT as ARRAYS
from gaba_core.runs.roles import TIMES
from gaba_core.runs.roles import Mapping as ColumnMapping
from gaba_core.runs.row_merging import joined, last_of_each
from gaba_core.runs.schema import Floats
from gaba_core.runs.table import NOT_FINITE, Bools, Table

STEP = "step"  # name under which a run holds the step of its records
FEW = 3  # columns with the same remark from which they share one


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A table's rows on their time axis.

    Attributes:
        epochs: (E,) what the axis counts, int64 where every value is whole.
        unit: what that is: "epoch", "step", "second" or "row".
        table: the rows that are left.
        notes: what was unusual or assumed.
    """

    epochs: NDArray[np.float64] | NDArray[np.int64]
    unit: str
    table: Table
    notes: tuple[str, ...]


def placed(table: Table, mapping: ColumnMapping, source: str) -> Placed:
    """Return the rows of a table on the time axis that the mapping names.

    Raises:
        LogFormatError: a column cannot be the time axis; names source, row, column and what was found.
    """
    rows, notes = table.rows, []
    if mapping.repeats == "join":
        table = joined(table, mapping.times, mapping.clocks)
        if table.rows < rows:
            notes.append(
                f"{rows} rows were joined to {table.rows}: those of one moment fill different columns."
            )
    axis, unit, said = _axis(table, mapping, source)
    if mapping.repeats == "last":
        rows, table = table.rows, last_of_each(table, axis)
        axis = np.unique(axis)
        if table.rows < rows:
            notes.append(
                f"{rows} rows became {table.rows}, one {_a(unit)}: the last value of each column counts."
            )
    epochs = _whole(axis)
    order = () if mapping.repeats == "last" else _order_notes(epochs, unit, table.row)
    return Placed(epochs, unit, table, (*said, *notes, *order))


def metrics_of(
    found: Placed, mapping: ColumnMapping, used: Collection[str]
) -> tuple[dict[str, Floats], dict[str, Bools]]:
    """Return the metrics of a run by name, and where those that are logged in some rows only say nothing.

    The step of the records is called "step" whatever its column is called, and no other column is.
    """
    step = next(iter(mapping.columns("step").values()), None)
    axis = next((name for kind in TIMES for name in mapping.columns(kind).values()), None)
    metrics: dict[str, Floats] = {}
    unlogged: dict[str, Bools] = {}
    for name, column in found.table.columns.items():
        kind = mapping.role(name).kind
        if name in used or kind == "out" or (name == axis and kind != "step"):
            continue
        known = STEP if name == step else f"{name} (column)" if name == STEP else name
        metrics[known] = column
        if name in found.table.unlogged:
            unlogged[known] = found.table.unlogged[name]
    return metrics, unlogged


def column_notes(found: Placed) -> Iterator[str]:
    """Yield a sentence on each column without numbers, each gap, and on columns of some rows only."""
    table, epochs = found.table, found.epochs
    for reason, names in _grouped(table.left_out).items():
        for some in _shared(names):
            one = len(some) == 1
            words = reason if one else reason.replace("holds", "hold", 1)
            yield f"{_listed(some)} {words} and {'was' if one else 'were'} left out."
    for some in _shared([name for name in table.texts if name in table.columns]):
        one = len(some) == 1
        yield f"{_listed(some)} {'is a number' if one else 'are numbers'} written as text, read as such."
    gaps: dict[tuple[int, int, str], list[str]] = defaultdict(list)
    for name, column in table.columns.items():
        missing = np.flatnonzero(np.isnan(column) & table.logged(name))
        if missing.size:
            gaps[missing.size, int(missing[0]), _said(table, name)].append(name)
    rows = {"entry": "entries"}.get(table.row, f"{table.row}s")
    for (count, first, said), names in gaps.items():
        for some in _shared(names):
            has, gap = ("has", "a gap") if len(some) == 1 else ("have", "gaps")
            yield (
                f"{_listed(some)} {has} no finite value in {count} of {table.rows} {rows} "
                f"(first at {found.unit} {epochs[first]:.12g}{said}): left as {gap}."
            )
    if table.unlogged:
        counts = {name: int(table.rows - mask.sum()) for name, mask in table.unlogged.items()}
        least = min(counts, key=lambda name: counts[name])
        yield (
            f"{len(counts)} of {len(table.columns)} columns hold values in some {rows} only "
            f"(fewest: {least}, {counts[least]} of {table.rows})."
        )


def _said(table: Table, name: str) -> str:
    """What the log says in place of a number: "; 2 NaN, 1 Infinity"; empty where it says nothing."""
    codes = table.nonfinite.get(name)
    counts = {} if codes is None else {word: int((codes == code).sum()) for code, word in NOT_FINITE.items()}
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return f"; {said}" if said else ""


def _axis(table: Table, mapping: ColumnMapping, source: str) -> tuple[Floats, str, list[str]]:
    for kind, unit in zip(TIMES, ("epoch", "step", "second"), strict=True):
        for name in mapping.columns(kind).values():
            if name not in table.columns:
                continue
            axis, filled = _filled(table, name, source)
            notes = [] if kind == "epoch" else [f"The log counts no epochs: time is its {name}."]
            if filled:
                notes.append(
                    f"{name} stands in {table.rows - filled} of {table.rows} rows; "
                    "the others take that of the next row that has one."
                )
            return axis, unit, notes
    axis = np.arange(table.rows, dtype=np.float64)
    if table.format == ARRAYS:
        return axis, "epoch", ["The log counts no epochs: its entries are taken as one an epoch, from 0."]
    return axis, "row", ["The log counts neither epochs nor steps: its rows are numbered from 0."]


def _filled(table: Table, name: str, source: str) -> tuple[Floats, int]:
    """Return the column with rows that say nothing filled from the next that does, and how many these are."""
    column, logged = table.columns[name], table.logged(name)
    if name not in table.unlogged and bool(np.isfinite(column).all()):
        return column, 0
    broken = np.flatnonzero(logged & ~np.isfinite(column))
    at = np.flatnonzero(logged)
    if broken.size or not at.size:
        where = f"{table.row} {broken[0]}" if broken.size else "every row"
        raise LogFormatError(
            f"{source}, column '{name}' must be a finite number in every row to be the time axis; "
            f"got none in {where}."
        )
    following = np.searchsorted(at, np.arange(table.rows))
    axis: Floats = column[at[np.minimum(following, at.size - 1)]]
    return axis, int((~logged).sum())


def _whole(axis: Floats) -> NDArray[np.float64] | NDArray[np.int64]:
    whole = bool((axis == np.floor(axis)).all() and (np.abs(axis) < 2.0**53).all())
    return axis.astype(np.int64) if whole else axis


def _order_notes(epochs: NDArray[np.float64] | NDArray[np.int64], unit: str, row: str) -> list[str]:
    steps = np.diff(epochs)
    if bool((steps > 0).all()):
        return []
    notes = []
    backward = np.flatnonzero(steps < 0)
    if backward.size:
        i = int(backward[0])
        notes.append(
            f"{unit.capitalize()} {epochs[i + 1]:.12g} stands after {unit} {epochs[i]:.12g} "
            f"({row} {i + 1}): the run was restarted or the log is unsorted. Entries are kept in file order."
        )
    seen, counts = np.unique(epochs, return_counts=True)
    again = np.flatnonzero(counts > 1)
    if again.size:
        notes.append(
            f"{again.size} {unit}{'s stand' if again.size > 1 else ' stands'} more than once "
            f"(first: {unit} {seen[again[0]]:.12g}, {counts[again[0]]} times). All entries are kept."
        )
    return notes


def _grouped(reasons: Mapping[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for name, reason in reasons.items():
        groups[reason].append(name)
    return groups


def _shared(names: Sequence[str]) -> list[Sequence[str]]:
    return [[name] for name in names] if len(names) <= FEW else [names]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:FEW])
    return shown if len(names) <= FEW else f"{shown} and {len(names) - FEW} more"


def _a(unit: str) -> str:
    return f"{'an' if unit == 'epoch' else 'a'} {unit}"
