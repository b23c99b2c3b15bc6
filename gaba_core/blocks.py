"""A simulated run in blocks of steps: its state between them, and bounds of the state inside them.

A moving average cannot leave the span of where it stood and what came in. So the state at the ends of blocks
and the extremes of the shares inside them tell of most blocks that nothing is crossed there, at a fraction of
the price of every step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray, IntArray
from gaba_core.controller import every_task
from gaba_core.gradients import centred_raw_shares
from gaba_core.parameters import SimulationParams
from gaba_core.scan import decay_scan

BLOCK = 64
LITTLE_LEFT = 1e-3  # of the state before a block at its end: then the end tells nothing of the way there


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """A simulated run in N blocks, the last of which ends with the run.

    Attributes:
        starts: first step of each block, shape (N,); the first block may begin before step 0.
        inputs: raw shares minus 1/K by block, 0 before the first update, shape (S, C, N, BLOCK); C is K, or 1
            where K is 2.
        before, after: state before and after each block, shape (S, K, N).
        low, high: what the state cannot leave within each block, to rounding, shape (S, K, N).
    """

    params: SimulationParams
    starts: IntArray
    inputs: FloatArray
    before: FloatArray
    after: FloatArray
    low: FloatArray
    high: FloatArray

    def states(self, seeds: IntArray, blocks: IntArray) -> FloatArray:
        """Return the state at every step of M blocks, each of one seed, shape (M, K, BLOCK)."""
        beta, tasks = self.params.beta, self.params.tasks
        inputs = self.inputs[seeds, :, blocks]
        moved = decay_scan((1.0 - beta) * inputs, beta)
        before = self.before[seeds, : inputs.shape[1], blocks] - 1.0 / tasks
        moved += before[..., None] * beta ** np.arange(1.0, BLOCK + 1.0)
        return every_task(moved, tasks) + 1.0 / tasks


def blocks_of(params: SimulationParams) -> Blocks:
    """Return a run cut into blocks."""
    shares = centred_raw_shares(params)
    count = math.ceil(params.steps / BLOCK)
    first = params.steps - count * BLOCK
    padded = np.zeros((*shares.shape[:2], count * BLOCK))
    padded[..., params.warmup_steps - first :] = shares[..., params.warmup_steps :]
    inputs = padded.reshape(*shares.shape[:2], count, BLOCK)
    kernel = (1.0 - params.beta) * params.beta ** np.arange(BLOCK - 1.0, -1.0, -1.0)
    after = decay_scan(inputs @ kernel, params.beta, BLOCK)
    before = np.concatenate([np.zeros_like(after[..., :1]), after[..., :-1]], axis=-1)
    low, high = _span(params.beta**BLOCK, before, after, inputs.min(axis=-1), inputs.max(axis=-1))
    if shares.shape[1] < params.tasks:
        low, high = np.concatenate([low, -high], axis=1), np.concatenate([high, -low], axis=1)
    sides = (every_task(before, params.tasks), every_task(after, params.tasks), low, high)
    starts = first + BLOCK * np.arange(count)
    return Blocks(params, starts, inputs, *(side + 1.0 / params.tasks for side in sides))


def _span(
    left: float, before: FloatArray, after: FloatArray, least: FloatArray, most: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and the highest the state can get on its way, from inputs between least and most.

    It can go no further than these inputs take it, and have come from no further than they bring it back.
    """
    low = np.minimum(before, least + left * (before - least))
    high = np.maximum(before, most + left * (before - most))
    if left > LITTLE_LEFT:
        low = np.maximum(low, np.minimum(after, most + (after - most) / left))
        high = np.minimum(high, np.maximum(after, least + (after - least) / left))
    return low, high
