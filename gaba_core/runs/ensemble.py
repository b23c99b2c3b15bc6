"""Several runs as one line: mean and deviation, or quantiles, along a common axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.interpolation import Line, values_at

MOST_CELLS = 20_000_000  # of a table of lines by places: 160 MB
PLACES = 1000  # of quantiles at most


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Mean and sample standard deviation (ddof = 1) over runs.

    Attributes:
        x: (P,) ascending; where at least two runs have a finite value.
        count: (P,) how many runs have one.
    """

    x: FloatArray
    mean: FloatArray
    sd: FloatArray
    count: FloatArray


def spread(lines: Sequence[Line]) -> Spread:
    """Return mean and sd of several lines, each (x, values); of a repeated x the last value counts.

    A line is linear between its records, so runs whose records do not stand at the same x are averaged
    too; beyond its ends and beside a gap it takes no part. Where lines and places are so many that a table
    of them would hold more than MOST_CELLS numbers, the places are thinned evenly.
    """
    axis = _common_axis(lines, MOST_CELLS // max(1, len(lines)))
    table = _on_axis(lines, axis)
    count = np.isfinite(table).sum(axis=0)
    enough = count >= 2
    retained = table[:, enough]
    if not retained.size:
        return Spread(np.empty(0), np.empty(0), np.empty(0), np.empty(0))
    with np.errstate(over="ignore", invalid="ignore"):
        mean, sd = np.nanmean(retained, axis=0), np.nanstd(retained, axis=0, ddof=1)
    return Spread(axis[enough], mean, sd, count[enough].astype(np.float64))


@dataclass(frozen=True, slots=True, eq=False)
class Quantiles:
    """Quantiles over runs.

    Attributes:
        x: (P,) ascending; where at least one run has a finite value.
        values: (L, P), a row for each level.
        count: (P,) how many runs have a value.
    """

    x: FloatArray
    values: FloatArray
    count: FloatArray


def quantiles(lines: Sequence[Line], levels: Sequence[float], places: int = PLACES) -> Quantiles:
    """Return quantiles of several lines, each (x, values), along a common axis; see `spread`.

    Args:
        lines: of the runs.
        levels: shares in [0, 1].
        places: on the axis at most, taken evenly from those of all lines.
    """
    axis = _common_axis(lines, places)
    values, count = quantiles_of(_on_axis(lines, axis), levels)
    known = count > 0
    return Quantiles(axis[known], values[:, known], count[known])


def quantiles_of(table: FloatArray, levels: Sequence[float]) -> tuple[FloatArray, FloatArray]:
    """Return quantiles (L, P) over the rows of a table (R, P), and how many finite values each place has.

    Linear between two values, as NumPy's; a value that is not finite takes no part. NaN where there is none.
    """
    ranked = np.sort(np.where(np.isfinite(table), table, np.nan), axis=0)  # NaN comes last
    count = np.isfinite(ranked).sum(axis=0)
    found = np.full((len(levels), table.shape[1]), np.nan)
    if not ranked.size:
        return found, count.astype(np.float64)
    at = np.arange(table.shape[1])
    for row, level in zip(found, levels, strict=True):
        place = level * np.maximum(count - 1, 0)
        below = np.floor(place).astype(np.int64)
        above = np.minimum(below + 1, np.maximum(count - 1, 0))
        part = place - below
        row[:] = ranked[below, at] * (1.0 - part) + ranked[above, at] * part
    return found, count.astype(np.float64)


def _common_axis(lines: Sequence[Line], most: int) -> FloatArray:
    axis = np.unique(np.concatenate([np.asarray(x, dtype=np.float64) for x, _ in lines] or [np.empty(0)]))
    axis = axis[np.isfinite(axis)]
    if axis.size > most:
        axis = axis[np.unique(np.linspace(0, axis.size - 1, most).round().astype(np.int64))]
    return np.asarray(axis, dtype=np.float64)


def _on_axis(lines: Sequence[Line], axis: FloatArray) -> FloatArray:
    table = np.array([values_at(axis, line) for line in lines], dtype=np.float64)
    return np.asarray(table.reshape(len(lines), axis.size), dtype=np.float64)
