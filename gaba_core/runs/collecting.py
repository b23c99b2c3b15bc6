"""The runs that paths of a command line name: logs, folders of runs, and folders of those."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from gaba_core.errors import LogFormatError
from gaba_core.runs.event_groups import MLFLOW, EventGroup
from gaba_core.runs.folder_listing import NO_RUN
from gaba_core.runs.library_entry import tells_a_run
from gaba_core.runs.reading import read_run
from gaba_core.runs.refusals import said_of
from gaba_core.runs.schema import Run
from gaba_core.runs.several_runs import read_group
from gaba_core.runs.shared_files import grouped, parts
from gaba_core.runs.tailing.folder_scan import FolderScan, PassedBy

NAMED = 12  # files passed by that are named without being asked for all


@dataclass(slots=True)
class Collected:
    """What paths name.

    Attributes:
        runs: by the path of the log.
        refused: why a log cannot be read, by its path.
        passed: what a folder holds beside logs.
    """

    runs: dict[Path, Run] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    passed: list[PassedBy] = field(default_factory=list)


def collected(paths: Iterable[Path]) -> Collected:
    """Return the runs of logs and folders, by path; whatever goes wrong with one is said of that one."""
    found = Collected()
    for path in sorted(set(paths)):
        if not os.path.isdir(path):
            _add(found, path, by_name=True)
            continue
        logs, passed = FolderScan(path).look()
        found.passed += [PassedBy(str(path / one.name), one.reason) for one in passed]
        alone, groups = grouped(logs)
        for log in sorted(alone, key=lambda log: log.path):
            _add(found, Path(log.path), by_name=log.by_name, root=path, group=groups.get(log.key))
    return found


def _add(
    found: Collected,
    path: Path,
    *,
    by_name: bool,
    root: Path | None = None,
    group: EventGroup | None = None,
) -> None:
    if path in found.runs:
        return
    try:
        if group is None:
            run = read_run(path, root=root, restarts=True)
        else:
            label = group.folder if group.kind == MLFLOW else str(path.parent)
            run = read_group(group, label, root)
        reason = "" if by_name or tells_a_run(run) else NO_RUN
    except LogFormatError as error:
        reason = str(error)
    except Exception as error:  # whatever goes wrong with one run is that run's error
        reason = f"could not be read: {said_of(error)}."
    if not reason:
        path = Path(group.folder) if group is not None and group.kind == MLFLOW else path
        found.runs[path] = run
        for key, other in parts(path.name, run):
            found.runs[path.with_name(key)] = other
    elif by_name:
        found.refused[str(path)] = reason
    else:
        found.passed.append(PassedBy(str(path), reason))


def passed_lines(passed: Sequence[PassedBy], *, every: bool) -> list[str]:
    """Return what was passed by in words, the first few or every one of it."""
    if not passed:
        return []
    shown = passed if every else passed[:NAMED]
    count = f"{len(passed)} file{'' if len(passed) == 1 else 's'} passed by:"
    more = [f"  and {len(passed) - len(shown)} more (all with -v)"] if len(shown) < len(passed) else []
    return [count, *(f"  {one.name}: {one.reason}" for one in shown), *more]
