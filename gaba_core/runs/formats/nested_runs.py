"""A list of runs, each an object with its own records or arrays: every record, with what names its run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gaba_core.runs.formats.records import has_time
from gaba_core.runs.time_columns import RUN_NAMES, last_part

MOST = 256  # runs that a file may hold
SCALARS = (str, int, float, bool, type(None))


def rows_of_runs(runs: Sequence[Any]) -> tuple[list[dict[str, Any]], str] | None:
    """Return the records of `[{"seed": 1, "history": [...]}, ...]` and what was left out of them, in words.

    None where the objects are no runs: one counts time itself, or holds neither a list of records nor arrays
    of one length. Runs that no field names are numbered.
    """
    if not 2 <= len(runs) <= MOST or not all(type(run) is dict for run in runs) or any(map(has_time, runs)):
        return None
    held = [_records(run) for run in runs]
    named = [name for name in runs[0] if last_part(name) in RUN_NAMES and _names_each(runs, name)]
    if not all(held) or not (named or all(own != "" for own, _ in filter(None, held))):
        return None
    rows: list[dict[str, Any]] = []
    lost: set[str] = set()
    for i, (run, found) in enumerate(zip(runs, held, strict=True)):
        own, records = found or ("", [])
        marks = {name: run[name] for name in named} or {"run": f"run {i + 1}"}
        lost |= {name for name in run if name not in marks and name != own and name not in records[0]}
        for record in records:
            for name, value in marks.items():
                record.setdefault(name, value)
        rows += records
    words = ", ".join(sorted(lost)[:4]) + (f" and {len(lost) - 4} more" if len(lost) > 4 else "")
    return rows, f"{words} of the runs {'was' if len(lost) == 1 else 'were'} left out." if lost else ""


def _records(run: Mapping[str, Any]) -> tuple[str, list[dict[str, Any]]] | None:
    """Return the records of a run and the field that holds them, empty where arrays of one length do."""
    lists = {name: value for name, value in run.items() if type(value) is list and len(value) > 1}
    records = [name for name, value in lists.items() if all(type(one) is dict for one in value)]
    if len(records) == 1:
        return records[0], list(lists[records[0]])
    arrays = {name: value for name, value in lists.items() if all(type(one) in SCALARS for one in value)}
    if not arrays or len(set(map(len, arrays.values()))) > 1:
        return None
    rows = [dict(zip(arrays, row, strict=True)) for row in zip(*arrays.values(), strict=True)]
    return "", rows if has_time(rows[0]) else [{"epoch": i} | row for i, row in enumerate(rows)]


def _names_each(runs: Sequence[Mapping[str, Any]], name: str) -> bool:
    return all(type(run.get(name)) in (str, int) for run in runs)
