"""A column of numbers that grows: held in an array from the first value on, what is not finite by a code."""

from __future__ import annotations

from typing import TypeVar

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.table import Bools, Codes

_ROOM = 1024  # rows that an array is longer at least when it grows
A = TypeVar("A", FloatArray, Codes, Bools)


class Growing:
    """Numbers (R,), what stands where there is none, and where a row says nothing.

    No array is made before it is needed: a column that says nothing takes no room.
    """

    __slots__ = ("_absent", "_codes", "_numbers", "rows")

    def __init__(self) -> None:
        self.rows = 0
        self._numbers: FloatArray | None = None
        self._codes: Codes | None = None
        self._absent: Bools | None = None

    def put(self, numbers: FloatArray | None, count: int, codes: Codes | None, absent: Bools | None) -> None:
        """Add rows.

        Args:
            numbers: NaN where there is no finite value; None where there is none at all.
            count: how many rows.
            codes: what stands in place of a number; None where nothing does.
            absent: where a row says nothing; None where each says something.
        """
        begin, end = self.rows, self.rows + count
        self.rows = end
        if numbers is not None:
            if self._numbers is None:
                self._numbers = np.full(end + _ROOM, np.nan)
            self._numbers = _long_enough(self._numbers, end)
            self._numbers[begin:end] = numbers
        elif self._numbers is not None:
            self._numbers = _long_enough(self._numbers, end)
            self._numbers[begin:end] = np.nan
        if codes is not None and self._codes is None:
            self._codes = np.zeros(end + _ROOM, np.int8)
        if self._codes is not None:
            self._codes = _long_enough(self._codes, end)
            self._codes[begin:end] = 0 if codes is None else codes
        if absent is not None and self._absent is None:
            self._absent = np.zeros(end + _ROOM, np.bool_)
        if self._absent is not None:
            self._absent = _long_enough(self._absent, end)
            self._absent[begin:end] = False if absent is None else absent

    def skip(self, count: int) -> None:
        """Add rows that say nothing."""
        if count:
            self.put(None, count, None, np.ones(count, np.bool_))

    def forget(self) -> None:
        """Take all numbers for none: what they were read from turned out to say something else."""
        self._numbers = self._codes = None

    def forget_last(self) -> None:
        """Take the last row away."""
        self.rows = max(0, self.rows - 1)

    def size(self) -> int:
        """Return the bytes that it takes."""
        held = (self._numbers, self._codes, self._absent)
        return sum(array.nbytes for array in held if array is not None)

    def taken(self) -> tuple[FloatArray, Codes | None, Bools | None]:
        """Return numbers (R,), codes and absence (None where none is), and hold them no longer."""
        numbers = np.full(self.rows, np.nan) if self._numbers is None else self._numbers
        codes, absent = self._codes, self._absent
        self._numbers = self._codes = self._absent = None
        numbers.resize(self.rows, refcheck=False)
        if codes is not None:
            codes.resize(self.rows, refcheck=False)
        if absent is not None:
            absent.resize(self.rows, refcheck=False)
        return (
            numbers,
            codes if codes is not None and codes.any() else None,
            absent if absent is not None and absent.any() else None,
        )


def _long_enough(array: A, size: int) -> A:
    """Return an array of at least so many entries, the later ones without meaning."""
    if array.size < size:
        array.resize(size + size // 8 + _ROOM, refcheck=False)
    return array
