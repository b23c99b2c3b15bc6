"""Comma-, semicolon- or tab-separated values: Lightning's metrics.csv, Keras's CSVLogger, any plain CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.plain_rows import plain_rows
from gaba_core.runs.formats.text import shown
from gaba_core.runs.formats.values import IS_EMPTY, NO_NUMBERS
from gaba_core.runs.schema import Floats
from gaba_core.runs.table import Bools, Codes, Table, finite

FORMAT, LIGHTNING = "CSV", "Lightning metrics.csv"
DELIMITERS = (",", ";", "\t")
EMPTY = frozenset(("", "null", "none", "na", "n/a", "-"))


def delimiter_of(text: str, source: str) -> str | None:
    """Return what separates the cells of a text that looks like CSV, else None."""
    first, _, rest = text.lstrip().partition("\n")
    if not rest.strip() or first[:1] in "[{":
        return None
    found = max(DELIMITERS, key=first.count)
    if first.count(found):
        return found
    second = rest.lstrip().partition("\n")[0].strip()
    return "," if source.lower().endswith(".csv") or _number(second) is not None else None


def read_separated(text: str, source: str, delimiter: str) -> Table:
    """Return the table of a CSV text; an empty cell says nothing, and a cell of text is no number.

    Raises:
        LogFormatError: names source, line, column, what was found and what was expected.
    """
    read = _plain(text, delimiter) or _cell_by_cell(text, source, delimiter)
    columns: dict[str, Floats] = {}
    unlogged: dict[str, Bools] = {}
    left_out: dict[str, str] = {}
    nonfinite: dict[str, Codes] = {}
    for name, found in zip(read.names, read.columns, strict=True):
        if found is None or found[1].all():
            left_out[name] = NO_NUMBERS if found is None else IS_EMPTY
            continue
        column, absent = found
        columns[name], codes = finite(column)
        if codes is not None and not absent[codes > 0].all():
            nonfinite[name] = np.where(absent, np.int8(0), codes)
        if absent.any():
            unlogged[name] = absent
    kind = LIGHTNING if {"epoch", "step"} <= columns.keys() and delimiter == "," else FORMAT
    return Table(
        *(kind, columns, unlogged, left_out),
        notes=tuple(read.notes),
        row="row",
        nonfinite=nonfinite,
        torn=read.torn,
    )


class _Read(NamedTuple):
    """Names and notes; of each column its numbers and where it says nothing, or None; the torn line."""

    names: list[str]
    notes: list[str]
    columns: list[tuple[Floats, Bools] | None]
    torn: int | None = None


def _plain(text: str, delimiter: str) -> _Read | None:
    """Return what a text says whose rows hold plain numbers only, else None."""
    first, _, rest = text.partition("\n")
    head, _ = _rows(first, "", delimiter)
    if not head:
        return None
    names, notes = _names(head, [1])
    values = plain_rows(text if head else rest, len(names), delimiter)
    if values is None:
        return None
    absent = np.isnan(values)
    if absent.all(axis=1).any():  # a row that says nothing is none
        return None
    columns = np.ascontiguousarray(values.T), np.ascontiguousarray(absent.T)
    return _Read(names, notes, list(zip(*columns, strict=True)))


def _cell_by_cell(text: str, source: str, delimiter: str) -> _Read:
    """Return what a text says, whatever its cells hold."""
    rows, lines = _rows(text, source, delimiter)
    names, notes = _names(rows, lines)
    if not rows:
        raise LogFormatError(f"{source} must hold at least one row of values; got a line of names alone.")
    torn = _trimmed(rows, lines, len(names), text, source)
    cells = zip(*rows, strict=True)
    columns = [_column(*named, lines, source, delimiter) for named in zip(names, cells, strict=True)]
    return _Read(names, notes, columns, torn)


def _rows(text: str, source: str, delimiter: str) -> tuple[list[list[str]], list[int]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows, lines = [], []
    try:
        for row in reader:
            if any(row):
                rows.append(row)
                lines.append(reader.line_num)
    except csv.Error as error:
        raise LogFormatError(f"{source}, line {reader.line_num} must be CSV; got {error}.") from error
    return rows, lines


def _names(rows: list[list[str]], lines: list[int]) -> tuple[list[str], list[str]]:
    """Return the names of the columns and notes; takes the line of names off the rows."""
    head = [cell.strip() for cell in rows[0]]
    if any(_number(cell) is not None for cell in head):
        named = [f"column {i}" for i in range(1, len(head) + 1)]
        return named, ["There is no line of names: the columns are numbered."]
    head[0] = head[0].removeprefix("#").strip()
    again = [i for i, row in enumerate(rows) if row == rows[0]]
    for i in reversed(again):
        del rows[i], lines[i]
    notes = []
    if len(again) > 1:
        notes.append(f"The line of names stands {len(again)} times: the log was appended to after a restart.")
    names: list[str] = []
    for i, name in enumerate(head, start=1):
        plain = name or f"column {i}"
        count = 1
        while plain in names:
            count += 1
            plain = f"{name or f'column {i}'} ({count})"
        if count > 1:
            notes.append(f"{name} names more than one column: the later one is called {plain}.")
        names.append(plain)
    return names, notes


def _trimmed(rows: list[list[str]], lines: list[int], width: int, text: str, source: str) -> int | None:
    """Bring every row to the width of the head; return the last line where it is cut short and left out."""
    torn = None
    if len(rows) > 1 and len(rows[-1]) < width and not text.endswith("\n"):
        torn = lines[-1]
        del rows[-1], lines[-1]
    for row, line in zip(rows, lines, strict=True):
        while len(row) > width and not row[-1].strip():
            del row[-1]
        if len(row) != width:
            raise LogFormatError(
                f"{source}, line {line} must hold {width} cells, one a name in the head; got {len(row)}."
            )
    return torn


def _column(
    name: str, cells: Sequence[str], lines: Sequence[int], source: str, delimiter: str
) -> tuple[Floats, Bools] | None:
    """Return the numbers of a column and where it says nothing; None where it holds no number at all."""
    absent = np.fromiter((cell.strip().lower() in EMPTY for cell in cells), np.bool_, len(cells))
    texts = ["nan" if gone else cell for cell, gone in zip(cells, absent.tolist(), strict=True)]
    if delimiter == ";":
        texts = [text.replace(",", ".") for text in texts]
    try:
        column = np.array(texts, dtype=np.float64)
    except ValueError:
        numbers = [_number(text) for text in texts]
        if not any(n is not None and not gone for n, gone in zip(numbers, absent.tolist(), strict=True)):
            return None
        at = numbers.index(None)
        raise LogFormatError(
            f"{source}, line {lines[at]}, column '{name}' must be a number or empty; got {shown(cells[at])}."
        ) from None
    return column, absent


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
