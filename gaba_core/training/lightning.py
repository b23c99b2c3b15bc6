"""GABA in Lightning: the balancer is a part of the module, the callback logs it and can stop the training."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

if find_spec("lightning") is None:
    raise ModuleNotFoundError(
        "gaba_core.training.lightning needs lightning, which is not installed. "
        'Install it: pip install "gaba-dashboard[lightning]"',
        name="lightning",
    )

from lightning.pytorch.callbacks import Callback
from torch import Tensor

from gaba_core.errors import ParameterError
from gaba_core.training.loop_log import (
    LoopLog,
    Source,
    last_values,
    numbers,
    record_updates,
    sources_in,
)
from gaba_core.training.loss_recorder import LossRecorder
from gaba_core.training.probe import GradientProbe

PREFIX = "gaba/"
SHARDED = ("FSDPStrategy", "DeepSpeedStrategy", "ModelParallelStrategy")


class GABACallback(Callback):  # type: ignore[misc]  # mypy does not follow Lightning
    """Logs what the module holds: a ``GABALoss``, a ``GradientProbe``, a ``LossRecorder``.

    A module that holds a ``GABALoss`` and returns what it makes of the losses is balanced; with a
    ``GradientProbe`` called before the loss is returned it is measured; one that returns ``{"loss": ..,
    "losses": {"seg": .., "depth": ..}}`` has its losses logged. An attribute of the module is moved,
    checkpointed and restored with it.

    Rank 0 writes a record at the end of each epoch, with every number that Lightning logged. Where Lightning
    goes on from a checkpoint, the log does too. A training that fails or is interrupted leaves a log that is
    whole up to its last epoch. ``fast_dev_run`` writes none.

    Args:
        folder: of the log, by custom SUBSET/METHOD/seed_N.
        stop_on: verdicts such as ``starved`` and ``diverged`` on which ``trainer.should_stop`` is set.
        record_every: steps (batches) in a record; None for an epoch.
        framework_logger: log losses, weights and norms with ``pl_module.log_dict`` too, as ``gaba/loss_seg``.
        best: the metric whose smallest value marks the best epoch.
        options: ``overwrite``, and entries of ``run.json`` such as ``seed`` and ``subset``.

    Raises:
        ParameterError: when the training begins: as ``ConvergenceLogger`` has it, or the module holds nothing
            to log, or its gradients are to be measured where a strategy shards the parameters.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        stop_on: Sequence[str] = (),
        record_every: int | None = None,
        framework_logger: bool = False,
        best: str = "val_loss",
        **options: Any,
    ) -> None:
        super().__init__()
        self.framework_logger = framework_logger
        self._log = LoopLog(folder, stop_on=stop_on, record_every=record_every, best=best, **options)
        self._source: Source | None = None
        self._probe: GradientProbe | None = None
        self._own: LossRecorder | None = None
        self._own_state: dict[str, Tensor] | None = None
        self._is_resumed = False
        self._before: frozenset[str] = frozenset()
        self._validation: frozenset[str] = frozenset()
        self._validated = False

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin the log, or go on with it."""
        self._source, self._probe = sources_in(pl_module)
        self._own, self._is_resumed = None, trainer.global_step > 0
        strategy = type(trainer.strategy).__name__
        if strategy in SHARDED and not isinstance(self._source, LossRecorder | None):
            raise ParameterError(f"strategy must leave the parameters whole on every rank; got {strategy}.")
        if self._source is not None:
            self._open(trainer)

    def on_before_optimizer_step(self, trainer: Any, pl_module: Any, optimizer: Any) -> None:
        """Record the update, from gradients that are unscaled and not yet clipped."""
        record_updates((self._source, self._probe), trainer.accumulate_grad_batches)

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        """Take note of losses that the step returned, and of the step itself."""
        if self._source is None or self._own is not None:
            self._record_returned(outputs, trainer)
        if self.framework_logger and self._source is not None:
            pl_module.log_dict({PREFIX + name: value for name, value in last_values(self._source).items()})
        if self._log.record_every is not None:
            if self._log.is_due():
                self._log.record(self._metrics(trainer))
            self._stop(trainer)

    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        """Take note of what was logged before it."""
        self._before = frozenset(trainer.callback_metrics)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:
        """Take note of which metrics are of the validation: without one they are old."""
        self._validation |= frozenset(trainer.callback_metrics) - self._before
        self._validated = not trainer.sanity_checking

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Write the epoch, judge the run, and stop the training if it is to be."""
        if self._log.record_every is None:
            self._log.record(self._metrics(trainer), trainer.current_epoch)
            self._stop(trainer)

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:
        """End the log."""
        if self._log.record_every is not None:
            self._log.record(self._metrics(trainer))
        self._log.close("patience" if trainer.should_stop else "epochs")

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:
        """Leave the log as that of a run that can be gone on with."""
        self._log.close("interrupted")

    def state_dict(self) -> dict[str, Any]:
        """The state of a recorder that the module does not hold."""
        return {} if self._own is None else dict(self._own.state_dict())

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take it back."""
        self._own_state = dict(state_dict) or None

    def _open(self, trainer: Any) -> None:
        if self._source is not None and trainer.is_global_zero and not trainer.fast_dev_run:
            self._log.open(self._source, self._probe, resume=self._is_resumed, framework="Lightning")

    def _record_returned(self, outputs: Any, trainer: Any) -> None:
        losses = outputs.get("losses") if isinstance(outputs, Mapping) else None
        if self._own is None:
            if not isinstance(losses, Mapping):
                raise ParameterError(
                    "pl_module must hold a GABALoss, GradientProbe or LossRecorder, or return its losses by "
                    'name, {"loss": total, "losses": {"seg": .., "depth": ..}}; got neither.'
                )
            self._own = self._source = LossRecorder(tuple(losses))
            if self._own_state is not None:
                self._own.load_state_dict(self._own_state)
            self._open(trainer)
        if isinstance(losses, Mapping):
            self._own(losses)

    def _metrics(self, trainer: Any) -> dict[str, float]:
        old = frozenset() if self._validated else self._validation
        self._validated = False
        found = numbers(trainer.callback_metrics)
        forked = {f"{name}{ending}" for name in found for ending in ("_step", "_epoch")}  # twice the same
        left_out = old | forked
        return {k: v for k, v in found.items() if k not in left_out and not k.startswith(PREFIX)}

    def _stop(self, trainer: Any) -> None:
        if self._log.stop_on:
            reached = self._log.verdict is not None
            trainer.should_stop |= trainer.strategy.reduce_boolean_decision(reached, all=False)
