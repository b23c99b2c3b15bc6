"""Runs of several settings in blocks of steps: their state between these, and bounds of it inside them.

A moving average cannot leave the span of where it stood and what came in. So the state at the ends of blocks
and the extremes of the shares inside them tell of most blocks that nothing is crossed there, at a fraction of
the price of every step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray, IntArray
from gaba_core.controller import every_task
from gaba_core.ema_scan import decay_scan
from gaba_core.gradients import centred_raw_shares
from gaba_core.parameters import SimulationParams

BLOCK = 48  # longer ones bound the state too loosely under noise, shorter ones are too many
LITTLE_LEFT = 1e-3  # of the state before a block at its end: then the end tells nothing of the way there


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """The runs of P settings with S seeds each, P S rows of N blocks, the last of which ends with the run.

    Attributes:
        powers: beta to the powers 0 to BLOCK, shape (P, BLOCK + 1).
        starts: first step of each block, shape (P, N); below 0 before the run.
        inputs: raw shares minus 1/K by block, 0 before the first update, shape (P S, C, N, BLOCK); C is K, or
            1 where K is 2.
        before, after: state before and after each block, shape (P S, K, N).
        low, high: what the state cannot leave within each block, to rounding, shape (P S, K, N).
    """

    powers: FloatArray
    starts: IntArray
    inputs: FloatArray
    before: FloatArray
    after: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def seeds(self) -> int:
        """Rows of each setting."""
        return len(self.inputs) // len(self.powers)

    def setting(self, rows: IntArray) -> IntArray:
        """Return the setting of each row."""
        return rows // self.seeds

    def states(self, rows: IntArray, blocks: IntArray) -> FloatArray:
        """Return the state at every step of M blocks, each of one row, shape (M, K, BLOCK)."""
        tasks, powers = self.before.shape[1], self.powers[self.setting(rows)][:, None]
        decay, inputs = powers[..., 1:2], self.inputs[rows, :, blocks]
        moved = decay_scan((1.0 - decay) * inputs, decay)
        before = self.before[rows, : inputs.shape[1], blocks] - 1.0 / tasks
        moved += before[..., None] * powers[..., 1:]
        states = every_task(moved, tasks)
        states += 1.0 / tasks
        return states


@dataclass(frozen=True, slots=True, eq=False)
class MeanOfSeeds:
    """The same of the mean over the seeds of each setting, P rows."""

    run: Blocks
    starts: IntArray
    before: FloatArray
    after: FloatArray
    low: FloatArray
    high: FloatArray

    def setting(self, rows: IntArray) -> IntArray:
        """Return the setting of each row."""
        return rows

    def states(self, rows: IntArray, blocks: IntArray) -> FloatArray:
        """Return the mean state at every step of M blocks, each of one setting, shape (M, K, BLOCK)."""
        seeds = self.run.seeds
        every = rows[:, None] * seeds + np.arange(seeds)
        states = self.run.states(every.ravel(), np.repeat(blocks, seeds))
        mean: FloatArray = states.reshape(rows.size, seeds, *states.shape[1:]).mean(axis=1)
        return mean


def mean_of_seeds(run: Blocks) -> MeanOfSeeds:
    """Return the mean over the seeds of each setting; a mean of moving averages is one of the mean shares."""
    shape = (len(run.powers), run.seeds, *run.low.shape[1:])
    sides = (side.reshape(shape).mean(axis=1) for side in (run.before, run.after, run.low, run.high))
    return MeanOfSeeds(run, run.starts, *sides)


def blocks_of(many: Sequence[SimulationParams]) -> Blocks:
    """Return the simulated runs of settings that agree in the numbers of tasks and seeds, cut into blocks."""
    return cut_into_blocks(many, [centred_raw_shares(params) for params in many])


def cut_into_blocks(many: Sequence[SimulationParams], shares: Sequence[FloatArray]) -> Blocks:
    """Return the runs that raw shares minus 1/K lead to.

    Args:
        many: settings that agree in their number of tasks.
        shares: of each setting, shape (S, K, T), or (S, 1, T) for two tasks; T need not be that of the
            setting nor agree with each other.
    """
    (seeds, channels), tasks = shares[0].shape[:2], many[0].tasks
    lengths = np.array([one.shape[-1] for one in shares])
    count = math.ceil(lengths.max() / BLOCK)
    size = count * BLOCK
    padded = np.zeros((len(many), seeds, channels, size))
    for one, params, given in zip(padded, many, shares, strict=True):
        length = given.shape[-1]
        begin = min(params.warmup_steps, length)
        one[..., size - length + begin :] = given[..., begin:]
    powers = np.array([params.beta for params in many])[:, None] ** np.arange(BLOCK + 1.0)
    kernel = (1.0 - powers[:, 1:2]) * powers[:, BLOCK - 1 :: -1]
    edges = np.arange(0, padded.size, BLOCK)
    shape = (len(many), seeds, channels, count)
    low, high = (side.reduceat(padded.ravel(), edges).reshape(shape) for side in (np.minimum, np.maximum))
    sums = (padded.reshape(len(many), -1, BLOCK) @ kernel[..., None]).reshape(shape)
    after = decay_scan(sums, powers[:, 1, None, None, None], BLOCK)
    before = np.concatenate([np.zeros_like(after[..., :1]), after[..., :-1]], axis=-1)
    low, high = _span(powers[:, BLOCK, None, None, None], before, after, low, high)
    before, after, low, high = (side.reshape(-1, channels, count) for side in (before, after, low, high))
    if channels < tasks:
        low, high = np.concatenate([low, -high], axis=1), np.concatenate([high, -low], axis=1)
    sides = (every_task(before, tasks), every_task(after, tasks), low, high)
    starts = (lengths - size)[:, None] + BLOCK * np.arange(count)
    inputs = padded.reshape(-1, channels, count, BLOCK)
    return Blocks(powers, starts, inputs, *(side + 1.0 / tasks for side in sides))


def _span(
    left: FloatArray, before: FloatArray, after: FloatArray, least: FloatArray, most: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and the highest the state can get on its way, from inputs between least and most.

    It can go no further than these inputs take it, and have come from no further than they bring it back.
    """
    low = np.minimum(before, least + left * (before - least))
    high = np.maximum(before, most + left * (before - most))
    tells = left > LITTLE_LEFT
    if tells.any():
        left = np.where(tells, left, 1.0)
        lowest = np.minimum(after, most + (after - most) / left)
        highest = np.maximum(after, least + (after - least) / left)
        low = np.where(tells, np.maximum(low, lowest), low)
        high = np.where(tells, np.minimum(high, highest), high)
    return low, high
