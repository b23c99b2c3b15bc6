"""Reading of the NASA C-MAPSS files: 26 columns a row, plain text or gzip."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError

SUBSETS = ("FD001", "FD002", "FD003", "FD004")
COLUMNS = 26
SETTINGS = slice(2, 5)
SENSORS = slice(5, 26)


@dataclass(frozen=True)
class Histories:
    """Rows of many engines, engine after engine, cycle after cycle.

    ``starts`` (E + 1,) are the row numbers where engines begin, the row count last; ``settings`` (R, 3);
    ``sensors`` (R, 21); ``rul`` (R,) remaining cycles after the row, not capped.
    """

    starts: NDArray[np.int64]
    settings: FloatArray
    sensors: FloatArray
    rul: FloatArray

    @property
    def lengths(self) -> NDArray[np.int64]:
        """(E,) rows of each engine."""
        return np.diff(self.starts)

    def of_engines(self, chosen: NDArray[np.bool_]) -> Histories:
        """The rows of the engines where ``chosen`` (E,) is True, in their order."""
        retained = np.repeat(chosen, self.lengths)
        starts = np.concatenate([[0], np.cumsum(self.lengths[chosen])])
        return Histories(starts, self.settings[retained], self.sensors[retained], self.rul[retained])


@dataclass(frozen=True)
class Fleet:
    """Run-to-failure histories to train on and cut histories to test on, with their origin.

    ``sha256`` holds the sum of each file's unpacked content, the training file first.
    """

    train: Histories
    test: Histories
    origin: str
    sha256: dict[str, str]


def read_fleet(folder: Path, subset: str) -> Fleet:
    """The train and test engines of a C-MAPSS subset.

    Raises:
        ParameterError: a file is missing or does not look as NASA describes it; the message names it.
    """
    if subset not in SUBSETS:
        raise ParameterError(f"subset must be one of {', '.join(SUBSETS)}; got {subset!r}.")
    train, train_sum = _read_table(folder, f"train_{subset}.txt", COLUMNS)
    test, test_sum = _read_table(folder, f"test_{subset}.txt", COLUMNS)
    after, after_sum = _read_table(folder, f"RUL_{subset}.txt", 1)
    test_starts = _engine_starts(test, f"test_{subset}.txt")
    engines = len(test_starts) - 1
    if len(after) != engines:
        raise ParameterError(
            f"RUL_{subset}.txt must hold one line for each of {engines} test engines; got {len(after)}."
        )
    train_starts = _engine_starts(train, f"train_{subset}.txt")
    return Fleet(
        train=histories(train, train_starts, np.zeros(len(train_starts) - 1)),
        test=histories(test, test_starts, after[:, 0]),
        origin=f"C-MAPSS {subset} (NASA)",
        sha256=train_sum | test_sum | after_sum,
    )


def histories(table: FloatArray, starts: NDArray[np.int64], left: FloatArray) -> Histories:
    """The engines of a 26-column table, ``left`` (E,) cycles remaining after the last row of each."""
    lengths = np.diff(starts)
    rul = np.repeat(left + starts[1:] - 1, lengths) - np.arange(len(table))
    return Histories(starts, table[:, SETTINGS], table[:, SENSORS], rul)


def _read_table(folder: Path, name: str, columns: int) -> tuple[FloatArray, dict[str, str]]:
    content = _read_text(folder, name)
    rows = content.decode("ascii", errors="replace").splitlines()
    cells = [row.split() for row in rows if row.strip()]
    for number, row in enumerate(cells, start=1):
        if len(row) != columns:
            raise ParameterError(
                f"{name} must hold {columns} columns in every row; got {len(row)} in row {number}."
            )
    try:
        table = np.array(cells, dtype=np.float64)
    except ValueError as error:
        raise ParameterError(f"{name} must hold numbers only; got text ({error}).") from error
    if not len(table) or not np.isfinite(table).all():
        raise ParameterError(f"{name} must hold finite numbers; got {'no row' if not len(table) else 'NaN'}.")
    return table, {name: hashlib.sha256(content).hexdigest()}


def _read_text(folder: Path, name: str) -> bytes:
    plain, packed = folder / name, folder / f"{name}.gz"
    try:
        return plain.read_bytes() if plain.is_file() else gzip.decompress(packed.read_bytes())
    except FileNotFoundError as error:
        raise ParameterError(
            f"data folder must hold {name} or {name}.gz; got neither in {folder}."
        ) from error
    except (EOFError, gzip.BadGzipFile) as error:
        raise ParameterError(f"{name}.gz must be a whole gzip file; got {error}.") from error


def _engine_starts(table: FloatArray, name: str) -> NDArray[np.int64]:
    units, cycles = table[:, 0], table[:, 1]
    begins = np.flatnonzero(np.diff(units, prepend=np.nan) != 0)
    starts = np.append(begins, len(table)).astype(np.int64)
    expected: NDArray[Any] = np.arange(len(table)) - np.repeat(begins, np.diff(starts)) + 1
    if not np.array_equal(units[begins], np.arange(1, len(begins) + 1)):
        raise ParameterError(
            f"{name} must number its engines 1, 2, 3 ... in column 1; got {units[begins][:5]}."
        )
    if not np.array_equal(cycles, expected):
        row = int(np.flatnonzero(cycles != expected)[0])
        raise ParameterError(
            f"{name} must count each engine's cycles from 1; got {cycles[row]:g} in row {row + 1}."
        )
    return starts
