"""GABA: shares against the gradient norms, smoothed and floored (paper eq. 4 to 6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from gaba_core.checks import check_whole
from gaba_core.training.checks import check_decay, check_floor
from gaba_core.training.weightings.base import State, Weighting


def gradient_shares(norms: Tensor) -> Tensor:
    """(..., K) raw shares r_i = (S - g_i) / ((K-1) S), S = sum g (eq. 4); 1/K where every norm is zero."""
    tasks = norms.shape[-1]
    peak = norms.amax(-1, keepdim=True)
    scaled = norms / torch.where(peak > 0, peak, 1.0)  # a sum of huge float32 norms would overflow
    total = scaled.sum(-1, keepdim=True)
    shares = (total - scaled) / ((tasks - 1) * torch.where(total > 0, total, 1.0))
    return torch.where(total > 0, shares, 1.0 / tasks)


def floor_and_renormalise(state: Tensor, floor: float) -> Tensor:
    """(..., K) weights max(x_i, floor) / sum_j max(x_j, floor) (eq. 6)."""
    raised = state.clamp(min=floor)
    return raised / raised.sum(-1, keepdim=True)


@dataclass(frozen=True)
class Gaba(Weighting):
    """EMA of the raw shares behind a warm-up gate, floored and renormalised on the way out."""

    name: ClassVar[str] = "gaba"
    needs_norms: ClassVar[bool] = True

    beta: float = 0.99
    warmup_steps: int = 100
    floor: float = 0.05

    def __post_init__(self) -> None:
        check_decay("beta", self.beta)
        check_whole("warmup_steps", self.warmup_steps, 0)
        check_floor("floor", self.floor, tasks=2)

    @property
    def label(self) -> str:
        """``gaba``, or ``gaba-unfloored`` where the floor is 0."""
        return self.name if self.floor > 0 else f"{self.name}-unfloored"

    def init(self, tasks: int) -> State:
        """The EMA at 1/K for each task."""
        check_floor("floor", self.floor, tasks)
        return {"ema_weights": torch.full((tasks,), 1.0 / tasks)}

    def step(
        self, state: State, step: Tensor, norms: Tensor, losses: Tensor, gramian: Tensor | None = None
    ) -> tuple[State, Tensor]:
        """The EMA after this step and the floored weights; while warming up, the old EMA and 1/K."""
        ema = state["ema_weights"]
        active = step >= self.warmup_steps
        moved = torch.where(active, self.beta * ema + (1.0 - self.beta) * gradient_shares(norms), ema)
        weights = torch.where(active, floor_and_renormalise(moved, self.floor), 1.0 / len(ema))
        return {"ema_weights": moved}, weights

    def report(self, state: State, weights: Tensor) -> Tensor:
        """(K,) the EMA buffer, before the floor."""
        return state["ema_weights"]
