"""Some rows of a table as a table; a long table, a row a value, as a wide one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gaba_core.runs.table import Bools, Floats, Table
from gaba_core.runs.time_columns import METRIC_NAMES, last_part
from gaba_core.runs.time_roles import time_roles

VALUE_NAMES = ("value", "metric_value", "val", "y", "score")
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
    columns: dict[str, Floats] = {}
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
    row_of, first = _places(table, [*times, *(n for n in table.labels if n != metric)], names)
    count = len(first)
    columns: dict[str, Floats] = {name: table.columns[name][first] for name in others}
    unlogged: dict[str, Bools] = {}
    for name in found:
        at = [i for i, held in enumerate(names) if held == name]
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


def _places(
    table: Table, by: Sequence[str], names: Sequence[str]
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Return the wide row of each long one, and the first long row of each wide one.

    A metric that comes again at the same moment begins a new row.
    """
    keys = [table.labels[n] if n in table.labels else tuple(table.columns[n].tolist()) for n in by]
    runs = [n for n in table.columns if last_part(n) in ("seed", "run", "run_id", "trial", "fold")]
    keys += [tuple(table.columns[n].tolist()) for n in runs]
    place: dict[tuple[Any, ...], int] = {}
    times: dict[tuple[Any, ...], int] = {}
    rows: list[int] = []
    first: list[int] = []
    for i, key in enumerate(zip(*keys, strict=True)):
        again = times.get((*key, names[i]), 0)
        times[(*key, names[i])] = again + 1
        if (*key, again) not in place:
            place[(*key, again)] = len(first)
            first.append(i)
        rows.append(place[(*key, again)])
    return np.array(rows, dtype=np.int64), np.array(first, dtype=np.int64)
