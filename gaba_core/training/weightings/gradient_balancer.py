"""Gradient balancers in a training loop: the weights that an aggregator makes of each step's Gramian."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from gaba_core.aggregators import AGGREGATORS, Aggregator, GradVac
from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError
from gaba_core.training.weightings.base import State, Weighting


@dataclass(frozen=True)
class GradientBalancer(Weighting):
    """The loss weights w of an aggregator, so that the shared gradient is its step Jᵀ w.

    The weights multiply the losses, so what only one task's head holds is multiplied too. They are computed
    in float64 on the CPU, whatever the run trains on. A rule that takes the tasks in a random order draws it
    from its seed and the number of the step, as a replay does.

    Attributes:
        method: a key of AGGREGATORS.
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
        if self.method not in AGGREGATORS:
            raise ParameterError(f"method must be among {', '.join(AGGREGATORS)}; got {self.method!r}.")
        published = AGGREGATORS[self.method]
        if self.aggregator is None:
            object.__setattr__(self, "aggregator", published)
        elif type(self.aggregator) is not type(published):
            raise ParameterError(f"aggregator must be that of {self.method}; got {self.aggregator!r}.")

    @property
    def label(self) -> str:
        """The method's key."""
        return self.method

    def init(self, tasks: int) -> State:
        """GradVac's target cosines (K, K), each as a float32 and what that leaves of it; else nothing."""
        rule = self._rule
        return {"targets": _split(rule.init(tasks))} if isinstance(rule, GradVac) else {}

    def step(
        self, state: State, step: Tensor, norms: Tensor, losses: Tensor, gramian: Tensor | None = None
    ) -> tuple[State, Tensor]:
        """The next state and the aggregator's weights; NaN where the Gramian is missing or not finite."""
        if gramian is None or not bool(gramian.isfinite().all()):
            return state, torch.full_like(norms, torch.nan)
        rule, products, number = self._rule, gramian.double().cpu().numpy(), int(step)
        if isinstance(rule, GradVac):
            targets = state["targets"].cpu().double().sum(0).numpy()
            moved, found = rule.step(targets, products, number=number)
            state = {"targets": _split(moved).to(state["targets"].device)}
        else:
            found = rule(products[None], steps=[number])[0]
        return state, torch.from_numpy(found).to(norms.device, norms.dtype)

    def report(self, state: State, weights: Tensor) -> Tensor:
        """(K,) shares of the weights' sum; the weights where they sum to nothing."""
        total = weights.sum()
        return torch.where(total != 0.0, weights / total, weights)

    @property
    def _rule(self) -> Aggregator:
        return self.aggregator or AGGREGATORS[self.method]


def _split(values: FloatArray) -> Tensor:
    """(2, ...) float32 tensors whose sum is the values: not every device has float64."""
    coarse = values.astype(np.float32)
    return torch.from_numpy(np.stack([coarse, (values - coarse).astype(np.float32)]))
