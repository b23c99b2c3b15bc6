"""Adam's direction (Kingma & Ba, ICLR 2015) for the few numbers that a rule learns."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

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
    mean = MEAN_DECAY * state.mean + (1.0 - MEAN_DECAY) * gradient
    square = SQUARE_DECAY * state.square + (1.0 - SQUARE_DECAY) * gradient**2
    updates = state.updates + 1
    of_mean, of_square = _corrections(updates, gradient.dtype)
    return AdamState(mean, square, updates), mean / of_mean / (np.sqrt(square / of_square) + EPSILON)


class AdamInPlace:
    """`adam_direction` along a run, the same to the last digit, without new arrays at every step.

    Attributes:
        gradient: where the next gradient is to be written, of the state's shape.
    """

    def __init__(self, state: AdamState) -> None:
        self._moments = np.stack([state.mean, state.square])
        self._inputs, self._decays, self._gains = np.empty((3, *self._moments.shape), self._moments.dtype)
        for row, decay in enumerate((MEAN_DECAY, SQUARE_DECAY)):
            self._decays[row], self._gains[row] = decay, 1.0 - decay
        self._epsilon = np.array(EPSILON, self._moments.dtype)
        self._direction: Floating
        self._direction, self._spread = np.empty_like(self._moments)
        self._mean, self._square = self._moments
        self.gradient, self._squared = self._inputs
        self._updates = state.updates

    def direction(self) -> Floating:
        """Take `gradient` in and return the direction; the next call overwrites both."""
        np.multiply(self._moments, self._decays, self._moments)
        np.multiply(self.gradient, self.gradient, self._squared)
        np.multiply(self._inputs, self._gains, self._inputs)
        np.add(self._moments, self._inputs, self._moments)
        self._updates += 1
        of_mean, of_square = _corrections(self._updates, self._moments.dtype)
        np.divide(self._square, of_square, self._spread)
        np.sqrt(self._spread, self._spread)
        np.add(self._spread, self._epsilon, self._spread)
        np.divide(self._mean, of_mean, self._direction)
        np.divide(self._direction, self._spread, self._direction)
        return self._direction


@lru_cache(maxsize=4096)  # every run begins with the same ones
def _corrections(updates: int, dtype: np.dtype[Any]) -> tuple[Floating, Floating]:
    """Return what makes up for the start of both averages at zero, each of shape ()."""
    kind = dtype.type  # as torch has it: 1 - decay**updates magnifies the rounding of decay
    return np.asarray(1.0 - kind(MEAN_DECAY) ** updates), np.asarray(1.0 - kind(SQUARE_DECAY) ** updates)
