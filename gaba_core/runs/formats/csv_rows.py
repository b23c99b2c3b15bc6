"""Text tables: Lightning's metrics.csv, Keras's CSVLogger, any plain CSV, columns set apart by blanks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.cell_columns import CellColumn
from gaba_core.runs.formats.csv_cells import Rows
from gaba_core.runs.formats.csv_layout import SPACES, Layout
from gaba_core.runs.formats.decimal_signs import Signs, signs_of
from gaba_core.runs.formats.packed_cells import PackedColumn, is_packed
from gaba_core.runs.formats.plain_rows import plain_rows
from gaba_core.runs.formats.room import Room
from gaba_core.runs.formats.values import IS_EMPTY, Numbers
from gaba_core.runs.table import Bools, Codes, Table
from gaba_core.runs.time_columns import counts_time

FORMAT, LIGHTNING = "CSV", "Lightning metrics.csv"
TEXT_TABLE = "text table"
FEWEST, SAID = 2, 6  # a table with a summary has more rows; values of it that are said
_SURE = {
    ",": re.compile(r",(?:\d{1,2}|\d{4,})(?!\d)|(?<!\d)0,\d"),
    ".": re.compile(r"\.(?:\d{1,2}|\d{4,})(?!\d)|(?<!\d)0\.\d"),
}
_NUMBERS_ROWS = ("column 1", "Unnamed: 0", "index")
_SEVERAL = re.compile(r"\d([.,])\d{3}\1\d")
_INK = re.compile(r"\S")


class Cells(NamedTuple):
    """Names and notes; of each column its numbers, or why it has none."""

    names: list[str]
    notes: list[str]
    columns: list[Numbers | str]
    torn: int | None = None
    labels: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    @property
    def is_named(self) -> bool:
        """Whether the columns have names of their own."""
        return len(self.names) > 1 and self.names[1] != "column 2"


def read_separated(text: str, source: str, layout: Layout) -> Table:
    """Return the table of a text; an empty cell says nothing, and a cell of text is no number.

    Raises:
        LogFormatError: names source, line, column, what was found and what was expected.
    """
    read = _plain(text, source, layout) or _cell_by_cell(text, source, layout)
    columns: dict[str, FloatArray] = {}
    unlogged: dict[str, Bools] = {}
    left_out: dict[str, str] = {}
    nonfinite: dict[str, Codes] = {}
    labels: dict[str, tuple[str, ...]] = {}
    for name, found in zip(read.names, read.columns, strict=True):
        if isinstance(found, str) or (found.absent is not None and found.absent.all()):
            left_out[name] = found if isinstance(found, str) else IS_EMPTY
            if name in read.labels:
                labels[name] = read.labels[name]
            continue
        if name in _NUMBERS_ROWS and _numbers_rows(found.column) and read.is_named:
            left_out[name] = "only numbers the rows"
            continue
        columns[name] = found.column
        if found.codes is not None:
            nonfinite[name] = found.codes
        if found.absent is not None:
            unlogged[name] = found.absent
    return Table(
        *(_kind(layout, columns), columns, unlogged, left_out),
        notes=tuple(read.notes),
        row="row",
        nonfinite=nonfinite,
        torn=read.torn,
        labels=labels,
    )


def _kind(layout: Layout, columns: dict[str, FloatArray]) -> str:
    if layout.delimiter in (SPACES, "|"):
        return TEXT_TABLE
    return LIGHTNING if {"epoch", "step"} <= columns.keys() and layout.delimiter == "," else FORMAT


def _numbers_rows(column: FloatArray) -> bool:
    return column.size > 0 and column[0] == 0 and np.array_equal(column, np.arange(len(column)))


def _plain(text: str, source: str, layout: Layout) -> Cells | None:
    """Return what a text says whose rows hold plain numbers only, else None."""
    if layout.skip or layout.names or layout.comments or layout.delimiter == "|":
        return None
    ink = _INK.search(text) if layout.delimiter == SPACES else None
    start = 0 if ink is None else text.rfind("\n", 0, ink.start()) + 1
    begin = text.find("\n", start) + 1
    if layout.delimiter not in (",", SPACES) and not _is_plainly_signed(text, begin):
        return None
    second = text.find("\n", begin)
    try:
        head = Rows(f"{text[start : len(text) if second < 0 else second]}\n", "", layout)
        for _ in head.chunks():
            pass
    except LogFormatError:
        return None
    is_named = not any("no line of names" in note for note in head.notes)
    if "names anew" in " ".join(head.notes) or any("more cells" in note for note in head.notes):
        return None
    names = list(head.names)
    if not Room(source, len(text)).holds(text.count("\n", begin), len(names)):
        return None
    columns = plain_rows(text, begin if is_named else start, len(names), layout.delimiter)
    if columns is None:
        return None
    absent = np.isnan(columns)
    if absent.all(axis=0).any():  # a row that says nothing is none
        return None
    pairs = zip(columns, absent, strict=True)
    return Cells(names, head.notes, [Numbers(c, None, a if a.any() else None) for c, a in pairs])


def _is_plainly_signed(text: str, begin: int) -> bool:
    """Whether numbers hold one sign alone, and one of them shows that decimals follow it."""
    held = [sign for sign in _SURE if text.find(sign, begin) >= 0]
    if len(held) != 1:
        return not held
    return bool(_SURE[held[0]].search(text, begin)) and not _SEVERAL.search(text, begin)


def _cell_by_cell(text: str, source: str, layout: Layout) -> Cells:
    """Return what a text says, whatever its cells hold."""
    signs = Signs()
    if layout.delimiter != "," or '"' in text:
        signs = signs_of(_cells(Rows(text, source, layout)), source)
    rows = Rows(text, source, layout)
    room = Room(source, len(text))
    columns: list[CellColumn] = []
    last: tuple[int, Sequence[str | None]] = (0, ())
    for lines, cells in rows.chunks():
        before = rows.count - len(lines)
        columns += [CellColumn(name, before) for name in list(rows.names)[len(columns) :]]
        for i, held in enumerate(zip(*cells, strict=True)):
            if columns[i].is_silent and type(columns[i]) is CellColumn and is_packed(held):
                columns[i] = PackedColumn(columns[i].name, before)
            columns[i].add(held, signs, lines)
        room.make(columns, rows.count)
        last = (lines[-1], cells[-1]) if lines else last
    notes = [*rows.notes, *([signs.note] if signs.note else []), *room.said(len(columns), rows.count)]
    ends = _summary(columns, *last) if rows.count > FEWEST else ""
    notes += [ends] if ends else []
    retained: dict[str, Numbers | str] = {}
    for column in (one for each in columns for one in _apart(each, retained)):
        if ends:
            column.forget_last(last[0])
        retained[column.name], said = column.read(source, rows.count)
        notes += said
    labels = {column.name: texts for column in columns if (texts := column.labels())}
    return Cells(list(retained), notes, list(retained.values()), rows.torn, labels)


def _summary(columns: Sequence[CellColumn], line: int, cells: Sequence[str | None]) -> str:
    """Return the note on a last line that is a summary: its time alone is no number; else nothing."""
    if not any(counts_time(column.name) and column.only_odd == line for column in columns):
        return ""
    held = [
        f"{c.name} {cell.strip()}" for c, cell in zip(columns, cells, strict=True) if cell and cell.strip()
    ]
    words = ", ".join(held[:SAID]) + (f" and {len(held) - SAID} more" if len(held) > SAID else "")
    return f"Line {line}, the last, has no time: it was read as a summary of the run: {words}."


def _apart(column: CellColumn, left_out: dict[str, Numbers | str]) -> Sequence[CellColumn]:
    """Return the columns that one column holds; lists that never change are left out."""
    if not isinstance(column, PackedColumn):
        return (column,)
    reason = column.reason()
    if reason:
        left_out[column.name] = reason
    return () if reason else column.unpacked()


def _cells(rows: Rows) -> Iterator[Sequence[str | None]]:
    for _, cells in rows.chunks():
        yield from cells
