"""What a simulated run did, judged at every step of it for the price of the few steps that decide."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from gaba_core.blocks import BLOCK, Blocks
from gaba_core.checks import FloatArray, IntArray
from gaba_core.crossings import ROUNDING
from gaba_core.equilibrium import equilibrium, expected_shares
from gaba_core.regimes import Events

FEW = 2  # blocks of each seed looked at first: the run mostly decides a question in the nearest of them
NO_GAP = 1e-9
SLACK = 1e-12  # a bound so near a threshold settles nothing: it was rounded

BoolArray = npt.NDArray[np.bool_]


def measured_events(run: Blocks) -> tuple[Events, ...]:
    """Return the milestones of every seed: `measure_events` of the run with every step sampled."""
    floor, target = run.params.floor, equilibrium(run.params)[:, None]
    possibly = np.asarray((run.low < floor - ROUNDING + SLACK).any(axis=1))
    clamped = _search(run, possibly, lambda state: np.asarray((state < floor - ROUNDING).any(axis=-2)))
    found = [np.where(clamped < 0, run.params.steps, clamped)]
    low, high = _weight_bounds(run)
    for level in (0.01, 0.001):
        off = level * target
        possibly = np.asarray(((low < target - off + SLACK) | (high > target + off - SLACK)).any(axis=1))

        def outside(state: FloatArray, off: FloatArray = off) -> BoolArray:
            return np.asarray((np.abs(_weights(state, floor) - target) > off).any(axis=-2))

        found.append(_search(run, possibly, outside, backwards=True) + 1)
    rows = np.transpose(found).tolist()
    return tuple(Events(*(step if step < run.params.steps else None for step in row)) for row in rows)


def measured_time_constant(run: Blocks) -> float | None:
    """Return the steps after warm-up until the first task's mean over seeds has closed 1 - 1/e of its gap.

    Interpolated between two steps; None where there is no gap to close or the run ends before it is closed.
    """
    params, closed = run.params, math.exp(-1.0)
    start, target = 1.0 / params.tasks, float(expected_shares(params)[0])
    if abs(start - target) < NO_GAP:
        return None
    before, after, low, high = (
        (side[:, 0].mean(axis=0) - target) / (start - target)
        for side in (run.before, run.after, run.low, run.high)
    )
    possibly = np.minimum(low, high) <= closed + SLACK
    blocks = np.flatnonzero(_up_to_first(possibly[None], (after <= closed)[None]))
    if not blocks.size:
        return None
    seeds = np.repeat(np.arange(len(params.seeds)), blocks.size)
    state = run.states(seeds, np.tile(blocks, len(params.seeds)))[:, 0]
    mean = state.reshape(-1, blocks.size, BLOCK).mean(axis=0)
    gap = np.column_stack([before[blocks], (mean - target) / (start - target)])
    hits = np.argwhere(gap[:, 1:] <= closed)
    if not hits.size:
        return None
    block, step = hits[0].tolist()
    elapsed = int(run.starts[blocks[block]]) + step + 1 - params.warmup_steps
    wide, narrow = gap[block, step : step + 2].tolist()
    if narrow <= 0.0:  # the gap closed within one step
        return float(elapsed)
    return float(elapsed - 1 + (math.log(wide) + 1.0) / (math.log(wide) - math.log(narrow)))


def _weights(state: FloatArray, floor: float) -> FloatArray:
    """Return the weights at states of shape (..., K, X)."""
    raised = np.maximum(state, floor)
    raised /= raised.sum(axis=-2, keepdims=True)
    return raised


def _weight_bounds(run: Blocks) -> tuple[FloatArray, FloatArray]:
    """Return what the weights cannot leave: a task at an end of its span, the others at their other ends."""
    low, high = np.maximum(run.low, run.params.floor), np.maximum(run.high, run.params.floor)
    others_low, others_high = (side.sum(axis=1, keepdims=True) - side for side in (low, high))
    return low / (low + others_high), high / (high + others_low)


def _search(
    run: Blocks, possibly: BoolArray, holds: Callable[[FloatArray], BoolArray], backwards: bool = False
) -> IntArray:
    """Return the first or, searched backwards, the last step of each seed at which something holds, or -1.

    Args:
        run: the run.
        possibly: blocks in which it may hold, shape (S, N).
        holds: whether it does at each of many states, shape (..., K, X) to (..., X).
        backwards: search from the end.
    """
    towards, last = (slice(None, None, step) for step in ((-1, 1) if backwards else (1, -1)))
    certainly = holds(run.after)
    undecided = _up_to_first(possibly[:, towards], certainly[:, towards])
    found, few = np.full(len(undecided), -1), FEW
    while undecided.any():
        batch = undecided & (undecided.cumsum(axis=1) <= few)
        seeds, blocks = np.nonzero(batch[:, towards])
        hits = holds(run.states(seeds, blocks))[:, towards]
        rows = np.flatnonzero(hits.any(axis=1))[last]  # of the rows of a seed, the wanted one last
        at = hits[rows].argmax(axis=1)
        found[seeds[rows]] = run.starts[blocks[rows]] + (BLOCK - 1 - at if backwards else at)
        undecided &= ~batch & (found < 0)[:, None]
        few *= 4
    steps: IntArray = np.maximum(found, -1)  # the first block may begin before the run
    return steps


def _up_to_first(possibly: BoolArray, certainly: BoolArray) -> BoolArray:
    """Return the blocks in which something may first hold, from those where it may and where it does."""
    passed = np.logical_or.accumulate(certainly, axis=1)
    passed = np.concatenate([np.zeros_like(passed[:, :1]), passed[:, :-1]], axis=1)
    return np.asarray((possibly | certainly) & ~passed)
