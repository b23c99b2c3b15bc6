"""What a format's reader gives: named columns of numbers, and what had to be left out or overlooked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from gaba_core.checks import FloatArray
from gaba_core.runs.legible_names import valid

Bools = NDArray[np.bool_]
Codes = NDArray[np.int8]
T = TypeVar("T")
WIDEST = 10_000  # columns of a log

NOT_FINITE = {1: "NaN", 2: "Infinity", 3: "-Infinity"}  # what a log may say in place of a number


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of a log as columns, in file order.

    Attributes:
        format: what the file was found to be, in words for a reader.
        columns: (R,) each, in order of first appearance; NaN where there is no finite value.
        unlogged: (R,) of the columns that the log fills in some rows only: True where a row has no such
            value. Such a row is no gap: the logger had nothing to say there.
        left_out: columns without numbers, and why each is left out.
        around: entries of the object around the rows, such as a run's parameters.
        notes: what had to be overlooked to read it.
        row: what the format calls a row.
        nonfinite: (R,) of the columns in which the log says NaN or Infinity: a key of NOT_FINITE, else 0.
        texts: columns whose numbers the log writes as text.
        torn: the line at the end that breaks off and was left out, counted from 1.
        ragged: whether some row lacks a field that others have.
        labels: (R,) texts of columns that may name the run or the metric of a row.
        runs_by: the one of these that is known to name the runs.
        sparse: whether that is the rule of the log and no accident in a few of its rows.
    """

    format: str
    columns: Mapping[str, FloatArray]
    unlogged: Mapping[str, Bools] = field(default_factory=lambda: MappingProxyType({}))
    left_out: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    around: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[str, ...] = ()
    row: str = "entry"
    nonfinite: Mapping[str, Codes] = field(default_factory=lambda: MappingProxyType({}))
    texts: tuple[str, ...] = ()
    torn: int | None = None
    ragged: bool = False
    sparse: bool = True
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    runs_by: str | None = None

    @property
    def rows(self) -> int:
        """R."""
        return next((len(column) for column in self.columns.values()), 0)

    def logged(self, name: str) -> Bools:
        """Return (R,) whether a row says anything of the column."""
        absent = self.unlogged.get(name)
        return np.ones(self.rows, dtype=np.bool_) if absent is None else ~absent


@dataclass(frozen=True, slots=True, eq=False)
class Seam:
    """Where a log was cut.

    Attributes:
        head: the log up to the end of its first rows.
        skipped: how many rows these are.
        end: bytes up to the cut.
        rows: rows up to there.
        lines: line breaks between head and cut.
        digest: of the bytes up to the cut.
    """

    head: bytes
    skipped: int
    end: int
    rows: int
    lines: int
    digest: bytes


def with_valid_names(table: Table) -> Table:
    """Return the table with names that every encoder takes: JSON may hold half a character in one."""
    named = [*table.columns, *table.left_out]
    taken = {name for name in named if valid(name) == name}
    if len(taken) == len(named):
        return table
    names = {}
    for name in named:
        plain = valid(name)
        while name not in taken and plain in taken:
            plain += "'"
        taken.add(plain)
        names[name] = plain

    def renamed(held: Mapping[str, T]) -> dict[str, T]:
        return {names[name]: value for name, value in held.items()}

    return replace(
        table,
        columns=renamed(table.columns),
        unlogged=renamed(table.unlogged),
        left_out=renamed(table.left_out),
        nonfinite=renamed(table.nonfinite),
        notes=tuple(map(valid, table.notes)),
        texts=tuple(names[name] for name in table.texts),
        labels={names[name]: tuple(map(valid, texts)) for name, texts in table.labels.items()},
    )


def finite(column: FloatArray) -> tuple[FloatArray, Codes | None]:
    """Return (R,) with NaN for all that is not finite, and what it was; None where nothing was."""
    good = np.isfinite(column)
    if good.all():
        return column, None
    codes = np.zeros(column.size, dtype=np.int8)
    codes[~good] = np.where(np.isnan(column[~good]), 1, np.where(column[~good] > 0.0, 2, 3))
    return np.where(good, column, np.nan), codes
