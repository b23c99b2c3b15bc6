"""Rows of plain numbers, read as JSON: its parser is many times faster than cells of text one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import numpy as np

from gaba_core.abandoning import stop_if_abandoned
from gaba_core.checks import FloatArray
from gaba_core.runs.formats.csv_layout import SPACES

PIECE = 1 << 16  # characters read at a time: Python's numbers take up to twenty times as many bytes


def plain_rows(text: str, begin: int, width: int, delimiter: str) -> FloatArray | None:
    """Return the cells of rows, NaN where one is empty, shape (width, R); None where anything else stands.

    Numbers are those that JSON knows, so no NaN, no infinity and no text; each row ends its line.

    Args:
        text: the whole table.
        begin: where its rows begin.
        width: cells of a row.
        delimiter: between two cells.
    """
    if not text.endswith("\n"):
        return None
    rows: Any = list[tuple[(float | None,) * width]]  # type: ignore[misc]  # as wide as the head
    decoder = msgspec.json.Decoder(rows)
    columns = np.empty((width, text.count("\n", begin)))
    at = 0
    try:
        for piece in _pieces(text, begin, delimiter):
            try:
                found = decoder.decode(piece)
            except msgspec.DecodeError:
                found = decoder.decode(_filled(piece))
            columns[:, at : at + len(found)] = np.array(found, np.float64).reshape(-1, width).T
            at += len(found)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None
    return columns[:, :at]


def _pieces(text: str, begin: int, delimiter: str) -> Iterator[bytes]:
    """Yield the rows as JSON, a list of some of them at a time.

    Raises:
        DecodeError: they hold quotes or brackets, which JSON would take for its own.
    """
    while begin < len(text):
        stop_if_abandoned(begin / len(text))
        end = text.find("\n", begin + PIECE) + 1 or len(text)
        piece = text[begin:end]
        if '"' in piece or "[" in piece or "]" in piece:
            raise msgspec.DecodeError
        rows = _set_apart(piece) if delimiter == SPACES else _commas(piece, delimiter)
        if rows:
            yield b"[[" + rows.encode().replace(b"\n", b"],[") + b"]]"
        begin = end


def _commas(piece: str, delimiter: str) -> str:
    """Return rows with a comma between cells and, where the semicolon stood there, points in numbers."""
    if delimiter == ";":
        piece = piece.replace(",", ".")
    return piece.replace(delimiter, ",").replace("\r\n", "\n")[:-1]


def _set_apart(piece: str) -> str:
    """Return rows that blanks set apart with commas instead.

    Raises:
        DecodeError: they hold some already.
    """
    if "," in piece:
        raise msgspec.DecodeError
    rows = (",".join(line.split()) for line in piece.split("\n"))
    return "\n".join(row for row in rows if row)


def _filled(piece: bytes) -> bytes:
    """Return rows with null in every empty cell; of several in a row each pass finds every second."""
    for empty, filled in ((b",,", b",null,"), (b",,", b",null,"), (b"[,", b"[null,"), (b",]", b",null]")):
        piece = piece.replace(empty, filled)
    return piece
