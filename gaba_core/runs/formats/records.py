"""Records, one an epoch or a step: the reference's and our own, HuggingFace's, detectron2's and others'."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.flattening import flattened
from gaba_core.runs.formats.text import shown
from gaba_core.runs.formats.values import ABSENT, Numbers, numbers_of_text, table_of
from gaba_core.runs.table import Table
from gaba_core.runs.time_columns import EPOCH_NAMES, STEP_NAMES, counts_time

LIST, LINES = "list of records", "JSON Lines"
TRAINER, DETECTRON = "HuggingFace trainer_state.json", "detectron2 metrics (JSON Lines)"
REFERENCE = ("rmse_last", "nasa")  # what only a log in the reference form holds: there epochs must stand
_LABELS = frozenset(("mode", "phase", "split", "type", "event", "kind", "stage", "set", "name", "level"))
SHOWN = 4  # figures of a summary that a note quotes


def table_of_records(
    records: Sequence[dict[str, Any]],
    source: str,
    format_name: str = LIST,
    *,
    around: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
) -> Table:
    """Return the table of records; an object inside a record gives fields `outer/inner`.

    What comes after the last record that counts, with fields of its own alone, is a summary: it is no moment
    of the training and goes to what is known around the records.

    Raises:
        LogFormatError: names source, entry, field, what was found and what was expected.
    """
    retained, summary, said = without_summary(records)
    rows, left_out = flattened(retained)
    names = _fields(rows)
    values = {name: [row.get(name, ABSENT) for row in rows] for name in names}
    _check_epochs(values, rows, source)
    around = summary | dict(around or {})
    return table_of_fields(
        values, source, format_name, around=around, notes=(*notes, *said), left_out=left_out
    )


def table_of_fields(
    values: Mapping[str, Sequence[Any] | Numbers],
    source: str,
    format_name: str,
    *,
    around: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
    left_out: Mapping[str, str] | None = None,
) -> Table:
    """Return the table of records as fields, whose epochs were checked."""
    detectron = is_detectron(tuple(values))
    known = DETECTRON if format_name == LINES and detectron else format_name
    sparse = format_name == TRAINER or detectron
    return table_of(values, source, known, around=around, notes=notes, left_out=left_out, sparse=sparse)


def is_detectron(names: Sequence[str]) -> bool:
    """Whether records count in detectron2's `iteration` and in no epochs."""
    return "iteration" in names and "epoch" not in names


def without_summary(
    records: Sequence[dict[str, Any]],
) -> tuple[Sequence[dict[str, Any]], dict[str, Any], tuple[str, ...]]:
    """Return the records without a summary at their end, the entries of that, and a note."""
    at = len(records)
    counted = [any(counts_time(name) for name in record) for record in records[-3:]]
    while at > 1 and len(records) - at < 2 and not counted[at - len(records) - 1]:
        at -= 1
    if at == len(records) or not any(counts_time(name) for name in records[0]):
        return records, {}, ()
    known = {name for record in records[:at] for name in record}
    summary = {name: v for record in records[at:] for name, v in record.items()}
    if not summary or any(name in known and name not in _LABELS for name in summary):
        return records, {}, ()
    quoted = [f"{name} {_short(v)}" for name, v in summary.items() if isinstance(v, (int, float, str))]
    more = "" if len(quoted) <= SHOWN else f" and {len(quoted) - SHOWN} more"
    said = f": {', '.join(quoted[:SHOWN])}{more}" if quoted else ""
    note = f"The last entry has no field of the others: it was read as a summary of the run{said}."
    return records[:at], summary, (note,)


def _short(value: float | str) -> str:
    if type(value) is int and abs(value) >= 1e15:
        return "a large number"
    text = f"{value:.6g}" if type(value) is float else str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _fields(rows: Sequence[dict[str, Any]]) -> list[str]:
    first = rows[0].keys()
    if all(row.keys() == first for row in rows):
        return list(first)
    return list(dict.fromkeys(name for row in rows for name in row))


def _check_epochs(values: Mapping[str, Sequence[Any]], rows: Sequence[dict[str, Any]], source: str) -> None:
    """Raise unless every epoch is a finite number and, where nothing else counts the rows, in every row.

    A row of other quantities alone, an evaluation, needs no epoch of its own.
    """
    counted = any(
        name.lower() in STEP_NAMES and all(type(v) in (int, float) for v in numbers_of_text(column) or column)
        for name, column in values.items()
    )
    wanted = not counted and ("epoch" in values or any(name in REFERENCE for name in values))
    if "epoch" not in values and not wanted:
        return
    entries = values.get("epoch", [ABSENT] * len(rows))
    with_epoch = {name for row in rows if "epoch" in row for name in row}
    for i, value in enumerate(numbers_of_text(entries) or entries):
        if value is ABSENT:
            if wanted and (not with_epoch or not any(name not in with_epoch for name in rows[i])):
                raise LogFormatError(f"{source}, entry {i} must have a field 'epoch'; got {shown(rows[i])}.")
            continue
        if type(value) not in (int, float) or value != value or value in (float("inf"), float("-inf")):
            raise LogFormatError(
                f"{source}, entry {i}, field 'epoch' must be a finite number; got {shown(entries[i])}."
            )


def has_time(record: Mapping[str, Any]) -> bool:
    """Whether a record says at which epoch or step it was made."""
    return any(name.lower() in (*EPOCH_NAMES, *STEP_NAMES) for name in record)
