"""Adam's direction (Kingma & Ba, ICLR 2015) for the few numbers that a rule learns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from gaba_core.comparators.base import Floating

MEAN_DECAY, SQUARE_DECAY, EPSILON = 0.9, 0.999, 1e-8


class AdamState(NamedTuple):
    """Moving averages of the gradient and of its square, shape (..., K), and how many updates made them."""

    mean: Floating
    square: Floating
    updates: int


def adam_init(shape: tuple[int, ...]) -> AdamState:
    """Return the memory before the first gradient."""
    return AdamState(np.zeros(shape), np.zeros(shape), 0)


def adam_direction(state: AdamState, gradient: Floating) -> tuple[AdamState, Floating]:
    """Return the memory with this gradient in it, and the direction to step against."""
    rounded = gradient.dtype.type  # as torch has it: 1 - decay**updates magnifies the rounding of decay
    mean = MEAN_DECAY * state.mean + (1.0 - MEAN_DECAY) * gradient
    square = SQUARE_DECAY * state.square + (1.0 - SQUARE_DECAY) * gradient**2
    updates = state.updates + 1
    spread = np.sqrt(square / (1.0 - rounded(SQUARE_DECAY) ** updates)) + EPSILON
    return AdamState(mean, square, updates), mean / (1.0 - rounded(MEAN_DECAY) ** updates) / spread
