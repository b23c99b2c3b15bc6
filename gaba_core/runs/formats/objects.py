"""One JSON object that is a log: which of its entries hold the training, and which only stand around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gaba_core.runs.formats.json_columns import CONFIG, arrays_of, length_of, table_of_arrays
from gaba_core.runs.formats.records import LIST, has_time, table_of_records
from gaba_core.runs.formats.row_lists import table_of_rows
from gaba_core.runs.formats.series import series_table
from gaba_core.runs.table import Table
from gaba_core.runs.time_columns import counts_time

_COUNTED = re.compile(r"(?:(epoch|ep|round|step|iter|iteration)[ _\-:]*)?(\d{1,15})", re.IGNORECASE)
_TOO_MANY = 12  # lists of records that are joined at most


def table_of_object(value: Mapping[str, Any], source: str) -> Table | None:
    """Return the table of an object of records or arrays; None where it holds neither.

    Raises:
        LogFormatError: names source, entry, field, what was found and what was expected.
    """
    counted = _counted(value)
    if counted:
        records, around = counted
        return table_of_records(records, source, LIST, around=around)
    split = _split(value, source)
    if split is not None:
        return split
    history = value.get("history")
    inner = history if isinstance(history, dict) else value
    around = {name: entry for name, entry in value.items() if _stands_around(name, entry)}
    if inner is history:
        around |= {k: v for k, v in value.items() if k != "history" and isinstance(v, dict)}
    lists = _record_lists(inner)
    if lists and max(map(len, lists.values())) >= length_of(inner):
        return _of_lists(lists, inner, source, around)
    series = series_table({k: v for k, v in inner.items() if not CONFIG.fullmatch(k)}, source, around)
    if series is not None and series.rows >= length_of(inner):
        return _naming(series, inner, set(series.columns))
    reason = "is a list of records beside longer arrays"
    return table_of_arrays(inner, source, around, dict.fromkeys(lists, reason))


def _counted(value: Mapping[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]] | None:
    """Return the records of an object that names each by its epoch or step, and what stands around them."""
    inner = {name: (match, v) for name, v in value.items()
             if (match := _COUNTED.fullmatch(name)) and isinstance(v, dict)}  # fmt: skip
    if not inner or len(inner) < len(value) - sum(not isinstance(v, (dict, list)) for v in value.values()):
        return None
    records = []
    for match, record in inner.values():
        unit = "step" if (match[1] or "").lower().startswith(("step", "iter")) else "epoch"
        held = any(name.lower() == unit for name in record)
        records.append(record if held else {unit: int(match[2])} | record)
    return records, {name: v for name, v in value.items() if name not in inner}


def _split(value: Mapping[str, Any], source: str) -> Table | None:
    """Return the table that pandas writes as `split` or `table`, and W&B as a table; None of any other."""
    names, rows = value.get("columns"), value.get("data")
    if isinstance(names, list) and isinstance(rows, list) and all(isinstance(n, (str, int)) for n in names):
        around = {k: v for k, v in value.items() if k not in ("columns", "data", "index")}
        return table_of_rows([str(n) for n in names], rows, source, around=around)
    if isinstance(value.get("schema"), dict) and isinstance(rows, list) and rows and _are_records(rows):
        bare = [{k: v for k, v in row.items() if k != "index"} for row in rows]
        return table_of_records(bare, source, LIST)
    return None


def _record_lists(value: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Return the lists of records in an object, without those that are series of one quantity."""
    found = {k: v for k, v in value.items() if isinstance(v, list) and v and _are_records(v)}
    if found and series_table(found, "", {}) is not None:
        return {}
    return found if len(found) <= _TOO_MANY else {}


def _are_records(value: Sequence[Any]) -> bool:
    return all(isinstance(item, dict) for item in value)


def _of_lists(
    lists: Mapping[str, list[dict[str, Any]]],
    value: Mapping[str, Any],
    source: str,
    around: Mapping[str, Any],
) -> Table:
    """Return the table of one list of records, or of several as {"train": [...], "dev": [...]} is written."""
    if len(lists) == 1:
        records, used = next(iter(lists.values())), set(lists)
        return _naming(table_of_records(records, source, LIST, around=around), value, used)
    timed = {name: records for name, records in lists.items() if all(map(has_time, records))}
    if len(timed) > 1:
        rows = _merged(timed)
        return _naming(table_of_records(rows, source, LIST, around=around), value, set(timed))
    size = max(map(len, lists.values()))
    alike = {name: records for name, records in lists.items() if len(records) == size}
    rows = [{f"{name}/{k}": v for name, records in alike.items() for k, v in records[i].items()}
            for i in range(size)]  # fmt: skip
    said = "The records count no time: those of one place in their lists are taken as one epoch, from 0."
    rows = [{"epoch": i} | row for i, row in enumerate(rows)]
    found = table_of_records(rows, source, LIST, around=around, notes=(said,))
    return _naming(found, value, set(alike))


def _merged(lists: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the records of several lists by their time, each field named by its list."""
    every = [record for records in lists.values() for record in records]
    times = list(dict.fromkeys(name for record in every for name in record if counts_time(name)))
    axis = next((t for t in times if all(t in record for record in every)), times[0])
    rows: list[tuple[Any, int, dict[str, Any]]] = []
    for at, (name, records) in enumerate(lists.items()):
        for record in records:
            row = {k if k in times else f"{name}/{k}": v for k, v in record.items()}
            place = record.get(axis)
            rows.append((place if type(place) in (int, float) else float("inf"), at, row))
    return [row for _, _, row in sorted(rows, key=lambda item: item[0])]


def _naming(table: Table, value: Mapping[str, Any], used: set[str]) -> Table:
    """Return the table with the names of all that was not read."""
    skipped = {name: "is no part of the records" for name in arrays_of(value).columns
               if name.split("/")[0] not in used and name not in table.columns
               and not CONFIG.fullmatch(name.split("/")[0])}  # fmt: skip
    others = (name for name in _record_lists(value) if name not in used)
    skipped |= dict.fromkeys(others, "is a list of records of another kind")
    return replace(table, left_out=dict(table.left_out) | skipped) if skipped else table


def _stands_around(name: str, entry: Any) -> bool:
    return not isinstance(entry, (list, dict)) or (isinstance(entry, dict) and bool(CONFIG.fullmatch(name)))
