"""A recorder of losses alone: for a training that is only to be seen, not balanced and not measured."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor

from gaba_core.errors import ParameterError
from gaba_core.training.balancer import check_task_names
from gaba_core.training.ranks import count_ranks
from gaba_core.training.step_counter import StepCounter
from gaba_core.training.step_rows import StepRow

Number = float | Tensor


class LossRecorder(StepCounter):
    """Takes note of the losses of every step, and of the weights if there are any: no gradient is taken.

    Give it to a ``ConvergenceLogger`` and call it once a step. The log holds the mean losses and the last
    weights of an epoch; without gradient norms there is no ``steps.npz``, and no replay. In ``eval`` mode
    nothing is recorded. In a distributed run each rank sees its own losses: the log has those of rank 0.

    Args:
        task_names: one name a loss, at least 2.
    """

    columns: ClassVar[tuple[str, ...]] = ("weights", "losses")

    def __init__(self, task_names: Sequence[str]) -> None:
        super().__init__()
        if isinstance(task_names, str) or len(task_names) < 2:
            raise ParameterError(f"task_names must be at least 2 names; got {task_names!r}.")
        self.task_names = check_task_names(task_names, len(task_names))
        self.row: StepRow | None = None

    def forward(
        self,
        losses: Sequence[Number] | Tensor | Mapping[str, Number],
        weights: Sequence[Number] | Tensor | None = None,
    ) -> None:
        """Record this step.

        Args:
            losses: K unweighted losses, in the order of the names or by name.
            weights: (K,) what the loop multiplies them by.
        """
        self.row = None
        if not self.training:
            return
        if isinstance(losses, Mapping):
            losses = in_order(losses, self.task_names)
        values = self._values("losses", losses)
        applied = torch.full_like(values, math.nan) if weights is None else self._values("weights", weights)
        self.row = StepRow(torch.stack([applied.to(values.device), values]))
        self.count_step()

    def describe(self) -> dict[str, Any]:
        """Entries of ``run.json``: that nothing was measured."""
        whose = f" of rank 0 of {count_ranks()}" if count_ranks() > 1 else ""
        return {"measured": {"gradients": False, "losses": f"of every step{whose}"}}

    def counts(self) -> dict[str, int]:
        """A recorder holds nothing back."""
        return {}

    def _values(self, name: str, given: Sequence[Number] | Tensor) -> Tensor:
        if len(given) != len(self.task_names):
            raise ParameterError(f"{name} must be {len(self.task_names)} numbers; got {len(given)}.")
        parts = [torch.as_tensor(one).detach().float() for one in given]
        for task, part in zip(self.task_names, parts, strict=True):
            if part.numel() != 1:
                shape = tuple(part.shape)
                raise ParameterError(f"{name} of {task} must be one number; got shape {shape}.")
        return torch.stack([part.reshape(()).to(parts[0].device) for part in parts])


def in_order(losses: Mapping[str, Number], names: Sequence[str]) -> list[Number]:
    """The losses of these tasks; others are left out.

    Raises:
        ParameterError: one is not there.
    """
    missing = [name for name in names if name not in losses]
    if missing:
        raise ParameterError(f"losses must hold {missing[0]!r}; got {sorted(losses)}.")
    return [losses[name] for name in names]
