"""Values of a field, entry by entry, to a column of numbers; what is no number is refused by its place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from gaba_core.errors import LogFormatError
from gaba_core.runs.parsing import shown
from gaba_core.runs.schema import Floats
from gaba_core.runs.table import Bools, Table

NONFINITE = "nonfinite"
METRICS = ("step", "rmse_last", "nasa", "rmse_all", "health_accuracy", "health_f1", "seconds")
PREFIXES = ("w_", "lambda_", "raw_weight_", "weight_", "grad_", "loss_", "ratio_p")
NO_NUMBERS = "holds no numbers"
_NUMBERS = frozenset((int, float))


class Absent:
    """A record has no such field."""


ABSENT: Final = Absent()


def table_of(
    values: Mapping[str, Sequence[Any] | Floats],
    source: str,
    format_name: str,
    *,
    around: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
    sparse: bool = False,
) -> Table:
    """Return the fields of a log as a table.

    A missing, null or non-finite value is NaN. A field that holds no number anywhere (a phase, a path, a
    flag) is left out, unless the format gives it a meaning or its text reads as a number.

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
    for name, entries in values.items():
        if name == NONFINITE:
            continue
        if isinstance(entries, np.ndarray):
            columns[name] = entries
            continue
        column = _column(name, entries, source)
        if column is None:
            left_out[name] = NO_NUMBERS
            continue
        columns[name] = column
        missing = np.fromiter((v is ABSENT for v in entries), np.bool_, len(entries))
        if missing.any():
            absent[name] = missing
    interleaved = sparse or any(2 * mask.sum() >= len(mask) for mask in absent.values())
    return Table(
        format_name, columns, absent if interleaved else {}, left_out, dict(around or {}), notes
    )  # fmt: skip


def _column(name: str, values: Sequence[Any], source: str) -> Floats | None:
    kinds = set(map(type, values)) - {Absent, type(None)}
    if not kinds <= _NUMBERS:
        if _may_be_left_out(name, values):
            return None
        entry = next(i for i, v in enumerate(values) if not _is_number_or_none(v))
        raise LogFormatError(
            f"{source}, entry {entry}, field '{name}' must be a number or null; got {shown(values[entry])}."
        )
    try:
        column = np.array([None if v is ABSENT else v for v in values], dtype=np.float64)
    except OverflowError as error:
        raise _too_large(name, values, source) from error
    column[~np.isfinite(column)] = np.nan
    return column


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
