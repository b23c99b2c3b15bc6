"""Gradient balancers in a training loop: the weights that an aggregator makes of each step's Gramian."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import torch
from torch import Tensor

from gaba_core.aggregators import AGGREGATORS, Aggregator, PcGrad
from gaba_core.errors import ParameterError
from gaba_core.training.weightings.base import State, Weighting


@dataclass(frozen=True)
class GradientBalancer(Weighting):
    """The loss weights w of an aggregator, so that the shared gradient is its step Jᵀ w.

    The weights multiply the losses, so what only one task's head holds is multiplied too. They are computed
    in float64 on the CPU, whatever the run trains on.

    Attributes:
        method: a key of AGGREGATORS whose rule needs nothing but the step's own Gramian.
        aggregator: the method's rule with its settings; the published ones where it is None.

    Raises:
        ParameterError: method is another, or aggregator is another method's.
    """

    name: ClassVar[str] = "gradient-balancer"
    needs_norms: ClassVar[bool] = True
    needs_gramian: ClassVar[bool] = True

    method: str
    aggregator: Aggregator | None = None

    def __post_init__(self) -> None:
        if self.method not in STATELESS:
            raise ParameterError(f"method must be among {', '.join(STATELESS)}; got {self.method!r}.")
        published = AGGREGATORS[self.method]
        if self.aggregator is None:
            object.__setattr__(self, "aggregator", published)
        elif type(self.aggregator) is not type(published):
            raise ParameterError(f"aggregator must be that of {self.method}; got {self.aggregator!r}.")

    @property
    def label(self) -> str:
        """The method's key."""
        return self.method

    def step(
        self, state: State, step: Tensor, norms: Tensor, losses: Tensor, gramian: Tensor | None = None
    ) -> tuple[State, Tensor]:
        """The same state and the aggregator's weights; NaN where the Gramian is missing or not finite."""
        if gramian is None or not bool(gramian.isfinite().all()):
            return state, torch.full_like(norms, torch.nan)
        rule = self.aggregator or AGGREGATORS[self.method]
        if isinstance(rule, PcGrad):  # another random order of the tasks on every step
            rule = replace(rule, seed=rule.seed + int(step))
        weights = torch.from_numpy(rule(gramian.double().cpu().numpy()))
        return state, weights.to(norms.device, norms.dtype)

    def report(self, state: State, weights: Tensor) -> Tensor:
        """(K,) shares of the weights' sum; the weights where they sum to nothing."""
        total = weights.sum()
        return torch.where(total != 0.0, weights / total, weights)


STATELESS = tuple(key for key in AGGREGATORS if key != "gradvac")
