"""JSON text of a log to a table, whichever shape it has."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.json_lines import json_lines, json_values
from gaba_core.runs.formats.nested_runs import rows_of_runs
from gaba_core.runs.formats.objects import table_of_object
from gaba_core.runs.formats.records import LINES, LIST, TRAINER, has_time, table_of_records
from gaba_core.runs.formats.row_lists import table_of_lists
from gaba_core.runs.formats.text import loads, refuse_json, shown
from gaba_core.runs.table import Table
from gaba_core.runs.time_columns import counts_time

HEAD = 1 << 16  # characters at the end in which a record must begin
_NEXT_RECORD = re.compile(r"\}\s*,\s*\{")
FORMS = "JSON, JSON Lines, CSV or a TensorBoard event file"
WANTED = (
    "a list of epoch records, an object with such a list under 'history' or 'log_history', an object of "
    "arrays, one record a line, CSV, or a TensorBoard event file"
)


def read_json(text: str, source: str) -> Table:
    """Return the table of a JSON log.

    Raises:
        LogFormatError: empty, not JSON, torn, or of another shape; names source and place.
    """
    if not text.strip():
        raise LogFormatError(f"{source} must hold a log; got an empty file.")
    try:
        return _shaped(loads(text), source)
    except json.JSONDecodeError as error:
        return _several(text, error, source)
    except (ValueError, RecursionError) as error:
        if isinstance(error, LogFormatError):
            raise
        raise LogFormatError(f"{source} must be JSON that can be read; got {error}.") from error


def refuse_truncated(text: str, source: str) -> None:
    """Refuse a list of records without objects in them that breaks off, in the words of `read_json`.

    Only its last record is parsed. Nothing is done where none is found: then `read_json` refuses it.

    Raises:
        LogFormatError: names source and place.
    """
    since = max(0, len(text) - HEAD)
    starts = [since + found.end() - 1 for found in _NEXT_RECORD.finditer(text[since:])]
    if not starts:
        return
    try:
        loads(f"[{text[starts[-1] :]}")
    except json.JSONDecodeError as error:
        refuse_json(text, json.JSONDecodeError(error.msg, text, starts[-1] + error.pos - 1), source)


def _several(text: str, error: json.JSONDecodeError, source: str) -> Table:
    """Return the table of a text that is no one JSON value: a record a line, or values one behind another."""
    lines = json_lines(text, source)
    if lines is None:
        values = json_values(text) if error.msg == "Extra data" else None
        if values is not None:
            return _appended(values, source)
        if text.lstrip()[:1] not in ("[", "{"):
            first, *more = text.strip().splitlines()
            if not more and _are_names(first):
                raise LogFormatError(
                    f"{source} must hold a row of values; got a line of names alone."
                ) from error
            found = shown(first)
            raise LogFormatError(f"{source} must be {FORMS}; got {found}.") from error
        refuse_json(text, error, source)
    records, notes = lines.records, lines.notes
    if _is_heading(records):
        said = "The first line has no field of the others: it was read as what made the run."
        return replace(_of_records(records[1:], source, LINES, records[0], (said, *notes)), torn=lines.torn)
    return replace(_of_records(records, source, LINES, notes=notes), torn=lines.torn)


def _appended(values: Sequence[Any], source: str) -> Table:
    """Return the table of values that were appended to one file: lists of records, or records."""
    records = [r for value in values for r in (value if isinstance(value, list) else [value])]
    if any(isinstance(value, list) for value in values):
        said = f"The file holds {len(values)} JSON values: it was appended to, and they are read as one log."
        return _of_records(records, source, LIST, notes=(said,))
    return _of_records(records, source, LINES)


def _shaped(value: Any, source: str) -> Table:
    if isinstance(value, list):
        if value and all(isinstance(row, list) for row in value):
            found = table_of_lists(value, source)
            if found is not None:
                return found
        runs = rows_of_runs(value)
        if runs is not None:
            return _of_records(runs[0], source, notes=tuple(filter(None, runs[1:])))
        return _of_records(value, source)
    if not isinstance(value, dict):
        raise LogFormatError(f"{source} must hold {WANTED}; got {shown(value)}.")
    if isinstance(value.get("log_history"), list):
        return _of_records(value["log_history"], source, TRAINER)
    history = value.get("history")
    if isinstance(history, list):
        around = {name: entry for name, entry in value.items() if name != "history"}
        return _of_records(history, source, around=around)
    found = table_of_object(value, source)
    if found is not None:
        return found
    if "history" in value:
        raise LogFormatError(
            f"{source}, field 'history' must be a list of epoch records or an object of arrays; "
            f"got {shown(history)}."
        )
    if _is_record(value):
        return _of_records([value], source, LINES)
    raise LogFormatError(f"{source} must hold {WANTED}; got {shown(value)}.")


def _are_names(line: str) -> bool:
    """Whether a line is the names of columns, as far as it alone can tell."""
    cells = [cell.strip() for cell in re.split(r"[,;\t|]", line)]
    return len(cells) > 1 and all(cells) and any(c.isalpha() for c in cells[0])


def _is_heading(records: Sequence[Any]) -> bool:
    """Whether the first of several lines says what made the run, as OpenMMLab writes it, and is no record."""
    if len(records) < 2 or not all(isinstance(record, dict) for record in records):
        return False
    return has_time(records[1]) and not any(records[0].keys() & record.keys() for record in records[1:])


def _of_records(
    records: Sequence[Any],
    source: str,
    format_name: str = LIST,
    around: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
) -> Table:
    if not records:
        raise LogFormatError(f"{source} must hold at least one epoch record; got an empty list.")
    for i, record in enumerate(records):
        if type(record) is not dict:
            raise LogFormatError(
                f"{source}, entry {i} must be an object with an 'epoch'; got {shown(record)}."
            )
    return table_of_records(records, source, format_name, around=around, notes=notes)


def _is_record(value: Mapping[str, Any]) -> bool:
    """Whether an object is the one record that a log holds so far."""
    return any(counts_time(name) and type(v) in (int, float) for name, v in value.items())
