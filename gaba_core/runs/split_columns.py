"""Rows of training and of validation in one table, told apart by a column: a column for each of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from gaba_core.runs.table import Bools, Table
from gaba_core.runs.table_rows import Indices, places, text_codes
from gaba_core.runs.time_columns import SPLIT_NAMES, SPLITS, counts_time, last_part
from gaba_core.runs.time_roles import time_roles
from gaba_core.runs.weight_question import listed

ROOM = 8 << 20  # bytes that it may take beside what the columns took
ROW, CELL = 96, 9  # bytes that pairing a row takes, and a number of the new columns


def splits_apart(table: Table) -> Table:
    """Return a table whose rows say of which part of the data they are, the parts in columns of their own.

    What only one part logs keeps its name; `loss` of two becomes `train/loss` and `val/loss`, in one row for
    each moment. Any other table is returned as it is, and so is one that is too long for that.
    """
    by = next((name for name in table.labels if last_part(name) in SPLIT_NAMES), None)
    splits = {} if by is None else {name: k for k, name in enumerate(dict.fromkeys(table.labels[by]))}
    if by is None or len(splits) > len(SPLITS):
        return table
    if ROW * table.rows > ROOM + 8 * table.rows * len(table.columns):
        return _too_long(table, by)
    codes, times = text_codes(table.labels[by]), time_roles(table)
    rows = {split: codes == k for split, k in splits.items()}
    held = {name: _holding(table, name, rows) for name in table.columns}
    parted = [n for n, own in held.items() if len(own) > 1 and n not in times and not counts_time(n)]
    counted = [name for name, role in times.items() if role.kind in ("epoch", "step")]
    count = len(table.columns) - len(parted) + sum(len(held[name]) for name in parted)
    if not parted:
        return table
    row_of, first = places(table, [*counted, *(n for n in table.labels if n != by)], table.labels[by])
    if ROW * table.rows + CELL * count * len(first) > ROOM + 8 * table.rows * len(table.columns):
        return _too_long(table, by)
    found = replace(table, columns={}, unlogged={}, nonfinite={})
    for name in table.columns:
        for split in held[name] if name in parted else [""]:
            at = table.logged(name) & rows[split] if split else table.logged(name)
            found = _with(found, f"{split}/{name}" if split else name, table, name, at, row_of, len(first))
    words = "is" if len(parted) == 1 else "are"
    note = f"{listed(parted)} {words} read apart by {by}: {', '.join(splits)}."
    order = first.tolist()
    return replace(
        found,
        labels={name: tuple(texts[i] for i in order) for name, texts in table.labels.items() if name != by},
        left_out={name: why for name, why in table.left_out.items() if name != by},
        notes=(*table.notes, note),
    )


def _too_long(table: Table, by: str) -> Table:
    note = f"{by} tells parts of the data apart, which a log of {table.rows} rows leaves in one."
    return replace(table, notes=(*table.notes, note))


def _holding(table: Table, name: str, rows: Mapping[str, Bools]) -> list[str]:
    """Return the parts that log a column."""
    logged = table.logged(name)
    return [split for split, mask in rows.items() if bool((mask & logged).any())]


def _with(found: Table, own: str, table: Table, name: str, at: Bools, row_of: Indices, count: int) -> Table:
    """Return a table with some rows of a column of another one as a column of its own.

    Args:
        found: the table.
        own: what the column is called there.
        table: the other table.
        name: of the column.
        at: (R,) its rows.
        row_of: (R,) where each goes.
        count: rows of the new column.
    """
    column, absent = np.full(count, np.nan), np.ones(count, dtype=np.bool_)
    column[row_of[at]] = table.columns[name][at]
    absent[row_of[at]] = False
    nonfinite = dict(found.nonfinite)
    if name in table.nonfinite:
        nonfinite[own] = np.zeros(count, dtype=np.int8)
        nonfinite[own][row_of[at]] = table.nonfinite[name][at]
    return replace(
        found,
        columns={**found.columns, own: column},
        unlogged={**found.unlogged, own: absent} if absent.any() else found.unlogged,
        nonfinite=nonfinite,
    )
