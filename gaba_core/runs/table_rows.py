"""Some rows of a table as a table; a long table, a row a value, as a wide one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gaba_core.checks import FloatArray
from gaba_core.runs.table import Bools, Table
from gaba_core.runs.time_columns import METRIC_NAMES, last_part
from gaba_core.runs.time_roles import time_roles

VALUE_NAMES = ("value", "metric_value", "val", "y", "score")
Indices = NDArray[np.int64]
MOST = 512  # metrics of a long table


def taken(
    table: Table, rows: Bools, without: Collection[str] = (), renamed: Mapping[str, str] | None = None
) -> Table:
    """Return the rows (R,) of a table, without some columns and those that say nothing there.

    Args:
        table: any.
        rows: (R,) which.
        without: columns that are left out.
        renamed: what columns are called instead.
    """
    columns: dict[str, FloatArray] = {}
    unlogged: dict[str, Bools] = {}
    nonfinite = {}
    for name, column in table.columns.items():
        absent = table.unlogged.get(name)
        if name in without or (absent is not None and bool(absent[rows].all())):
            continue
        known = (renamed or {}).get(name, name)
        columns[known] = column[rows]
        if absent is not None and bool(absent[rows].any()):
            unlogged[known] = absent[rows]
        if name in table.nonfinite:
            nonfinite[known] = table.nonfinite[name][rows]
    keep = np.flatnonzero(rows).tolist()
    labels = {n: tuple(texts[i] for i in keep) for n, texts in table.labels.items() if n not in without}
    left_out = {name: why for name, why in table.left_out.items() if name not in without}
    texts = tuple((renamed or {}).get(name, name) for name in table.texts if name not in without)
    return replace(
        table,
        columns=columns,
        unlogged=unlogged,
        nonfinite=nonfinite,
        labels=labels,
        left_out=left_out,
        texts=texts,
    )


def pivoted(table: Table) -> Table:
    """Return a long table, whose rows name a metric and its value, as a wide one; any other as it is."""
    metric = next((name for name in table.labels if last_part(name) in METRIC_NAMES), None)
    value = next((name for name in table.columns if last_part(name) in VALUE_NAMES), None)
    roles = time_roles(table).items()
    times = [name for name, role in roles if role.kind in ("epoch", "step") and name != value]
    if metric is None or value is None or not times:
        return table
    names = table.labels[metric]
    found = list(dict.fromkeys(names))
    if len(found) > MOST:
        return table
    others = [name for name in table.columns if name != value and name not in found]
    row_of, first = places(table, [*times, *(n for n in table.labels if n != metric)], names)
    count = len(first)
    columns: dict[str, FloatArray] = {name: table.columns[name][first] for name in others}
    unlogged: dict[str, Bools] = {}
    codes = text_codes(names)
    for code, name in enumerate(found):
        at = np.flatnonzero(codes == code)
        column, absent = np.full(count, np.nan), np.ones(count, dtype=np.bool_)
        column[row_of[at]] = table.columns[value][at]
        absent[row_of[at]] = False
        columns[name] = column
        if absent.any():
            unlogged[name] = absent
    labels = {n: tuple(texts[i] for i in first.tolist()) for n, texts in table.labels.items() if n != metric}
    left_out = {name: why for name, why in table.left_out.items() if name != metric}
    note = f"Each row holds one value, named by {metric}: they were put side by side by {', '.join(times)}."
    return replace(
        table,
        columns=columns,
        unlogged=unlogged,
        nonfinite={},
        labels=labels,
        left_out=left_out,
        notes=(*table.notes, note),
    )


def places(table: Table, by: Sequence[str], names: Sequence[str]) -> tuple[Indices, Indices]:
    """Return the wide row of each long one, and the first long row of each wide one.

    A metric that comes again at the same moment begins a new row.
    """
    runs = [n for n in table.columns if last_part(n) in ("seed", "run", "run_id", "trial", "fold")]
    moment = np.zeros(table.rows, dtype=np.int64)
    for name in (*by, *runs):
        moment = _numbered(moment, _codes(table, name))
    again = _occurrence(_numbered(moment, text_codes(names)))
    _, first, row = np.unique(_numbered(moment, again), return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(order.size)
    return rank[row].astype(np.int64), first[order].astype(np.int64)


def _codes(table: Table, name: str) -> Indices:
    if name in table.labels:
        return text_codes(table.labels[name])
    found: Indices = np.unique(table.columns[name], return_inverse=True)[1].astype(np.int64)
    return found


def text_codes(texts: Sequence[str]) -> Indices:
    """Return (R,) a number for each text, from 0 in the order of their first appearance."""
    known = {text: i for i, text in enumerate(dict.fromkeys(texts))}
    return np.fromiter(map(known.__getitem__, texts), np.int64, len(texts))


def _numbered(first: Indices, second: Indices) -> Indices:
    """Return one number for each pair that occurs, small enough to be paired again."""
    pairs = first * (int(second.max(initial=0)) + 1) + second
    found: Indices = np.unique(pairs, return_inverse=True)[1].astype(np.int64)
    return found


def _occurrence(codes: Indices) -> Indices:
    """Return (R,) how often the code of each row stood in the rows before it."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1) != 0)
    counts = np.arange(codes.size) - np.repeat(starts, np.diff(np.append(starts, codes.size)))
    found = np.empty(codes.size, dtype=np.int64)
    found[order] = counts
    return found
