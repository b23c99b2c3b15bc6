"""Rows of a text table under their names: heads that come again or grow, rows cut short, lines of others."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.cells import EMPTY, number_of
from gaba_core.runs.formats.csv_layout import COMMENT, SPACES, Layout, cells_of, is_rule
from gaba_core.runs.formats.text import shown
from gaba_core.runs.table import WIDEST

_BEGINS = frozenset("0123456789.-+")  # a number, and no name
NAMED = 3  # lines that are named one by one


@dataclass(slots=True)
class Rows:
    """Cells of a table.

    Attributes:
        names: of the columns, each of them once.
        rows: cells of each row, as many as there are names; None where a row has no such cell.
        lines: line of each row, counted from 1.
        notes: what had to be overlooked.
        torn: the last line where it breaks off.
    """

    names: list[str] = field(default_factory=list)
    rows: list[list[str | None]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    torn: int | None = None


def rows_of(text: str, source: str, layout: Layout) -> Rows:
    """Return the rows of a table, whatever its lines hold.

    Raises:
        LogFormatError: it holds names alone, or most of its lines are no rows.
    """
    found = Rows()
    raw = _split(text, source, layout)
    if not raw:
        raise LogFormatError(f"{source} must hold at least one row of values; got none.")
    skipped = len(layout.skip)
    if skipped:
        words = "lines above the table were" if skipped > 1 else "line above the table was"
        found.notes.append(f"{skipped} {words} passed by.")
    if raw and len(raw[0][1]) > WIDEST:
        raise LogFormatError(f"{source} must hold at most {WIDEST} columns; got {len(raw[0][1])}.")
    head = list(layout.names) if layout.names is not None else _head(found, raw)
    found.names = _unique(head, found.notes)
    body = raw if layout.names is not None or not _is_head(raw[0][1]) else raw[1:]
    if not body:
        raise LogFormatError(f"{source} must hold at least one row of values; got a line of names alone.")
    _read_body(found, body, text, source)
    return found


def _split(text: str, source: str, layout: Layout) -> list[tuple[int, list[str]]]:
    """Return line and cells of every line that is no comment."""
    skip = set(layout.skip)
    if layout.delimiter in (SPACES, "|"):
        lines = enumerate(text.split("\n"))
        return [
            (i + 1, cells_of(line, layout.delimiter)) for i, line in lines
            if line.strip() and i not in skip and not line.lstrip().startswith(COMMENT) and not is_rule(line)
        ]  # fmt: skip
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=layout.delimiter, skipinitialspace=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            is_comment = layout.comments and row and row[0].lstrip().startswith(COMMENT) and rows
            if any(row) and reader.line_num - 1 not in skip and not is_comment:
                rows.append((reader.line_num, row))
    except csv.Error as error:
        raise LogFormatError(f"{source}, line {reader.line_num} must be CSV; got {error}.") from error
    if layout.names is not None:
        rows = [(n, row) for n, row in rows if not row[0].lstrip().startswith(COMMENT)]
    return rows


def _head(found: Rows, raw: Sequence[tuple[int, list[str]]]) -> list[str]:
    """Return the names that the first line gives; columns are numbered where it gives none."""
    cells = [cell.strip() for cell in raw[0][1]]
    if not _is_head(cells):
        found.notes.append("There is no line of names: the columns are numbered.")
        return [f"column {i}" for i in range(1, len(cells) + 1)]
    cells[0] = cells[0].removeprefix("#").strip()
    widths = {len(row) for _, row in raw[1:]}
    if widths == {len(cells) + 1} and all(row[-1].strip() for _, row in raw[1:]):
        # R and pandas write no name above the numbers of the rows.
        return ["", *cells]
    return cells


def _is_head(cells: Sequence[str]) -> bool:
    return not any(type(number_of(cell)) is float for cell in cells)


def _unique(head: Sequence[str], notes: list[str]) -> list[str]:
    names: dict[str, None] = {}
    for i, name in enumerate(head, start=1):
        plain = name or f"column {i}"
        count = 1
        while plain in names:
            count += 1
            plain = f"{name or f'column {i}'} ({count})"
        if count > 1:
            notes.append(f"{name} names more than one column: the later one is called {plain}.")
        names[plain] = None
    return list(names)


def _read_body(found: Rows, body: Sequence[tuple[int, list[str]]], text: str, source: str) -> None:
    head, again, grown = list(found.names), 1, []
    strange: list[tuple[int, str]] = []
    broken: list[int] = []
    last = body[-1][0]
    for n, row in body:
        if _heads(row, head):
            names = [cell.strip() for cell in row]
            again += names == head
            if names != head:
                head = names
                grown.append(n)
                found.names += [name for name in names if name not in found.names]
            continue
        while len(row) > len(head) and not row[-1].strip():
            del row[-1]
        if len(row) < len(head) and n == last and len(body) > 1 and not text.endswith("\n"):
            found.torn = n
        elif len(row) == 1 < len(head) and type(number_of(row[0])) is not float:
            strange.append((n, row[0]))
        elif len(row) < len(head):
            broken.append(n)
        else:
            _add(found, head, n, row)
    if not found.rows:
        raise LogFormatError(f"{source} must hold at least one row of values; got none that is whole.")
    if len(strange) + len(broken) > len(found.rows):
        n = min([*broken, *(line for line, _ in strange)])
        got = next(len(row) for line, row in body if line == n)
        raise LogFormatError(
            f"{source}, line {n} must hold {len(head)} cells, one a name in the head; got {got}."
        )
    _say(found, again, grown, broken, strange)


def _heads(row: Sequence[str], head: Sequence[str]) -> bool:
    """Whether a row is a line of names: the same ones, or others of which half are known."""
    if row[0][:1] in _BEGINS:
        return False
    names = [cell.strip() for cell in row]
    held = set(head)
    known = sum(name in held for name in names if name)
    return bool(names[0]) and 2 * known >= min(len(head), len(names)) > 0 and _is_head(names) and known > 0


def _add(found: Rows, head: Sequence[str], n: int, row: list[str]) -> None:
    if len(row) > len(head):
        extra = [f"column {i}" for i in range(len(head) + 1, len(row) + 1)]
        new = [name for name in extra if name not in found.names]
        if new:
            found.names += new
            found.notes.append(f"Line {n} holds more cells than there are names: {', '.join(new[:NAMED])}.")
        head = [*head, *extra]
    if list(head) == found.names:
        cells: list[str | None] = row  # type: ignore[assignment]  # only None is put into it later
    else:
        by_name = dict(zip(head, row, strict=True))
        cells = [by_name.get(name) for name in found.names]
    found.rows.append(cells)
    found.lines.append(n)


def _say(
    found: Rows, again: int, grown: list[int], broken: list[int], strange: list[tuple[int, str]]
) -> None:
    """Bring every row to the width of the names, and say what was overlooked."""
    for row in found.rows:
        row.extend([None] * (len(found.names) - len(row)))
    if again > 1:
        found.notes.append(
            f"The line of names stands {again} times: the log was appended to after a restart."
        )
    if grown:
        found.notes.append(f"Line {grown[0]} names the columns anew: from there on they are others.")
    if broken:
        lines = ", ".join(map(str, broken[:NAMED]))
        more = f" and {len(broken) - NAMED} more" if len(broken) > NAMED else ""
        words = f"s {lines}{more} break off and were" if len(broken) > 1 else f" {lines} breaks off and was"
        found.notes.append(f"Line{words} left out.")
    named = strange[:NAMED]
    found.notes += [f"Line {n} is no row and was left out: {shown(cell.strip())}." for n, cell in named]
    if len(strange) > NAMED:
        found.notes.append(f"{len(strange) - NAMED} more lines are no rows and were left out.")


def is_silent(cell: str | None) -> bool:
    """Whether a cell says nothing."""
    return cell is None or cell.strip().lower() in EMPTY
