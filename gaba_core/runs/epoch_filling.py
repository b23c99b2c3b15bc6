"""Rows that do not say their epoch or step: which one they belong to.

Most loggers write what was evaluated behind the rows of its epoch; some write what happened within an epoch
before the row that closes it. The file shows which: by the step, where rows share it, else by whether it
begins with a row that has no epoch.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.table import Bools, Table

LEAST = 0.8  # share of the rows without an epoch whose step must count epochs


def settled(table: Table, epoch: str | None, step: str | None) -> Table:
    """Return the table without the steps that count epochs: evaluations of MMEngine are written so.

    Such a row says no epoch, and its step is the number of the epoch that just ended, far behind the step of
    the rows before it.
    """
    if epoch is None or step is None or epoch not in table.columns or step not in table.columns:
        return table
    logged = table.logged(epoch) & np.isfinite(table.columns[epoch])
    silent = ~logged & table.logged(step)
    if not silent.any() or not logged.any():
        return table
    before = _last_true(logged)
    known = before >= 0
    gap = table.columns[step] - table.columns[epoch][np.maximum(before, 0)]
    behind = table.columns[step] < table.columns[step][np.maximum(before, 0)]
    counts = silent & known & behind & ((gap == 0.0) | (gap == 1.0))
    if not counts.any() or counts.sum() < LEAST * (silent & known).sum():
        return table
    missing = ~table.logged(step) | counts
    column = np.where(counts, np.nan, table.columns[step])
    count = int(counts.sum())
    note = (
        f"{step} counts epochs in {count} row{'s' if count > 1 else ''} without an epoch of their own: "
        "they belong to the epoch that just ended."
    )
    return replace(
        table,
        columns={**table.columns, step: column},
        unlogged={**table.unlogged, step: missing},
        notes=(*table.notes, note),
    )


def filled(table: Table, name: str, other: str | None) -> tuple[FloatArray, Bools, bool]:
    """Return a time column with a value in every row, which rows took that of another, and from where.

    Args:
        table: of at least one row that has a value.
        name: of the column.
        other: another time column, by which rows of one moment are told.

    Returns:
        (R,) values, (R,) where they were taken from another row, and whether from the next one as a rule.
    """
    column, logged = table.columns[name], table.logged(name)
    silent = ~logged
    before, after = _last_true(logged), _next_true(logged)
    from_next = _takes_next(logged)
    source = np.where(before < 0, after, np.where(after < 0, before, after if from_next else before))
    if other is not None and other in table.columns:
        places = np.where(table.logged(other), table.columns[other], np.nan)
        both = silent & (before >= 0) & (after >= 0)
        like_before = both & (places == places[np.maximum(before, 0)])
        like_after = both & ~like_before & (places == places[np.maximum(after, 0)])
        source = np.where(like_before, before, np.where(like_after, after, source))
    return np.where(logged, column, column[source]), silent, from_next


def _takes_next(logged: Bools) -> bool:
    """Whether rows without a value stand before the row that has theirs."""
    if logged[0]:
        return False
    return bool(logged[-1]) or int((~logged).sum()) > int(logged.sum())


def _last_true(mask: Bools) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return (R,) the last True at or before each row, -1 where there is none."""
    at = np.where(mask, np.arange(mask.size, dtype=np.int64), -1)
    return np.maximum.accumulate(at)


def _next_true(mask: Bools) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return (R,) the first True at or after each row, -1 where there is none."""
    found = _last_true(mask[::-1])[::-1]
    return np.where(found < 0, -1, mask.size - 1 - found)
