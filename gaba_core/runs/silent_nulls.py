"""Nulls that say "not logged in this row": strict JSON has one word for that and for what is not finite.

A logger that writes a column now and then leaves null in the other rows, where the row says something else. A
run that diverged leaves null in every quantity at once, to its end: there null is a gap.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from gaba_core.runs.table import Bools, Table
from gaba_core.runs.time_columns import counts_time, last_part

MOST = 256  # columns among which rows of different quantities are looked for
_VITAL = re.compile(
    r"loss|err|acc|rmse|mae|mse|score|reward|return|nasa|f1|auc|iou|map|weight|^w_|/w_|lambda|grad|bleu|ppl",
    re.IGNORECASE,
)


def without_silent_nulls(table: Table) -> Table:
    """Return the table with nulls that only say that a row logs nothing of a column taken so."""
    nulls = {name: mask for name in table.columns if (mask := _nulls(table, name)) is not None}
    nulls = {name: mask for name, mask in nulls.items() if not counts_time(last_part(name))}
    if not nulls or len(nulls) > MOST:
        return table
    vital = [name for name in table.columns if _VITAL.search(name)]
    speaks = np.zeros(table.rows, dtype=np.bool_)
    for name in vital:
        speaks |= np.isfinite(table.columns[name])
    silent = {name: mask for name, mask in nulls.items() if _is_silent(table, name, nulls, speaks)}
    if not silent:
        return table
    unlogged = dict(table.unlogged)
    for name, mask in silent.items():
        unlogged[name] = mask | ~table.logged(name)
    return replace(table, unlogged=unlogged, sparse=True)


def _nulls(table: Table, name: str) -> Bools | None:
    """Return (R,) where a column is null; None where it never is."""
    column = table.columns[name]
    if not np.isnan(column).any():
        return None
    codes = table.nonfinite.get(name)
    mask: Bools = np.isnan(column) & table.logged(name)
    if codes is not None:
        mask &= codes == 0
    return mask if mask.any() and not mask.all() else None


def _is_silent(table: Table, name: str, nulls: dict[str, Bools], speaks: Bools) -> bool:
    mask, rows = nulls[name], table.rows
    filled = np.isfinite(table.columns[name])
    trailing = not filled[int(mask.argmax()) :].any()
    if trailing and not bool(speaks[mask].any()):
        return False
    if 2 * int(mask.sum()) >= rows:
        return True
    return any(
        bool((mask & np.isfinite(table.columns[other])).any())
        and bool((nulls[other] & filled).any())
        and 2 * int(mask.sum() + nulls[other].sum()) >= rows
        for other in nulls
        if other != name
    )
