"""The cells of a text table, some lines at a time: what separates them, and what is a comment."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.csv_layout import COMMENT, SPACES, Layout, cells_of, is_rule
from gaba_core.runs.formats.text_lines import PIECE, Lines, text_pieces
from gaba_core.runs.table import WIDEST

Raw = tuple[list[int], list[list[str]]]  # lines, counted from 1, and their cells


def raw_rows(text: str, source: str, layout: Layout) -> Iterator[Raw]:
    """Yield line and cells of every line that is neither blank nor a comment, some of them at a time.

    Raises:
        LogFormatError: a line is no CSV, or holds far too many cells.
    """
    read = _split_lines if layout.delimiter in (SPACES, "|") else _separated
    for lines, rows in read(text, source, layout):
        if rows:
            yield lines, rows


def _split_lines(text: str, source: str, layout: Layout) -> Iterator[Raw]:
    skip, n = set(layout.skip), 0
    for piece in text_pieces(text):
        if len(piece) > 2 * PIECE:
            _check_width(piece, layout.delimiter, source)
        held = piece.removesuffix("\n").split("\n")
        split = [cells_of(line, layout.delimiter) for line in held]
        retained = [
            i for i, row in enumerate(split)
            if row and (bare := held[i].lstrip()) and not bare.startswith(COMMENT)
            and not ("-" in held[i] and is_rule(held[i])) and n + i not in skip
        ]  # fmt: skip
        yield [n + i + 1 for i in retained], [split[i] for i in retained]
        n += len(held)


def _separated(text: str, source: str, layout: Layout) -> Iterator[Raw]:
    lines = Lines(text, partial(_check_width, delimiter=layout.delimiter, source=source))
    reader = csv.reader(lines, delimiter=layout.delimiter, skipinitialspace=True)
    first = True
    while True:
        numbers: list[int] = []
        rows: list[list[str]] = []
        seen = lines.pieces
        try:
            for row in reader:
                rows.append(row)
                numbers.append(reader.line_num)
                if lines.pieces != seen:
                    break
        except csv.Error as error:
            raise LogFormatError(f"{source}, line {reader.line_num} must be CSV; got {error}.") from error
        if not rows:
            return
        retained = _raw_of(numbers, rows, layout, first=first)
        first = first and not retained[1]
        yield retained


def _raw_of(numbers: list[int], rows: list[list[str]], layout: Layout, *, first: bool) -> Raw:
    """Return the rows that say something, without comments; the first row of all may look like one."""
    last = max(layout.skip, default=-1) + 1
    if numbers[0] > last and not layout.comments and layout.names is None and all(map(any, rows)):
        return numbers, rows
    retained_numbers: list[int] = []
    retained: list[list[str]] = []
    for n, row in zip(numbers, rows, strict=True):
        if not any(row) or n - 1 in layout.skip:
            continue
        is_comment = row[0].lstrip().startswith(COMMENT)
        if is_comment and (layout.names is not None or (layout.comments and not (first and not retained))):
            continue
        retained_numbers.append(n)
        retained.append(row)
    return retained_numbers, retained


def _check_width(piece: str, delimiter: str, source: str) -> None:
    """Raise where a line holds so many cells that a list of them would fill the memory."""
    for line in piece.split("\n"):
        most = len(line.split(None, 2 * WIDEST)) if delimiter == SPACES else line.count(delimiter) + 1
        if most > 2 * WIDEST:
            raise LogFormatError(f"{source} must hold at most {WIDEST} columns; got more in a line.")
