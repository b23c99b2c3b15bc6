"""Records of a log to columns of numbers: every entry checked, every gap counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaba_core.errors import LogFormatError
from gaba_core.runs.parsing import shown
from gaba_core.runs.schema import Floats

NONFINITE = "nonfinite"
METRICS = ("step", "rmse_last", "nasa", "rmse_all", "health_accuracy", "health_f1", "seconds")
PREFIXES = ("w_", "lambda_", "raw_weight_", "weight_", "grad_", "loss_", "ratio_p")
_NUMBERS = frozenset((int, float))


def numeric_columns(
    records: Sequence[dict[str, Any]], source: str
) -> tuple[NDArray[Any], dict[str, Floats], list[str]]:
    """Return epochs (E,), every other numeric column (E,) in order of first appearance, and notes.

    A missing, null or non-finite value is NaN. A field that holds no number anywhere (a phase, a path, a
    flag) is left out with a note, unless the format gives it a meaning or its text reads as a number.

    Raises:
        LogFormatError: names source, entry, field, what was found and what was expected.
    """
    epochs = _epochs(records, source)
    columns: dict[str, Floats] = {}
    notes = _order_notes(epochs)
    for name in _fields(records):
        if name in ("epoch", NONFINITE):
            continue
        values = [record.get(name) for record in records]
        column = _column(name, values, source)
        if column is None:
            notes.append(f"{name} holds no numbers and was left out.")
            continue
        columns[name] = column
        gaps = np.flatnonzero(np.isnan(column))
        if gaps.size:
            notes.append(
                f"{name} has no finite value in {gaps.size} of {len(records)} entries "
                f"(first at epoch {epochs[gaps[0]]:.12g}): left as a gap."
            )
    return epochs, columns, notes


def _fields(records: Sequence[dict[str, Any]]) -> list[str]:
    first = records[0].keys()
    if all(record.keys() == first for record in records):
        return list(first)
    return list(dict.fromkeys(name for record in records for name in record))


def _column(name: str, values: list[Any], source: str) -> Floats | None:
    kinds = set(map(type, values))
    if not kinds <= _NUMBERS and not kinds <= _NUMBERS | {type(None)}:
        if _may_be_left_out(name, values):
            return None
        entry = next(i for i, v in enumerate(values) if v is not None and type(v) not in _NUMBERS)
        raise LogFormatError(
            f"{source}, entry {entry}, field '{name}' must be a number or null; got {shown(values[entry])}."
        )
    try:
        column = np.array(values, dtype=np.float64)
    except OverflowError as error:
        raise _too_large(name, values, source) from error
    column[~np.isfinite(column)] = np.nan
    return column


def _may_be_left_out(name: str, values: list[Any]) -> bool:
    if name in METRICS or name.startswith(PREFIXES):
        return False
    return not any(type(v) in _NUMBERS or (isinstance(v, str) and _reads_as_number(v)) for v in values)


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _epochs(records: Sequence[dict[str, Any]], source: str) -> NDArray[Any]:
    values = []
    for i, record in enumerate(records):
        if "epoch" not in record:
            raise LogFormatError(f"{source}, entry {i} must have a field 'epoch'; got {shown(record)}.")
        value = record["epoch"]
        if type(value) not in _NUMBERS or (isinstance(value, float) and not np.isfinite(value)):
            raise LogFormatError(
                f"{source}, entry {i}, field 'epoch' must be a finite number; got {shown(value)}."
            )
        values.append(value)
    try:
        epochs = np.array(values, dtype=np.float64)
    except OverflowError as error:
        raise _too_large("epoch", values, source) from error
    whole = bool((epochs == np.floor(epochs)).all() and (np.abs(epochs) < 2.0**53).all())
    return epochs.astype(np.int64) if whole else epochs


def _too_large(name: str, values: Sequence[Any], source: str) -> LogFormatError:
    entry = next(i for i, v in enumerate(values) if type(v) is int and abs(v) >= 2**1023)
    return LogFormatError(
        f"{source}, entry {entry}, field '{name}' must be a number below 1e308; got {shown(values[entry])}."
    )


def _order_notes(epochs: NDArray[Any]) -> list[str]:
    notes = []
    backward = np.flatnonzero(np.diff(epochs) < 0)
    if backward.size:
        i = int(backward[0])
        notes.append(
            f"Epoch {epochs[i + 1]:.12g} stands after epoch {epochs[i]:.12g} (entry {i + 1}): the run was "
            "restarted or the log is unsorted. Entries are kept in file order."
        )
    seen, counts = np.unique(epochs, return_counts=True)
    again = np.flatnonzero(counts > 1)
    if again.size:
        notes.append(
            f"{again.size} epoch{'s stand' if again.size > 1 else ' stands'} more than once "
            f"(first: epoch {seen[again[0]]:.12g}, {counts[again[0]]} times). All entries are kept."
        )
    return notes
