"""Every run that a file or a folder of one logger holds, split and joined as their writers meant them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from gaba_core.errors import LogFormatError
from gaba_core.runs.event_folders import PREFIX, is_event_file, joined_events
from gaba_core.runs.event_groups import MLFLOW, EventGroup, event_groups
from gaba_core.runs.legible_names import legible
from gaba_core.runs.mlflow_folders import is_run_folder, run_groups
from gaba_core.runs.opening import read_regular
from gaba_core.runs.reading import is_content, read_run, read_run_folder, runs_of_table, said_of_several
from gaba_core.runs.refusals import refusing
from gaba_core.runs.roles import Mapping
from gaba_core.runs.schema import LOG_FILE, Run
from gaba_core.runs.tailing.folder_scan import FolderScan


def read_runs(
    source: Path | str | bytes, *, mapping: Mapping | str | None = None, root: Path | str | None = None
) -> list[Run]:
    """Return every run that a source holds.

    A file is split where a column names its runs (a seed, a trial, a method), where each run has columns of
    its own (a chart saved from W&B), and where a run was begun anew behind another. Of a folder, event files
    that one writer left are joined, those that `add_scalars` put into folders of their own among them.

    Args:
        source: a log file, a folder of logs, or the content of a log as bytes or text.
        mapping: as of `read_run`, for each of the runs whose columns it fits.
        root: folder that every file must lie in, links resolved; a folder that is named itself is its own.

    Raises:
        LogFormatError: the file is no log, or the folder holds none that can be read.
    """
    if isinstance(source, bytes) or (isinstance(source, str) and is_content(source)):
        return _whole(read_run(source, mapping=mapping, restarts=True))
    path = Path(source)
    if not os.path.isdir(path):
        if is_event_file(path.name) and root is None:
            return [read_run(path, mapping=mapping)]
        return _whole(read_run(path, mapping=mapping, root=root, restarts=True))
    if (path / LOG_FILE).is_file() or is_run_folder(path):
        return _whole(read_run(path, mapping=mapping, root=root, restarts=True))
    runs, errors = [], []
    for found in _of_folder(path, mapping):
        if isinstance(found, LogFormatError):
            errors.append(found)
        else:
            runs.append(found)
    if not runs:
        raise errors[0] if errors else LogFormatError(f"{legible(str(path))} must hold a log; got none.")
    return runs


def read_group(group: EventGroup, label: str, root: Path | str | None) -> Run:
    """Return the run that the event files of a group are.

    Raises:
        LogFormatError: none of them holds a scalar, or one cannot be read.
    """
    if group.kind == MLFLOW:
        return read_run_folder(group, label, root=root)
    with refusing(label):
        table = joined_events(group.files, lambda path: read_regular(Path(path), label, root=root), label)
        return runs_of_table(table, label, label.rpartition("/")[2] or label)[0]


def _whole(run: Run) -> list[Run]:
    if not run.others:
        return [run]
    sentence = said_of_several([run, *run.others])
    first = replace(run, others=(), notes=tuple(note for note in run.notes if note != sentence))
    return [first, *run.others]


def _of_folder(folder: Path, mapping: Mapping | str | None) -> Iterator[Run | LogFormatError]:
    """Yield the runs of a folder without a log of our own; what cannot be read as its error."""
    logs, _ = FolderScan(folder).look()
    paths = [log.path for log in logs]
    groups = [*event_groups([path for path in paths if PREFIX in path]), *run_groups(paths)]
    grouped = {path for group in groups for path, _ in group.files}
    for group in groups:
        label = legible(os.path.relpath(group.folder, folder))
        label = legible(folder.name) if label == "." else label
        try:
            yield read_group(group, label, folder)
        except LogFormatError as error:
            yield error
    for log in logs:
        if log.path in grouped:
            continue
        try:
            yield from _whole(read_run(log.path, mapping=mapping, root=folder, restarts=True))
        except LogFormatError as error:
            yield error
