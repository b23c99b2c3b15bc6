"""What the callbacks of all frameworks share: whom they listen to, the log, and the verdict they stop on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from gaba_core.checks import check_whole
from gaba_core.errors import GabaError, ParameterError
from gaba_core.runs import Verdict, diagnose, read_run
from gaba_core.runs.commands.status import BY_CODE
from gaba_core.training.balancer import Balancer
from gaba_core.training.logger import ConvergenceLogger
from gaba_core.training.loss_recorder import LossRecorder
from gaba_core.training.probe import GradientProbe

Source = Balancer | GradientProbe | LossRecorder
SOURCES = (Balancer, GradientProbe, LossRecorder)
FIELDS = {"state": "w", "weights": "lambda", "norms": "grad", "losses": "loss"}
RESERVED = ("epoch", "step", "seconds", "nonfinite")


class LoopLog:
    """The log of a training that a framework runs.

    Args:
        folder: where it is written.
        stop_on: verdicts on balancer or model, such as ``starved`` and ``diverged``, on which to stop.
        record_every: steps in a record; None for an epoch of the framework.
        options: what ``ConvergenceLogger`` takes besides: ``best``, ``overwrite``, entries of ``run.json``.

    Attributes:
        verdict: the one that the training is to stop on; None as long as there is none.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        stop_on: Sequence[str] = (),
        record_every: int | None = None,
        **options: Any,
    ) -> None:
        unknown = [code for code in stop_on if code not in BY_CODE]
        if isinstance(stop_on, str) or unknown:
            raise ParameterError(f"stop_on must hold verdicts out of {sorted(BY_CODE)}; got {stop_on!r}.")
        if record_every is not None:
            check_whole("record_every", record_every, 1)
        self.folder = Path(folder)
        self.stop_on = tuple(stop_on)
        self.record_every = record_every
        self.options = options
        self.verdict: Verdict | None = None
        self._log: ConvergenceLogger | None = None
        self._source: Source | None = None
        self._recorded = 0

    @property
    def is_open(self) -> bool:
        """Whether this process writes the log."""
        return self._log is not None

    def open(self, source: Source, probe: GradientProbe | None, *, resume: bool, **info: Any) -> None:
        """Begin the log, or go on with the one that is there.

        Raises:
            ParameterError: as ``ConvergenceLogger`` has it.
        """
        self.close("interrupted")  # of a training that ended without a word
        self.verdict = None
        entries = info | ({} if self.record_every is None else {"record_every": f"{self.record_every} steps"})
        self._log = ConvergenceLogger(
            self.folder, source, probe=probe, resume=resume, **(entries | self.options)
        )
        self._source, self._recorded = source, source.steps_done

    def is_due(self) -> bool:
        """Whether a record of ``record_every`` steps is complete."""
        return self.record_every is not None and self._new_steps() >= self.record_every

    def record(self, metrics: Mapping[str, Any], epoch: int = 0) -> None:
        """Write a record and judge the run; nothing happens where no step was made since the last one.

        Args:
            metrics: by name; what is no number is left out.
            epoch: its index; the one after the last on record where that is larger.
        """
        if self._log is None or self._new_steps() == 0:
            return
        self._recorded += self._new_steps()
        following = self._log.records[-1]["epoch"] + 1 if self._log.records else 0
        number = following if self.record_every else max(following, epoch)
        self._log.epoch(number, **numbers(metrics))
        if self.stop_on and self.verdict is None:
            self.verdict = self._judged()

    def close(self, stopped: str) -> None:
        """End the log: by the verdict if there is one, else as said."""
        if self._log is None:
            return
        if self.verdict is not None:
            stopped = self.verdict.code
            self._log.run["stopped_on"] = self.verdict.sentence
        self._log.close(stopped)
        self._log = None

    def _new_steps(self) -> int:
        """Steps since the last record."""
        return 0 if self._log is None or self._source is None else self._source.steps_done - self._recorded

    def _judged(self) -> Verdict | None:
        """A verdict out of ``stop_on``; None too where the log cannot be read, as on a full disk."""
        try:
            run = read_run(self.folder)
            best = self.options.get("best")
            found = diagnose(run, metric=best if best in run.metrics else None)
        except (GabaError, OSError):
            return None
        return next((one for one in (found.balancer, found.model) if one.code in self.stop_on), None)


def sources_in(model: nn.Module) -> tuple[Source | None, GradientProbe | None]:
    """What a model holds to listen to: a balancer before a probe before a recorder; a probe beside it."""
    held = [one for kind in SOURCES for one in model.modules() if isinstance(one, kind)]
    if not held:
        return None, None
    others = [one for one in held[1:] if isinstance(one, GradientProbe)]
    return held[0], others[0] if others else None


def record_updates(
    sources: Sequence[Source | None], accumulated: int = 1, scale: float | Tensor = 1.0
) -> None:
    """Let all that measured the Gramian of the whole step record the summed gradient.

    Args:
        sources: whoever may have.
        accumulated: micro-batches in the step, by whose number the framework divided each loss.
        scale: what the gradients are still multiplied by, as for ``record_update``.
    """
    for source in sources:
        if not isinstance(source, (Balancer, GradientProbe)) or not source.meter.gramian:
            continue
        if getattr(source, "accumulate", 1) == accumulated:
            source.record_update(scale / accumulated)


def last_values(source: Source) -> dict[str, Tensor]:
    """What the last step left, by the log's names (``loss_seg``); empty where it left nothing."""
    if source.row is None:
        return {}
    rows = zip(source.columns, source.row.values, strict=True)
    found = {
        f"{FIELDS[column]}_{task}": value
        for column, row in rows
        for task, value in zip(source.task_names, row, strict=True)
    }
    unknown = isinstance(source, (GradientProbe, LossRecorder))  # NaN: not stated by the loop
    return {k: v for k, v in found.items() if not (unknown and k.startswith("lambda") and v.isnan())}


def numbers(metrics: Mapping[str, Any]) -> dict[str, float]:
    """The metrics that are one number each, but for names that a record has of its own."""
    found = {}
    for name, value in metrics.items():
        one = isinstance(value, Tensor) and value.numel() == 1 and not value.is_complex()
        plain = isinstance(value, (int, float)) and not isinstance(value, bool)
        if (one or plain) and name not in RESERVED:
            found[name] = float(value)
    return found
