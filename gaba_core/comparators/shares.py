"""The rules without anything learnt: GABA, its raw shares, and equal weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.comparators.base import Comparator, batch_shape, equal_weights, paired
from gaba_core.controller import Controller, ControllerState, raw_shares
from gaba_core.projection import clamp
from gaba_core.scan import sampled_average


@dataclass(frozen=True)
class Gaba(Comparator[ControllerState]):
    """GABA (paper eq. 4 to 6); with floor 0 the moving average itself is the weight."""

    name: ClassVar[str] = "GABA"
    source: ClassVar[str] = "GABA, eq. 4 to 6"

    beta: float = 0.99
    floor: float = 0.05
    warmup_steps: int = 100

    def __post_init__(self) -> None:
        self.controller  # noqa: B018  (building it checks the settings)

    @property
    def controller(self) -> Controller:
        """The controller that does the work."""
        return Controller(self.beta, self.floor, self.warmup_steps)

    def init(self, tasks: int, batch: tuple[int, ...] = ()) -> ControllerState:
        """Return the controller before its warm-up: every share 1/K."""
        return self.controller.init(tasks, batch)

    def rest(self, norms: FloatArray, shares: FloatArray, losses: FloatArray) -> ControllerState:
        """Return the controller after its warm-up with the average at the mean shares."""
        state = self.init(norms.shape[-1], norms.shape[:-1])
        return ControllerState(shares.copy(), self.controller.warmup_steps, state.skipped, state.residue)

    def step(self, state: ControllerState, norms: Any, losses: Any) -> tuple[ControllerState, FloatArray]:
        """Return the controller after these norms, and its weights."""
        return self.controller.step(state, paired(norms, losses)[0])

    def run(self, state: ControllerState, norms: FloatArray, losses: FloatArray) -> FloatArray:
        """Return the weights along whole recordings (..., T, K), at once where no norm is missing."""
        if not np.isfinite(norms).all():
            return Comparator.run(self, state, norms, losses)
        waiting = max(0, self.warmup_steps - state.step)
        if waiting >= norms.shape[-2]:
            return equal_weights(norms.shape)
        off = (raw_shares(norms) - state.ema[..., None, :]).swapaxes(-1, -2)
        moved = sampled_average(off, self.beta, waiting, 1, 0).swapaxes(-1, -2)
        weights = clamp(state.ema[..., None, :] + moved, self.floor)
        weights[..., :waiting, :] = 1.0 / norms.shape[-1]
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
