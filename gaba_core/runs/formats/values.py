"""Values of a field, entry by entry, to a column of numbers; what is no number is a gap that is named."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.cells import SILENT, number_of
from gaba_core.runs.formats.forms import formed
from gaba_core.runs.formats.text import shown
from gaba_core.runs.table import Bools, Codes, Table, finite
from gaba_core.runs.time_columns import counts_time, names_rows, tells_rows

NONFINITE = "nonfinite"
BALANCER = ("w_", "lambda_", "raw_weight_", "weight_")  # what is hit there is refused, and never a gap
NO_NUMBERS, IS_EMPTY = "holds no numbers", "is empty"
HOLDS_LISTS, HOLDS_OBJECTS = "holds lists of different lengths", "holds lists of objects"
MOSTLY = "holds no number in most entries"
MOST_LABELS = 512
_NUMBERS = frozenset((int, float))


class Absent:
    """A record has no such field."""


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A field of numbers (R,), what stands where there is none, and which entries have no such field."""

    column: FloatArray
    codes: Codes | None = None
    absent: Bools | None = None

    def __len__(self) -> int:
        """Return R."""
        return int(self.column.size)


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """What a field gives: numbers, or why it is left out; what has to be said of it."""

    found: Numbers | None
    reason: str = NO_NUMBERS
    is_text: bool = False
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Parts:
    columns: dict[str, FloatArray] = field(default_factory=dict)
    absent: dict[str, Bools] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    nonfinite: dict[str, Codes] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)


def numbers(column: FloatArray, entry: Callable[[int], Any]) -> Numbers:
    """Return a column (R,) as numbers; `entry` gives what stands in a row, to tell null from NaN."""
    column, codes = finite(column)
    if codes is None:
        return Numbers(column)
    at = np.flatnonzero(codes)
    silent = np.fromiter((entry(i) is None or entry(i) is ABSENT for i in at.tolist()), np.bool_, at.size)
    codes[at[silent]] = 0
    return Numbers(column, codes if codes.any() else None)


def table_of(
    values: Mapping[str, Sequence[Any] | Numbers],
    source: str,
    format_name: str,
    *,
    around: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
    left_out: Mapping[str, str] | None = None,
    sparse: bool = False,
) -> Table:
    """Return the fields of a log as a table.

    A missing, null or non-finite value is NaN. A field that holds no number anywhere (a phase, a path, a
    flag) is left out by name. Numbers written as text are read as numbers, dates as seconds; any other entry
    is a gap that is named, unless it is one of the time or of the weights: then the log is refused.

    Args:
        values: (R,) of each field: numbers, None, or ABSENT where the entry has no such field.
        source: what messages call the log.
        format_name: what the format is called.
        around: entries beside the rows.
        notes: what was overlooked so far.
        left_out: fields that were left out so far, and why.
        sparse: whether this format leaves fields out of entries as a rule.

    Raises:
        LogFormatError: names source, entry, field, what was found and what was expected.
    """
    parts = _Parts(left_out=dict(left_out or {}))
    for name, entries in values.items():
        if name != NONFINITE:
            _add(parts, name, entries, source)
    said = values.get(NONFINITE)
    if said is not None and not isinstance(said, Numbers):
        _add_named(parts, said)
    interleaved = sparse or any(2 * mask.sum() >= len(mask) for mask in parts.absent.values())
    return Table(
        *(format_name, parts.columns, parts.absent, parts.left_out, dict(around or {})),
        notes=(*notes, *parts.notes),
        nonfinite=parts.nonfinite,
        texts=tuple(parts.texts),
        ragged=bool(parts.absent),
        sparse=interleaved,
        labels=parts.labels,
    )


def _add(parts: _Parts, name: str, entries: Sequence[Any] | Numbers, source: str) -> None:
    read = _Column(entries) if isinstance(entries, Numbers) else _column(name, entries, source)
    parts.notes.extend(read.notes)
    if read.found is None:
        parts.left_out[name] = read.reason
        labels = labels_of(name, entries) if not isinstance(entries, Numbers) else None
        if labels is not None:
            parts.labels[name] = labels
        return
    parts.columns[name] = read.found.column
    if read.found.codes is not None:
        parts.nonfinite[name] = read.found.codes
    if read.is_text:
        parts.texts.append(name)
    if not isinstance(entries, Numbers):
        missing = np.fromiter((v is ABSENT for v in entries), np.bool_, len(entries))
        if missing.any():
            parts.absent[name] = missing


