"""What simulated runs did, judged at every step of them."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gaba_core.block_bounds import BLOCK, Blocks, mean_of_seeds
from gaba_core.checks import FloatArray, IntArray
from gaba_core.first_passage import SLACK, Judge, search
from gaba_core.parameters import SimulationParams
from gaba_core.regimes import Events

NO_GAP = 1e-9


def milestones(seen: Judge) -> list[tuple[Events, ...]]:
    """Return the milestones of every seed of each setting: `measure_events` with every step sampled."""
    run = seen.run
    ends = np.repeat(run.starts[:, -1] + BLOCK, run.seeds)
    below = seen.first_below()
    outside = seen.last_outside([level * seen.target for level in (0.01, 0.001)])
    found = np.stack([np.where(below < 0, ends, below), *(last + 1 for last in outside)], axis=-1)
    events = [
        Events(*(step if step < end else None for step in row))
        for row, end in zip(found.tolist(), ends.tolist(), strict=True)
    ]
    return [tuple(events[i : i + run.seeds]) for i in range(0, len(events), run.seeds)]


def measured_time_constants(
    run: Blocks, many: Sequence[SimulationParams], shares: FloatArray, tasks: IntArray | None = None
) -> list[float | None]:
    """Return the steps after warm-up until one task's mean over seeds has closed 1 - 1/e of its gap.

    Interpolated between two steps; None where there is no gap to close or the run ends before it is closed.

    Args:
        run: the runs of P settings.
        many: the settings.
        shares: expected share of that task in each, shape (P,).
        tasks: which task it is in each, counted from 0, shape (P,); None for the first.
    """
    mean, closed = mean_of_seeds(run), math.exp(-1.0)
    start = 1.0 / run.before.shape[1]
    of = np.zeros(len(many), dtype=np.int64) if tasks is None else tasks
    has_gap = np.abs(start - shares) >= NO_GAP
    whole = np.where(has_gap, start - shares, 1.0)

    def gap(state: FloatArray, rows: IntArray) -> FloatArray:
        own = state[np.arange(len(rows)), of[rows]]
        return np.asarray((own - shares[rows, None]) / whole[rows, None])

    every = np.arange(len(many))
    low = np.minimum(gap(mean.low, every), gap(mean.high, every))
    found = search(
        mean,
        (low <= closed + SLACK) & has_gap[:, None],
        lambda state, rows: (gap(state, rows) <= closed) & has_gap[rows, None],
    )
    rows = np.flatnonzero(found >= 0)
    blocks, at = np.divmod(found[rows] - run.starts[rows, 0], BLOCK)
    around = np.concatenate([mean.before[rows, :, blocks][..., None], mean.states(rows, blocks)], axis=-1)
    gaps = gap(around, rows)[np.arange(rows.size)[:, None], at[:, None] + np.arange(2)]
    constants: list[float | None] = [None] * len(many)
    for row, step, (wide, narrow) in zip(rows.tolist(), found[rows].tolist(), gaps.tolist(), strict=True):
        elapsed = float(step + 1 - many[row].warmup_steps)
        if narrow > 0.0:  # else the gap closed within one step
            elapsed += (math.log(wide) + 1.0) / (math.log(wide) - math.log(narrow)) - 1.0
        constants[row] = elapsed
    return constants
