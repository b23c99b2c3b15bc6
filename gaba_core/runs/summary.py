"""Several runs as one line: mean and standard deviation by epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gaba_core.runs.schema import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """Mean and sample standard deviation (ddof = 1) over runs.

    Attributes:
        x: (P,) ascending; where at least two runs have a finite value.
    """

    x: Floats
    mean: Floats
    sd: Floats


def spread(lines: Sequence[tuple[npt.NDArray[np.generic], Floats]]) -> Spread:
    """Return mean and sd of several lines, each (x, values); of a repeated x the last value counts."""
    axis = np.unique(np.concatenate([np.asarray(x, dtype=np.float64) for x, _ in lines] or [np.empty(0)]))
    table = np.full((len(lines), axis.size), np.nan)
    for row, (x, values) in zip(table, lines, strict=True):
        row[np.searchsorted(axis, np.asarray(x, dtype=np.float64))] = values
    enough = np.isfinite(table).sum(axis=0) >= 2
    kept = table[:, enough]
    if not kept.size:
        return Spread(np.empty(0), np.empty(0), np.empty(0))
    return Spread(axis[enough], np.nanmean(kept, axis=0), np.nanstd(kept, axis=0, ddof=1))
