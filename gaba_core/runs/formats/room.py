"""How much memory the columns of a log may take: what its bytes allow, whatever they hold.

A cell takes eight bytes in an array and may have been one in the file. Where columns would take too much,
those that hold least are left out, as is said; where it is the rows themselves, the log is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from gaba_core.errors import LogFormatError

BASE_BYTES, TIMES = 12 << 20, 4  # bytes that any log may take, and for a byte of it
ROW = 8  # bytes of the epoch that each row has in the end
TOO_RARE = "is logged in too few rows"


class Held(Protocol):
    """A column that grows."""

    name: str

    @property
    def known(self) -> int:
        """How many numbers it holds."""

    def size(self) -> int:
        """Return the bytes that it takes."""

    def drop(self) -> None:
        """Hold nothing from now on."""


class Room:
    """What is left for the columns of a log."""

    def __init__(self, source: str, size: int) -> None:
        """Begin with all of it.

        Args:
            source: what messages call the log.
            size: bytes that it has.
        """
        self._source, self._size = source, size
        self._limit = BASE_BYTES + TIMES * size
        self._dropped: list[str] = []

    def holds(self, rows: int, columns: int) -> bool:
        """Whether so many rows of numbers fit, gaps and all."""
        return (9 * columns + ROW) * rows <= self._limit

    def check(self, taken: int, rows: int) -> None:
        """Raise the LogFormatError that says so where the rows alone take too much."""
        if taken + ROW * rows > self._limit:
            raise LogFormatError(
                f"{self._source} must hold rows of more than a few bytes; got {rows} rows or more in "
                f"{self._size} bytes."
            )

    def make(self, columns: Sequence[Held], rows: int) -> None:
        """Drop the columns that hold least until the others fit.

        Raises:
            LogFormatError: none is left that could be dropped.
        """
        taken = sum(column.size() for column in columns)
        if taken + ROW * rows <= self._limit:
            return
        rare = [column for column in reversed(columns) if column.size() and 2 * column.known < rows]
        for column in sorted(rare, key=lambda column: column.known):
            if taken + ROW * rows <= self._limit * 7 // 8:
                break
            taken -= column.size()
            column.drop()
            self._dropped.append(column.name)
        self.check(taken, rows)

    def said(self, columns: int, rows: int) -> list[str]:
        """Return the note on what was left out."""
        count = len(self._dropped)
        if not count:
            return []
        return [f"{count} of {columns} columns are logged in few of the {rows} rows and were left out."]
