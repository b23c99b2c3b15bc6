"""Uncertainty weighting (Kendall et al., CVPR 2018): one learnt log-variance a task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from gaba_core.errors import ParameterError
from gaba_core.training.checks import check_positive
from gaba_core.training.weightings.adam import adam_direction
from gaba_core.training.weightings.base import State, Weighting


@dataclass(frozen=True)
class Uncertainty(Weighting):
    """Weights e^-s (half of it for a regression), s = log sigma^2 learnt by Adam on .. e^-s L + s/2.

    The term s/2 moves s alone, so it is followed in closed form and does not appear in the summed loss.
    """

    name: ClassVar[str] = "uncertainty"
    needs_losses: ClassVar[bool] = True

    kinds: tuple[Literal["regression", "classification"], ...] = ("regression", "classification")
    rate: float = 0.001

    def __post_init__(self) -> None:
        check_positive("rate", self.rate)
        if any(kind not in ("regression", "classification") for kind in self.kinds):
            raise ParameterError(f"kinds must be regression or classification; got {self.kinds!r}.")

    def init(self, tasks: int) -> State:
        """Log-variances of zero and no optimiser memory."""
        if tasks != len(self.kinds):
            raise ParameterError(f"kinds must name one kind for each of {tasks} tasks; got {self.kinds!r}.")
        return {
            "log_variances": torch.zeros(tasks),
            "uncertainty_mean": torch.zeros(tasks),
            "uncertainty_square": torch.zeros(tasks),
            "uncertainty_updates": torch.zeros((), dtype=torch.int64),
        }

    def first_weights(self, tasks: int) -> Tensor:
        """(K,) the weights at s = 0."""
        return self.weights(torch.zeros(tasks))

    def weights(self, log_variances: Tensor) -> Tensor:
        """(K,) e^-s, halved for a regression."""
        halves = [0.5 if kind == "regression" else 1.0 for kind in self.kinds]
        return (-log_variances).exp() * log_variances.new_tensor(halves)

    def step(
        self, state: State, step: Tensor, norms: Tensor, losses: Tensor, gramian: Tensor | None = None
    ) -> tuple[State, Tensor]:
        """The state after one Adam step on s, and the weights from before it."""
        log_variances = state["log_variances"]
        weights = self.weights(log_variances)
        gradient = 0.5 - weights * losses
        updates = state["uncertainty_updates"] + 1
        direction, mean, square = adam_direction(
            gradient, state["uncertainty_mean"], state["uncertainty_square"], updates
        )
        moved = {
            "log_variances": log_variances - self.rate * direction,
            "uncertainty_mean": mean,
            "uncertainty_square": square,
            "uncertainty_updates": updates,
        }
        return moved, weights
