"""The module that measures gradient norms, asks a weighting for weights and combines the losses."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from gaba_core.checks import check_whole
from gaba_core.errors import ParameterError
from gaba_core.training.checks import check_decay, check_floor
from gaba_core.training.ranks import count_ranks, mean_over_ranks
from gaba_core.training.step_counter import StepCounter
from gaba_core.training.step_rows import StepRow
from gaba_core.training.task_gradients import GradientMeter, trainable
from gaba_core.training.weightings import Gaba, State, Weighting, floor_and_renormalise

REFERENCE_TASKS = ("rul", "health")


class FloorRenorm(nn.Module):
    """Weights raised to a floor and divided by their sum (eq. 6), over the last axis."""

    def __init__(self, min_weight: float = 0.05) -> None:
        super().__init__()
        check_floor("min_weight", min_weight, tasks=2)
        self.min_weight = min_weight

    def forward(self, state: Tensor) -> Tensor:
        """(..., K) weights that sum to one, from a state on the simplex."""
        check_floor("min_weight", self.min_weight, tasks=state.shape[-1])
        return floor_and_renormalise(state, self.min_weight)


class Balancer(StepCounter):
    """A weighting in a training loop: call it with the losses and the shared parameters.

    Its buffers travel with ``state_dict``: ``step_count``, ``skipped_steps`` (steps on which a measurement
    was not finite, so that the state was held), ``applied`` (the weights that multiplied the last losses),
    ``norms`` (last measured), ``losses`` (last seen), and the weighting's own state by name.

    Hand it the losses as they are: a GradScaler scales what it returns. Under DistributedDataParallel norms,
    Gramians and losses are those of each rank's own batch, averaged over the ranks, so that all ranks hold
    the same weights.

    In ``eval`` mode and without gradients nothing is measured and nothing moves; ``moved`` says whether the
    last call was a step, and ``row`` holds what a logger records of it.

    Args:
        weighting: the rule.
        n_tasks: how many losses there are, at least 2.
        task_names: one name a task; ``rul`` and ``health`` for two, else ``task_1`` and so on.
        update_every: measure on every n-th step only; in between the norms hold, for a rule that reads the
            Gramian the weights do, and no Gramian is logged.
        gramian: measure the products of the task gradients too, for the log; the weights do not change.
    """

    columns: ClassVar[tuple[str, ...]] = ("state", "weights", "norms", "losses")

    skipped_steps: Tensor
    applied: Tensor
    norms: Tensor
    losses: Tensor

    def __init__(
        self,
        weighting: Weighting,
        n_tasks: int = 2,
        task_names: Sequence[str] | None = None,
        update_every: int = 1,
        gramian: bool = False,
    ) -> None:
        super().__init__()
        check_whole("n_tasks", n_tasks, 2)
        check_whole("update_every", update_every, 1)
        self.weighting = weighting
        self.task_names = check_task_names(task_names, n_tasks)
        self.update_every = update_every
        self.moved = False
        self.row: StepRow | None = None
        self.meter = GradientMeter(gramian=gramian or weighting.needs_gramian)
        self._gramian: Tensor | None = None
        state = weighting.init(n_tasks)
        self.register_buffer("skipped_steps", torch.zeros((), dtype=torch.int64))
        self.register_buffer("applied", weighting.first_weights(n_tasks).clone())
        self.register_buffer("norms", torch.zeros(n_tasks))
        self.register_buffer("losses", torch.zeros(n_tasks))
        for name, value in state.items():
            self.register_buffer(name, value.clone())
        self._state_names = tuple(state)

    def forward(self, losses: Sequence[Tensor], shared_parameters: Sequence[Tensor]) -> Tensor:
        """The weighted sum of the losses, a scalar to call ``backward`` on.

        Args:
            losses: K scalar losses that still hold their graph.
            shared_parameters: the parameters all tasks share; those without gradient are left out.
        """
        scalars = check_scalars(losses, self.task_names)
        self.moved = self.training and torch.is_grad_enabled()
        self.row = None
        if self.moved:
            self._advance(scalars, trainable(shared_parameters))
            values = torch.stack([self.reported_weights(), self.applied, self.norms, self.losses])
            self.row = StepRow(values, gramian=self._gramian)
        weights = self.applied.clone().unbind()  # a later step must not change what this graph holds
        weighted = [weight * loss for weight, loss in zip(weights, scalars, strict=True)]
        return torch.stack(weighted).sum()

    def record_update(self, scale: float | Tensor = 1.0) -> None:
        """Record the summed gradient: call it after ``backward``, before clipping and the optimiser.

        Its norm and its product with each task gradient join the step's row; nothing happens on a step that
        was not measured.

        Args:
            scale: what the gradients are still multiplied by: that of a GradScaler before its ``unscale_``.

        Raises:
            ParameterError: the balancer does not measure Gramians.
        """
        if not self.meter.gramian:
            raise ParameterError("gramian must be True for record_update; got False.")
        update = self.meter.update(scale)
        if self.row is not None and update is not None:
            self.row.update = mean_over_ranks(update)

    def describe(self) -> dict[str, Any]:
        """Entries of ``run.json``: the rule, its settings, and what was measured."""
        rule = self.weighting
        settings: dict[str, Any] = dataclasses.asdict(rule) if dataclasses.is_dataclass(rule) else {}
        controller = None
        meaning = "w_NAME is lambda_NAME divided by the sum over the tasks; lambda_NAME multiplied the loss."
        if isinstance(rule, Gaba):
            controller = {"beta": rule.beta, "floor": rule.floor, "warmup_steps": rule.warmup_steps}
            meaning = "w_NAME is the EMA buffer; lambda_NAME (floored, renormalised) multiplied the loss."
        whose = f", mean of {count_ranks()} ranks, each on its own batch" if count_ranks() > 1 else ""
        held = "; norms hold between two measurements" if self.update_every > 1 else ""
        return {
            "method": rule.label,
            "controller": controller,
            "weighting": {"name": rule.name, **settings, "update_every": self.update_every},
            "weights": meaning,
            "measured": {
                "every": self.update_every,
                "gramians": self.meter.gramian,
                "gradients": f"of the unweighted losses on the shared parameters{whose}{held}",
            },
        }

    def counts(self) -> dict[str, int]:
        """Entry of ``run.json``: steps on which the state was held."""
        return {"skipped_steps": int(self.skipped_steps)}

    def end_epoch(self) -> None:
        """Tell the weighting that an epoch is over; only rules that look at epoch means need it."""
        self._hold(self.weighting.end_epoch(self._state()))

    def get_weights(self) -> dict[str, float]:
        """``NAME_weight`` of each task: for GABA the EMA buffer, else the share of the applied weights."""
        return self._named(self.weighting.report(self._state(), self.applied))

    def applied_weights(self) -> dict[str, float]:
        """``NAME_weight`` of each task: what multiplied the losses at the last step."""
        return self._named(self.applied)

    def reported_weights(self) -> Tensor:
        """(K,) the tensor behind ``get_weights``."""
        return self.weighting.report(self._state(), self.applied)

    @torch.no_grad()
    def _advance(self, losses: list[Tensor], parameters: list[Tensor]) -> None:
        values = torch.stack([loss.detach().float() for loss in losses]).to(self.losses.device)
        norms, self._gramian = self.norms, None
        is_measured = self.steps_done % self.update_every == 0
        if is_measured:
            measured = self.meter.measure(losses, parameters)
            norms = measured.norms.to(self.norms.device)
            self._gramian = None if measured.gramian is None else mean_over_ranks(measured.gramian)
        else:
            self.meter.release()
        norms, values = mean_over_ranks(torch.stack([norms, values])).unbind()
        if is_measured or not self.weighting.needs_gramian:
            self._weigh(norms, values)
        self.norms.copy_(norms)
        self.losses.copy_(values)
        self.count_step()

    def _weigh(self, norms: Tensor, losses: Tensor) -> None:
        old = self._state()
        proposed, weights = self.weighting.step(old, self.step_count, norms, losses, self._gramian)
        finite = self._is_usable(norms, losses, weights)
        self._hold({name: torch.where(finite, value, old[name]) for name, value in proposed.items()})
        self.applied.copy_(torch.where(finite, weights, self.applied))
        self.skipped_steps += ~finite

    def _is_usable(self, norms: Tensor, losses: Tensor, weights: Tensor) -> Tensor:
        usable = torch.ones((), dtype=torch.bool, device=norms.device)
        if self.weighting.needs_gramian:
            usable = weights.isfinite().all()
        if self.weighting.needs_norms:
            usable = usable & norms.isfinite().all()
        if self.weighting.needs_losses:
            usable = usable & losses.isfinite().all()
        return usable

    def _state(self) -> State:
        """Copies: a rule may return what it was handed, and must not see it move before it is read."""
        return {name: self.get_buffer(name).clone() for name in self._state_names}

    def _hold(self, state: State) -> None:
        for name, value in state.items():
            self.get_buffer(name).copy_(value)

    def _named(self, weights: Tensor) -> dict[str, float]:
        pairs = zip(self.task_names, weights.tolist(), strict=True)
        return {f"{name}_weight": weight for name, weight in pairs}


class GABALoss(Balancer):
    """GABA (eq. 4 to 6): the task with the larger gradient gets the smaller weight, never below a floor.

    Args:
        n_tasks: how many losses there are, at least 2.
        beta: EMA coefficient in [0, 1); the time constant is about 1/(1-beta) steps.
        warmup_steps: steps with weights 1/K before the EMA starts to move.
        min_weight: floor on the EMA, between 0 and 1/K.
        task_names: as for ``Balancer``.
        update_every: as for ``Balancer``.
        gramian: as for ``Balancer``.
    """

    ema_weights: Tensor

    def __init__(
        self,
        n_tasks: int = 2,
        beta: float = 0.99,
        warmup_steps: int = 100,
        min_weight: float = 0.05,
        task_names: Sequence[str] | None = None,
        update_every: int = 1,
        gramian: bool = False,
    ) -> None:
        check_whole("n_tasks", n_tasks, 2)
        check_decay("beta", beta)
        check_whole("warmup_steps", warmup_steps, 0)
        check_floor("min_weight", min_weight, n_tasks)
        super().__init__(Gaba(beta, warmup_steps, min_weight), n_tasks, task_names, update_every, gramian)


def check_task_names(names: Sequence[str] | None, tasks: int) -> tuple[str, ...]:
    """The names, those of the reference where there are none.

    Raises:
        ParameterError: they are not as many different names as there are tasks.
    """
    if names is None:
        return REFERENCE_TASKS if tasks == 2 else tuple(f"task_{i + 1}" for i in range(tasks))
    if isinstance(names, str) or not len(set(names)) == len(names) == tasks:
        more = f" For {len(names)} tasks give n_tasks={len(names)}." if len(set(names)) > tasks else ""
        raise ParameterError(f"task_names must be {tasks} different names; got {names!r}.{more}")
    return tuple(names)


def check_scalars(losses: Sequence[Tensor], names: Sequence[str]) -> list[Tensor]:
    """The losses as 0-dimensional tensors.

    Raises:
        ParameterError: there is not one a task, or one is no scalar.
    """
    if len(losses) != len(names):
        raise ParameterError(f"losses must be {len(names)} tensors, one a task; got {len(losses)}.")
    for name, loss in zip(names, losses, strict=True):
        if not isinstance(loss, Tensor):
            raise ParameterError(f"loss {name} must be a tensor; got {loss!r}.")
        if loss.numel() != 1:
            raise ParameterError(f"loss {name} must be a scalar; got shape {tuple(loss.shape)}.")
    return [loss.reshape(()) for loss in losses]
