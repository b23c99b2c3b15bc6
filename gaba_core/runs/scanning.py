"""What lies in a folder of runs: every log at any depth, with the stamp that tells whether it changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from gaba_core.runs.schema import LOG_FILE, RUN_FILES

Mark = tuple[int, int, int]  # time of the last write in ns, size in bytes, number of the file on its disk
Stamp = tuple[Mark | None, ...]  # one for each of RUN_FILES


def scan(folder: Path) -> list[tuple[str, Path, Stamp]]:
    """Return key, log file and stamp of every run under the folder, sorted by key.

    Folders behind symbolic links are not entered, and a log that links out of the folder is left out.
    """
    found = []
    for path, marks in _walk(folder):
        log = Path(path, LOG_FILE)
        if not log.is_symlink() or log.resolve().is_relative_to(folder.resolve()):
            key = log.parent.relative_to(folder).as_posix()
            found.append((key, log, tuple(marks.get(name) for name in RUN_FILES)))
    return sorted(found)


def stamp_of(log: Path) -> Stamp:
    """Return the stamp of one run; None for each file that is not there."""
    return tuple(_mark(log.with_name(name)) for name in RUN_FILES)


def _walk(folder: str | Path) -> Iterator[tuple[str, dict[str, Mark | None]]]:
    """Yield every folder that holds a log, with the marks of a run's files; one listing a folder."""
    inner, marks = [], {}
    try:
        with os.scandir(folder) as items:
            for item in items:
                if item.name in RUN_FILES:
                    marks[item.name] = _mark(item)
                elif item.is_dir(follow_symlinks=False):
                    inner.append(item.path)
    except OSError:  # gone or closed since its parent was listed
        return
    if marks.get(LOG_FILE) is not None:
        yield os.fspath(folder), marks
    for path in inner:
        yield from _walk(path)


def _mark(file: Path | os.DirEntry[str]) -> Mark | None:
    try:
        status = file.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
