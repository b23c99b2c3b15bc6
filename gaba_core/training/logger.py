"""The log of a run, whole on disk after every epoch: convergence_log.json, steps.npz and run.json."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from gaba_core.errors import ParameterError
from gaba_core.training.device import describe_device
from gaba_core.training.epoch_record import epoch_record
from gaba_core.training.files import write_atomically
from gaba_core.training.probe import GradientProbe
from gaba_core.training.step_rows import StepRow, StepSource
from gaba_core.training.step_table import Steps, join_arrays, stack_rows, with_probe

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
    """Records every step of a balancer or a probe by itself and writes the log when an epoch is reported.

    An unfinished run in the folder is started over; a finished one is refused unless ``overwrite`` is set.

    Args:
        folder: where the three files go, by custom SUBSET/METHOD/seed_N; made if missing.
        balancer: the GABALoss (or other Balancer) that the loop calls, or a GradientProbe where it balances
            by other means.
        probe: a GradientProbe that is called in every step too, beside a balancer.
        best: the metric whose smallest value marks the best epoch.
        overwrite: replace a finished run.
        run_info: anything else ``run.json`` should hold: subset, seed, data, window, batch ...
    """

    def __init__(
        self,
        folder: str | Path,
        balancer: StepSource,
        *,
        probe: GradientProbe | None = None,
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
        self.probe = probe
        self.best = best
        self.records: list[dict[str, Any]] = []
        self._rows: list[StepRow] = []
        self._probe_rows: list[StepRow] = []
        self._stretches: list[dict[str, NDArray[Any]]] = []
        self._hooks = [balancer.register_forward_hook(_collector(self._rows))]
        if probe is not None:
            self._hooks.append(probe.register_forward_hook(_collector(self._probe_rows)))
        self._begun = int(balancer.step_count)
        self._started = self._epoch_started = time.monotonic()
        about = _describe(balancer) | ({} if probe is None else {"probe": probe.describe()["measured"]})
        self.run = {**about, **run_info, "started": _now(), "finished": None, "stopped": None}
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
        done = int(self.balancer.step_count)
        if done == self._begun:
            raise ParameterError(f"epoch {epoch} must hold at least one step of the balancer; got none.")
        self.run.setdefault("steps_per_epoch", done - self._begun)
        self._begun = done
        steps = self._take_steps(done)
        now = time.monotonic()
        seconds, self._epoch_started = now - self._epoch_started, now
        record = epoch_record(epoch, self.balancer.task_names, steps, metrics, seconds, done - 1)
        self.records.append(record)
        self._write_log()
        self._write_steps()
        self._write_run()
        return record

    def close(self, stopped: Stopped = "epochs") -> None:
        """Stop recording and write why the run ended; an interrupted one stays unfinished.

        Args:
            stopped: ``epochs`` (ran as long as planned), ``patience``, ``diverged`` or ``interrupted``.
        """
        for hook in self._hooks:
            hook.remove()
        self.run["stopped"] = stopped
        self.run["finished"] = None if stopped == "interrupted" else _now()
        self._write_run()

    def best_epoch(self) -> int | None:
        """The epoch with the smallest value of the ``best`` metric; None where no epoch has a finite one."""
        scored = [(r[self.best], r["epoch"]) for r in self.records if r.get(self.best) is not None]
        return min(scored)[1] if scored else None

    def _take_steps(self, done: int) -> Steps | None:
        """The steps recorded since the last epoch; None where none of them was measured."""
        rows, probed = list(self._rows), list(self._probe_rows)
        self._rows.clear()
        self._probe_rows.clear()
        if not rows:
            return None
        self.run["device"] = describe_device(rows[0].values.device)
        steps = stack_rows(rows, self.balancer.columns, done)
        if self.probe is not None and probed:
            steps = with_probe(steps, stack_rows(probed, self.probe.columns, int(self.probe.step_count)))
        self._stretches.append(steps.arrays())
        return steps

    def _write_log(self) -> None:
        lines = ",\n".join(json.dumps(record, allow_nan=False) for record in self.records)
        write_atomically(self.folder / LOG_NAME, lambda stream: stream.write(f"[\n{lines}\n]\n".encode()))

    def _write_steps(self) -> None:
        if self._stretches:
            arrays: dict[str, Any] = join_arrays(self._stretches)
            write_atomically(self.folder / STEPS_NAME, lambda stream: np.savez_compressed(stream, **arrays))

    def _write_run(self) -> None:
        self.run["best_epoch"] = self.best_epoch()
        self.run["epochs"] = len(self.records)
        self.run |= self.balancer.counts()
        self.run["seconds"] = round(time.monotonic() - self._started, 1)
        text = json.dumps(_finite(self.run), indent=2, allow_nan=False) + "\n"
        write_atomically(self.folder / RUN_NAME, lambda stream: stream.write(text.encode()))


def _collector(rows: list[StepRow]) -> Callable[..., None]:
    """A forward hook that puts the step a call completed at the end of the rows."""

    def collect(source: nn.Module, inputs: object, output: object) -> None:
        row = source.row
        if isinstance(row, StepRow):
            rows.append(row)

    return collect


def _describe(source: StepSource) -> dict[str, Any]:
    return {
        "tasks": list(source.task_names),
        "device": describe_device(source.step_count.device),
        "torch": str(torch.__version__),
        **source.describe(),
    }


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
