"""What is in a log, whichever program wrote it: found from its content and never from its name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.csv_layout import layout_of
from gaba_core.runs.formats.csv_rows import read_separated
from gaba_core.runs.formats.documents import read_json, refuse_truncated
from gaba_core.runs.formats.encoding import text_of
from gaba_core.runs.formats.events import read_events
from gaba_core.runs.formats.records import LINES, LIST, REFERENCE, table_of_fields
from gaba_core.runs.formats.sqlite_store import is_sqlite, read_sqlite
from gaba_core.runs.formats.streamed_records import LONG, streamed_table
from gaba_core.runs.formats.tfrecord import is_framed
from gaba_core.runs.formats.typed_records import Truncated, TypedRecords, typed_records
from gaba_core.runs.formats.values import Numbers
from gaba_core.runs.formats.wandb_run import is_wandb, read_wandb
from gaba_core.runs.table import WIDEST, Table

_BINARY = ((is_framed, read_events), (is_wandb, read_wandb), (is_sqlite, read_sqlite))


def read_table(data: bytes | str, source: str) -> Table:
    """Return the columns of a log.

    Raises:
        LogFormatError: names source, place, what was found and what was expected.
    """
    if isinstance(data, bytes):
        for is_kind, read in _BINARY:
            if is_kind(data):
                return read(data, source)
        try:
            fast = _fast_table(data, source)
        except Truncated:
            refuse_truncated(text_of(data, source)[0], source)
            fast = None
        if fast is not None and fast.columns:  # one without a number is refused in full below
            return fast
        long = streamed_table(data, source) if len(data) >= LONG else None
        if long is not None and long.columns:
            return _of_bounded_width(long, source)
        _refuse_dense(data, source)
    text, notes = text_of(data, source)
    del data
    layout = layout_of(text, source)
    table = read_json(text, source) if layout is None else read_separated(text, source, layout)
    table = replace(table, notes=(*notes, *table.notes)) if notes else table
    if not table.columns:
        raise LogFormatError(f"{source} must hold at least one column of numbers; got none.")
    return _of_bounded_width(table, source)


def _of_bounded_width(table: Table, source: str) -> Table:
    count = len(table.columns) + len(table.left_out)
    if count > WIDEST:
        raise LogFormatError(f"{source} must hold at most {WIDEST} columns; got {count}.")
    return table


def _refuse_dense(data: bytes, source: str) -> None:
    """Refuse JSON whose objects would take many times its size in memory: records of next to nothing."""
    if len(data) < LONG or data[:LONG].lstrip()[:1] not in (b"[", b"{"):
        return
    objects, lists, entries = (data.count(mark) for mark in (b"{", b"[", b","))
    if 120 * objects + 64 * lists + 8 * entries > (20 << 20) + 12 * len(data):
        raise LogFormatError(
            f"{source} must hold records of some length; got {objects} objects and {lists} lists in "
            f"{len(data)} bytes."
        )


def _fast_table(data: bytes, source: str) -> Table | None:
    """Return the table of regular records that are counted in each; None where they need a closer look."""
    found = typed_records(data)
    if found is None or not _is_counted(found.fields):
        return None
    if any(isinstance(value, (dict, list)) for values in _mixed(found) for value in values):
        return None
    kind = LINES if found.lines else LIST
    return replace(table_of_fields(found.fields, source, kind, around=found.around), torn=found.torn)


def _is_counted(fields: Mapping[str, Sequence[Any] | Numbers]) -> bool:
    """Whether every record has a finite epoch, or none has one and nothing asks for it."""
    epochs = fields.get("epoch")
    if epochs is None:
        return not any(name in REFERENCE for name in fields)
    return isinstance(epochs, Numbers) and bool(np.isfinite(epochs.column).all())


def _mixed(found: TypedRecords) -> Iterator[Sequence[Any]]:
    return (values for values in found.fields.values() if not isinstance(values, Numbers))
