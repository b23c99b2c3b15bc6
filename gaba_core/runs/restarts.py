"""Where a run was resumed: its step, else its epoch, goes back; what it writes again supersedes the old."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.schema import Integers, Run

MOST = 100  # restarts beyond which a log is taken for unsorted
LEAST = 0.5  # share of the records that must be left


@dataclass(frozen=True, slots=True, eq=False)
class Resumed:
    """The records of a run that count, and where it was resumed.

    Attributes:
        records: indices that ascend in time: of what was written twice the later one.
        starts: positions in `records` of the first record behind each restart.
    """

    records: Integers
    starts: Integers


def resumed(run: Run) -> Resumed:
    """Return the records of a run that count; all of them where it never goes back, or is unsorted."""
    step = run.metrics.get("step")
    order: FloatArray = np.asarray(run.epochs, dtype=np.float64)
    if step is not None and bool(np.isfinite(step).all()):
        order = step
    every = np.arange(order.size, dtype=np.int64)
    backs = np.flatnonzero(np.diff(order) < 0.0) + 1
    if not backs.size or backs.size > MOST:
        return Resumed(every, every[:0])
    segment = np.zeros(order.size, dtype=np.int64)
    segment[backs] = 1
    segment = np.cumsum(segment)
    later = np.minimum.accumulate(order[backs][::-1])[::-1]  # the earliest time written behind each segment
    limit = np.append(later, np.inf)[segment]
    retained = np.flatnonzero(order < limit)
    if retained.size < LEAST * order.size:
        return Resumed(every, every[:0])
    starts = np.flatnonzero(np.diff(segment[retained]) > 0) + 1
    return Resumed(retained.astype(np.int64), starts.astype(np.int64))
