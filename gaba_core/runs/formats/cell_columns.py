"""Columns of a text table, some rows at a time: numbers, gaps, forms of numbers, and texts that are none."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.cells import EMPTY, SILENT, number_of
from gaba_core.runs.formats.decimal_signs import Signs
from gaba_core.runs.formats.forms import Form, form_of
from gaba_core.runs.formats.growing import Growing
from gaba_core.runs.formats.room import TOO_RARE
from gaba_core.runs.formats.text import shown
from gaba_core.runs.formats.values import BALANCER, IS_EMPTY, MOSTLY, NO_NUMBERS, Labels, Numbers
from gaba_core.runs.table import Bools, finite
from gaba_core.runs.time_columns import counts_time, names_rows

_DECODER = msgspec.json.Decoder(list[float | None])
_UNDECIDED: Final = Form("undecided")
Cell = str | None


class CellColumn:
    """One column of cells."""

    __slots__ = ("_dropped", "_first", "_form", "_held", "_labels", "_odd", "known", "name")

    def __init__(self, name: str, rows: int) -> None:
        """Begin a column.

        Args:
            name: of it.
            rows: rows before it that had no such cell.
        """
        self.name = name
        self._held = Growing()
        self._held.skip(rows)
        self.known = self._odd = 0
        self._dropped = False
        self._first: tuple[int, str] = (0, "")
        self._form: Form | None = _UNDECIDED
        self._labels = Labels() if names_rows(name) and not rows else None

    def add(self, cells: Sequence[Cell], signs: Signs, lines: Sequence[int]) -> None:
        """Take the cells of some rows in.

        Args:
            cells: None where a row has no such cell.
            signs: how numbers are written.
            lines: line of each row.
        """
        if self._dropped:
            return
        if self._labels is not None and not self._labels.add(cells):
            self._labels = None
        numbers = _decoded(cells, signs)
        if numbers is None:
            self._add_each(cells, signs, lines)
            return
        absent = np.isnan(numbers)
        count = numbers.size - int(absent.sum())
        if count:
            self._let_go()
        self.known += count
        self._held.put(numbers if count else None, numbers.size, None, absent if absent.any() else None)

    @property
    def is_silent(self) -> bool:
        """Whether no cell has said anything yet."""
        return not self.known and not self._odd and self._form is _UNDECIDED and not self._dropped

    @property
    def only_odd(self) -> int:
        """Line of the only cell that is no number; 0 where there is none, or several."""
        return self._first[0] if self._odd == 1 else 0

    def forget_last(self, line: int) -> None:
        """Take the row of a line, the last, for none."""
        self._odd -= self._odd > 0 and self.only_odd == line
        self._held.forget_last()
        if self._labels is not None:
            self._labels.forget_last()

    def put(self, numbers: FloatArray, absent: Bools | None) -> None:
        """Take numbers in, NaN where a row says nothing, as `absent` has it."""
        if self._dropped:
            return
        self._let_go()
        self.known += numbers.size - (0 if absent is None else int(absent.sum()))
        self._held.put(numbers, numbers.size, None, absent)

    def read(self, source: str, rows: int) -> tuple[Numbers | str, tuple[str, ...]]:
        """Return the numbers, or why there are none, and what has to be said of them.

        Raises:
            LogFormatError: names source, line, column, what was found and what was expected.
        """
        if self._dropped:
            return TOO_RARE, ()
        form = self._form
        if form is not None and form is not _UNDECIDED:
            return Numbers(*self._held.taken()), (form.note(self.name),)
        if not self.known:
            return (NO_NUMBERS if self._odd else IS_EMPTY), ()
        line, cell = self._first
        if self._odd and (counts_time(self.name) or self.name.startswith(BALANCER)):
            raise LogFormatError(
                f"{source}, line {line}, column '{self.name}' must be a number or empty; got {shown(cell)}."
            )
        if self._odd > self.known:
            return MOSTLY, ()
        notes: tuple[str, ...] = ()
        if self._odd:
            gaps = f"left as gap{'' if self._odd == 1 else 's'}"
            notes = (f"{self.name} holds no number in {self._odd} of {rows} rows (first: line {line}, "
                     f"{shown(cell)}): {gaps}.",)  # fmt: skip
        return Numbers(*self._held.taken()), notes

    def size(self) -> int:
        """Return the bytes that it takes."""
        return self._held.size()

    def drop(self) -> None:
        """Hold nothing from now on."""
        self._dropped, self._held = True, Growing()

    def labels(self) -> tuple[str, ...] | None:
        """Return the texts that may name the run or the metric of each row; None of any other column."""
        return None if self._labels is None else self._labels.texts(self.name)

    def _add_each(self, cells: Sequence[Cell], signs: Signs, lines: Sequence[int]) -> None:
        each = {cell: _value(cell, signs) for cell in set(cells)}
        absent = np.fromiter((each[cell] is SILENT for cell in cells), np.bool_, len(cells))
        said = [cell for cell in each if cell is not None and each[cell] is not SILENT]
        if said and self._form is not None:
            self._take_form(cells, said, each, signs)
        if self._form is not None and self._form is not _UNDECIDED:
            if said:
                self._remember(cells, lines, dict.fromkeys(said))
        elif said:
            self._remember(cells, lines, each)
            self.known += sum(type(each[cell]) is float for cell in cells)
        values = [v if type(v := each[cell]) is float else None for cell in cells] if said else []
        column, codes = None, None
        if any(v is not None for v in values):
            column, codes = finite(np.array(values, np.float64))
            if codes is not None:
                codes[np.fromiter((v is None for v in values), np.bool_, len(values))] = 0
        self._held.put(column, len(cells), codes, absent if absent.any() else None)

    def _take_form(
        self, cells: Sequence[Cell], said: Sequence[str], each: dict[Cell, object], signs: Signs
    ) -> None:
        """Find the form of a column at its first text, and let it go where a later text has it not."""
        if self._form is _UNDECIDED:
            first = next(cell for cell in cells if cell is not None and each[cell] is not SILENT)
            self._form = None if each[first] is not None else form_of(first, signs.plain)
        if self._form is None:
            return
        numbers = self._form.numbers(said, signs.plain)
        if numbers is None:
            self._let_go()
        else:
            each.update(numbers)

    def _let_go(self) -> None:
        """Take the texts so far, if they had a form, for texts: a later entry has it not."""
        if self._form is not None and self._form is not _UNDECIDED:
            self._held.forget()
        self._form = None

    def _remember(
        self, cells: Sequence[Cell], lines: Sequence[int], each: Mapping[str, None] | Mapping[Cell, object]
    ) -> None:
        """Count the cells that are no numbers, and keep the first."""
        odd = {cell for cell, value in each.items() if value is None}
        if not odd:
            return
        if not self._odd:
            at = next(i for i, cell in enumerate(cells) if cell in odd)
            self._first = lines[at], cells[at] or ""
        self._odd += sum(cell in odd for cell in cells)


def _value(cell: Cell, signs: Signs) -> object:
    """Return the number of a cell, SILENT where it says nothing, None where it is something else."""
    if cell is None or cell.strip().lower() in EMPTY:
        return SILENT
    value = number_of(signs.plain(cell))
    return None if value is SILENT else value


def _decoded(cells: Sequence[Cell], signs: Signs) -> FloatArray | None:
    """Return plain numbers, NaN for an empty cell; None where a cell holds anything else."""
    text = "\n".join([cell or "null" for cell in cells])
    if signs.decimal == "," and "." not in text:
        text = text.replace(",", ".")
    elif signs.decimal == "," or "," in text:
        return None
    try:
        found = _DECODER.decode(f"[{text.replace(chr(10), ',')}]")
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return None
    return np.array(found, np.float64) if len(found) == len(cells) else None
