"""The rules without anything learnt: GABA, its raw shares, and equal weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.comparators.base import Comparator, along_steps, batch_shape, equal_weights, paired
from gaba_core.controller import Controller, ControllerState, controlled, raw_shares
from gaba_core.ema_scan import decay_scan
from gaba_core.projection import clamp


@dataclass(frozen=True)
class Gaba(Comparator[ControllerState]):
    """GABA (paper eq. 4 to 6); with floor 0 the moving average itself is the weight."""

    name: ClassVar[str] = "GABA"
    source: ClassVar[str] = "GABA, eq. 4 to 6"
    varies: ClassVar[tuple[str, ...]] = ("beta", "floor")

    beta: float = 0.99
    floor: float = 0.05
    warmup_steps: int = 100

    def __post_init__(self) -> None:
        Controller(self.beta, self.floor, self.warmup_steps)  # checks the settings

    def init(self, tasks: int, batch: tuple[int, ...] = ()) -> ControllerState:
        """Return the controller before its warm-up: every share 1/K."""
        strictest = Controller(floor=float(np.max(self.floor)), warmup_steps=self.warmup_steps)
        return strictest.init(tasks, batch)

    def rest(self, norms: FloatArray, shares: FloatArray, losses: FloatArray) -> ControllerState:
        """Return the controller after its warm-up with the average at the mean shares."""
        state = self.init(norms.shape[-1], norms.shape[:-1])
        return ControllerState(shares.copy(), self.warmup_steps, state.skipped)

    def step(self, state: ControllerState, norms: Any, losses: Any) -> tuple[ControllerState, FloatArray]:
        """Return the controller after these norms, and its weights."""
        norms = paired(norms, losses)[0]
        return controlled(state, norms, self.beta, self.floor, self.warmup_steps)

    def run(self, state: ControllerState, norms: FloatArray, losses: FloatArray) -> FloatArray:
        """Return the weights along whole recordings (..., T, K), at once where no norm is missing."""
        if not np.isfinite(norms).all():
            return Comparator.run(self, state, norms, losses)
        waiting = max(0, self.warmup_steps - state.step)
        if waiting >= norms.shape[-2]:
            return equal_weights(norms.shape)
        beta, floor = along_steps(self.beta), along_steps(self.floor)
        start = state.ema[..., None, :]
        off = (raw_shares(norms[..., waiting:, :]) - start).swapaxes(-1, -2)
        moved = decay_scan((1.0 - beta) * off, beta).swapaxes(-1, -2)
        weights = equal_weights(norms.shape)
        weights[..., waiting:, :] = clamp(start + moved, floor)
        return weights


@dataclass(frozen=True)
class RawShares(Comparator[None]):
    """The raw share of each batch as the weight: GABA without memory and without a floor (paper eq. 4)."""

    name: ClassVar[str] = "Raw shares"
    source: ClassVar[str] = "GABA, eq. 4"

    def init(self, tasks: int, batch: tuple[int, ...] = ()) -> None:
        """Return None: there is nothing to remember."""
        batch_shape(tasks, batch)

    def step(self, state: None, norms: Any, losses: Any) -> tuple[None, FloatArray]:
        """Return None and the raw shares; 1/K where a norm is not finite."""
        array, _ = paired(norms, losses)
        finite = np.isfinite(array).all(axis=-1, keepdims=True)
        return None, raw_shares(np.where(finite, array, 0.0))

    def run(self, state: None, norms: FloatArray, losses: FloatArray) -> FloatArray:
        """Return the weights along whole recordings (..., T, K) at once."""
        return self.step(state, norms, losses)[1]


@dataclass(frozen=True)
class Equal(Comparator[None]):
    """1/K for every task at every step."""

    name: ClassVar[str] = "Equal weights"
    source: ClassVar[str] = "the plain sum of the losses"

    def init(self, tasks: int, batch: tuple[int, ...] = ()) -> None:
        """Return None: there is nothing to remember."""
        batch_shape(tasks, batch)

    def step(self, state: None, norms: Any, losses: Any) -> tuple[None, FloatArray]:
        """Return None and 1/K."""
        return None, equal_weights(paired(norms, losses)[0].shape)

    def run(self, state: None, norms: FloatArray, losses: FloatArray) -> FloatArray:
        """Return the weights along whole recordings (..., T, K) at once."""
        return self.step(state, norms, losses)[1]
