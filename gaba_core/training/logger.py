"""The log of a run, whole on disk after every epoch: convergence_log.json, steps.npz and run.json."""

from __future__ import annotations

import io
import json
import math
import time
import weakref
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
from gaba_core.training.earlier_run import LOG_NAME, RUN_NAME, STEPS_NAME, Earlier
from gaba_core.training.epoch_record import epoch_record
from gaba_core.training.files import Writer
from gaba_core.training.probe import GradientProbe
from gaba_core.training.run_folder import RunFolder
from gaba_core.training.step_rows import StepRow, StepSource
from gaba_core.training.step_table import Steps, join_arrays, stack_rows, with_probe

Stopped = Literal["epochs", "patience", "interrupted", "diverged"]


class ConvergenceLogger:
    """Records every step of a balancer or a probe by itself and writes the log when an epoch is reported.

    A finished run in the folder is refused unless ``overwrite`` is set. The log of one that was interrupted
    is gone on with where ``resume`` is set, else moved aside: convergence_log.1.json and so on. While a
    logger lives a second one in its folder is refused. A log that cannot be written (disk full, folder
    read-only or gone) does not end the training: one warning says what is at stake, each epoch tries again.

    Args:
        folder: where the three files go, by custom SUBSET/METHOD/seed_N; made if missing.
        balancer: the GABALoss (or other Balancer) that the loop calls, a GradientProbe where it balances by
            other means, or a LossRecorder where losses alone are to be logged.
        probe: a GradientProbe that is called in every step too, beside a balancer.
        best: the metric whose smallest value marks the best epoch.
        overwrite: replace a finished run.
        resume: go on with the log that is there. Load the balancer's ``state_dict`` before: epochs on record
            after the step at which it stands are moved aside; one that starts anew counts on from the last.
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
        resume: bool = False,
        **run_info: Any,
    ) -> None:
        self.folder = Path(folder)
        self._place = RunFolder(self.folder, overwrite=overwrite, resume=resume)
        self._begun = int(balancer.step_count)
        earlier = self._place.earlier_than(self._begun)
        if earlier.tasks not in (None, len(balancer.task_names)):
            tasks = len(balancer.task_names)
            raise ParameterError(f"balancer must have the {earlier.tasks} tasks of the log; got {tasks}.")
        self.balancer = balancer
        self.probe = probe
        self.best = best
        self.records: list[dict[str, Any]] = list(earlier.records)
        self._rows: list[StepRow] = []
        self._probe_rows: list[StepRow] = []
        self._stretches: list[dict[str, NDArray[Any]]] = [earlier.steps] if earlier.steps else []
        self._unwritten: list[int] = []
        self._offset = 0 if self._begun else earlier.next_step
        self._hooks = [balancer.register_forward_hook(_collector(self._rows))]
        if probe is not None:
            self._hooks.append(probe.register_forward_hook(_collector(self._probe_rows)))
        weakref.finalize(self, _remove, tuple(self._hooks))
        self._started = self._epoch_started = time.monotonic()
        about = _describe(balancer) | ({} if probe is None else {"probe": probe.describe()["measured"]})
        self.run = {**about, **run_info, **_resumed(earlier), "finished": None, "stopped": None}
        self._seconds = float(earlier.run.get("seconds", 0.0))
        self._commit((RUN_NAME,))

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
        last = done - 1 + self._offset
        record = epoch_record(epoch, self.balancer.task_names, steps, metrics, seconds, last)
        self.records.append(record)
        self._unwritten.append(epoch)
        self._commit((STEPS_NAME, RUN_NAME, LOG_NAME))  # the log last: what it holds, the others hold too
        return record

    def close(self, stopped: Stopped | str = "epochs") -> None:
        """Stop recording and write why the run ended; an interrupted one stays unfinished.

        Args:
            stopped: ``epochs`` (ran as long as planned), ``patience``, ``interrupted``, or the verdict that
                ended it, such as ``diverged``.
        """
        for hook in self._hooks:
            hook.remove()
        self.run["stopped"] = stopped
        self.run["finished"] = None if stopped == "interrupted" else _now()
        self._commit((STEPS_NAME, RUN_NAME, LOG_NAME) if self._unwritten else (RUN_NAME,))
        self._place.close()

    def best_epoch(self) -> int | None:
        """The epoch with the smallest value of the ``best`` metric; None where no epoch has a finite one."""
        scored = [
            (r[self.best], r["epoch"]) for r in self.records if isinstance(r.get(self.best), (int, float))
        ]
        return min(scored)[1] if scored else None

    def _take_steps(self, done: int) -> Steps | None:
        """The steps recorded since the last epoch; None where none of them was measured."""
        rows, probed = list(self._rows), list(self._probe_rows)
        self._rows.clear()
        self._probe_rows.clear()
        if not rows:
            return None
        self.run["device"] = describe_device(rows[0].values.device)
        steps = stack_rows(rows, self.balancer.columns, done, self._offset)
        if self.probe is not None and probed:
            count = int(self.probe.step_count)
            steps = with_probe(steps, stack_rows(probed, self.probe.columns, count, self._offset))
        if steps.norms is not None:  # steps.npz is what a replay needs, and none is made of losses alone
            self._stretches.append(steps.arrays())
        return steps

    def _commit(self, names: tuple[str, ...]) -> None:
        self.run["best_epoch"] = self.best_epoch()
        self.run["epochs"] = len(self.records)
        self.run |= self.balancer.counts()
        self.run["seconds"] = round(self._seconds + time.monotonic() - self._started, 1)
        makers = {STEPS_NAME: self._steps, RUN_NAME: self._about, LOG_NAME: self._log}
        contents = {name: makers[name]() for name in names if name != STEPS_NAME or self._stretches}
        if self._place.write(contents, _stake(self._unwritten)) and LOG_NAME in names:
            self._unwritten.clear()

    def _log(self) -> Writer:
        lines = ",\n".join(json.dumps(record, allow_nan=False) for record in self.records)
        return lambda stream: stream.write(f"[\n{lines}\n]\n".encode())

    def _steps(self) -> Writer:
        arrays: dict[str, Any] = join_arrays(self._stretches)
        packed = io.BytesIO()  # in memory: a full disk is then met by a plain write alone
        np.savez_compressed(packed, **arrays)
        return lambda stream: stream.write(packed.getbuffer())

    def _about(self) -> Writer:
        text = json.dumps(_finite(self.run), indent=2, allow_nan=False) + "\n"
        return lambda stream: stream.write(text.encode())


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


def _resumed(earlier: Earlier) -> dict[str, Any]:
    """What ``run.json`` says of when the run began, and of where it was gone on with."""
    if not earlier.records:
        return {"started": _now()}
    retained = ("started", "steps_per_epoch")
    known: dict[str, Any] = {name: earlier.run[name] for name in retained if name in earlier.run}
    here = {"at": _now(), "epoch": earlier.records[-1]["epoch"] + 1, "step": earlier.next_step}
    return {"started": _now(), **known, "resumed": [*earlier.run.get("resumed", []), here]}


def _stake(epochs: list[int]) -> str:
    if not epochs:
        return "what describes the run"
    return f"epoch {epochs[0]}" if len(epochs) == 1 else f"epochs {epochs[0]} to {epochs[-1]}"


def _remove(hooks: tuple[Any, ...]) -> None:
    for hook in hooks:
        hook.remove()


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
