"""A folder of runs: what lies in it, read once and again only where a file changed."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from gaba_core.errors import LogFormatError, ParameterError
from gaba_core.runs.reading import read_run_file
from gaba_core.runs.schema import LOG_FILE, STEPS_FILE, Run, RunInfo
from gaba_core.runs.sidecar import read_steps
from gaba_core.runs.tailing.folder_scan import Stamp, is_foreign, scan, stamp_of
from gaba_core.runs.tailing.log_status import AT_REST, Followed, Status, follow
from gaba_core.runs.tailing.run_cache import Kept

LONG = 0.6  # s: a log that takes longer to read again is not read again at every change
REST = 2.0  # but after so many times as long


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """One line of the list of runs.

    Attributes:
        key: path of the run's folder relative to the library, such as "FD002/gaba/seed_42"; of a log that
            another program wrote, that of the file.
        epochs: number of records.
        rmse: cycles, last window of each test engine, at the best epoch.
        nasa: score at the best epoch.
        notes: how many remarks the reader made.
        error: why the run cannot be read; None where it can.
        modified: when the log was last written, seconds since 1970.
        stamp: of its files; another one where any of them changed.
        status: what became of the log; where it is not whole the entry is of what it last held.
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
    status: Status = "complete"


class RunLibrary:
    """The runs under a folder. Safe to ask from several threads; only what lies inside can be asked for.

    Args:
        folder: searched at every depth.
        keep: how many runs stay in memory.
        limit: bytes that they may take; the run read last stays whatever it takes.
        clock: tells the time, s since 1970.
    """

    def __init__(
        self,
        folder: Path | str,
        keep: int = 256,
        limit: int = 256 * 2**20,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder = Path(folder)
        self.clock = clock
        self._lock = threading.RLock()
        self._listed: dict[str, LibraryEntry] = {}
        self._entries: tuple[LibraryEntry, ...] = ()
        self._kept = Kept(keep, limit)
        self._asked: set[str] = set()
        self._due: dict[str, float] = {}

    def entries(self) -> tuple[LibraryEntry, ...]:
        """Return one entry a run, sorted by key; the very same tuple where nothing has changed.

        A run that never could be read is listed with its error, one that cannot be read now as it last was.
        """
        with self._lock:
            found = scan(self._folder)
            stamps = {key: entry.stamp for key, entry in self._listed.items()}
            moving = any(entry.status not in AT_REST for entry in self._entries)
            if moving or stamps != {key: stamp for key, _, stamp in found}:
                entries = tuple(self._entry(key, path, stamp) for key, path, stamp in found)
                self._entries = self._entries if entries == self._entries else entries
                self._listed = {entry.key: entry for entry in entries}
            return self._entries

    def get(self, key: str) -> Run:
        """Return the run of an entry as its files stand now.

        Raises:
            ParameterError: no run of that key lies in the folder.
            LogFormatError: the run cannot be read.
        """
        path = self._path(key)
        if not path.is_file():
            raise _no_run(key)
        found = self.follow(key)
        if found.error is not None:
            raise LogFormatError(found.error)
        if found.run is None:  # deleted since the line above
            raise _no_run(key)
        return found.run if found.pending is None else found.pending

    def follow(self, key: str) -> Followed:
        """Return the run as it was last whole, and what became of its log; also where that was deleted.

        Raises:
            ParameterError: no run of that key lies in the folder, and none did.
        """
        with self._lock:
            path = self._path(key)
            if key not in self._asked:
                self._asked.add(key)
                self._add_steps(key, path)
            stamp = stamp_of(path)
            if stamp[0] is None and self._kept.get(key) is None:
                raise _no_run(key)
            return self._look(key, path, stamp)

    def _look(self, key: str, path: Path, stamp: Stamp) -> Followed:
        known, began = self._kept.get(key), self.clock()
        if known is not None and stamp != known.stamp and began < self._due.get(key, began):
            return known
        held = None if known is None else known.run
        found = follow(
            known, stamp, began, lambda: read_run_file(path, key, with_steps=key in self._asked, before=held)
        )
        took = self.clock() - began
        if took > LONG and known is not None:
            self._due[key] = began + REST * took
        if found is not known:
            self._kept.put(key, found)
        return found

    def _add_steps(self, key: str, path: Path) -> None:
        """Complete a run that so far was only listed."""
        known = self._kept.get(key)
        if known is None or known.run is None or path.name != LOG_FILE:
            return
        steps, notes = read_steps(path.with_name(STEPS_FILE), len(known.run.tasks))
        run = replace(known.run, steps=steps, notes=(*known.run.notes, *notes))
        self._kept.put(key, replace(known, run=run))

    def _entry(self, key: str, path: Path, stamp: Stamp) -> LibraryEntry:
        listed = self._listed.get(key)
        same = listed is not None and listed.stamp == stamp
        if listed is not None and same and (listed.status in AT_REST or self._kept.get(key) is None):
            return listed
        found = self._look(key, path, stamp)
        if found.run is not None:
            entry = entry_of(key, found.run, found.written, found.stamp)
            return replace(entry, status=found.status)
        subset, method, seed = _from_key(key, None)
        return LibraryEntry(
            *(key, subset, method, seed),
            error=found.error,
            modified=found.written,
            stamp=found.stamp,
            status=found.status,
        )

    def _path(self, key: str) -> Path:
        parts = PurePosixPath(key).parts if isinstance(key, str) and "\0" not in key else ("..",)
        legal = not any(part in ("..", "/") or "\\" in part or ":" in part for part in parts)
        path = self._folder.joinpath(*parts) if legal else None
        if path is not None and (not is_foreign(path.name) or path.is_dir()):
            path = path / LOG_FILE
        if path is None or not path.resolve().is_relative_to(self._folder.resolve()):
            raise _no_run(key)
        return path


def _no_run(key: object) -> ParameterError:
    return ParameterError(f"run must be one in the folder of logs; got {key!r}.")


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
