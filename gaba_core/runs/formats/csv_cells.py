"""Rows of a text table under their names: heads that come again or grow, rows cut short, lines of others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.cells import number_of
from gaba_core.runs.formats.csv_layout import Layout
from gaba_core.runs.formats.raw_rows import Raw, raw_rows
from gaba_core.runs.formats.text import shown
from gaba_core.runs.table import WIDEST

_BEGINS = frozenset("0123456789.-+")  # a number, and no name
NAMED = 3  # lines that are named one by one
Cell = str | None
Chunk = tuple[list[int], Sequence[Sequence[Cell]]]


@dataclass(slots=True)
class _Overlooked:
    """Lines that are no rows: how many, which come first, and what the first of all held."""

    count: int = 0
    named: list[tuple[int, str]] = field(default_factory=list)
    first: tuple[int, int] | None = None  # line and its cells

    def add(self, n: int, row: Sequence[str]) -> None:
        self.count += 1
        if len(self.named) < NAMED:
            self.named.append((n, row[0]))
        self.first = self.first or (n, len(row))


class Rows:
    """The rows of a table, read once from its first line to its last.

    Attributes:
        names: of the columns, each of them once; more come to it as rows with more cells are read.
        notes: what had to be overlooked.
        torn: the last line where it breaks off.
        count: rows so far.
    """

    def __init__(self, text: str, source: str, layout: Layout) -> None:
        """Read the names.

        Raises:
            LogFormatError: there is nothing but names, or there are too many.
        """
        self._text, self._source, self._layout = text, source, layout
        self.notes: list[str] = []
        self.torn: int | None = None
        self.count = 0
        self._again, self._grown = 1, 0
        self._broken, self._strange = _Overlooked(), _Overlooked()
        first = next(self._raw(), None)
        if first is None:
            raise LogFormatError(f"{source} must hold at least one row of values; got none.")
        skipped = len(layout.skip)
        if skipped:
            words = "lines above the table were" if skipped > 1 else "line above the table was"
            self.notes.append(f"{skipped} {words} passed by.")
        cells = first[1][0]
        _check_width(len(cells), source)
        head = list(layout.names) if layout.names is not None else self._named([c.strip() for c in cells])
        self.names = dict.fromkeys(_unique(head, self.notes))
        self._is_headed = layout.names is None and _is_head(cells)
        self._head = list(self.names)
        self._held = frozenset(self._head)
        self._in_order = True  # the head holds all names as they stand

    def chunks(self) -> Iterator[Chunk]:
        """Yield line and cells of each row, as many as there are names by then, some rows at a time.

        Raises:
            LogFormatError: there are no rows, or most lines are none.
        """
        waiting: Raw | None = None
        several = False
        for i, (lines, rows) in enumerate(self._raw()):
            if i == 0 and self._is_headed:
                lines, rows = lines[1:], rows[1:]
            if not rows:
                continue
            if waiting is not None:
                several = True
                yield self._chunk(*waiting, last=None)
            waiting = lines, rows
        if waiting is None:
            raise LogFormatError(
                f"{self._source} must hold at least one row of values; got a line of names alone."
            )
        several = several or len(waiting[1]) > 1
        torn = several and not self._text.endswith("\n")
        yield self._chunk(*waiting, last=waiting[0][-1] if torn else None)
        self._close()

    def _raw(self) -> Iterator[Raw]:
        return raw_rows(self._text, self._source, self._layout)

    def _named(self, cells: list[str]) -> list[str]:
        """Return the names that the first line gives; columns are numbered where it gives none."""
        if not _is_head(cells):
            self.notes.append("There is no line of names: the columns are numbered.")
            return [f"column {i}" for i in range(1, len(cells) + 1)]
        cells[0] = cells[0].removeprefix("#").strip()
        # R and pandas write no name above the numbers of the rows.
        return ["", *cells] if self._has_rows_of(len(cells) + 1) else cells

    def _has_rows_of(self, width: int) -> bool:
        """Whether every row below the head has so many cells and says something in the last."""
        found, first = False, True
        for _, rows in self._raw():
            for row in rows[1:] if first else rows:
                if len(row) != width or not row[-1].strip():
                    return False
                found = True
            first = False
        return found

    def _chunk(self, lines: list[int], rows: list[list[str]], last: int | None) -> Chunk:
        found = (lines, rows) if self._is_regular(rows) else self._sorted_out(lines, rows, last)
        self.count += len(found[1])
        return found

    def _is_regular(self, rows: list[list[str]]) -> bool:
        """Whether every line is a row of as many cells as there are names, and none is a head."""
        if not self._in_order or set(map(len, rows)) != {len(self._head)}:
            return False
        perhaps = [row for row in rows if row[0][:1] not in _BEGINS]
        return self._held.isdisjoint(map(str.strip, chain.from_iterable(perhaps)))

    def _sorted_out(self, lines: list[int], rows: list[list[str]], last: int | None) -> Chunk:
        retained_lines: list[int] = []
        retained: list[list[Cell]] = []
        for n, row in zip(lines, rows, strict=True):
            if row[0][:1] not in _BEGINS and self._heads(row):
                self._begin_again(n, [cell.strip() for cell in row])
                continue
            width = len(self._head)
            while len(row) > width and not row[-1].strip():
                del row[-1]
            if len(row) >= width:
                retained.append(self._aligned(n, row))
                retained_lines.append(n)
            elif n == last:
                self.torn = n
            elif len(row) == 1 and type(number_of(row[0])) is not float:
                self._strange.add(n, row)
            else:
                self._broken.add(n, row)
        names = len(self.names)
        for cells in retained:
            if len(cells) < names:
                cells.extend([None] * (names - len(cells)))
        return retained_lines, retained

    def _heads(self, row: Sequence[str]) -> bool:
        """Whether a row is a line of names: the same ones, or others of which half are known."""
        names = [cell.strip() for cell in row]
        if self._held.isdisjoint(names):
            return False
        known = sum(name in self._held for name in names if name)
        half = 2 * known >= min(len(self._head), len(names)) > 0
        return bool(names[0]) and half and _is_head(names) and known > 0

    def _begin_again(self, n: int, names: list[str]) -> None:
        self._again += names == self._head
        if names != self._head:
            self._head, self._held = names, frozenset(names)
            self._grown = self._grown or n
            self._add_names(names)

    def _aligned(self, n: int, row: list[str]) -> list[Cell]:
        """Return the cells of a row in the order of all names."""
        head = self._head
        if len(row) > len(head):
            extra = [f"column {i}" for i in range(len(head) + 1, len(row) + 1)]
            new = [name for name in extra if name not in self.names]
            if new:
                self._add_names(new)
                self.notes.append(
                    f"Line {n} holds more cells than there are names: {', '.join(new[:NAMED])}."
                )
            head = [*head, *extra]
        if self._in_order and len(head) == len(self.names):
            return list(row)
        by_name = dict(zip(head, row, strict=True))
        return [by_name.get(name) for name in self.names]

    def _add_names(self, names: Sequence[str]) -> None:
        self.names.update(dict.fromkeys(names))
        self._in_order = self._head == list(self.names)
        _check_width(len(self.names), self._source)

    def _close(self) -> None:
        """Say what was overlooked."""
        strange, broken = self._strange, self._broken
        if not self.count:
            raise LogFormatError(
                f"{self._source} must hold at least one row of values; got none that is whole."
            )
        if strange.count + broken.count > self.count:
            n, got = min(first for first in (strange.first, broken.first) if first is not None)
            wanted = f"{len(self._head)} cells, one a name in the head"
            raise LogFormatError(f"{self._source}, line {n} must hold {wanted}; got {got}.")
        if self._again > 1:
            self.notes.append(
                f"The line of names stands {self._again} times: the log was appended to after a restart."
            )
        if self._grown:
            self.notes.append(f"Line {self._grown} names the columns anew: from there on they are others.")
        if broken.count:
            lines = ", ".join(str(n) for n, _ in broken.named)
            more = f" and {broken.count - NAMED} more" if broken.count > NAMED else ""
            several = f"s {lines}{more} break off and were"
            words = several if broken.count > 1 else f" {lines} breaks off and was"
            self.notes.append(f"Line{words} left out.")
        self.notes += [
            f"Line {n} is no row and was left out: {shown(cell.strip())}." for n, cell in strange.named
        ]
        if strange.count > NAMED:
            self.notes.append(f"{strange.count - NAMED} more lines are no rows and were left out.")


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


def _check_width(count: int, source: str) -> None:
    if count > WIDEST:
        raise LogFormatError(f"{source} must hold at most {WIDEST} columns; got {count}.")
