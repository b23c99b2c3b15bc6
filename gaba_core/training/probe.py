"""A probe for a training loop of one's own: norms and Gramian of its task gradients, and its update."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from numpy.typing import NDArray
from torch import Tensor

from gaba_core.checks import check_whole
from gaba_core.errors import ParameterError
from gaba_core.training.balancer import check_scalars, check_task_names
from gaba_core.training.ranks import count_ranks, mean_over_ranks
from gaba_core.training.step_counter import StepCounter
from gaba_core.training.step_rows import StepRow
from gaba_core.training.task_gradients import GradientMeter, trainable


class GradientProbe(StepCounter):
    """Measures any losses on the shared parameters and changes nothing: call it before ``backward``.

    Give it to a ``ConvergenceLogger``, alone or beside a balancer. ``norms`` (K,) and ``gramian`` (K, K) hold
    the last measurement, ``update`` (1 + K,) what ``record_update`` found. Parameters without gradient are
    left out; a loss that does not reach a parameter adds nothing. ``grad``, the graph, autocast and the
    random state stay as they are. The (K, P) gradients stay in memory from a measured call to
    ``record_update``, the optimiser's step or the next call, whichever comes first.

    Under DistributedDataParallel the gradients are averaged over the ranks before they are measured, as
    ``backward`` averages them: every rank must call the probe. Losses are averaged likewise.

    Args:
        task_names: one name a loss, at least 2.
        every: measure every n-th step; the first is measured.
        accumulate: calls (micro-batches) that make one step of the optimiser; their gradients and losses are
            added up, as ``grad`` adds them. A step that the optimiser takes after fewer, as at the end of an
            epoch, is counted and not measured.
        average: False leaves each rank its own gradients, for a job whose ranks train apart.
    """

    columns: ClassVar[tuple[str, ...]] = ("weights", "norms", "losses")

    def __init__(
        self, task_names: Sequence[str], every: int = 1, *, accumulate: int = 1, average: bool = True
    ) -> None:
        super().__init__()
        if isinstance(task_names, str) or len(task_names) < 2:
            raise ParameterError(f"task_names must be at least 2 names; got {task_names!r}.")
        self.task_names = check_task_names(task_names, len(task_names))
        self.every = check_whole("every", every, 1)
        self.accumulate = check_whole("accumulate", accumulate, 1)
        self.meter = GradientMeter(gramian=True, average=average)
        self.row: StepRow | None = None
        self.norms: Tensor | None = None
        self.gramian: Tensor | None = None
        self.update: Tensor | None = None
        self._parts = 0
        self._losses: Tensor | None = None

    def forward(
        self,
        losses: Sequence[Tensor],
        shared_parameters: Sequence[Tensor],
        *,
        weights: Sequence[float] | Tensor | None = None,
        scale: float | Tensor = 1.0,
    ) -> None:
        """Measure this step, if it is one of every n-th.

        Args:
            losses: K scalar losses, not weighted, that still hold their graph.
            shared_parameters: the parameters that all tasks share.
            weights: (K,) what the loop multiplies the losses by, for the log.
            scale: that of a GradScaler, where half precision would lose small gradients; it is divided out.
        """
        self.row = None
        if not (self.training and torch.is_grad_enabled()):
            return
        scalars = check_scalars(losses, self.task_names)
        first, is_whole = self._parts == 0, self._parts + 1 == self.accumulate
        is_measured = self.steps_done % self.every == 0
        if is_measured or (first and not is_whole):
            shared_parameters = trainable(shared_parameters)
            self.meter.watch(shared_parameters, self._end_early)
        if is_measured:
            self.meter.collect(scalars, shared_parameters, scale, add=not first)
            values = torch.stack([loss.detach().float() for loss in scalars])
            self._losses = values if first or self._losses is None else self._losses + values
        else:
            self.meter.release()
        self._parts = 0 if is_whole else self._parts + 1
        if is_whole:
            if is_measured:
                self._finish(weights)
            self.count_step()

    def record_update(self, scale: float | Tensor = 1.0) -> None:
        """Record the summed gradient: call it after ``backward``, before clipping and the optimiser.

        Its norm and its product with each task gradient join what was measured of the step; nothing happens
        on a step that was not measured.

        Args:
            scale: what the gradients are still multiplied by: that of a GradScaler before its ``unscale_``.
        """
        update = self.meter.update(scale)
        if self.row is not None and update is not None:
            self.row.update = self.update = update

    def record_weights(self, weights: Sequence[float] | Tensor | NDArray[Any] | None) -> None:
        """Record what the losses were multiplied by, where that is known only after ``backward``.

        Args:
            weights: (K,); None where the loop does not say. Nothing happens on a step that was not measured.
        """
        if self.row is not None and weights is not None:
            norms, losses = self.row.values[1:].unbind()
            self.row.values = torch.stack([self._applied(weights, losses), norms, losses])

    def describe(self) -> dict[str, Any]:
        """Entries of ``run.json``: what was measured and how."""
        ranks = count_ranks()
        whose = f", {'averaged over' if self.meter.average else 'rank 0 of'} {ranks} ranks"
        return {
            "measured": {
                "every": self.every,
                "accumulate": self.accumulate,
                "gramians": True,
                "gradients": f"of the losses on the shared parameters{whose if ranks > 1 else ''}",
            }
        }

    def counts(self) -> dict[str, int]:
        """A probe holds nothing back."""
        return {}

    def _end_early(self) -> None:
        """The optimiser has stepped: a step of fewer micro-batches than were announced is over."""
        if self._parts:
            self._parts = 0
            self.count_step()

    def _finish(self, weights: Sequence[float] | Tensor | None) -> None:
        measured = self.meter.products()
        self.norms, self.gramian = measured.norms, measured.gramian
        device = measured.norms.device
        losses = torch.as_tensor(self._losses, device=device)
        if self.meter.average:
            losses = mean_over_ranks(losses)
        values = torch.stack([self._applied(weights, losses), measured.norms, losses])
        self.row = StepRow(values, self.steps_done, measured.gramian)

    def _applied(self, weights: Any, losses: Tensor) -> Tensor:
        if weights is None:
            return torch.full_like(losses, math.nan)
        applied = torch.as_tensor(weights, dtype=losses.dtype, device=losses.device).detach()
        if applied.numel() != losses.numel():
            tasks, shape = losses.numel(), tuple(applied.shape)
            raise ParameterError(f"weights must be {tasks} numbers, one a task; got shape {shape}.")
        return applied.reshape(losses.shape)
