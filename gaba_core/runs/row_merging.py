"""Rows that say something of the same moment: kept, joined, or reduced to one an epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gaba_core.checks import FloatArray
from gaba_core.runs.table import Bools, Codes, Table

Indices = NDArray[np.int64]


def merge_rows(table: Table, times: Sequence[str], clocks: Sequence[str] = ()) -> Table:
    """Return the table with neighbouring rows of the same time joined while they fill different columns.

    Nothing is lost: where a column would be overwritten a new row begins. `clocks` are columns that may
    differ between the rows of one moment, such as the seconds at which they were written.
    """
    chunks = _chunks(table, times, clocks)
    return table if not chunks.size or chunks[-1] == table.rows - 1 else _reduced(table, chunks)


def last_of_each(table: Table, epochs: FloatArray) -> Table:
    """Return a row for each epoch, ascending; of each column the last value that the log has for it."""
    return table if _ascends(epochs) else _reduced(table, _moments(epochs))


def is_lossless(table: Table, epochs: FloatArray, times: Sequence[str]) -> bool:
    """Whether one row an epoch would hold every value: no column is logged twice in an epoch."""
    if _ascends(epochs):
        return True
    chunks = _moments(epochs)
    if int(chunks.max()) == table.rows - 1:
        return True
    others = [name for name in table.columns if name not in times]
    if any(name not in table.unlogged for name in others):
        return False  # there are fewer epochs than rows
    return all(int(np.bincount(chunks[table.logged(name)], minlength=1).max()) < 2 for name in others)


def _moments(epochs: FloatArray) -> Indices:
    """Return (R,) the place of each row's epoch among all epochs, in their order."""
    differs = np.diff(epochs)
    if not bool((differs >= 0.0).all()):
        return np.unique(epochs, return_inverse=True)[1].astype(np.int64, copy=False)
    found = np.zeros(epochs.size, dtype=np.int64)
    np.cumsum(differs > 0.0, out=found[1:])
    return found


def _ascends(epochs: FloatArray) -> bool:
    return bool((np.diff(epochs) > 0).all())


def _chunks(table: Table, times: Sequence[str], clocks: Sequence[str]) -> Indices:
    """Return (R,) the number of the joined row that each row goes to."""
    others = [name for name in table.columns if name not in times and name not in clocks]
    every = np.arange(table.rows, dtype=np.int64)
    if not times or not others or any(name not in table.unlogged for name in others):
        return every  # a column that is logged in every row lets no two be joined
    same = np.ones(table.rows, dtype=np.bool_)
    same[0] = False
    for name in times:
        column, logged = table.columns[name], table.logged(name)
        last = np.maximum.accumulate(np.where(logged, every, -1))  # the last row that says it
        known = np.where(last < 0, np.nan, column[np.maximum(last, 0)])
        same[1:] &= (column[1:] == known[:-1]) | ~logged[1:] | (last[:-1] < 0)
    bits = np.packbits(np.column_stack([table.logged(name) for name in others]), axis=1)
    filled = [int.from_bytes(row.tobytes()) for row in bits]
    starts = np.zeros(table.rows, dtype=np.int64)
    held = filled[0]
    for i in range(1, table.rows):
        if same[i] and not held & filled[i]:
            held |= filled[i]
        else:
            starts[i], held = 1, filled[i]
    return np.cumsum(starts)


def _reduced(table: Table, chunks: Indices) -> Table:
    """Return the table with the rows of a chunk as one: of each column the last value logged in it."""
    rows = int(chunks.max()) + 1
    columns: dict[str, FloatArray] = {}
    absent: dict[str, Bools] = {}
    nonfinite: dict[str, Codes] = {}
    for name, column in table.columns.items():
        logged = np.flatnonzero(table.logged(name))
        reduced = np.full(rows, np.nan)
        reduced[chunks[logged]] = column[logged]  # of several rows the last counts
        missing = np.ones(rows, dtype=np.bool_)
        missing[chunks[logged]] = False
        columns[name] = reduced
        if missing.any():
            absent[name] = missing
        if name in table.nonfinite:
            nonfinite[name] = np.zeros(rows, dtype=np.int8)
            nonfinite[name][chunks[logged]] = table.nonfinite[name][logged]
    return replace(table, columns=columns, unlogged=absent, nonfinite=nonfinite)
