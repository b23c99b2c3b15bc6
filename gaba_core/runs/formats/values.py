"""Values of a field, entry by entry, to a column of numbers; what is no number is refused by its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.text import shown
from gaba_core.runs.schema import Floats
from gaba_core.runs.table import Bools, Codes, Table, finite

NONFINITE = "nonfinite"
METRICS = ("step", "rmse_last", "nasa", "rmse_all", "health_accuracy", "health_f1", "seconds")
PREFIXES = ("w_", "lambda_", "raw_weight_", "weight_", "grad_", "loss_", "ratio_p")
NO_NUMBERS, IS_EMPTY = "holds no numbers", "is empty"
_NUMBERS = frozenset((int, float))


class Absent:
    """A record has no such field."""


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """A field that holds a number or null in every entry: (R,), and what stands where there is none."""

    column: Floats
    codes: Codes | None = None


def numbers(column: Floats, entry: Callable[[int], Any]) -> Numbers:
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
    sparse: bool = False,
) -> Table:
    """Return the fields of a log as a table.

    A missing, null or non-finite value is NaN. A field that holds no number anywhere (a phase, a path, a
    flag) is left out, unless the format gives it a meaning or its text reads as a number. Numbers that are
    all written as text are read as numbers.

    Args:
        values: (R,) of each field: numbers, None, or ABSENT where the entry has no such field.
        source: what messages call the log.
        format_name: what the format is called.
        around: entries beside the rows.
        notes: what was overlooked so far.
        sparse: whether this format leaves fields out of entries as a rule. If not, entries without a field
            are gaps, unless the log is interleaved: half of its entries or more lack some field.

    Raises:
        LogFormatError: names source, entry, field, what was found and what was expected.
    """
    columns: dict[str, Floats] = {}
    absent: dict[str, Bools] = {}
    left_out: dict[str, str] = {}
    nonfinite: dict[str, Codes] = {}
    texts = []
    for name, entries in values.items():
        if name == NONFINITE:
            continue
        plain = None if isinstance(entries, Numbers) else numbers_of_text(entries)
        found = entries if isinstance(entries, Numbers) else _column(name, plain or entries, source)
        if found is None:
            left_out[name] = NO_NUMBERS
            continue
        columns[name] = found.column
        if found.codes is not None:
            nonfinite[name] = found.codes
        if plain is not None:
            texts.append(name)
        if not isinstance(entries, Numbers):
            missing = np.fromiter((v is ABSENT for v in entries), np.bool_, len(entries))
            if missing.any():
                absent[name] = missing
    interleaved = sparse or any(2 * mask.sum() >= len(mask) for mask in absent.values())
    return Table(
        *(format_name, columns, absent if interleaved else {}, left_out, dict(around or {}), notes),
        nonfinite=nonfinite,
        texts=tuple(texts),
        ragged=bool(absent),
    )


def numbers_of_text(values: Sequence[Any]) -> list[Any] | None:
    """Return the numbers of a field whose every value is a number written as text, else None."""
    kinds = set(map(type, values)) - {Absent, type(None)}
    if kinds != {str}:
        return None
    try:
        return [float(v) if type(v) is str else v for v in values]
    except ValueError:
        return None


def _column(name: str, values: Sequence[Any], source: str) -> Numbers | None:
    kinds = set(map(type, values)) - {Absent, type(None)}
    if not kinds <= _NUMBERS:
        if _may_be_left_out(name, values):
            return None
        entry = _odd_one(values, among_texts=not kinds & _NUMBERS)
        raise LogFormatError(
            f"{source}, entry {entry}, field '{name}' must be a number or null; got {shown(values[entry])}."
        )
    try:
        column = np.array([None if v is ABSENT else v for v in values], dtype=np.float64)
    except OverflowError as error:
        raise _too_large(name, values, source) from error
    return numbers(column, values.__getitem__)


def _odd_one(values: Sequence[Any], *, among_texts: bool) -> int:
    """Return the first entry that is no number; among numbers written as text, the first that is none."""
    odd = [i for i, v in enumerate(values) if not _is_number_or_none(v)]
    others = (i for i in odd if not (isinstance(values[i], str) and _reads_as_number(values[i])))
    return next(others, odd[0]) if among_texts else odd[0]


def _is_number_or_none(value: Any) -> bool:
    return value is None or value is ABSENT or type(value) in _NUMBERS


def _may_be_left_out(name: str, values: Sequence[Any]) -> bool:
    if name in METRICS or name.startswith(PREFIXES):
        return False
    return not any(type(v) in _NUMBERS or (isinstance(v, str) and _reads_as_number(v)) for v in values)


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _too_large(name: str, values: Sequence[Any], source: str) -> LogFormatError:
    entry = next(i for i, v in enumerate(values) if type(v) is int and abs(v) >= 2**1023)
    return LogFormatError(
        f"{source}, entry {entry}, field '{name}' must be a number below 1e308; got {shown(values[entry])}."
    )