class Labels:
    """Texts that may name the run or the metric of each row, each kept once."""

    __slots__ = ("_known", "_rows")

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._rows: list[str] = []

    def add(self, values: Sequence[Any]) -> bool:
        """Take the entries of some rows in; False where one is no text, or they are too many to be names."""
        if not all(type(value) is str for value in values):
            return False
        for value in dict.fromkeys(values):
            self._known.setdefault(value, value)
        self._rows += map(self._known.__getitem__, values)
        return len(self._known) <= MOST_LABELS

    def forget_last(self) -> None:
        """Take the last row away."""
        del self._rows[-1:]

    def texts(self, name: str) -> tuple[str, ...] | None:
        """Return (R,); None where the texts of a column of this name say nothing of the rows."""
        return tuple(self._rows) if tells_rows(name, self._known) else None


def labels_of(name: str, values: Sequence[Any]) -> tuple[str, ...] | None:
    """Return the texts of a column that may name the run or the metric of each row; None of any other."""
    labels = Labels()
    return labels.texts(name) if names_rows(name) and labels.add(values) else None


def _add_named(parts: _Parts, said: Sequence[Any]) -> None:
    """Take what `nonfinite` names for NaN: strict JSON has only null for it."""
    for i, names in enumerate(said):
        for name in names if isinstance(names, list) else ():
            column = parts.columns.get(name) if isinstance(name, str) else None
            if column is None or column[i] == column[i]:
                continue
            codes = parts.nonfinite.setdefault(name, np.zeros(len(column), dtype=np.int8))
            codes[i] = codes[i] or 1


def numbers_of_text(values: Sequence[Any]) -> list[Any] | None:
    """Return the numbers of a field whose every value is a number written as text, else None."""
    kinds = set(map(type, values)) - {Absent, type(None)}
    if kinds != {str}:
        return None
    other = formed(values)
    if other is not None and other[0].kind != "date":
        return other[1]
    found = [number_of(v) if type(v) is str else v for v in values]
    return found if all(type(v) is not str and v is not SILENT and (v is not None or w is None)
                        for v, w in zip(found, values, strict=True)) else None  # fmt: skip


def _column(name: str, values: Sequence[Any], source: str) -> _Column:
    kinds = set(map(type, values)) - {Absent, type(None)}
    if kinds <= _NUMBERS:
        return _Column(_numeric(name, values, source))
    other = formed(values) if str in kinds else None
    if other is not None:
        form, found_numbers = other
        return _Column(_numeric(name, found_numbers, source), notes=(form.note(name),))
    plain = [number_of(v) if type(v) is str else v for v in values]
    odd = [i for i, (v, was) in enumerate(zip(plain, values, strict=True)) if _is_odd(v, was)]
    known = [v for v in plain if type(v) in _NUMBERS]
    if not known:
        return _Column(None, _reason(values))
    if odd and (counts_time(name) or name.startswith(BALANCER)):
        raise LogFormatError(
            f"{source}, entry {odd[0]}, field '{name}' must be a number or null; got {shown(values[odd[0]])}."
        )
    if len(odd) > len(known):
        return _Column(None, MOSTLY)
    for i in odd:
        plain[i] = None
    clean = [None if v is SILENT else v for v in plain]
    found = _numeric(name, clean, source)
    if not np.isfinite(found.column).any() and not found.codes is not None:
        return _Column(None, _reason(values))
    is_text = kinds == {str} and not odd
    return _Column(found, is_text=is_text, notes=tuple(_said(name, values, odd, is_text=is_text)))


def _is_odd(value: Any, was: Any) -> bool:
    """Whether an entry is neither a number nor silent; `value` is what its text reads as."""
    if value is None:
        return was is not None
    return value is not SILENT and value is not ABSENT and type(value) not in _NUMBERS


def _said(name: str, values: Sequence[Any], odd: list[int], *, is_text: bool) -> Iterator[str]:
    if odd:
        yield (
            f"{name} holds no number in {len(odd)} of {len(values)} entries "
            f"(first: entry {odd[0]}, {shown(values[odd[0]])}): left as gap{'' if len(odd) == 1 else 's'}."
        )
    texts = sum(type(v) is str and type(number_of(v)) is float for v in values)
    if texts and not is_text:
        yield f"{name} writes {texts} of its {len(values)} values as text: read as numbers."


def _numeric(name: str, values: Sequence[Any], source: str) -> Numbers:
    try:
        column = np.array([None if v is ABSENT else v for v in values], dtype=np.float64)
    except OverflowError as error:
        raise _too_large(name, values, source) from error
    return numbers(column, values.__getitem__)


def _reason(values: Sequence[Any]) -> str:
    kinds = set(map(type, values))
    if list in kinds:
        return HOLDS_OBJECTS if any(type(v) is list and dict in map(type, v) for v in values) else HOLDS_LISTS
    return NO_NUMBERS


def _too_large(name: str, values: Sequence[Any], source: str) -> LogFormatError:
    entry = next(i for i, v in enumerate(values) if type(v) is int and abs(v) >= 2**1023)
    return LogFormatError(
        f"{source}, entry {entry}, field '{name}' must be a number below 1e308; got {shown(values[entry])}."
    )
