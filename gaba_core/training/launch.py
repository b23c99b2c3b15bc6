"""Many runs: those already finished are left out, the rest go side by side in their own processes."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Sequence
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import FrameType
from typing import Any, Self

from tqdm import tqdm

from gaba_core.checks import check_whole
from gaba_core.training.run_folder import is_finished
from gaba_core.training.settings import RunSettings
from gaba_core.training.trainer import train


class StopFlag:
    """Set by SIGTERM or Ctrl-C while entered, so that a run ends after its batch and not within one."""

    def __init__(self) -> None:
        self.is_set = False
        self._before: dict[int, Any] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT):
            self._before[number] = signal.signal(number, self._set)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _set(self, number: int, frame: FrameType | None) -> None:
        self.is_set = True


class ProgressBar:
    """A bar over a run's epochs with the remaining time and the last metrics."""

    def __init__(self, settings: RunSettings, stop: StopFlag, position: int = 0) -> None:
        total = settings.optimisation.epochs
        self._bar = tqdm(
            total=total, desc=settings.title, unit="epoch", position=position, leave=position == 0
        )
        self._stop = stop

    def epoch(self, record: dict[str, Any]) -> None:
        """Move the bar by one epoch."""
        shown = {name: record[name] for name in ("rmse_last", "w_rul") if record.get(name) is not None}
        self._bar.set_postfix({name: f"{value:.4g}" for name, value in shown.items()}, refresh=False)
        self._bar.update()

    def should_stop(self) -> bool:
        """Whether a stop was asked for."""
        return self._stop.is_set


def run_all(runs: Sequence[RunSettings], out: Path, jobs: int = 1, *, overwrite: bool = False) -> int:
    """How many runs failed or were interrupted; finished ones are skipped unless ``overwrite`` is set."""
    check_whole("jobs", jobs, 1)
    waiting = [run for run in runs if overwrite or not is_finished(run.folder(out))]
    skipped = len(runs) - len(waiting)
    if skipped:
        tqdm.write(f"{skipped} finished run{'s' if skipped > 1 else ''} left as they are.")
    with StopFlag() as stop:
        if jobs == 1:
            ended = [_run_here(run, out, stop, overwrite) for run in waiting if not stop.is_set]
            return len(waiting) - sum(ended)
        return _run_concurrently(waiting, out, jobs, stop, overwrite)


def _run_here(run: RunSettings, out: Path, stop: StopFlag, overwrite: bool, position: int = 0) -> bool:
    stopped = train(run, out, ProgressBar(run, stop, position), overwrite=overwrite)
    tqdm.write(f"{run.title}: {stopped}")
    return stopped != "interrupted"


class _Pool:
    """Child processes, each with a line on the terminal for its bar."""

    def __init__(self, places: int) -> None:
        self._context = multiprocessing.get_context("spawn")
        self._free = list(range(places))
        self._active: dict[int, tuple[BaseProcess, int]] = {}

    def __len__(self) -> int:
        return len(self._active)

    @property
    def has_room(self) -> bool:
        """Whether another child may start."""
        return bool(self._free)

    def start(self, run: RunSettings, out: Path, overwrite: bool) -> None:
        """Train a run in a child process."""
        place = self._free.pop(0)
        process = self._context.Process(target=_child, args=(run, out, place, overwrite))
        process.start()
        self._active[process.sentinel] = (process, place)

    def collect(self) -> int:
        """How many children failed among those that ended within the next second."""
        failed = 0
        ended = wait(list(self._active), timeout=1.0)
        for sentinel in [one for one in self._active if one in ended]:
            process, place = self._active.pop(sentinel)
            process.join()
            self._free.append(place)
            failed += process.exitcode != 0
        return failed

    def stop(self) -> None:
        """Ask every child to end after its batch."""
        for process, _ in self._active.values():
            process.terminate()


def _run_concurrently(runs: list[RunSettings], out: Path, jobs: int, stop: StopFlag, overwrite: bool) -> int:
    waiting, failed, pool = list(runs), 0, _Pool(jobs)
    while len(pool) or (waiting and not stop.is_set):
        while waiting and pool.has_room and not stop.is_set:
            pool.start(waiting.pop(0), out, overwrite)
        if stop.is_set:
            pool.stop()
        failed += pool.collect()
    return failed + len(waiting)


def _child(run: RunSettings, out: Path, place: int, overwrite: bool) -> None:
    with StopFlag() as stop:
        if not _run_here(run, out, stop, overwrite, place):
            raise SystemExit(1)
