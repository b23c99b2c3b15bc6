"""Scalars of a TensorBoard event file: a TFRecord file of `Event` messages.

Source: event.proto, summary.proto and tensor.proto of TensorFlow. Read are an event's wall_time (1), step (2)
and summary (5); of a summary's values (1) the tag (1) and simple_value (2) or tensor (8); of a tensor its
dtype (1), content (4) and float_val (5), double_val (6), int_val (7), int64_val (10). All else is passed by.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.protobuf import I32, I64, LENGTH, VARINT, fields, signed
from gaba_core.runs.formats.text import TORN
from gaba_core.runs.formats.tfrecord import frames_of
from gaba_core.runs.formats.values import ABSENT, table_of
from gaba_core.runs.table import Table

FORMAT = "TensorBoard event file"
STEP, WALL = "step", "wall_time"
# dtype of a tensor to that of its content, and the field and wire form of its value where it has no content.
_CONTENT = {1: "<f4", 2: "<f8", 3: "<i4", 9: "<i8", 19: "<f2"}
_VALUES = {5: ("<f", I32), 6: ("<d", I64)}
_INTEGERS = (7, 10)


def read_events(data: bytes, source: str) -> Table:
    """Return a row for each step an event file holds scalars of; wall_time counts seconds from its start.

    Raises:
        LogFormatError: names source, record, what was found and what was expected.
    """
    table = read_event_rows(data, source)
    wall = table.columns[WALL]
    return replace(table, columns={**table.columns, WALL: wall - wall[0]})


def read_event_rows(data: bytes, source: str) -> Table:
    """Return a row for each step an event file holds scalars of; wall_time as it stands there.

    Scalars of one step that follow each other are one row; where a tag comes again, a new row begins.

    Raises:
        LogFormatError: names source, record, what was found and what was expected.
    """
    frames = frames_of(data)
    rows: list[dict[str, Any]] = []
    for i, message in enumerate(frames.data):
        try:
            _add(rows, message)
        except (ValueError, struct.error) as error:
            raise LogFormatError(f"{source}, record {i} must be a TensorBoard event; got {error}.") from error
    notes = (f"The file stops where {frames.stopped}: {TORN}.",) if frames.stopped else ()
    if not rows:
        said = f"; {frames.stopped}" if frames.stopped else ""
        raise LogFormatError(
            f"{source} must hold at least one scalar; got {len(frames.data)} events without any{said}."
        )
    names = dict.fromkeys(name for row in rows for name in row)
    values = {name: [row.get(name, ABSENT) for row in rows] for name in names}
    return table_of(values, source, FORMAT, notes=notes, sparse=True)


def _add(rows: list[dict[str, Any]], message: bytes) -> None:
    """Add the scalars of an event to the rows."""
    wall, step, summaries = 0.0, 0, []
    for number, kind, value in fields(message):
        if number == 1 and kind == I64:
            wall = struct.unpack("<d", value)[0]  # type: ignore[arg-type]  # only a varint is an int
        elif number == 2 and isinstance(value, int):
            step = signed(value)
        elif number == 5 and isinstance(value, bytes):
            summaries.append(value)
    for tag, scalar in (found for summary in summaries for found in _scalars(summary)):
        name = f"{tag} (tag)" if tag in (STEP, WALL) else tag
        if not rows or rows[-1][STEP] != step or name in rows[-1]:
            rows.append({STEP: step, WALL: wall})
        rows[-1][name] = scalar


def _scalars(summary: bytes) -> Iterator[tuple[str, float]]:
    for number, kind, value in fields(summary):
        if number != 1 or kind != LENGTH or not isinstance(value, bytes):
            continue
        tag, scalar = "", None
        for inner, wire_type, content in fields(value):
            if inner == 1 and isinstance(content, bytes):
                tag = content.decode("utf-8", "replace")
            elif inner == 2 and wire_type == I32:
                scalar = struct.unpack("<f", content)[0]  # type: ignore[arg-type]
            elif inner == 8 and isinstance(content, bytes):
                scalar = _tensor(content)
        if tag and scalar is not None:
            yield tag, float(scalar)


def _tensor(message: bytes) -> float | None:
    """Return the one number of a scalar tensor; None of any other."""
    dtype, content, numbers = 0, b"", []
    for number, wire_type, value in fields(message):
        if number == 1 and isinstance(value, int):
            dtype = value
        elif number == 4 and isinstance(value, bytes):
            content = value
        elif number in _VALUES and isinstance(value, bytes):
            form = _VALUES[number][0]
            numbers += (
                [n for (n,) in struct.iter_unpack(form, value)] if wire_type in (LENGTH, I32, I64) else []
            )
        elif number in _INTEGERS and wire_type == VARINT and isinstance(value, int):
            numbers.append(signed(value))
    if content and dtype in _CONTENT and len(content) == np.dtype(_CONTENT[dtype]).itemsize:
        return float(np.frombuffer(content, dtype=_CONTENT[dtype])[0])
    return float(numbers[0]) if len(numbers) == 1 else None


def first_tag(head: bytes) -> str:
    """Return the tag of the first scalar in the head of an event file; empty where it holds none."""
    rows: list[dict[str, Any]] = []
    for message in frames_of(head).data:
        try:
            _add(rows, message)
        except (ValueError, struct.error):
            return ""
        if rows:
            return next(name for name in rows[0] if name not in (STEP, WALL))
    return ""
