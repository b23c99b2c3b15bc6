"""A log that grows: of what was read before only the end is read again, and the columns go on.

A log is cut behind its last whole row. Where what comes before the cut is, byte by byte, what was read, the
rows behind the cut are read alone, behind the log's own first rows: these say what the columns are, and the
piece is so a small log of the same kind, read by the same reader. Whatever does not fit is read whole.

The bytes are compared by a hash (BLAKE2b, 0.12 s for 141 MB): keeping them would double what a log takes, and
a checksum that is four times as fast can be met by other bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.csv_rows import FORMAT, LIGHTNING
from gaba_core.runs.formats.detection import read_table
from gaba_core.runs.formats.records import DETECTRON, LINES, LIST
from gaba_core.runs.table import Seam, Table
from gaba_core.runs.tailing.table_append import append_rows, continues, is_part

HEAD = 1 << 16  # bytes in which the first rows must end, and what follows the rows begin
_HISTORY = re.compile(r'"history"\s*:\s*\[\s*(?=\{)')
_LAST_RECORD = re.compile(rb"\}(?=\s*\])")
_TWO_LINES = re.compile(rb"(?:\s*\n)?[^\n]*\S[^\n]*\n(?:\s*\n)?[^\n]*\S[^\n]*\n")


def read_growing(
    data: bytes, source: str, before: tuple[Table, Seam | None] | None = None
) -> tuple[Table, Seam | None]:
    """Return the columns of a log, and where it is cut when it is read again; None where it cannot be.

    Args:
        data: the whole log.
        source: what messages call it.
        before: what this returned when the log was read last.

    Raises:
        LogFormatError: as `read_table`, in the same words.
    """
    table, seam = before or (None, None)
    if table is not None and seam is not None and len(data) >= seam.end:
        known = hashlib.blake2b(memoryview(data)[: seam.end])
        longer = _continued(table, seam, data) if known.digest() == seam.digest else None
        if longer is not None:
            return longer, _cut(data, longer, known, seam)
    table = read_table(data, source)
    return table, _cut(data, table, hashlib.blake2b(), None)


def _continued(table: Table, seam: Seam, data: bytes) -> Table | None:
    piece = _piece(seam.head + data[seam.end :])
    if piece is None or not continues(table, piece):
        return None
    longer = append_rows(table, seam.rows, piece, seam.skipped)
    if any(absent.all() for absent in longer.unlogged.values()):
        return None  # the one row that spoke there has gone: read whole, the column is left out
    return longer if piece.torn is None else replace(longer, torn=piece.torn + seam.lines)


def _cut(data: bytes, table: Table, known: hashlib.blake2b, before: Seam | None) -> Seam | None:
    """Return where the log is cut, once reading what comes behind the cut has proved that it can be.

    Args:
        data: the whole log.
        table: what was read of it.
        known: the hash of its bytes up to the cut before.
        before: that cut.
    """
    for first, end, skipped in _places(data, table):
        since = 0 if before is None else before.end
        piece = _piece(data[:first] + data[end:]) if end >= max(first, since) else None
        if piece is None:
            continue
        rows = table.rows - (piece.rows - skipped)
        if continues(table, piece) and is_part(table, rows, piece, skipped):
            known.update(memoryview(data)[since:end])
            lines = data.count(b"\n", first, end) if before is None else before.lines
            lines += 0 if before is None else data.count(b"\n", since, end)
            return Seam(data[:first], skipped, end, rows, lines, known.digest())
    return None


def _places(data: bytes, table: Table) -> Iterator[tuple[int, int, int]]:
    """Yield where the log may be cut: the end of its first rows, that of its last, how many the first are."""
    if table.format in (LINES, DETECTRON, FORMAT, LIGHTNING):
        first, end = _TWO_LINES.match(data[:HEAD]), data.rfind(b"\n") + 1
        if first is None:
            return
        if table.format in (LINES, DETECTRON):
            yield first.end(), end, 2
        elif b'"' not in data and data.count(b"\r") == data.count(b"\r\n"):  # else a line may be no row
            head = _piece(data[: first.end()])
            yield first.end(), end, 0 if head is None else head.rows
    elif table.format == LIST:
        text = data[:HEAD].decode("utf-8", "ignore")
        history = None if text.lstrip("\ufeff \t\r\n")[:1] == "[" else _HISTORY.search(text)
        first_end = _record_end(text, text.find("{") if history is None else history.end())
        if first_end and history is None:
            yield first_end, data.rfind(b"}") + 1, 1
        elif first_end:
            start = max(0, len(data) - HEAD)
            ends = [start + found.end() for found in _LAST_RECORD.finditer(data[start:])]
            yield from ((first_end, end, 1) for end in reversed(ends))


def _record_end(text: str, start: int) -> int:
    """Return how many bytes end with the record that starts there; 0 where none ends."""
    try:
        end = json.JSONDecoder().raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        return 0
    return len(text[:end].encode())


def _piece(data: bytes) -> Table | None:
    try:
        return read_table(data, "")
    except LogFormatError:
        return None
