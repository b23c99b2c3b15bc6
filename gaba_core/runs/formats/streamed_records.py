"""Long logs of irregular records, read some at a time into columns: no record stays in memory.

The outcome is that of `documents.read_json`, which holds all records at once. Whatever does not fit (a line
that breaks off in the middle, a value that is no record, a refusal) is left to it.
"""

from __future__ import annotations

import math
import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.flattening import lists_apart, without_objects
from gaba_core.runs.formats.pieces import line_pieces, list_pieces
from gaba_core.runs.formats.records import LINES, LIST, REFERENCE, TRAINER, has_time, table_of_fields
from gaba_core.runs.formats.records import without_summary as split_summary
from gaba_core.runs.formats.text import loads, torn_line
from gaba_core.runs.formats.typed_records import BOM
from gaba_core.runs.formats.values import ABSENT
from gaba_core.runs.table import Table
from gaba_core.runs.time_columns import STEP_NAMES

LONG = 1 << 18  # bytes from which a log is read so
TAIL = 3  # records at the end that may hold a summary
CELL = 9  # bytes of a value in a table
_HISTORY = re.compile(rb'"(log_history|history)"\s*:\s*(?=\[)')
_END = re.compile(rb"\}\s*\](?=\s*[,}])")
HEADING = "The first line has no field of the others: it was read as what made the run."


class _UnfitError(Exception):
    """The log is no regular sequence of records, or `read_json` has something to say of it."""


def streamed_table(data: bytes, source: str) -> Table | None:
    """Return the table of a long log of records; None where it needs a closer look.

    Raises:
        LogFormatError: its fields would fill far more cells than it has bytes.
    """
    content = data.removeprefix(BOM)
    try:
        if content[:LONG].lstrip()[:1] == b"[":
            return _table(list_pieces(content, _records), source, LIST, {}, len(data))
        if content[:LONG].lstrip()[:1] == b"{":
            return _of_object(content, source, len(data))
    except (_UnfitError, RecursionError):
        return None
    except ValueError as error:
        if isinstance(error, LogFormatError) and "cells" in str(error):
            raise
    return None


def _of_object(content: bytes, source: str, size: int) -> Table:
    found = _history(content)
    if found is not None:
        kind, records, rest = found
        return _table(list_pieces(records, _records), source, kind, rest, size)
    if content.find(b"\n", 0, LONG) < 0:
        raise _UnfitError  # one object, or a record that is no line
    torn = torn_line(content)
    whole = content if torn is None else content[: content.rfind(b"\n") + 1]
    pieces = map(_line_records, line_pieces(whole))
    return replace(_table(pieces, source, LINES, {}, size), torn=torn)


def _history(content: bytes) -> tuple[str, bytes, dict[str, Any]] | None:
    """Return format, records and what stands around them, of one object that holds them; else None."""
    start = _HISTORY.search(content)
    ends = None if start is None else [found.end() for found in _END.finditer(content, len(content) - LONG)]
    if start is None or not ends or ends[-1] < start.end():
        return None
    try:
        around = loads((content[: start.end()] + b"null" + content[ends[-1] :]).decode())
    except ValueError:
        return None
    name = start[1].decode()
    if (
        type(around) is not dict
        or around.pop(name, "") is not None
        or type(around.get("log_history")) is list
    ):
        return None
    is_trainer = name == "log_history"
    return TRAINER if is_trainer else LIST, content[start.end() : ends[-1]], {} if is_trainer else around


def _records(piece: bytes) -> list[dict[str, Any]]:
    """Return the records of a JSON list."""
    records = loads(piece.decode())
    if type(records) is not list or any(type(record) is not dict for record in records):
        raise _UnfitError
    return records


def _line_records(piece: bytes) -> list[dict[str, Any]]:
    """Return the records of lines, read as one list: a line that holds two gives one too many."""
    lines = [line for line in piece.split(b"\n") if line.strip()]
    records = _records(b"[" + b",".join(lines) + b"]")
    if len(records) != len(lines):
        raise _UnfitError
    return records


