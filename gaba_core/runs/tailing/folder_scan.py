"""What lies in a folder of runs: every log at any depth, with the stamp that tells whether it changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from gaba_core.runs.schema import LOG_FILE, RUN_FILES

FOREIGN = ("trainer_state.json", "metrics.csv", "metrics.json", "history.json", "training_history.json")
Mark = tuple[int, int, int]  # time of the last write in ns, size in bytes, number of the file on its disk
Stamp = tuple[Mark | None, ...]  # one for each of RUN_FILES


def scan(folder: Path) -> list[tuple[str, Path, Stamp]]:
    """Return key, log file and stamp of every run under the folder, sorted by key.

    The key of a run is the path of its folder, that of a log of another program the path of the file.
    Folders behind symbolic links are not entered, and a log that links out of the folder is left out.
    """
    found = []
    for path, marks in _walk(folder):
        for name in (n for n in marks if (n == LOG_FILE or is_foreign(n)) and marks[n] is not None):
            log = Path(path, name)
            if not log.is_symlink() or log.resolve().is_relative_to(folder.resolve()):
                place = log.parent if name == LOG_FILE else log
                own = tuple(marks.get(one) for one in RUN_FILES)
                stamp = own if name == LOG_FILE else (marks[name], None, None)
                found.append((place.relative_to(folder).as_posix(), log, stamp))
    return sorted(found)


def is_foreign(name: str) -> bool:
    """Whether a file of this name is a log as another program writes it."""
    return name in FOREIGN or name.endswith(".jsonl") or name.startswith("events.out.tfevents.")


def stamp_of(log: Path) -> Stamp:
    """Return the stamp of one run; None for each file that is not there, or is not the log's own."""
    if log.name != LOG_FILE:
        return _mark(log), None, None
    return tuple(_mark(log.with_name(name)) for name in RUN_FILES)


def _walk(folder: str | Path) -> Iterator[tuple[str, dict[str, Mark | None]]]:
    """Yield every folder that holds a log, with the marks of its logs' files; one listing a folder."""
    inner: list[str] = []
    marks: dict[str, Mark | None] = {}
    try:
        with os.scandir(folder) as items:
            for item in items:
                if item.is_dir(follow_symlinks=False):
                    inner.append(item.path)
                elif item.name in RUN_FILES or is_foreign(item.name):
                    marks[item.name] = _mark(item)
    except OSError:  # gone or closed since its parent was listed
        return
    if marks:
        yield os.fspath(folder), marks
    for path in inner:
        yield from _walk(path)


def _mark(file: Path | os.DirEntry[str]) -> Mark | None:
    try:
        status = file.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
