"""When runs of two tasks arrive at their equilibrium, for many floors from one path of the state.

With two tasks a weight rises with the state, at every floor. So "within a distance of the equilibrium" is an
interval of the state, and one path answers for all floors: from the extremes of its blocks of steps.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from gaba_core.checks import FloatArray, IntArray
from gaba_core.ema_scan import decay_scan
from gaba_core.thresholds import LEFT

BLOCK = 16


class Span(NamedTuple):
    """States between which a weight is near its equilibrium, one of each floor, (F,)."""

    low: FloatArray
    high: FloatArray


class Inputs(NamedTuple):
    """Raw shares minus 1/2 of S seeds from the first update on, in N blocks.

    Attributes:
        blocks: (BLOCK + 1, S N), step by step; the last row is for the states before each block.
        front: steps before the first update that fill the first block.
        shape: S and N.
        states, extremes: room for the states, (BLOCK, S N), and for the least and the largest of 1, 2, 4 ..
            blocks from each on, (L, 2, S, N). Each beta writes there anew: a Dask worker hands memory back at
            once, and fetching it again takes as long as computing.
    """

    blocks: FloatArray
    front: int
    shape: tuple[int, int]
    states: FloatArray
    extremes: FloatArray


def in_blocks(shares: FloatArray) -> Inputs:
    """Return raw shares minus 1/2 of the first task, (S, T) without the warm-up, cut into blocks."""
    seeds, steps = shares.shape
    count = -(-steps // BLOCK)
    front = count * BLOCK - steps
    padded = np.zeros((seeds, count * BLOCK))
    padded[:, front:] = shares
    blocks = np.empty((BLOCK + 1, seeds * count))
    blocks[:BLOCK] = padded.reshape(seeds * count, BLOCK).T
    levels = 1 + max(0, math.ceil(math.log2(count)))
    room = np.empty((BLOCK, seeds * count)), np.empty((levels, 2, seeds, count))
    return Inputs(blocks, front, (seeds, count), *room)


class Path:
    """The states of one beta, S seeds, in blocks, and their extremes; of the newest beta only."""

    def __init__(self, inputs: Inputs, beta: float) -> None:
        self.front, (self.seeds, self.count) = inputs.front, inputs.shape
        kernel = (1.0 - beta) * beta ** np.arange(BLOCK - 1.0, -1.0, -1.0)
        sums = (kernel @ inputs.blocks[:BLOCK]).reshape(inputs.shape)
        ends = decay_scan(sums, beta, BLOCK)
        before = inputs.blocks[BLOCK].reshape(inputs.shape)
        before[:, 0], before[:, 1:] = 0.0, ends[:, :-1]
        self.states = np.matmul(_transfer(beta), inputs.blocks, out=inputs.states)
        self.low, self.high = inputs.extremes[0]
        self.states.min(axis=0, out=self.low.reshape(-1))
        self.states.max(axis=0, out=self.high.reshape(-1))
        self._extremes = inputs.extremes

    def arrivals(self, equilibrium: FloatArray, near: FloatArray, floors: FloatArray) -> IntArray:
        """Return the first step after the first update that counts as arrived, -1 for none, (F, S).

        As `gaba_core.thresholds.arrival`: the first within reach after the last that is twice as far off.

        Args:
            equilibrium: weight of the first task, (F,).
            near: distance within which a weight has arrived, (F,).
            floors: (F,).
        """
        wide, close = (
            Span(*(_state_of(equilibrium + side * times * near, floors) - 0.5 for side in (-1.0, 1.0)))
            for times in (LEFT, 1.0)
        )
        start = np.maximum(self._after_last_outside(wide), self.front)
        found = self._first_inside(close, start)
        return np.where(found < 0, -1, found - self.front).T

    def _after_last_outside(self, span: Span) -> IntArray:
        """Return the step after the last that lies outside, (S, F)."""
        least = np.minimum.accumulate(self.low[:, ::-1], axis=1)[:, ::-1]
        most = np.maximum.accumulate(self.high[:, ::-1], axis=1)[:, ::-1]
        block = np.empty((self.seeds, span.low.size), dtype=np.int64)
        for row, low, high in zip(block, least, -most, strict=True):
            np.maximum(np.searchsorted(low, span.low), np.searchsorted(high, -span.high), out=row)
        block -= 1
        rows, which = np.nonzero(block >= 0)
        at = block[rows, which]
        steps = self.states[:, rows * self.count + at]
        outside = (steps < span.low[which]) | (steps > span.high[which])
        result = np.zeros_like(block)
        result[rows, which] = at * BLOCK + BLOCK - outside[::-1].argmax(axis=0)
        return result

    def _first_inside(self, span: Span, start: IntArray) -> IntArray:
        """Return the first step from `start` on that lies inside, -1 for none, (S, F)."""
        found = np.full(start.size, -1)
        lows, highs = np.tile(span.low, self.seeds), np.tile(span.high, self.seeds)
        asked = np.flatnonzero(start.ravel() < self.count * BLOCK)
        block, since = np.divmod(start.ravel()[asked], BLOCK)
        levels = self._levels()
        while asked.size:
            row = asked // span.low.size * self.count
            steps = self.states[:, row + block]
            inside = (steps >= lows[asked]) & (steps <= highs[asked])
            inside &= np.arange(BLOCK)[:, None] >= since
            hit = inside.any(axis=0)
            found[asked[hit]] = (block * BLOCK + inside.argmax(axis=0))[hit]
            asked, block, row = asked[~hit], block[~hit] + 1, row[~hit]
            block = self._next_possible(levels, row, block, lows[asked], highs[asked])
            left = block < self.count
            asked, block = asked[left], block[left]
            since = np.zeros_like(block)
        return found.reshape(start.shape)

    def _levels(self) -> list[tuple[FloatArray, FloatArray]]:
        """Return the extremes of the 1, 2, 4 ... blocks from each on, each (S N,), widest last."""
        for level in range(1, len(self._extremes)):
            ahead, (low, high) = 2 ** (level - 1), self._extremes[level]
            for wide, narrow, smaller in ((low, 0, np.minimum), (high, 1, np.maximum)):
                before = self._extremes[level - 1, narrow]
                smaller(before[:, :-ahead], before[:, ahead:], out=wide[:, :-ahead])
                wide[:, -ahead:] = before[:, -ahead:]
        return [(low.reshape(-1), high.reshape(-1)) for low, high in self._extremes]

    def _next_possible(
        self,
        levels: list[tuple[FloatArray, FloatArray]],
        row: IntArray,
        block: IntArray,
        low: FloatArray,
        high: FloatArray,
    ) -> IntArray:
        """Return the first block from each on whose extremes leave it possible to lie inside."""
        for level in range(len(levels) - 1, -1, -1):
            least, most = levels[level]
            at = row + np.minimum(block, self.count - 1)
            passed = (least[at] > high) | (most[at] < low)
            block = np.where(passed, block + 2**level, block)
        return block


def _transfer(beta: float) -> FloatArray:
    """Return the matrix from inputs and state before a block to the states in it, (BLOCK, BLOCK + 1)."""
    lags = np.subtract.outer(np.arange(BLOCK), np.arange(BLOCK))
    within = np.where(lags >= 0, (1.0 - beta) * beta ** np.maximum(lags, 0.0), 0.0)
    return np.concatenate([within, beta ** np.arange(1.0, BLOCK + 1.0)[:, None]], axis=1)


def _state_of(weight: FloatArray, floor: FloatArray) -> FloatArray:
    """Return the first of two tasks' state that a floor turns into a weight; infinite where none does."""
    with np.errstate(divide="ignore", invalid="ignore"):
        raised = np.where(weight > 0.0, 1.0 + floor - floor / weight, -np.inf)
        other = np.where(weight < 1.0, floor * weight / (1.0 - weight), np.inf)
    lifted = weight < floor
    state: FloatArray = np.where(lifted, raised, np.where(weight > 1.0 - floor, other, weight))
    return state
