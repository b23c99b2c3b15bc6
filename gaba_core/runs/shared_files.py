"""Runs and files that are not one to one: a file that holds several runs, event files that are one run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from gaba_core.runs.event_folders import is_event_file
from gaba_core.runs.event_groups import EventGroup, event_groups
from gaba_core.runs.mlflow_folders import METRICS, run_groups
from gaba_core.runs.schema import Run
from gaba_core.runs.tailing.folder_scan import FoundLog, Mark, Stamp, stamp_of
from gaba_core.runs.tailing.log_status import Followed

GONE = "The file holds no such run."


def grouped(logs: Sequence[FoundLog]) -> tuple[list[FoundLog], dict[str, EventGroup]]:
    """Return the logs with event files of one run as one log, and the files of each such log by its key.

    The first of the files in the run's own folder stands for them.
    """
    by_path = {log.path: log for log in logs if is_event_file(os.path.basename(log.path))}
    groups: dict[str, EventGroup] = {}
    away: set[str] = set()
    changed: dict[str, FoundLog] = {}
    for group in event_groups(list(by_path)) if len(by_path) > 1 else ():
        if len(group.files) < 2:
            continue
        own = [path for path, below in group.files if not below] or [group.files[0][0]]
        first = by_path[own[0]]
        groups[first.key] = group
        away |= {path for path, _ in group.files if path != first.path}
        changed[first.path] = replace(first, stamp=group_stamp(group))
    for group in run_groups([log.path for log in logs if f"{os.sep}{METRICS}{os.sep}" in log.path]):
        paths = {path for path, _ in group.files}
        first = next(log for log in logs if log.path in paths)
        key = first.key.rsplit("/", group.files[0][1].count("/") + 2)[0]
        key = key if key != first.key else "."
        groups[key] = group
        away |= paths - {first.path}
        changed[first.path] = replace(first, key=key, stamp=group_stamp(group), by_name=True)
    retained = [changed.get(log.path, log) for log in logs if log.path not in away]
    return retained, groups


def group_stamp(group: EventGroup) -> Stamp:
    """Return one stamp of all files of a group: that of the file written last, and one of all together."""
    marks = [mark for path, _ in group.files if (mark := stamp_of(path)[0]) is not None]
    if not marks:
        return None, None, None
    every: Mark = (sum(m[0] for m in marks), sum(m[1] for m in marks), len(marks))
    return max(marks), None, every


def part_key(key: str, run: Run) -> str:
    """Return the key of a further run of a file: that of the file with what tells the run from the others."""
    return f"{key} [{run.name.rpartition(' [')[2].removesuffix(']')}]"


def parts(key: str, run: Run | None) -> Iterator[tuple[str, Run]]:
    """Yield key and run of the further runs of a file."""
    for other in () if run is None else run.others:
        yield part_key(key, other), other


def of_part(found: Followed, key: str, wanted: str) -> Followed:
    """Return what is known of a further run of a file that is followed."""
    whole = found.run if found.pending is None else found.pending
    for one, run in parts(key, whole):
        if one == wanted:
            return replace(found, run=run, pending=None)
    if whole is None:
        return found
    return replace(found, run=None, pending=None, status="deleted", sentence=GONE)


def base_of(key: str, known: Mapping[str, object]) -> str:
    """Return the key of the file of a run: the key itself but for a further run of a file."""
    if key in known or not key.endswith("]"):
        return key
    return key.rpartition(" [")[0] or key