def _table(
    pieces: Iterable[list[dict[str, Any]]], source: str, kind: str, around: Mapping[str, Any], size: int
) -> Table:
    folded = _Folded(source, size)
    for records in pieces:
        for record in records:
            folded.add(record)
    return folded.table(kind, around)


class _Folded:
    """Records as columns; the first and the last ones are held back, for they may be no records."""

    def __init__(self, source: str, size: int) -> None:
        self.source, self.size = source, size
        self.rows = 0
        self.columns: dict[str, list[Any]] = {}
        self.left_out: dict[str, str] = {}
        self._first: list[dict[str, Any]] = []
        self._later: dict[str, None] = {}  # names of all records but the first
        self._tail: deque[dict[str, Any]] = deque()

    def add(self, record: dict[str, Any]) -> None:
        """Take a record in."""
        if len(self._first) < 2:
            self._first.append(record)
            if len(self._first) == 1:
                return
        self._later.update(dict.fromkeys(record))
        self._tail.append(record)
        if len(self._tail) > TAIL:
            if not self.rows:
                self._fold_first()
            self._fold(self._tail.popleft())

    def _fold_first(self) -> None:
        self._fold(self._first[0])

    def _fold(self, record: dict[str, Any]) -> None:
        for name, value in without_objects(record, self.left_out).items():
            column = self.columns.get(name)
            if column is None:
                column = self.columns[name] = []
                self._check_cells()
            if len(column) < self.rows:
                column.extend([ABSENT] * (self.rows - len(column)))
            column.append(value)
        self.rows += 1

    def table(self, kind: str, around: Mapping[str, Any]) -> Table:
        """Return the table of all records.

        Raises:
            LogFormatError: too many cells, or as `table_of_fields`.
        """
        if not self.rows:
            raise _UnfitError  # a few long records: read at once
        first, second = self._first
        notes: tuple[str, ...] = ()
        if kind == LINES and has_time(second) and not first.keys() & self._later.keys():
            around, notes, first = first, (HEADING,), second
            self._without_first()
        retained, summary, said = split_summary([first, dict.fromkeys(self._later), *self._tail])
        for record in list(self._tail)[: len(retained) - 2]:
            self._fold(record)
        columns = self._closed()
        if not _is_counted(columns):
            raise _UnfitError
        return table_of_fields(
            columns,
            self.source,
            kind,
            around=summary | dict(around),
            notes=(*notes, *said),
            left_out=self.left_out,
        )

    def _without_first(self) -> None:
        names = without_objects(self._first[0], {})
        self.columns = {name: column[1:] for name, column in self.columns.items() if name not in names}
        self.rows -= 1

    def _check_cells(self) -> None:
        cells = self.rows * len(self.columns)
        if cells * CELL > (20 << 20) + 10 * self.size:
            raise LogFormatError(
                f"{self.source} must hold fields that most records share; got {self.rows} records of "
                f"{len(self.columns)} fields, {cells} cells in {self.size} bytes."
            )

    def _closed(self) -> dict[str, list[Any]]:
        self._check_cells()
        for column in self.columns.values():
            column.extend([ABSENT] * (self.rows - len(column)))
        return lists_apart(self.columns, self.left_out)


def _is_counted(columns: Mapping[str, list[Any]]) -> bool:
    """Whether every record is surely counted: a closer look says which one is not."""
    epochs = columns.get("epoch")
    if epochs is None:
        return not any(name in REFERENCE for name in columns)
    if not all(type(v) in (int, float) and math.isfinite(v) for v in epochs if v is not ABSENT):
        return False
    steps = (column for name, column in columns.items() if name.lower() in STEP_NAMES)
    return ABSENT not in epochs or any(all(type(v) in (int, float) for v in column) for column in steps)
