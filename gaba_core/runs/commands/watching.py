"""A log that is being written, judged each time that it has grown."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from gaba_core.runs.collecting import collected
from gaba_core.runs.commands.diagnosing import diagnosed, plain
from gaba_core.runs.commands.options import Stated, as_stated
from gaba_core.runs.commands.siblings import siblings_of
from gaba_core.runs.commands.status import BY_CODE, MODEL, MODEL_FAILED, status_of
from gaba_core.runs.diagnosis.verdict import Diagnosis
from gaba_core.runs.legible_names import legible
from gaba_core.runs.number_text import epoch_text
from gaba_core.runs.schema import Run

Stamp = tuple[tuple[str, int, int], ...]
Codes = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Clock:
    """Time, as a watch uses it: seconds now, and how to wait."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


def watch(
    paths: Sequence[Path],
    by: Stated,
    write: Callable[[str], object],
    warn: Callable[[str], object],
    *,
    exit_on: Sequence[str] = (),
    every: float = 2.0,
    quiet: float | None = None,
    as_json: bool = False,
    clock: Clock | None = None,
) -> int:
    """Write a line for each run whose verdicts changed, until one is to end it; return the exit status.

    A log that cannot be read is one that is just being written: the last view of it stands. Where none was
    ever read, the end says why.

    Args:
        paths: logs or folders of logs; they may not exist yet.
        by: what is stated of the logs.
        write: takes a line.
        warn: takes a line on what keeps a log from being judged.
        exit_on: verdicts of balancer or model that end it.
        every: seconds between two looks.
        quiet: seconds without a change after which it ends; None: never.
        as_json: an object a line in place of words.
        clock: time; None is that of the machine.
    """
    clock = Clock() if clock is None else clock
    stamp: Stamp | None = None
    reported: dict[Path, Codes] = {}
    siblings: dict[Path, Run] = {}
    warned: set[str] = set()
    unread: list[str] = []
    since = clock.now()
    while True:
        fresh = _stamp(paths)
        if fresh != stamp:
            stamp, since = fresh, clock.now()
            runs, unfit, unread = _look(paths, by)
            for line in sorted({*unfit} - warned):
                warn(line)
            warned |= {*unfit}
            for path, run, diagnosis in _judged(runs, by, siblings, reported):
                codes = (diagnosis.balancer.code, diagnosis.model.code)
                if reported.get(path) != codes:
                    write(_line(path, run, diagnosis, as_json=as_json))
                reported[path] = codes
                ended = _ends(codes, exit_on)
                if ended is not None:
                    return ended
        if quiet is not None and clock.now() - since >= quiet:
            for line in [] if reported or warned else unread or ["No log was found."]:
                warn(line)
            return status_of((balancer for balancer, _ in reported.values()), unreadable=not reported)
        clock.wait(every)


def _look(paths: Sequence[Path], by: Stated) -> tuple[dict[Path, Run], list[str], list[str]]:
    """Return the runs, why what is stated does not fit a log, and why a log cannot be read."""
    given = collected(path for path in paths if path.exists())
    unfit: dict[str, str] = {}
    runs = as_stated(given.runs, unfit, by)
    unread = given.refused | {passed.name: passed.reason for passed in given.passed}
    return runs, _lines(unfit), _lines(unread)


def _lines(reasons: Mapping[str, str]) -> list[str]:
    return [f"{legible(name)}: {reason}" for name, reason in reasons.items()]


def _judged(
    runs: dict[Path, Run], by: Stated, siblings: dict[Path, Run], reported: Mapping[Path, Codes]
) -> Iterator[tuple[Path, Run, Diagnosis]]:
    """Yield the runs with their diagnoses; siblings beside them are read when a run is first seen."""
    siblings |= siblings_of({path: run for path, run in runs.items() if path not in reported}, by)
    for path, diagnosis in diagnosed(runs, by, siblings):
        yield path, runs[path], diagnosis


def _line(path: Path, run: Run, diagnosis: Diagnosis, *, as_json: bool) -> str:
    last = float(run.epochs[-1]) if len(run.epochs) else None
    if as_json:
        return json.dumps({"epoch": last} | plain(path, diagnosis), ensure_ascii=False, allow_nan=False)
    where = "" if last is None else f" {run.unit} {epoch_text(last)}:"
    return (
        f"{legible(str(path))}:{where} {diagnosis.balancer.code}, {diagnosis.model.code}. {diagnosis.summary}"
    )


def _ends(codes: Codes, exit_on: Sequence[str]) -> int | None:
    balancer, model = codes
    if balancer in exit_on and balancer not in MODEL:
        return BY_CODE[balancer]
    return MODEL_FAILED if model in exit_on else None


def _stamp(paths: Sequence[Path]) -> Stamp:
    """Return what changes when a file is written."""
    files = (file for path in paths for file in ([path] if not path.is_dir() else _files(path)))
    return tuple(sorted(found for file in files if (found := _entry(file)) is not None))


def _files(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        yield from (Path(place) / name for name in names)


def _entry(file: Path) -> tuple[str, int, int] | None:
    try:
        known = file.stat()
    except OSError:
        return None
    return str(file), known.st_mtime_ns, known.st_size
