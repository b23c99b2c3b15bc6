"""Several runs as one line: mean and standard deviation along a common axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.interpolation import Line, values_at


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
    too; beyond its ends and beside a gap it takes no part.
    """
    axis = np.unique(np.concatenate([np.asarray(x, dtype=np.float64) for x, _ in lines] or [np.empty(0)]))
    axis = axis[np.isfinite(axis)]
    table = np.array([values_at(axis, line) for line in lines]).reshape(len(lines), axis.size)
    count = np.isfinite(table).sum(axis=0)
    enough = count >= 2
    retained = table[:, enough]
    if not retained.size:
        return Spread(np.empty(0), np.empty(0), np.empty(0), np.empty(0))
    with np.errstate(over="ignore", invalid="ignore"):
        mean, sd = np.nanmean(retained, axis=0), np.nanstd(retained, axis=0, ddof=1)
    return Spread(axis[enough], mean, sd, count[enough].astype(np.float64))
