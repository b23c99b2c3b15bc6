"""When runs cut into blocks cross the floor and arrive, judged at every step for the price of a few."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gaba_core.block_bounds import BLOCK, Blocks, MeanOfSeeds
from gaba_core.checks import FloatArray, IntArray
from gaba_core.thresholds import ROUNDING

FEW = 2  # blocks of each row looked at first: the run mostly decides a question in the nearest of them
SLACK = 1e-12  # a bound so near a threshold settles nothing: it was rounded

BoolArray = npt.NDArray[np.bool_]
Run = Blocks | MeanOfSeeds
Holds = Callable[[FloatArray, IntArray], BoolArray]  # of states (M, K, X) of M rows: whether at each (M, X)


@dataclass(frozen=True, slots=True, eq=False)
class Judge:
    """The rows of a run held against floor and equilibrium.

    Attributes:
        floor: of each row, shape (R, 1, 1).
        target: equilibrium of the weights, shape (R, K, 1).
        low, high: what the weights cannot leave within each block, shape (R, K, N).
    """

    run: Blocks
    floor: FloatArray
    target: FloatArray
    low: FloatArray
    high: FloatArray

    def first_below(self) -> IntArray:
        """Return the first step of each row at which some share lies below the floor; -1 for none."""
        limit = self.floor - ROUNDING
        return search(
            self.run,
            _any_task(self.run.low < limit + SLACK),
            lambda state, rows: _any_task(state < limit[rows]),
        )

    def last_outside(self, offs: Sequence[FloatArray]) -> list[IntArray]:
        """Return, for each `off` (R, K, 1), the last step with a weight further from its target, or -1."""
        below, above = self.target - self.low, self.high - self.target
        possibly = np.concatenate([_any_task(np.maximum(below, above) > off - SLACK) for off in offs])
        off, rows = np.concatenate(offs), len(self.low)
        found = search(
            self.run,
            possibly,
            lambda state, asked: _any_task(self._distance(state, asked % rows) > off[asked]),
            backwards=True,
        )
        return np.split(found, len(offs))

    def first_inside(self, off: FloatArray, since: IntArray) -> IntArray:
        """Return the first step, from `since` (R,) on, with every weight within `off`; -1 for none."""
        far = off + SLACK
        return search(
            self.run,
            ~_any_task((self.low - self.target > far) | (self.target - self.high > far)),
            lambda state, rows: ~_any_task(self._distance(state, rows) > off[rows]),
            since,
        )

    def _distance(self, state: FloatArray, rows: IntArray) -> FloatArray:
        raised = np.maximum(state, self.floor[rows])
        raised /= _sum_of_tasks(raised)
        raised -= self.target[rows]
        return np.abs(raised, out=raised)


def judge(run: Blocks, floors: FloatArray, targets: FloatArray) -> Judge:
    """Return the judge of a run, from floor (P,) and equilibrium (P, K) of its settings."""
    setting = run.setting(np.arange(len(run.low)))
    floor = floors[setting][:, None, None]
    low, high = np.maximum(run.low, floor), np.maximum(run.high, floor)
    others_low, others_high = _sum_of_tasks(low) - low, _sum_of_tasks(high) - high
    low, high = (
        low / (low + others_high),
        high / (high + others_low),
    )  # one at an end, the rest at the other
    return Judge(run, floor, targets[setting][..., None], low, high)


def search(
    run: Run, possibly: BoolArray, holds: Holds, since: IntArray | None = None, backwards: bool = False
) -> IntArray:
    """Return the first or, searched backwards, the last step of each row at which something holds, or -1.

    Args:
        run: the run, R rows of N blocks.
        possibly: blocks in which it may hold, shape (Q R, N): of each row for each of Q questions.
        holds: whether it does at each of many states, for these of the Q R.
        since: first step that counts in each; None for 0.
        backwards: search from the end.
    """
    asked = np.arange(len(possibly))
    of = asked % len(run.after)
    starts, begin = run.starts[run.setting(of)], np.zeros_like(asked) if since is None else since
    towards, last = (slice(None, None, step) for step in ((-1, 1) if backwards else (1, -1)))
    counts = starts + BLOCK > begin[:, None]
    certainly = holds(run.after if len(of) == len(run.after) else run.after[of], asked) & counts
    undecided = _up_to_first((possibly & counts)[:, towards], certainly[:, towards])
    found, few = np.full(len(undecided), -1), FEW
    while undecided.any():
        batch = undecided & (undecided.cumsum(axis=1) <= few)
        rows, blocks = np.nonzero(batch[:, towards])
        steps = starts[rows, blocks][:, None] + np.arange(BLOCK)
        hits = holds(run.states(of[rows], blocks), rows) & (steps >= begin[rows, None])
        hit = np.flatnonzero(hits.any(axis=1))[last]  # of the blocks of a row, the wanted one last
        at = hits[hit][:, towards].argmax(axis=1)
        found[rows[hit]] = steps[hit][:, towards][np.arange(hit.size), at]
        undecided &= ~batch & (found < 0)[:, None]
        few *= 4
    return found


def _up_to_first(possibly: BoolArray, certainly: BoolArray) -> BoolArray:
    """Return the blocks in which something may first hold, from those where it may and where it does."""
    passed = np.logical_or.accumulate(certainly, axis=1)
    passed[:, 1:], passed[:, 0] = passed[:, :-1].copy(), False
    return np.asarray((possibly | certainly) & ~passed)


def _sum_of_tasks(values: FloatArray) -> FloatArray:
    """Return the sum over the tasks of (R, K, X), shape (R, 1, X); for few tasks faster than sum(axis=1)."""
    total = values[:, :1].copy()
    for task in range(1, values.shape[1]):
        total += values[:, task : task + 1]
    return total


def _any_task(holds: BoolArray) -> BoolArray:
    """Return whether something holds for some task, (R, K, X) to (R, X)."""
    found = holds[:, 0]
    for task in range(1, holds.shape[1]):
        found = found | holds[:, task]
    return found
