"""GradNorm (Chen et al., ICML 2018) in three parametrisations, with its analytic weight gradient."""

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
class GradNorm(Weighting):
    """Weights learnt so that every task's weighted gradient follows its relative training rate.

    ``raw`` is the published rule, whose weights may turn negative; ``softmax`` and ``exp`` stay positive.
    The step's weights are those from before the update, as published.
    """

    name: ClassVar[str] = "gradnorm"
    needs_norms: ClassVar[bool] = True
    needs_losses: ClassVar[bool] = True

    alpha: float = 1.5
    rate: float = 0.025
    parametrisation: Literal["raw", "softmax", "exp"] = "raw"
    optimiser: Literal["adam", "sgd"] = "adam"

    def __post_init__(self) -> None:
        check_positive("alpha", self.alpha, zero=True)
        check_positive("rate", self.rate)
        if self.parametrisation not in ("raw", "softmax", "exp"):
            raise ParameterError(
                f"parametrisation must be raw, softmax or exp; got {self.parametrisation!r}."
            )
        if self.optimiser not in ("adam", "sgd"):
            raise ParameterError(f"optimiser must be adam or sgd; got {self.optimiser!r}.")

    @property
    def label(self) -> str:
        """``gradnorm`` for the raw rule, ``gradnorm-softmax`` and ``gradnorm-exp`` for the others."""
        return self.name if self.parametrisation == "raw" else f"{self.name}-{self.parametrisation}"

    def init(self, tasks: int) -> State:
        """Weights of one, no optimiser memory and no first loss yet."""
        start = torch.ones(tasks) if self.parametrisation == "raw" else torch.zeros(tasks)
        return {
            "gradnorm_parameters": start,
            "gradnorm_mean": torch.zeros(tasks),
            "gradnorm_square": torch.zeros(tasks),
            "gradnorm_updates": torch.zeros((), dtype=torch.int64),
            "gradnorm_first_losses": torch.zeros(tasks),
        }

    def first_weights(self, tasks: int) -> Tensor:
        """(K,) ones."""
        return torch.ones(tasks)

    def weights(self, parameters: Tensor) -> Tensor:
        """(K,) weights that the parameters stand for."""
        if self.parametrisation == "softmax":
            return len(parameters) * parameters.softmax(0)
        return parameters.exp() if self.parametrisation == "exp" else parameters

    def step(
        self, state: State, step: Tensor, norms: Tensor, losses: Tensor, gramian: Tensor | None = None
    ) -> tuple[State, Tensor]:
        """The state after one optimiser step on the weights, and the weights from before it."""
        parameters = state["gradnorm_parameters"]
        updates = state["gradnorm_updates"] + 1
        first_losses = torch.where(updates == 1, losses, state["gradnorm_first_losses"])
        weights = self.weights(parameters)
        gradient = self._to_parameters(weights, self.weight_gradient(weights, norms, losses / first_losses))
        direction, mean, square = adam_direction(
            gradient, state["gradnorm_mean"], state["gradnorm_square"], updates
        )
        if self.optimiser == "sgd":
            direction = gradient
        moved = {
            "gradnorm_parameters": self._renormalised(parameters - self.rate * direction),
            "gradnorm_mean": mean,
            "gradnorm_square": square,
            "gradnorm_updates": updates,
            "gradnorm_first_losses": first_losses,
        }
        return moved, weights

    def weight_gradient(self, weights: Tensor, norms: Tensor, progress: Tensor) -> Tensor:
        """(K,) dL/dw_i = sign(|w_i| g_i - target_i) g_i sign(w_i), the target held constant.

        Args:
            weights: (K,) present weights, of any sign.
            norms: (K,) gradient norms of the unweighted losses.
            progress: (K,) L_i / L_i(0).
        """
        contributions = weights.abs() * norms
        target = contributions.mean() * (progress / progress.mean()) ** self.alpha
        return (contributions - target).sign() * norms * weights.sign()

    def _to_parameters(self, weights: Tensor, gradient: Tensor) -> Tensor:
        if self.parametrisation == "softmax":
            return weights * (gradient - (gradient * weights).sum() / len(weights))
        return gradient * weights if self.parametrisation == "exp" else gradient

    def _renormalised(self, parameters: Tensor) -> Tensor:
        tasks = len(parameters)
        if self.parametrisation == "softmax":
            return parameters
        if self.parametrisation == "exp":
            return parameters - (parameters.exp().sum() / tasks).log()
        return tasks * parameters / parameters.sum()
