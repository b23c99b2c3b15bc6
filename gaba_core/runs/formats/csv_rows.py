"""Text tables: Lightning's metrics.csv, Keras's CSVLogger, any plain CSV, columns set apart by blanks."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.cells import number_of, seconds_column
from gaba_core.runs.formats.csv_cells import Rows, is_silent, rows_of
from gaba_core.runs.formats.csv_layout import SPACES, Layout
from gaba_core.runs.formats.csv_pieces import Cells, in_pieces
from gaba_core.runs.formats.decimal_signs import Signs, signs_of
from gaba_core.runs.formats.plain_rows import plain_rows
from gaba_core.runs.formats.text import shown
from gaba_core.runs.formats.values import BALANCER, IS_EMPTY, MOSTLY, NO_NUMBERS, labels_of
from gaba_core.runs.table import Bools, Codes, Table, finite
from gaba_core.runs.time_columns import counts_time

FORMAT, LIGHTNING = "CSV", "Lightning metrics.csv"
TEXT_TABLE = "text table"
_SURE = {
    ",": re.compile(r",(?:\d{1,2}|\d{4,})(?!\d)|(?<!\d)0,\d"),
    ".": re.compile(r"\.(?:\d{1,2}|\d{4,})(?!\d)|(?<!\d)0\.\d"),
}
_NUMBERS_ROWS = ("column 1", "Unnamed: 0", "index")
_SEVERAL = re.compile(r"\d([.,])\d{3}\1\d")


def read_separated(text: str, source: str, layout: Layout) -> Table:
    """Return the table of a text; an empty cell says nothing, and a cell of text is no number.

    Raises:
        LogFormatError: names source, line, column, what was found and what was expected.
    """
    read = _plain(text, layout) or in_pieces(text, source, layout, _cell_by_cell)
    read = read or _cell_by_cell(text, source, layout)
    columns: dict[str, FloatArray] = {}
    unlogged: dict[str, Bools] = {}
    left_out: dict[str, str] = {}
    nonfinite: dict[str, Codes] = {}
    labels: dict[str, tuple[str, ...]] = {}
    for name, found in zip(read.names, read.columns, strict=True):
        if isinstance(found, str) or found[1].all():
            left_out[name] = found if isinstance(found, str) else IS_EMPTY
            if name in read.labels:
                labels[name] = read.labels[name]
            continue
        column, absent = found
        if name in _NUMBERS_ROWS and np.array_equal(column, np.arange(len(column))) and read.is_named:
            left_out[name] = "only numbers the rows"
            continue
        columns[name], codes = finite(column)
        if codes is not None and not absent[codes > 0].all():
            nonfinite[name] = np.where(absent, np.int8(0), codes)
        if absent.any():
            unlogged[name] = absent
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


def _plain(text: str, layout: Layout) -> Cells | None:
    """Return what a text says whose rows hold plain numbers only, else None."""
    if layout.skip or layout.names or layout.comments or layout.delimiter == "|":
        return None
    if layout.delimiter == SPACES:
        text, layout = _with_commas(text), Layout(",")
    first, _, rest = text.partition("\n")
    if layout.delimiter != "," and not _is_plainly_signed(rest):
        return None
    try:
        head = rows_of(f"{first}\n{rest[: rest.find(chr(10))]}\n", "", layout)
    except LogFormatError:
        return None
    is_named = not any("no line of names" in note for note in head.notes)
    if "names anew" in " ".join(head.notes) or any("more cells" in note for note in head.notes):
        return None
    values = plain_rows(rest if is_named else text, len(head.names), layout.delimiter)
    if values is None:
        return None
    absent = np.isnan(values)
    if absent.all(axis=1).any():  # a row that says nothing is none
        return None
    columns = np.ascontiguousarray(values.T), np.ascontiguousarray(absent.T)
    return Cells(head.names, head.notes, list(zip(*columns, strict=True)))


def _with_commas(text: str) -> str:
    """Return a table set apart by blanks with commas instead; a text that holds some is left as it is."""
    if "," in text or '"' in text:
        return ""
    rows = (",".join(line.split()) for line in io.StringIO(text))
    return "\n".join(row for row in rows if row) + "\n"


def _is_plainly_signed(text: str) -> bool:
    """Whether numbers hold one sign alone, and one of them shows that decimals follow it."""
    held = [sign for sign in _SURE if sign in text]
    if len(held) != 1:
        return not held
    return bool(_SURE[held[0]].search(text)) and not _SEVERAL.search(text)


def _cell_by_cell(text: str, source: str, layout: Layout) -> Cells:
    """Return what a text says, whatever its cells hold."""
    rows = rows_of(text, source, layout)
    signs = Signs()
    if layout.delimiter != "," or '"' in text:
        signs = signs_of((cell for row in rows.rows for cell in row if cell), source)
        rows.notes += [signs.note] if signs.note else []
    cells = list(zip(*rows.rows, strict=True))
    columns = [_column(*named, rows, signs, source) for named in zip(rows.names, cells, strict=True)]
    labels = {n: found for n, c in zip(rows.names, cells, strict=True) if (found := labels_of(n, c))}
    return Cells(rows.names, rows.notes, columns, rows.torn, labels)


def _column(
    name: str, cells: Sequence[str | None], rows: Rows, signs: Signs, source: str
) -> tuple[FloatArray, Bools] | str:
    """Return the numbers of a column and where it says nothing; why it has none where it holds no number."""
    absent = np.fromiter(map(is_silent, cells), np.bool_, len(cells))
    gone = absent.tolist()
    texts = ["nan" if silent else signs.plain(cell or "") for cell, silent in zip(cells, gone, strict=True)]
    numbers = [number_of(text) for text in texts]
    known = sum(type(n) is float and not silent for n, silent in zip(numbers, gone, strict=True))
    odd = [i for i, n in enumerate(numbers) if type(n) is not float]
    said = [None if silent else cell for cell, silent in zip(cells, gone, strict=True)] if odd else []
    dates = seconds_column(said) if odd else None
    if dates is not None:
        rows.notes.append(f"{name} holds dates or durations, read as seconds.")
        return np.array(dates, dtype=np.float64), absent
    if not known:
        return NO_NUMBERS if odd else IS_EMPTY
    if odd and (counts_time(name) or name.startswith(BALANCER)):
        raise LogFormatError(
            f"{source}, line {rows.lines[odd[0]]}, column '{name}' must be a number or empty; "
            f"got {shown(cells[odd[0]])}."
        )
    if len(odd) > known:
        return MOSTLY
    if odd:
        rows.notes.append(
            f"{name} holds no number in {len(odd)} of {len(cells)} rows (first: line {rows.lines[odd[0]]}, "
            f"{shown(cells[odd[0]])}): left as gap{'' if len(odd) == 1 else 's'}."
        )
    values = [n if type(n) is float else float("nan") for n in numbers]
    column = np.array(values, dtype=np.float64)
    return column, absent
