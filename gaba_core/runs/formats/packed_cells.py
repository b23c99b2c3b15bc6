"""A column of a text table whose cells hold lists or dictionaries: a column for each of their numbers.

`[0.4, 0.6]`, `tensor([0.4, 0.6])`, `[0.4 0.6]` of NumPy and `{'seg': 0.4, 'depth': 0.6}` are written where a
record with a list is saved as a row. The columns are called as those of JSON: `weights/0`, `weights/seg`.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.formats.cell_columns import Cell, CellColumn
from gaba_core.runs.formats.cells import EMPTY, number_of
from gaba_core.runs.formats.decimal_signs import Signs
from gaba_core.runs.formats.flattening import SAME_LIST, TOO_WIDE, WIDEST, speaks_of_weights

LONGEST = 1 << 12  # characters of a cell
BATCH = 512  # rows that are taken apart at a time
_DECODER = msgspec.json.Decoder(list[list[float]])
_WRAPPED = re.compile(r"(?:tensor|[Aa]rray|(?:np|numpy)\.array)\((\[[^()]*\])(?:,.*)?\)", re.DOTALL)
_BETWEEN = re.compile(r"[\s,]+")


class PackedColumn(CellColumn):
    """One column of such cells; `parts` are the columns of their numbers."""

    __slots__ = ("_differs", "_is_wide", "_only", "_rows", "parts")

    def __init__(self, name: str, rows: int) -> None:
        """Begin a column.

        Args:
            name: of it.
            rows: rows before it that had no such cell.
        """
        super().__init__(name, rows)
        self.parts: dict[str, CellColumn] = {}
        self._rows, self._only, self._differs, self._is_wide = rows, "", False, False

    def add(self, cells: Sequence[Cell], signs: Signs, lines: Sequence[int]) -> None:
        """Take the cells of some rows in; one that holds no list is a gap."""
        for start in range(0, len(cells), BATCH):
            if not self._is_wide:
                self._add_some(cells[start : start + BATCH], lines[start : start + BATCH])
        self.known = max((part.known for part in self.parts.values()), default=0)

    def _add_some(self, cells: Sequence[Cell], lines: Sequence[int]) -> None:
        said = [cell for cell in cells if cell]
        self._only = self._only or next(iter(said), "")
        self._differs = self._differs or any(cell != self._only for cell in said)
        numbers = _decoded(said)
        if numbers is None:
            each = {cell: None if cell is None else numbers_in(cell) for cell in set(cells)}
            self._make(dict.fromkeys(key for cell in cells for key in each[cell] or ()))
            for key, part in self.parts.items():
                part.add([(each[cell] or {}).get(key) for cell in cells], Signs(), lines)
        else:
            self._make([str(k) for k in range(numbers.shape[1])])
            silent = np.fromiter((not cell for cell in cells), np.bool_, len(cells))
            for key, part in self.parts.items():
                column = np.full(len(cells), np.nan)
                known = key.isdecimal() and int(key) < numbers.shape[1]
                column[~silent] = numbers[:, int(key)] if known else np.nan
                absent = silent if known else np.ones(len(cells), np.bool_)
                part.put(column, absent if absent.any() else None)
        self._rows += len(cells)

    def _make(self, keys: Iterable[str]) -> None:
        """Begin the columns of new numbers; where they are too many there are none at all."""
        for key in keys:
            if key not in self.parts and not self._is_wide:
                self._is_wide = len(self.parts) == WIDEST
                self.parts[key] = CellColumn(f"{self.name}/{key}", self._rows)
        if self._is_wide:
            self.parts.clear()

    def unpacked(self) -> Sequence[CellColumn]:
        """Return the columns of the numbers."""
        return tuple(self.parts.values())

    def reason(self) -> str:
        """Return why the lists are left out; empty where they are not."""
        if self._is_wide:
            return TOO_WIDE
        is_same = self._rows > 1 and not self._differs and not speaks_of_weights(self.name)
        return SAME_LIST if is_same else ""

    def size(self) -> int:
        """Return the bytes that it takes."""
        return sum(part.size() for part in self.parts.values())

    def drop(self) -> None:
        """Hold nothing from now on."""
        for part in self.parts.values():
            part.drop()


def _decoded(cells: Sequence[str]) -> FloatArray | None:
    """Return the numbers (N, K) of cells that are lists of K plain numbers each; else None."""
    if not cells or any(cell[0] != "[" for cell in cells):
        return None
    try:
        found = _DECODER.decode(f"[{','.join(cells)}]")
    except (msgspec.MsgspecError, UnicodeEncodeError):
        return None
    width = len(found[0])
    if len(found) != len(cells) or not 0 < width <= WIDEST or any(len(row) != width for row in found):
        return None
    return np.array(found, np.float64)


def is_packed(cells: Sequence[Cell]) -> bool:
    """Whether the first cell that says something holds a list or a dictionary of numbers."""
    first = next((cell for cell in cells if cell and cell.strip().lower() not in EMPTY), "")
    return bool(numbers_in(first))


def numbers_in(cell: str) -> dict[str, str] | None:
    """Return the numbers of a list or dictionary as texts, by place or name; None where a cell holds none."""
    text = cell.strip()
    if not text or text[0] not in "[{taAn" or len(text) > LONGEST:
        return None
    wrapped = _WRAPPED.fullmatch(text)
    text = wrapped[1] if wrapped else text
    value = _value(text)
    while isinstance(value, list) and len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    if isinstance(value, list):
        value = dict(enumerate(value))
    if not isinstance(value, dict) or not value:
        return None
    texts = {str(key): str(one) for key, one in value.items()}
    return texts if all(type(number_of(one)) is float for one in texts.values()) else None


def _value(text: str) -> Any:
    if text[0] not in "[{":
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    if text[0] == "[" and text[-1] == "]":
        return [one for one in _BETWEEN.split(text[1:-1]) if one]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
        return None
