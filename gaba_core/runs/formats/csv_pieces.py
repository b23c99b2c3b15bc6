"""A long text table that holds more than plain numbers, read some rows at a time to the same columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.csv_layout import COMMENT, Layout
from gaba_core.runs.formats.values import IS_EMPTY, MOST_LABELS, NO_NUMBERS
from gaba_core.runs.table import Bools

LONG = 1 << 18  # characters from which a table is read so
PIECE = 1 << 16  # characters
DATES = "read as seconds."  # how a note ends that every piece of a column of dates gives
Column = tuple[FloatArray, Bools] | str


class Cells(NamedTuple):
    """Names and notes; of each column its numbers and where it says nothing, or why it has none."""

    names: list[str]
    notes: list[str]
    columns: list[Column]
    torn: int | None = None
    labels: Mapping[str, tuple[str, ...]] = MappingProxyType({})

    @property
    def is_named(self) -> bool:
        """Whether the columns have names of their own."""
        return len(self.names) > 1 and self.names[1] != "column 2"


def in_pieces(
    text: str, source: str, layout: Layout, read: Callable[[str, str, Layout], Cells]
) -> Cells | None:
    """Return what a long table says; None where it is short, or its rows must be seen together.

    Args:
        text: the whole table.
        source: what messages call it.
        layout: of the table.
        read: reads a table at once.
    """
    if len(text) < LONG or layout.delimiter != "," or '"' in text or "\r" in text:
        return None  # quoted cells may hold line ends, and other tables have a decimal sign to be found
    if any(f"\n{mark}" in text for mark in COMMENT):
        return None
    pieces = _pieces(text)
    try:
        first = read(next(pieces), source, layout)
        rest = Layout(",", names=tuple(first.names))
        found = [first]
        dates = [note for note in first.notes if note.endswith(DATES)]
        for piece in pieces:
            found.append(read(piece, source, rest))
            if found[-1].names != first.names or found[-1].notes != dates:
                return None
    except LogFormatError:  # refused by its place in the whole table
        return None
    columns = [_joined([one.columns[i] for one in found]) for i in range(len(first.names))]
    if any(column is None for column in columns):
        return None
    lines = text.count("\n") + 1
    torn = None if found[-1].torn is None else lines
    joined = [column for column in columns if column is not None]
    return Cells(first.names, first.notes, joined, torn, _labels(found))


def _pieces(text: str) -> Iterator[str]:
    at = 0
    while at < len(text):
        end = text.find("\n", at + PIECE) + 1 or len(text)
        yield text[at:end]
        at = end


def _joined(parts: Sequence[Column]) -> Column | None:
    """Return the pieces of a column as one; None where they say different things of it."""
    reasons = {part for part in parts if isinstance(part, str)}
    if len(reasons) and all(isinstance(part, str) for part in parts):
        known = reasons <= {NO_NUMBERS, IS_EMPTY}
        return next(iter(reasons)) if len(reasons) == 1 else NO_NUMBERS if known else None
    if reasons:
        return None
    pairs = [part for part in parts if not isinstance(part, str)]
    return np.concatenate([c for c, _ in pairs]), np.concatenate([a for _, a in pairs])


def _labels(parts: Sequence[Cells]) -> dict[str, tuple[str, ...]]:
    found = {}
    for name in parts[0].labels:
        if all(name in part.labels for part in parts):
            known: dict[str, str] = {}
            texts = (known.setdefault(text, text) for part in parts for text in part.labels[name])
            labels = tuple(texts)
            if len(known) <= MOST_LABELS:
                found[name] = labels
    return found
