"""A table and the rows that follow it as one table, where reading both at once would have given the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaba_core.checks import FloatArray
from gaba_core.runs.formats.values import IS_EMPTY, NO_NUMBERS
from gaba_core.runs.table import Bools, Codes, Table


def continues(table: Table, piece: Table) -> bool:
    """Whether the rows of a piece can follow those of a table: nothing that concerns all rows is another."""
    if table.labels or piece.labels:  # which rows belong together depends on all of them
        return False
    if table.ragged or piece.ragged:  # what a missing field means depends on how often it is missing
        return False
    if (table.format, table.row, table.notes) != (piece.format, piece.row, piece.notes):
        return False
    if set(table.texts) != set(piece.texts) or table.around != piece.around:
        return False
    return (
        piece.columns.keys() <= table.columns.keys()
        and {*piece.columns, *piece.left_out} == {*table.columns, *table.left_out}
        and all(_may_say(table, name, reason) for name, reason in piece.left_out.items())
    )


def append_rows(table: Table, rows: int, piece: Table, skipped: int) -> Table:
    """Return the first rows of a table and behind them those of a piece without its first."""
    columns: dict[str, FloatArray] = {}
    unlogged: dict[str, Bools] = {}
    nonfinite: dict[str, Codes] = {}
    for name in table.columns:
        pairs = zip(_said(table, name), _said(piece, name), strict=True)
        column, absent, codes = (np.concatenate([a[:rows], b[skipped:]]) for a, b in pairs)
        columns[name] = column
        if absent.any():
            unlogged[name] = absent
        if codes.any():
            nonfinite[name] = codes
    return replace(table, columns=columns, unlogged=unlogged, nonfinite=nonfinite, torn=None)


def is_part(table: Table, rows: int, piece: Table, skipped: int) -> bool:
    """Whether a piece is the table without the rows between its first ones and a later one."""
    if not 0 < skipped <= rows <= table.rows:
        return False
    return all(
        _same(np.concatenate([a[:skipped], a[rows:]]), b)
        for name in table.columns
        for a, b in zip(_said(table, name), _said(piece, name), strict=True)
    )


def _may_say(table: Table, name: str, reason: str) -> bool:
    """Whether a column without numbers in the piece leaves that of the table as it is."""
    if name in table.columns:
        return reason == IS_EMPTY
    return reason == table.left_out[name] or (reason == IS_EMPTY and table.left_out[name] == NO_NUMBERS)


def _said(table: Table, name: str) -> tuple[NDArray[Any], ...]:
    """Return the numbers of a column, where it says nothing, and what it says in place of a number."""
    none = np.zeros(table.rows, dtype=np.int8)
    if name not in table.columns:
        return np.full(table.rows, np.nan), np.ones(table.rows, dtype=np.bool_), none
    absent = table.unlogged.get(name)
    silent = np.zeros(table.rows, dtype=np.bool_) if absent is None else absent
    return table.columns[name], silent, table.nonfinite.get(name, none)


def _same(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
