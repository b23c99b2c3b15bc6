"""Equal weights: what a sum of the losses does, scaled to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from gaba_core.training.weightings.base import State, Weighting


@dataclass(frozen=True)
class Equal(Weighting):
    """1/K for every task at every step."""

    name: ClassVar[str] = "equal"

    def step(
        self, state: State, step: Tensor, norms: Tensor, losses: Tensor, gramian: Tensor | None = None
    ) -> tuple[State, Tensor]:
        """The unchanged state and 1/K for each task."""
        return state, torch.full_like(losses, 1.0 / len(losses))
