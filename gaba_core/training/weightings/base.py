"""What every weighting is: frozen settings over a visible state of tensors."""

from __future__ import annotations

from typing import ClassVar

import torch
from torch import Tensor

State = dict[str, Tensor]


class Weighting:
    """A rule that turns gradient norms and losses into loss weights.

    A subclass is a frozen dataclass of settings. Its state is a dict of tensors that the caller keeps, so
    that a run can be replayed, saved and tested without the rule. No rule touches the model.
    """

    name: ClassVar[str]
    needs_norms: ClassVar[bool] = False
    needs_losses: ClassVar[bool] = False
    needs_gramian: ClassVar[bool] = False

    @property
    def label(self) -> str:
        """Name of the rule with its variant, as folders and the command line have it."""
        return self.name

    def init(self, tasks: int) -> State:
        """The state before the first step."""
        return {}

    def first_weights(self, tasks: int) -> Tensor:
        """(K,) weights that hold until a finite measurement arrives."""
        return torch.full((tasks,), 1.0 / tasks)

    def step(
        self, state: State, step: Tensor, norms: Tensor, losses: Tensor, gramian: Tensor | None = None
    ) -> tuple[State, Tensor]:
        """The next state and the (K,) weights of this step.

        Args:
            state: what ``init`` or the last ``step`` gave; it is not changed.
            step: 0-based index of this step, an int64 scalar.
            norms: (K,) gradient norms on the shared parameters, finite where ``needs_norms``.
            losses: (K,) loss values, finite where ``needs_losses``.
            gramian: (K, K) products of the task gradients, measured where ``needs_gramian``.
        """
        raise NotImplementedError

    def end_epoch(self, state: State) -> State:
        """The state after the epoch's last step; only rules that look at epoch means change it."""
        return state

    def report(self, state: State, weights: Tensor) -> Tensor:
        """(K,) what a log holds as ``w_NAME``: the weights' shares of their sum, unless a rule has an EMA."""
        return weights / weights.sum()
