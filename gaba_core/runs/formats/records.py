"""Records, one an epoch or a step: the reference's and our own, HuggingFace's, detectron2's and others'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.text import shown
from gaba_core.runs.formats.values import ABSENT, Numbers, numbers_of_text, table_of
from gaba_core.runs.table import Table
from gaba_core.runs.time_columns import STEP_NAMES

LIST, LINES = "list of records", "JSON Lines"
TRAINER, DETECTRON = "HuggingFace trainer_state.json", "detectron2 metrics (JSON Lines)"
REFERENCE = ("rmse_last", "nasa")  # what only a log in the reference form holds: there epochs must stand


def table_of_records(
    records: Sequence[dict[str, Any]],
    source: str,
    format_name: str = LIST,
    *,
    around: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
) -> Table:
    """Return the table of records; an object inside a record gives fields `outer/inner`.

    Raises:
        LogFormatError: names source, entry, field, what was found and what was expected.
    """
    rows = [_flat(record) for record in records]
    names = _fields(rows)
    values = {name: [row.get(name, ABSENT) for row in rows] for name in names}
    _check_epochs(values, rows, source)
    return table_of_fields(values, source, format_name, around=around, notes=notes)


def table_of_fields(
    values: Mapping[str, Sequence[Any] | Numbers],
    source: str,
    format_name: str,
    *,
    around: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
) -> Table:
    """Return the table of records as fields, whose epochs were checked."""
    detectron = is_detectron(tuple(values))
    known = DETECTRON if format_name == LINES and detectron else format_name
    sparse = format_name == TRAINER or detectron
    return table_of(values, source, known, around=around, notes=notes, sparse=sparse)


def is_detectron(names: Sequence[str]) -> bool:
    """Whether records count in detectron2's `iteration` and in no epochs."""
    return "iteration" in names and "epoch" not in names


def _flat(record: dict[str, Any]) -> dict[str, Any]:
    if not any(isinstance(value, dict) for value in record.values()):
        return record
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if isinstance(value, dict):
            flat |= {f"{name}/{inner}": v for inner, v in value.items() if not isinstance(v, dict)}
        else:
            flat[name] = value
    return flat


def _fields(rows: Sequence[dict[str, Any]]) -> list[str]:
    first = rows[0].keys()
    if all(row.keys() == first for row in rows):
        return list(first)
    return list(dict.fromkeys(name for row in rows for name in row))


def _check_epochs(values: Mapping[str, Sequence[Any]], rows: Sequence[dict[str, Any]], source: str) -> None:
    """Raise unless every epoch is a finite number and, where nothing else counts the rows, in every row."""
    counted = any(
        name.lower() in STEP_NAMES and all(type(v) in (int, float) for v in numbers_of_text(column) or column)
        for name, column in values.items()
    )
    wanted = not counted and ("epoch" in values or any(name in REFERENCE for name in values))
    if "epoch" not in values and not wanted:
        return
    entries = values.get("epoch", [ABSENT] * len(rows))
    for i, value in enumerate(numbers_of_text(entries) or entries):
        if value is ABSENT:
            if wanted:
                raise LogFormatError(f"{source}, entry {i} must have a field 'epoch'; got {shown(rows[i])}.")
            continue
        if type(value) not in (int, float) or value != value or value in (float("inf"), float("-inf")):
            raise LogFormatError(
                f"{source}, entry {i}, field 'epoch' must be a finite number; got {shown(entries[i])}."
            )
