"""Dynamic weight average (Liu et al., CVPR 2019): weights from how fast each loss falls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor

from gaba_core.training.checks import check_positive
from gaba_core.training.weightings.base import State, Weighting


@dataclass(frozen=True)
class DynamicWeightAverage(Weighting):
    """w = K softmax(L(e-1) / L(e-2) / T) over epoch-mean losses; ones for the first two epochs."""

    name: ClassVar[str] = "dwa"
    needs_losses: ClassVar[bool] = True

    temperature: float = 2.0

    def __post_init__(self) -> None:
        check_positive("temperature", self.temperature)

    def init(self, tasks: int) -> State:
        """No epoch seen, weights of one."""
        return {
            "dwa_weights": torch.ones(tasks),
            "dwa_sum": torch.zeros(tasks),
            "dwa_count": torch.zeros((), dtype=torch.int64),
            "dwa_last": torch.zeros(tasks),
            "dwa_epochs": torch.zeros((), dtype=torch.int64),
        }

    def first_weights(self, tasks: int) -> Tensor:
        """(K,) ones."""
        return torch.ones(tasks)

    def step(
        self, state: State, step: Tensor, norms: Tensor, losses: Tensor, gramian: Tensor | None = None
    ) -> tuple[State, Tensor]:
        """The state with this batch in the epoch's mean, and the epoch's weights."""
        summed = {"dwa_sum": state["dwa_sum"] + losses, "dwa_count": state["dwa_count"] + 1}
        return {**state, **summed}, state["dwa_weights"]

    def end_epoch(self, state: State) -> State:
        """The state with the weights of the next epoch; an epoch without a finite batch changes nothing."""
        if int(state["dwa_count"]) == 0:
            return state
        mean = state["dwa_sum"] / state["dwa_count"]
        epochs = state["dwa_epochs"] + 1
        speed = mean / torch.where(epochs >= 2, state["dwa_last"], mean)
        return {
            "dwa_weights": len(mean) * (speed / self.temperature).softmax(0),
            "dwa_sum": torch.zeros_like(mean),
            "dwa_count": torch.zeros_like(state["dwa_count"]),
            "dwa_last": mean,
            "dwa_epochs": epochs,
        }
