"""Which event files under a folder are one run: those of one writer, wherever it put them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from gaba_core.runs.event_folders import SPLITS, is_event_file
from gaba_core.runs.formats.events import first_tag
from gaba_core.runs.opening import head_of

EVENTS, MLFLOW = "events", "mlflow"
HEAD = 1 << 16  # bytes of an event file in which its first tag is looked for


@dataclass(frozen=True, slots=True)
class EventGroup:
    """Files that are one run: its folder, and each file with the folder below in which it lies.

    Of event files; or of the metrics that MLflow keeps, each file with the metric's name.
    """

    folder: str
    files: tuple[tuple[str, str], ...]
    kind: str = EVENTS


def event_groups(paths: Sequence[str]) -> list[EventGroup]:
    """Return the groups of event files, by folder; every file is in one of them."""
    by_folder: dict[str, list[str]] = {}
    for path in sorted(paths):
        if is_event_file(os.path.basename(path)):
            by_folder.setdefault(os.path.dirname(path), []).append(path)
    owner = {folder: _owner(folder, files, by_folder) for folder, files in by_folder.items()}
    found: dict[str, list[tuple[str, str]]] = {}
    for folder, files in by_folder.items():
        home = owner[folder]
        below = "" if home == folder else os.path.basename(folder)
        found.setdefault(home, []).extend((path, below) for path in files)
    return [EventGroup(folder, tuple(files)) for folder, files in sorted(found.items())]


def _owner(folder: str, files: Sequence[str], by_folder: dict[str, list[str]]) -> str:
    """Return the folder of the run that the event files of a folder belong to: itself, or the one above."""
    above, name = os.path.split(folder)
    if above in by_folder:
        start = tag_of(files[0], os.path.getsize(files[0])).replace("/", "_")
        return above if start and name.startswith(f"{start}_") else folder
    neighbours = [one for one in by_folder if os.path.dirname(one) == above]
    splits = {os.path.basename(one).lower() for one in neighbours}
    return above if name.lower() in SPLITS and len(neighbours) > 1 and splits <= SPLITS else folder


@lru_cache(maxsize=4096)
def tag_of(path: str, size: int) -> str:
    """Return the first tag of an event file of a size; empty where its head holds none."""
    del size  # part of the key: a file that was empty may hold one later
    head = head_of(path, HEAD, root=os.path.dirname(path))
    return "" if head is None else first_tag(head)
