"""A folder of runs: what lies in it, read once and again only where a file changed."""

from __future__ import annotations

import os
import re
import threading
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gaba_core.errors import LogFormatError, ParameterError
from gaba_core.runs.reading import read_run_file
from gaba_core.runs.schema import LOG_FILE, RUN_FILES, Run, RunInfo

Stamp = tuple[tuple[int, int] | None, ...]


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """One line of the list of runs.

    Attributes:
        key: path of the run's folder relative to the library, such as "FD002/gaba/seed_42".
        epochs: number of records.
        rmse: cycles, last window of each test engine, at the best epoch.
        nasa: score at the best epoch.
        notes: how many remarks the reader made.
        error: why the run cannot be read; None where it can.
        modified: when the log was last written, seconds since 1970.
        stamp: time and size of each of its files; another one where any of them changed.
    """

    key: str
    subset: str | None = None
    method: str | None = None
    seed: int | None = None
    device: str | None = None
    epochs: int | None = None
    best_epoch: float | None = None
    rmse: float | None = None
    nasa: float | None = None
    notes: int = 0
    error: str | None = None
    modified: float = 0.0
    stamp: Stamp = ()


class RunLibrary:
    """The runs under a folder. Safe to ask from several threads; only what lies inside can be asked for."""

    def __init__(self, folder: Path | str, keep: int = 32) -> None:
        self._folder = Path(folder)
        self._keep = keep
        self._lock = threading.RLock()
        self._listed: dict[str, tuple[Stamp, LibraryEntry]] = {}
        self._runs: OrderedDict[str, tuple[Stamp, Run]] = OrderedDict()

    def entries(self) -> tuple[LibraryEntry, ...]:
        """Return one entry a run, sorted by key; a run that cannot be read is listed with its error."""
        with self._lock:
            listed: dict[str, tuple[Stamp, LibraryEntry]] = {}
            for key, path in self._found():
                stamp = _stamp(path)
                known = self._listed.get(key)
                unchanged = known is not None and known[0] == stamp
                listed[key] = known if known and unchanged else (stamp, _entry(key, path, stamp))
            self._listed = listed
            return tuple(entry for _, entry in listed.values())

    def get(self, key: str) -> Run:
        """Return the run of an entry; the `keep` runs asked for last stay in memory.

        Raises:
            ParameterError: no run of that key lies in the folder.
            LogFormatError: the run cannot be read.
        """
        with self._lock:
            path = self._path(key)
            stamp = _stamp(path)
            kept = self._runs.get(key)
            if kept is None or kept[0] != stamp:
                kept = (stamp, read_run_file(path, key))
                self._runs[key] = kept
            self._runs.move_to_end(key)
            while len(self._runs) > self._keep:
                self._runs.popitem(last=False)
            return kept[1]

    def _path(self, key: str) -> Path:
        parts = PurePosixPath(key).parts if isinstance(key, str) and "\0" not in key else ("..",)
        legal = not any(part in ("..", "/") or "\\" in part or ":" in part for part in parts)
        path = self._folder.joinpath(*parts, LOG_FILE) if legal else None
        if path is None or not path.is_file() or not path.resolve().is_relative_to(self._folder.resolve()):
            raise ParameterError(f"key must be a run in the folder of logs; got {key!r}.")
        return path

    def _found(self) -> list[tuple[str, Path]]:
        found = []
        for folder, _, names in os.walk(self._folder):
            if LOG_FILE in names:
                path = Path(folder, LOG_FILE)
                if path.resolve().is_relative_to(self._folder.resolve()):
                    found.append((path.parent.relative_to(self._folder).as_posix(), path))
        return sorted(found)


def _stamp(path: Path) -> Stamp:
    stamps: list[tuple[int, int] | None] = []
    for name in RUN_FILES:
        try:
            status = path.with_name(name).stat()
            stamps.append((status.st_mtime_ns, status.st_size))
        except OSError:
            stamps.append(None)
    return tuple(stamps)


def entry_of(key: str, run: Run, modified: float = 0.0, stamp: Stamp = ()) -> LibraryEntry:
    """Return the line that lists a run which could be read."""
    subset, method, seed = _from_key(key, run.info)
    return LibraryEntry(
        key=key,
        subset=subset,
        method=method,
        seed=seed,
        device=None if run.info is None else run.info.device,
        epochs=len(run.epochs),
        best_epoch=run.best_epoch,
        rmse=_at_best(run, "rmse_last"),
        nasa=_at_best(run, "nasa"),
        notes=len(run.notes),
        modified=modified,
        stamp=stamp,
    )


def _entry(key: str, path: Path, stamp: Stamp) -> LibraryEntry:
    modified = 0.0 if stamp[0] is None else stamp[0][0] / 1e9
    try:
        return entry_of(key, read_run_file(path, key, with_steps=False), modified, stamp)
    except LogFormatError as error:
        subset, method, seed = _from_key(key, None)
        return LibraryEntry(key, subset, method, seed, error=str(error), modified=modified, stamp=stamp)


def _from_key(key: str, info: RunInfo | None) -> tuple[str | None, str | None, int | None]:
    """Return subset, method and seed: from `run.json`, else from SUBSET/METHOD/seed_N."""
    parts = PurePosixPath(key).parts
    match = re.fullmatch(r"seed_(\d{1,18})", parts[-1]) if len(parts) >= 3 else None
    subset, method = (parts[-3], parts[-2]) if match else (None, None)
    seed = int(match[1]) if match else None
    if info is None:
        return subset, method, seed
    return (
        subset if info.subset is None else info.subset,
        method if info.method is None else info.method,
        seed if info.seed is None else info.seed,
    )


def _at_best(run: Run, metric: str) -> float | None:
    index, column = run.best_index, run.metrics.get(metric)
    if index is None or column is None:
        return None
    value = float(column[index])
    return None if value != value else value
