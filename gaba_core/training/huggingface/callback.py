"""The callback for the HuggingFace Trainer: it logs, goes on with its log, and stops a training."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import torch
from torch import Tensor
from transformers import TrainerCallback
from transformers.trainer_callback import ExportableState

from gaba_core.errors import ParameterError
from gaba_core.training.balancer import Balancer
from gaba_core.training.loop_log import LoopLog, Source, last_values, record_updates, sources_in
from gaba_core.training.loss_recorder import LossRecorder, in_order
from gaba_core.training.probe import GradientProbe
from gaba_core.training.ranks import any_rank

_TIMINGS = ("runtime", "per_second", "total_flos")


class GABACallback(TrainerCallback, ExportableState):  # type: ignore[misc]  # mypy does not follow transformers
    """Logs what balances, measures or records; with ``GABATrainerMixin`` in the Trainer it is fed by it.

    The world's first process writes a record at the end of each epoch, after its evaluation, with every
    number that Trainer logged. The state of the balancer lies in each checkpoint's ``trainer_state.json``:
    where Trainer goes on from one, balancer and log do too.

    Args:
        folder: of the log, by custom SUBSET/METHOD/seed_N.
        source: a GABALoss (or other Balancer) to balance, a GradientProbe to measure, a LossRecorder to log;
            None for the one that the model holds, or else for a recorder of the losses that it returns.
        stop_on: verdicts such as ``starved`` and ``diverged`` on which ``should_training_stop`` is set.
        record_every: steps (batches) in a record; None for an epoch.
        framework_logger: report the mean of each loss, weight and norm where Trainer reports the total, as
            ``loss_seg``; it needs the mix-in.
        best: the metric whose smallest value marks the best epoch.
        options: ``overwrite``, and entries of ``run.json`` such as ``seed`` and ``subset``.

    Raises:
        ParameterError: when the training begins: as ``ConvergenceLogger`` has it.
    """

    def __init__(
        self,
        folder: str | Path,
        source: Source | None = None,
        *,
        stop_on: Sequence[str] = (),
        record_every: int | None = None,
        framework_logger: bool = False,
        best: str = "eval_loss",
        **options: Any,
    ) -> None:
        self.framework_logger = framework_logger
        self.source = source
        self._given = source
        self._probe: GradientProbe | None = None
        self._is_fed = True
        self._has_mixin = False
        self._log = LoopLog(folder, stop_on=stop_on, record_every=record_every, best=best, **options)
        self._start: _Start | None = None
        self._metrics: dict[str, Any] = {}
        self._sums: dict[str, tuple[Tensor, int]] = {}
        self._pending: tuple[int, str] | None = None

    def on_train_begin(self, args: Any, state: Any, control: Any, model: Any = None, **kwargs: Any) -> None:
        """Begin the log, or go on with it."""
        if self.framework_logger and not self._has_mixin:
            raise ParameterError(
                "framework_logger must be False where Trainer lacks GABATrainerMixin; got True."
            )
        self._metrics, self._sums, self._pending = {}, {}, None
        saved = state.stateful_callbacks.get(type(self).__name__) if state.global_step else None
        buffers = saved["attributes"] if isinstance(saved, dict) else {}
        self._start = _Start(args.device, state.is_world_process_zero, state.global_step > 0, buffers)
        held, self._probe = (None, None) if model is None else sources_in(model)
        self._is_fed = held is None or self._given is not None
        self.source = held if self._given is None else self._given
        if self.source is not None:
            self._begin(self.source)

    def take_losses(self, sharded: str | None) -> None:
        """Let the mix-in hand over losses from here on.

        Args:
            sharded: what leaves each rank a part of the parameters; None where they are whole.

        Raises:
            ParameterError: gradients are to be measured on parts.
        """
        self._has_mixin = True
        if sharded is not None and isinstance(self._given, (Balancer, GradientProbe)):
            raise ParameterError(f"Trainer must leave the parameters whole on every rank; got {sharded}.")

    def combine(
        self, total: Tensor | None, losses: Mapping[str, Tensor], shared: Callable[[], Sequence[Tensor]]
    ) -> Tensor:
        """The loss to go backward from: weighted by a balancer, else the total.

        Args:
            total: what the model made of its losses; None for their sum.
            losses: by name; several values a loss, one of each card, are averaged.
            shared: returns the parameters that all tasks share.
        """
        names = tuple(losses) if self.source is None else self.source.task_names
        scalars = [torch.as_tensor(one).mean() for one in in_order(losses, names)]
        total = torch.stack(scalars).sum() if total is None else total
        if not self._is_fed:
            return total
        if self.source is None:
            self.source = LossRecorder(names)
            self._begin(self.source)
        if isinstance(self.source, LossRecorder):
            self.source(scalars)
        elif isinstance(self.source, GradientProbe):
            self.source(scalars, shared())
        else:
            total = self.source(scalars, shared())
        return total

    def end_batch(self, accumulated: int | None, scale: float) -> None:
        """Take note of what the last batch left.

        Args:
            accumulated: batches in the optimiser's step that comes next; None where none comes.
            scale: what the gradients are multiplied by.
        """
        if accumulated is not None:
            record_updates((self.source, self._probe), accumulated, scale)
        if self.framework_logger and self.source is not None:
            for name, value in last_values(self.source).items():
                total, count = self._sums.get(name, (torch.zeros_like(value), 0))
                self._sums[name] = (total + value, count + 1)

    def reported(self) -> dict[str, float]:
        """Means of losses, weights and norms since this was asked last; empty where they are not reported."""
        means = {name: float(total) / count for name, (total, count) in self._sums.items() if count}
        self._sums = {name: (torch.zeros_like(total), 0) for name, (total, _) in self._sums.items()}
        return means

    def on_step_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Write a record of so many steps."""
        if self._log.record_every is not None:
            if self._log.is_due():
                self._log.record(self._taken())
            self._stop(control)

    def on_epoch_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Write the epoch, or wait for what Trainer reports of it."""
        if self._log.record_every is None:
            following = "evaluate" if control.should_evaluate else "log" if control.should_log else "epoch"
            self._pending = (max(math.ceil(state.epoch - 1e-6) - 1, 0), following)
            self._write(control, "epoch")

    def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **kwargs: Any) -> None:
        """Take note of what Trainer reports; write the epoch that waited for it."""
        self._metrics |= logs or {}
        self._write(control, "log")

    def on_evaluate(self, args: Any, state: Any, control: Any, metrics: Any = None, **kwargs: Any) -> None:
        """Take note of the metrics; write the epoch that waited for them."""
        self._metrics |= metrics or {}
        self._write(control, "evaluate")

    def on_save(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Write an epoch that still waits, so that the log holds what the checkpoint does."""
        self._write(control)

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """Write an epoch that still waits."""
        self._write(control)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        """End the log."""
        if self._log.record_every is not None:
            self._log.record(self._taken())
        self._write(control)
        self._log.close("epochs" if state.global_step >= state.max_steps else "patience")

    def interrupt(self) -> None:
        """Leave the log as that of a run that can be gone on with."""
        self._log.close("interrupted")

    def state(self) -> dict[str, Any]:
        """What a checkpoint keeps: the buffers of balancer, probe or recorder."""
        buffers = {} if self.source is None else self.source.state_dict()
        return {"args": {}, "attributes": {name: value.tolist() for name, value in buffers.items()}}

    @classmethod
    def from_state(cls, state: dict[str, Any]) -> Self:
        """No callback is made of a checkpoint alone.

        Raises:
            ParameterError: always.
        """
        raise ParameterError(
            "restore_callback_states_from_checkpoint must be False; got True. "
            "GABACallback takes its state back from a checkpoint by itself."
        )

    def _begin(self, source: Source) -> None:
        start = self._start
        if start is None:
            raise ParameterError("callbacks must be given to Trainer; GABACallback saw no training begin.")
        source.to(start.device)
        if start.buffers:
            source.load_state_dict({name: torch.tensor(value) for name, value in start.buffers.items()})
        if start.is_writer:
            self._log.open(source, self._probe, resume=start.is_resumed, framework="Transformers")

    def _write(self, control: Any, event: str | None = None) -> None:
        """Write the epoch that waits for this event; for None, whatever it waits for."""
        if self._pending is None or event not in (None, self._pending[1]):
            return
        (epoch, _), self._pending = self._pending, None
        self._log.record(self._taken(), epoch)
        self._stop(control)

    def _taken(self) -> dict[str, Any]:
        """What was reported since the last record; ``reported`` is in the record anyway."""
        taken, self._metrics = self._metrics, {}
        return {k: v for k, v in taken.items() if not k.endswith(_TIMINGS) and k not in self._sums}

    def _stop(self, control: Any) -> None:
        if self._log.stop_on and self._start is not None:
            reached = any_rank(self._log.verdict is not None, self._start.device)
            control.should_training_stop = control.should_training_stop or reached


@dataclass(frozen=True)
class _Start:
    """How a training began: on which device, by whom it is written, after which checkpoint."""

    device: torch.device
    is_writer: bool
    is_resumed: bool
    buffers: Mapping[str, Any]
