"""Runs in the file store of MLflow, `mlruns/EXPERIMENT/RUN`: a file a metric, put together by step.

Source: mlflow.store.tracking.file_store. A run's folder holds meta.yaml, and below metrics/ and params/ a
file a name, slashes as folders: of a metric the lines "time in ms, value, step", of a parameter its text.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from gaba_core.errors import LogFormatError
from gaba_core.runs.event_groups import MLFLOW, EventGroup
from gaba_core.runs.formats.sqlite_store import plain
from gaba_core.runs.formats.store_rows import Damage, StoredRun, table_of_runs
from gaba_core.runs.formats.text import TORN, shown
from gaba_core.runs.legible_names import legible
from gaba_core.runs.opening import is_inside
from gaba_core.runs.table import Table

FORMAT = "MLflow run folder"
META, METRICS, PARAMS = "meta.yaml", "metrics", "params"
MOST_PARAMS = 4096
_ENTRY = re.compile(r"^(run_name|lifecycle_stage):[ \t]*(\S(?:.*\S)?)[ \t]*$", re.MULTILINE)
Read = Callable[[str, str], bytes]


def is_run_folder(folder: Path | str) -> bool:
    """Whether a folder is laid out as MLflow's file store lays out a run."""
    return os.path.isfile(os.path.join(folder, META)) and os.path.isdir(os.path.join(folder, METRICS))


def run_groups(paths: Sequence[str]) -> list[EventGroup]:
    """Return the metric files among paths by the run that they belong to."""
    owners: dict[str, str] = {}
    found: dict[str, list[tuple[str, str]]] = {}
    for path in sorted(paths):
        parts = path.split(os.sep)
        for at in (i for i in range(len(parts) - 1) if parts[i] == METRICS):
            folder = os.sep.join(parts[:at])
            if folder not in owners:
                owners[folder] = folder if is_run_folder(folder) else ""
            if owners[folder]:
                found.setdefault(folder, []).append((path, "/".join(parts[at + 1 :])))
                break
    return [EventGroup(folder, tuple(files), MLFLOW) for folder, files in found.items()]


def group_of(folder: Path | str) -> EventGroup:
    """Return the metric files of one run's folder.

    Raises:
        LogFormatError: it holds none.
    """
    files = dict(_below(os.path.join(folder, METRICS)))
    if not files:
        raise LogFormatError(f"{legible(str(folder))} must hold a metric below {METRICS}/; got none.")
    return EventGroup(os.fspath(folder), tuple((path, name) for name, path in sorted(files.items())), MLFLOW)


def read_folder(group: EventGroup, read: Read, source: str) -> Table:
    """Return a row for each step of a run; its name and parameters stand around them.

    Args:
        group: the metric files, each with the metric's name.
        read: reads a file, given how messages call it.
        source: what messages call the run.

    Raises:
        LogFormatError: a metric is none, or none holds a value.
    """
    meta = dict(_ENTRY.findall(read(os.path.join(group.folder, META), META).decode("utf-8", "replace")))
    run = StoredRun(meta.get("run_name", "").strip("'\""))
    size = 0
    for path, name in group.files:
        content = read(path, f"{source}, {METRICS}/{name}")
        size += len(content)
        for step, value, seconds in _values(content, source, name, run):
            run.add(step, name, value, seconds)
    run.params |= {"run_name": run.name} if run.name else {}
    run.params |= dict(_params(group.folder, read, run))
    return table_of_runs([run], source, FORMAT, Damage(size, notes=run.notes))


def _values(content: bytes, source: str, name: str, run: StoredRun) -> Iterator[tuple[int, float, float]]:
    lines = content.decode("utf-8", "replace").split("\n")
    if lines[-1].strip("\0 \r"):
        run.notes.append(f"The last line of {name} breaks off and was left out: {TORN}.")
    for i, line in enumerate(lines[:-1]):
        cells = line.replace("\0", "").split()
        if not cells:
            continue
        try:
            yield int(cells[2]) if len(cells) > 2 else 0, float(cells[1]), float(cells[0]) / 1000.0
        except (ValueError, IndexError) as error:
            place = f"{source}, metric {name}, line {i + 1}"
            raise LogFormatError(f"{place} must be a time, a value and a step; got {shown(line)}.") from error


def _params(folder: str, read: Read, run: StoredRun) -> Iterator[tuple[str, Any]]:
    for name, path in sorted(dict(_below(os.path.join(folder, PARAMS))).items())[:MOST_PARAMS]:
        if not is_inside(path, folder):
            continue
        try:
            yield name, plain(read(path, f"{PARAMS}/{name}").decode("utf-8", "replace").strip("\n"))
        except LogFormatError as error:
            run.notes.append(f"A parameter was left out: {error}")


def _below(folder: str) -> Iterator[tuple[str, str]]:
    """Yield name and path of every file below a folder, names with slashes."""
    for at, inner, files in os.walk(folder):
        inner.sort()
        for file in files:
            path = os.path.join(at, file)
            yield os.path.relpath(path, folder).replace(os.sep, "/"), path
