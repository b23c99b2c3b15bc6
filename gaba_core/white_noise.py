"""How much white noise a moving average lets through, measured on one long draw that many averages share.

Inside a block of steps the output is linear in its inputs x and in the state c before it, y = p c + L x. So
a sum of its squares over all blocks takes the products of the inputs with each other, computed once a draw,
and two dot products a block.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.ema_scan import decay_scan

BLOCK = 32
BURNT = 100_000  # steps before the output is measured: ten time constants at beta = .9999; whole blocks


class _Draw(NamedTuple):
    """White noise of one seed.

    Attributes:
        blocks: inputs before and in the measured stretch, shape (N, BLOCK).
        tail: what is left of it after the last whole block.
        products: sum of x x' over the measured blocks, shape (BLOCK, BLOCK).
        sums: sum of x over them, shape (BLOCK,).
        sd: of the measured stretch.
    """

    blocks: FloatArray
    tail: FloatArray
    products: FloatArray
    sums: FloatArray
    sd: float


def output_over_input(beta: float, seed: int, steps: int) -> float:
    """Return sd out over sd in of a moving average over `steps` steps after the first BURNT of a draw."""
    draw, first = _drawn(seed, steps), BURNT // BLOCK
    powers = beta ** np.arange(BLOCK + 1.0)
    lags = np.subtract.outer(np.arange(BLOCK), np.arange(BLOCK))
    response = np.where(lags >= 0, (1.0 - beta) * powers[np.abs(lags)], 0.0)  # L
    fading = powers[1:]  # p
    ends, crossed = (draw.blocks @ np.stack([response[-1], fading @ response], axis=-1)).T
    after = decay_scan(ends, beta, BLOCK)
    before = after[first - 1 : -1] if draw.blocks[first:].size else after[:0]
    tail = fading[: draw.tail.size] * after[-1] + response[: draw.tail.size, : draw.tail.size] @ draw.tail
    total = before.sum() * fading.sum() + response.sum(axis=0) @ draw.sums + tail.sum()
    squares = (before @ before) * (fading @ fading) + 2.0 * (before @ crossed[first:])
    squares += ((response.T @ response) * draw.products).sum() + tail @ tail
    return math.sqrt(squares / steps - (total / steps) ** 2) / draw.sd


@lru_cache(maxsize=4)
def _drawn(seed: int, steps: int) -> _Draw:
    noise = np.random.default_rng(seed).standard_normal(BURNT + steps)
    whole = noise.size // BLOCK * BLOCK
    blocks = noise[:whole].reshape(-1, BLOCK)
    measured = blocks[BURNT // BLOCK :]
    return _Draw(
        blocks, noise[whole:], measured.T @ measured, measured.sum(axis=0), float(noise[BURNT:].std())
    )
