"""The log of a run, whole on disk after every epoch: convergence_log.json, steps.npz and run.json."""

from __future__ import annotations

import dataclasses
import json
import math
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
import torch
from torch import Tensor, nn

from gaba_core.errors import ParameterError
from gaba_core.training.balancer import Balancer
from gaba_core.training.device import describe_device
from gaba_core.training.epoch_record import Steps, epoch_record
from gaba_core.training.files import write_atomically
from gaba_core.training.weightings import Gaba

LOG_NAME, STEPS_NAME, RUN_NAME = "convergence_log.json", "steps.npz", "run.json"

Stopped = Literal["epochs", "patience", "interrupted", "diverged"]


def is_finished(folder: Path) -> bool:
    """Whether the folder holds a run that came to its own end (one that was interrupted did not)."""
    try:
        run = json.loads((folder / RUN_NAME).read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return False
    return isinstance(run, dict) and run.get("finished") is not None


class ConvergenceLogger:
    """Records every step of a balancer by itself and writes the log when an epoch is reported.

    An unfinished run in the folder is started over; a finished one is refused unless ``overwrite`` is set.

    Args:
        folder: where the three files go, by custom SUBSET/METHOD/seed_N; made if missing.
        balancer: the GABALoss (or other Balancer) that the loop calls.
        best: the metric whose smallest value marks the best epoch.
        overwrite: replace a finished run.
        run_info: anything else ``run.json`` should hold: subset, seed, data, window, batch ...
    """

    def __init__(
        self,
        folder: str | Path,
        balancer: Balancer,
        *,
        best: str = "rmse_last",
        overwrite: bool = False,
        **run_info: Any,
    ) -> None:
        self.folder = Path(folder)
        if is_finished(self.folder) and not overwrite:
            raise ParameterError(
                f"folder must not hold a finished run; got {self.folder}. Set overwrite=True to replace it."
            )
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in (LOG_NAME, STEPS_NAME, RUN_NAME):
            (self.folder / name).unlink(missing_ok=True)
        self.balancer = balancer
        self.best = best
        self.records: list[dict[str, Any]] = []
        self._pending: list[Tensor] = []
        self._epochs: list[Steps] = []
        self._hook = balancer.register_forward_hook(self._record)
        self._started = self._epoch_started = time.monotonic()
        self.run = {**_describe(balancer), **run_info, "started": _now(), "finished": None, "stopped": None}
        self._write_run()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.run["stopped"] is None:
            self.close("epochs" if kind is None else "interrupted")

    def epoch(self, epoch: int, **metrics: float) -> dict[str, Any]:
        """The record of this epoch, now on disk; call it at the end of epoch 0, 1, 2 ...

        A metric that is not finite is written as null and named in the record's ``nonfinite``.
        """
        if not self._pending:
            raise ParameterError(f"epoch {epoch} must hold at least one step of the balancer; got none.")
        steps = self._take_steps()
        self._epochs.append(steps)
        now = time.monotonic()
        seconds, self._epoch_started = now - self._epoch_started, now
        record = epoch_record(epoch, self.balancer.task_names, steps, metrics, seconds)
        self.records.append(record)
        self.run.setdefault("steps_per_epoch", len(steps.step))
        self._write_log()
        self._write_steps()
        self._write_run()
        return record

    def close(self, stopped: Stopped = "epochs") -> None:
        """Stop recording and write why the run ended; an interrupted one stays unfinished.

        Args:
            stopped: ``epochs`` (ran as long as planned), ``patience``, ``diverged`` or ``interrupted``.
        """
        self._hook.remove()
        self.run["stopped"] = stopped
        self.run["finished"] = None if stopped == "interrupted" else _now()
        self._write_run()

    def best_epoch(self) -> int | None:
        """The epoch with the smallest value of the ``best`` metric; None where no epoch has a finite one."""
        scored = [(r[self.best], r["epoch"]) for r in self.records if r.get(self.best) is not None]
        return min(scored)[1] if scored else None

    def _record(self, balancer: nn.Module, inputs: object, output: object) -> None:
        if self.balancer.moved:
            one = self.balancer
            self._pending.append(torch.stack([one.reported_weights(), one.applied, one.norms, one.losses]))

    def _take_steps(self) -> Steps:
        values = torch.stack(self._pending).cpu().numpy()
        self._pending.clear()
        last = int(self.balancer.step_count)
        return Steps(np.arange(last - len(values), last), *np.moveaxis(values, 1, 0))

    def _write_log(self) -> None:
        lines = ",\n".join(json.dumps(record, allow_nan=False) for record in self.records)
        write_atomically(self.folder / LOG_NAME, lambda stream: stream.write(f"[\n{lines}\n]\n".encode()))

    def _write_steps(self) -> None:
        arrays: dict[str, Any] = {
            field.name: np.concatenate([getattr(steps, field.name) for steps in self._epochs])
            for field in dataclasses.fields(Steps)
        }
        write_atomically(self.folder / STEPS_NAME, lambda stream: np.savez_compressed(stream, **arrays))

    def _write_run(self) -> None:
        self.run["best_epoch"] = self.best_epoch()
        self.run["epochs"] = len(self.records)
        self.run["skipped_steps"] = int(self.balancer.skipped_steps)
        self.run["seconds"] = round(time.monotonic() - self._started, 1)
        text = json.dumps(_finite(self.run), indent=2, allow_nan=False) + "\n"
        write_atomically(self.folder / RUN_NAME, lambda stream: stream.write(text.encode()))


def _describe(balancer: Balancer) -> dict[str, Any]:
    rule = balancer.weighting
    settings: dict[str, Any] = dataclasses.asdict(rule) if dataclasses.is_dataclass(rule) else {}
    controller = None
    meaning = "w_NAME is lambda_NAME divided by the sum over the tasks; lambda_NAME multiplied the loss."
    if isinstance(rule, Gaba):
        controller = {"beta": rule.beta, "floor": rule.floor, "warmup_steps": rule.warmup_steps}
        meaning = "w_NAME is the EMA buffer; lambda_NAME (floored, renormalised) multiplied the loss."
    return {
        "method": rule.label,
        "tasks": list(balancer.task_names),
        "device": describe_device(balancer.step_count.device),
        "torch": str(torch.__version__),
        "controller": controller,
        "weighting": {"name": rule.name, **settings, "update_every": balancer.update_every},
        "weights": meaning,
    }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
