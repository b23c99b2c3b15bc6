"""A folder of runs: what lies in it, read once and again only where a file changed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from gaba_core.errors import GabaError, LogFormatError, ParameterError
from gaba_core.lru_cache import LruCache, size_of
from gaba_core.runs.event_groups import EventGroup
from gaba_core.runs.last_epoch import with_trace
from gaba_core.runs.legible_names import legible, shortened
from gaba_core.runs.library_entry import LibraryEntry, entry_of
from gaba_core.runs.path_labels import path_labels
from gaba_core.runs.reading import read_run_file
from gaba_core.runs.refusals import said_of
from gaba_core.runs.schema import LOG_FILE, STEPS_FILE, Run
from gaba_core.runs.several_runs import read_group
from gaba_core.runs.shared_files import base_of, group_stamp, grouped, of_part, parts
from gaba_core.runs.sidecar import read_steps
from gaba_core.runs.tailing.folder_scan import FolderScan, FoundLog, PassedBy, Stamp, find, stamp_of
from gaba_core.runs.tailing.log_status import AT_REST, Followed, follow

LONG = 0.6  # s: a log that takes longer to read again is not read again at every change
REST = 2.0  # but after so many times as long
ASKED = 2 * 2**20  # bytes of keys and paths of runs that were asked for
NO_RUN = "numbers without an epoch, a step, a weight or a loss"


class RunLibrary:
    """The runs under a folder. Safe to ask from several threads; only what lies inside can be asked for.

    Whatever goes wrong with one run is the error of that run, and hides no other.

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
        self._scan = FolderScan(self._folder)
        self._listed: dict[str, tuple[LibraryEntry, FoundLog]] = {}
        self._entries: tuple[LibraryEntry, ...] = ()
        self._passed: tuple[PassedBy, ...] = ()
        self._cached: LruCache[str, Followed] = LruCache(limit, keep, size=_bytes_of, keeps_newest=True)
        self._asked: LruCache[str, str] = LruCache(ASKED)
        self._due: LruCache[str, float] = LruCache(ASKED)
        self._groups: dict[str, EventGroup] = {}
        self._parts: dict[str, tuple[LibraryEntry, ...]] = {}

    def entries(self) -> tuple[LibraryEntry, ...]:
        """Return one entry a run, sorted by key; the very same tuple where nothing has changed.

        A run that never could be read is listed with its error, one that cannot be read now as it last was.
        What is no log, or called like none and cannot be read, is not listed but `passed_by`. A file that
        holds several runs has an entry for each, and event files that are one run have one.
        """
        with self._lock:
            found, passed = self._scan.look()
            logs, self._groups = grouped(found)
            stamps = {key: entry.stamp for key, (entry, _) in self._listed.items()}
            moving = any(entry.status not in AT_REST for entry in self._entries)
            if moving or stamps != {log.key: log.stamp for log in logs}:
                self._listed = {log.key: (self._entry(log), log) for log in logs}
                runs = [entry for entry, log in self._listed.values() if _is_run(entry, log)]
                retained = tuple(one for entry in runs for one in (entry, *self._parts.get(entry.key, ())))
                self._entries = self._entries if retained == self._entries else retained
            refused = [
                PassedBy(log.key, entry.error or NO_RUN)
                for entry, log in self._listed.values()
                if not _is_run(entry, log)
            ]
            self._passed = tuple(sorted([*passed, *refused], key=lambda one: one.name))
            return self._entries

    def listed(self) -> tuple[LibraryEntry, ...]:
        """Return the entries as they were last listed, without a look at the folder once it was listed."""
        with self._lock:
            return self._entries or self.entries()

    def passed_by(self) -> tuple[PassedBy, ...]:
        """Return what the folder holds beside runs, as `entries` last found it, sorted by name."""
        with self._lock:
            return self._passed

    def get(self, key: str) -> Run:
        """Return the run of an entry as its files stand now.

        Raises:
            ParameterError: no run of that key lies in the folder.
            LogFormatError: the run cannot be read.
        """
        found = self.follow(key)
        if found.stamp[0] is None:
            raise _no_run(key)
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
            own = base_of(key, self._listed) if isinstance(key, str) else key
            path = self._path(own)
            stamp = group_stamp(self._groups[own]) if own in self._groups else stamp_of(path)
            if stamp[0] is None and self._cached.get(own) is None:
                raise _no_run(key)
            if own not in self._asked:
                self._add_steps(own, path)
            self._remember(own, path)
            found = self._look(own, path, stamp)
            return found if own == key else of_part(found, own, key)

    def _look(self, key: str, path: str, stamp: Stamp) -> Followed:
        known, began = self._cached.get(key), self.clock()
        if known is not None and stamp != known.stamp and began < self._due.get(key, began):
            return known
        held = None if known is None else known.run
        found = follow(known, stamp, began, lambda: self._read(key, path, held))
        took = self.clock() - began
        if took > LONG and known is not None:
            self._due.put(key, began + REST * took)
        if found is not known:
            self._cached.put(key, found)
        return found

    def _read(self, key: str, path: str, before: Run | None) -> Run:
        """Return the run of a file; whatever goes wrong is its LogFormatError."""
        try:
            if key in self._groups:
                return read_group(self._groups[key], key, self._folder)
            return read_run_file(
                Path(path), key, with_steps=key in self._asked, before=before, root=self._folder
            )
        except GabaError:
            raise
        except Exception as error:
            raise LogFormatError(f"{shortened(key)} could not be read: {said_of(error)}.") from error

    def _add_steps(self, key: str, path: str) -> None:
        """Complete a run that so far was only listed."""
        known = self._cached.get(key)
        if known is None or known.run is None or os.path.basename(path) != LOG_FILE:
            return
        steps, notes = read_steps(Path(path).with_name(STEPS_FILE), len(known.run.tasks), self._folder)
        run = with_trace(known.run, steps, notes)
        self._cached.put(key, replace(known, run=run))

    def _entry(self, log: FoundLog) -> LibraryEntry:
        key = log.key
        listed = self._listed[key][0] if key in self._listed else None
        same = listed is not None and listed.stamp == log.stamp
        if listed is not None and same and (listed.status in AT_REST or self._cached.get(key) is None):
            return listed
        found = self._look(key, log.path, log.stamp)
        try:
            if found.run is not None:
                entry = entry_of(key, found.run, found.written, found.stamp)
                rest = [entry_of(one, run, found.written, found.stamp) for one, run in parts(key, found.run)]
                self._parts[key] = tuple(replace(one, status=found.status) for one in rest)
                return replace(entry, status=found.status)
            error = found.error
        except Exception as caught:  # what a run holds may break what lists it: that run's error
            error = f"{shortened(key)} could not be listed: {said_of(caught)}."
        return LibraryEntry(
            *(key, *path_labels(key)),
            error=error,
            modified=found.written,
            stamp=found.stamp,
            status=found.status,
        )

    def _remember(self, key: str, path: str) -> None:
        """Keep that a run was asked for, and where it lies: the last ones, so that no asker fills memory."""
        self._asked.put(key, path)

    def _path(self, key: str) -> str:
        """Return where the log of a key lies, or last lay: found in the listing, never made from the key."""
        if isinstance(key, str):
            listed = self._listed.get(key)
            known = self._asked.get(key) or (None if listed is None else listed[1].path)
            path = known if known and not os.path.isdir(known) else find(self._folder, key) or known
            if path is not None:
                return path
        raise _no_run(key)


def _bytes_of(followed: Followed) -> int:
    return size_of(followed.run, followed.pending)


def _no_run(key: object) -> ParameterError:
    return ParameterError(f"run must be one in the folder of logs; got {shortened(legible(repr(key)))}.")


def _is_run(entry: LibraryEntry, log: FoundLog) -> bool:
    """Whether a log is listed: by its name, or since it was read and holds what a run holds."""
    return log.by_name or (entry.epochs is not None and entry.is_log)
