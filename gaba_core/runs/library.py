"""A folder of runs: what lies in it, read once and again only where a file changed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from gaba_core.abandoning import progress_to
from gaba_core.errors import GabaError, LogFormatError, ParameterError
from gaba_core.lru_cache import LruCache, size_of
from gaba_core.runs.folder_listing import FolderListing
from gaba_core.runs.last_epoch import with_trace
from gaba_core.runs.legible_names import legible, shortened
from gaba_core.runs.library_entry import LibraryEntry
from gaba_core.runs.reading import read_run_file
from gaba_core.runs.refusals import said_of
from gaba_core.runs.schema import LOG_FILE, STEPS_FILE, Run
from gaba_core.runs.several_runs import read_group
from gaba_core.runs.shared_files import base_of, group_stamp, of_part
from gaba_core.runs.sidecar import read_steps
from gaba_core.runs.tailing.folder_scan import FoundLog, PassedBy, Stamp, find, stamp_of
from gaba_core.runs.tailing.log_status import Followed, follow

LONG = 0.6  # s: a log that takes longer to read again is not read again at every change
REST = 2.0  # but after so many times as long
LONG_BYTES = 32 * 2**20  # of a log of whose reading there is something to say
ASKED = 2 * 2**20  # bytes of keys and paths of runs that were asked for


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the first reading of a long log has come.

    Attributes:
        done: 0 to 1; None where nobody has begun.
        size: bytes of the log.
    """

    done: float | None
    size: int


class RunLibrary:
    """The runs under a folder. Safe to ask from several threads; only what lies inside can be asked for.

    Whatever goes wrong with one run is the error of that run, and hides no other.

    Args:
        folder: searched at every depth.
        keep: how many runs stay in memory.
        limit: bytes that they may take; the run read last stays whatever it takes.
        clock: tells the time, s since 1970.
        at_once: s that one look at the folder may take; what it has no time to list, or to read, is left to
            the next one. None: every log is read at the first look.
        cache: folder where the lines of the list are kept for the next process; None: they are not.
    """

    def __init__(
        self,
        folder: Path | str,
        keep: int = 2048,
        limit: int = 256 * 2**20,
        clock: Callable[[], float] = time.time,
        at_once: float | None = None,
        cache: Path | str | None = None,
    ) -> None:
        self._folder = Path(folder)
        self.clock = clock
        self._lock = threading.RLock()
        self._cached: LruCache[str, Followed] = LruCache(limit, keep, size=_bytes_of, keeps_newest=True)
        self._asked: LruCache[str, str] = LruCache(ASKED)
        self._due: LruCache[str, float] = LruCache(ASKED)
        self._reading: dict[str, float] = {}
        self._listing = FolderListing(
            self._folder, self._read_log, lambda key: self._cached.get(key) is not None, clock, at_once, cache
        )

    def entries(self) -> tuple[LibraryEntry, ...]:
        """Return one entry a run, sorted by key; the very same tuple where nothing has changed.

        A run that never could be read is listed with its error, one that cannot be read now as it last was.
        What is no log, or called like none and cannot be read, is not listed but `passed_by`. A file that
        holds several runs has an entry for each, and event files that are one run have one.
        """
        with self._lock:
            return self._listing.look()

    def waiting(self) -> int:
        """Return how many logs of the folder are not listed yet; the next look goes on with them."""
        with self._lock:
            return self._listing.waiting

    def listed(self) -> tuple[LibraryEntry, ...]:
        """Return the entries as they were last listed, without a look at the folder once it was listed."""
        with self._lock:
            return self._listing.entries or self.entries()

    def passed_by(self) -> tuple[PassedBy, ...]:
        """Return what the folder holds beside runs, as `entries` last found it, sorted by name."""
        with self._lock:
            return self._listing.passed

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

    def reading(self, key: str) -> Reading | None:
        """Return how far a long log is that was not read yet; None where it was, or is short.

        Waits for nobody, and reads nothing.
        """
        listed = self._listing.listed.get(key) if isinstance(key, str) else None
        size = 0 if listed is None or listed[1].stamp[0] is None else listed[1].stamp[0][1]
        if size < LONG_BYTES or key in self._cached:
            return None
        return Reading(self._reading.get(key), size)

    def follow(self, key: str) -> Followed:
        """Return the run as it was last whole, and what became of its log; also where that was deleted.

        Raises:
            ParameterError: no run of that key lies in the folder, and none did.
        """
        with self._lock:
            own = base_of(key, self._listing.listed) if isinstance(key, str) else key
            path = self._path(own)
            groups = self._listing.groups
            stamp = group_stamp(groups[own]) if own in groups else stamp_of(path)
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
        self._come_as_far(key, 0.0)
        try:
            group = self._listing.groups.get(key)
            if group is not None:
                return read_group(group, key, self._folder)
            with progress_to(partial(self._come_as_far, key)):
                return read_run_file(
                    Path(path), key, with_steps=key in self._asked, before=before, root=self._folder
                )
        except GabaError:
            raise
        except Exception as error:
            raise LogFormatError(f"{shortened(key)} could not be read: {said_of(error)}.") from error
        finally:
            self._reading.pop(key, None)

    def _come_as_far(self, key: str, done: float) -> None:
        """Note how much of a log is read; what is begun again, to be read in another way, never goes back."""
        self._reading[key] = max(done, self._reading.get(key, 0.0))

    def _add_steps(self, key: str, path: str) -> None:
        """Complete a run that so far was only listed."""
        known = self._cached.get(key)
        if known is None or known.run is None or os.path.basename(path) != LOG_FILE:
            return
        steps, notes = read_steps(Path(path).with_name(STEPS_FILE), len(known.run.tasks), self._folder)
        run = with_trace(known.run, steps, notes)
        self._cached.put(key, replace(known, run=run))

    def _read_log(self, log: FoundLog, *, keep: bool) -> Followed:
        """Return what is known of a log that is listed."""
        if keep:
            return self._look(log.key, log.path, log.stamp)
        return follow(None, log.stamp, self.clock(), lambda: self._read(log.key, log.path, None))

    def _remember(self, key: str, path: str) -> None:
        """Keep that a run was asked for, and where it lies: the last ones, so that no asker fills memory."""
        self._asked.put(key, path)

    def _path(self, key: str) -> str:
        """Return where the log of a key lies, or last lay: found in the listing, never made from the key."""
        if isinstance(key, str):
            listed = self._listing.listed.get(key)
            known = self._asked.get(key) or (None if listed is None else listed[1].path)
            path = known if known and not os.path.isdir(known) else find(self._folder, key) or known
            if path is not None:
                return path
        raise _no_run(key)


def _bytes_of(followed: Followed) -> int:
    return size_of(followed.run, followed.pending)


def _no_run(key: object) -> ParameterError:
    return ParameterError(f"run must be one in the folder of logs; got {shortened(legible(repr(key)))}.")
