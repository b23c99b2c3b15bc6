"""The runs that one table holds: by a column that names them, by a column a run, by starting over.

A seed, a trial or a method may stand in a column of its own, each metric in rows of its own (a long table),
each run in columns of its own (a chart saved from W&B), or a new run may have been appended to the file of an
old one. A log that goes on from the middle of what it held is one run that was resumed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.legible_names import sought
from gaba_core.runs.split_columns import splits_apart
from gaba_core.runs.table import Bools, Table
from gaba_core.runs.table_rows import pivoted, taken
from gaba_core.runs.time_columns import RUN_NAMES, last_part
from gaba_core.runs.time_roles import time_roles

SEEDS = ("seed", "random_seed", "rng_seed")
METHODS = ("method", "algo", "algorithm", "balancer")
MOST = 256  # runs that a file may hold
LEAST = 2  # rows of a run that started over
_CHART = re.compile(r"(?P<run>.+?) - (?P<key>.+?)(?P<end>__(?:MIN|MAX))?")
_COLUMN = re.compile(
    r"(?P<before>.*?)[ _\-/.(\[]*(?P<run>(?:seed|fold|trial)[ _=-]?\d+)[)\]]?[ _\-/.]*(?P<after>.*)", re.I
)


@dataclass(frozen=True, slots=True)
class Part:
    """One run of a table: what it is called beside the others, its rows, its seed and method if named.

    `run` is what a store calls it, empty where the table is of none.
    """

    label: str
    table: Table
    seed: int | None = None
    method: str | None = None
    run: str = ""


def parts_of(table: Table) -> tuple[Part, ...]:
    """Return the runs of a table that names them; one, of an empty label, where it does not."""
    wide = splits_apart(pivoted(table))
    by_column = list(_named(wide)) or list(_charted(wide))
    return tuple(by_column) if by_column else (Part("", wide),)


def begun_again(table: Table) -> tuple[Part, ...]:
    """Return the runs of a table that were appended to one another: each begins where the first did."""
    times = {role.kind: name for name, role in time_roles(table).items()}
    axis = times.get("step") or times.get("epoch")
    if axis is None:
        return (Part("", table),)
    logged = np.flatnonzero(table.logged(axis) & np.isfinite(table.columns[axis]))
    values = table.columns[axis][logged]
    starts = np.flatnonzero(np.diff(values) < 0.0) + 1
    fresh = [int(i) for i in starts if values[i] <= values[0]]
    edges = [0, *fresh, len(values)]
    if not fresh or min(np.diff(edges)) < LEAST or len(edges) > MOST:
        return (Part("", table),)
    cuts = [0, *(int(logged[i]) for i in fresh), table.rows]
    rows = np.arange(table.rows)
    return tuple(
        Part(f"start {k + 1}", taken(table, (rows >= a) & (rows < b)))
        for k, (a, b) in enumerate(pairwise(cuts))
    )


def _named(table: Table) -> Iterator[Part]:
    """Yield the runs that one column or several name."""
    known = table.runs_by
    named = _run_columns(table) if known is None else [known]
    columns = [(name, keys) for name in named if len(set(keys := _keys(table, name))) > 1]
    if not columns:
        return
    rows = list(zip(*(keys for _, keys in columns), strict=True))
    found = list(dict.fromkeys(rows))
    if known is None and (len(found) > MOST or len(found) * LEAST > len(rows)):
        return
    names = [name for name, _ in columns]
    for key in found:
        mask = np.fromiter((row == key for row in rows), np.bool_, len(rows))
        words = zip(names, key, strict=True)
        label = ", ".join(f"{last_part(n)} {v}" if _is_number(v) else str(v) for n, v in words)
        held = dict(zip(map(last_part, names), key, strict=True))
        seed = next((int(held[n]) for n in SEEDS if _is_number(held.get(n))), None)
        method = next((str(held[n]) for n in METHODS if held.get(n)), None)
        run = "" if known is None else str(key[0])
        yield Part(run or label, taken(table, mask, without=names), seed, method, run)


def _run_columns(table: Table) -> list[str]:
    return [name for name in (*table.columns, *table.labels) if last_part(name) in RUN_NAMES]


def _keys(table: Table, name: str) -> Sequence[Any]:
    """Return (R,) what names the run of each row; nothing where a column cannot."""
    if name in table.labels:
        return table.labels[name]
    column: FloatArray = table.columns[name]
    if not bool(np.isfinite(column).all()) or bool((column != np.floor(column)).any()):
        return ()
    return tuple(f"{v:.0f}" for v in column.tolist())


def _charted(table: Table) -> Iterator[Part]:
    """Yield the runs that have columns of their own: those of a chart from W&B, or of seeds in the names."""
    times = set(time_roles(table)) | {name for name in table.columns if name.lower() in ("step", "wall time")}
    names = [name for name in table.columns if name not in times]
    if len(sought(names)) < len(names):
        return
    for pattern in (_CHART, _COLUMN):
        matches = {name: pattern.fullmatch(name) for name in names}
        if not names or not all(matches.values()):
            continue
        by_run: dict[str, dict[str, str]] = {}
        for name, match in matches.items():
            groups = match.groupdict() if match else {}
            if groups.get("end"):
                continue
            key = groups["key"] if "key" in groups else _joined(groups["before"], groups["after"])
            by_run.setdefault(groups["run"], {})[name] = key or "value"
        if 0 < len(by_run) <= MOST and (pattern is _CHART or len(by_run) > 1):
            yield from (_of_columns(table, run, keys, times) for run, keys in by_run.items())
            return


def _of_columns(table: Table, run: str, keys: dict[str, str], times: set[str]) -> Part:
    held_by = [table.logged(name) & ~np.isnan(table.columns[name]) for name in keys]
    spoken: Bools = np.logical_or.reduce(held_by)
    held = [name for name in table.columns if name not in keys and name not in times]
    bounds = [name for name in held if name.endswith(("__MIN", "__MAX")) and name.startswith(f"{run} - ")]
    part = taken(table, spoken, without=held, renamed=keys)
    left = dict(part.left_out) | dict.fromkeys(bounds, "holds a bound of the chart")
    match = re.search(r"seed[ _=-]?(\d{1,18})", run, re.IGNORECASE)
    return Part(run, replace(part, left_out=left), int(match[1]) if match else None)


def _joined(before: str, after: str) -> str:
    return "_".join(filter(None, (before.strip(" _-/.(["), after.strip(" _-/.)]"))))


def _is_number(value: Any) -> bool:
    return isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 19
