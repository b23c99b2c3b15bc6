"""The list of a folder's runs, made in pieces: a look takes the time it may, and the next one goes on.

What another process listed before is taken from an index; a run that has ended has a quick line first,
and its log is read when every run is listed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from gaba_core.runs.entry_index import EntryIndex
from gaba_core.runs.event_groups import EventGroup
from gaba_core.runs.legible_names import shortened
from gaba_core.runs.library_entry import LibraryEntry, entry_of
from gaba_core.runs.path_labels import path_labels
from gaba_core.runs.quick_entry import quick_entry
from gaba_core.runs.refusals import said_of
from gaba_core.runs.shared_files import grouped, parts
from gaba_core.runs.tailing.folder_scan import FolderScan, FoundLog, PassedBy
from gaba_core.runs.tailing.log_status import AT_REST, Followed

NO_RUN = "numbers without an epoch, a step, a weight or a loss"
LARGE = 0.05  # s of CPU: a folder that takes longer to walk through is not walked through at every look
RARELY = 30.0  # but after so many times as long
CALM = 5.0  # s between two lists of which only what is said of some run differs
SAVED = 30.0  # s between two savings of the index


class Reader(Protocol):
    """How the log of a run is read."""

    def __call__(self, log: FoundLog, *, keep: bool) -> Followed:
        """Return what is known of a log; `keep` leaves its run in memory."""


class FolderListing:
    """Not safe to ask from two threads at once.

    Args:
        folder: searched at every depth.
        read: reads the log of a run.
        in_memory: whether the run of a key is held, and so can age.
        clock: tells the time, s since 1970.
        at_once: s that a look may take; None: every log is read.
        cache: folder of the index; None: there is none.

    Attributes:
        listed: line and log of each file, by key.
        entries: one line a run, sorted by key; the very same tuple where nothing has changed.
        passed: what the folder holds beside runs, sorted by name.
        waiting: how many logs are not listed yet.
        groups: event files that are one run, by key.
    """

    def __init__(
        self,
        folder: Path,
        read: Reader,
        in_memory: Callable[[str], bool],
        clock: Callable[[], float],
        at_once: float | None,
        cache: Path | str | None,
    ) -> None:
        self._folder, self._read, self._in_memory, self._clock = folder, read, in_memory, clock
        self._at_once = at_once
        self._index = None if cache is None else EntryIndex(folder, cache)
        self._scan = FolderScan(folder)
        self._logs: list[FoundLog] = []
        self._unlisted: list[PassedBy] = []
        self._parts: dict[str, tuple[LibraryEntry, ...]] = {}
        self._walk_due = self._published = self._saved = 0.0
        self._unsaved = self._was_whole = False
        self.listed: dict[str, tuple[LibraryEntry, FoundLog]] = {}
        self.entries: tuple[LibraryEntry, ...] = ()
        self.passed: tuple[PassedBy, ...] = ()
        self.waiting = 0
        self.groups: dict[str, EventGroup] = {}

    def look(self) -> tuple[LibraryEntry, ...]:
        """Look at the folder, go on with the list where it is not whole, and return it."""
        self._walk()
        if not self._is_current():
            self._go_on()
        if self._unsaved and self._index is not None and self._is_worth_saving():
            self._save(self._index)
        return self.entries

    def _is_worth_saving(self) -> bool:
        """Whether the list has just become whole, or was not saved for long."""
        became, self._was_whole = self._is_whole and not self._was_whole, self._is_whole
        return became or self._clock() - self._saved > SAVED

    @property
    def _is_whole(self) -> bool:
        return not self.waiting and all(entry.is_read for entry, _ in self.listed.values())

    def _go_on(self) -> None:
        if self._index is not None:
            self._index.load()
        allowance = _Allowance(self._at_once)
        lines = {log.key: (self._line(log, allowance), log) for log in self._logs}
        self.listed = {key: (line, log) for key, (line, log) in lines.items() if line is not None}
        self.waiting = len(lines) - len(self.listed)
        if not self.waiting:
            self._complete(allowance)
        self._publish()

    def _walk(self) -> None:
        now = self._clock()
        if self._at_once is not None and now < self._walk_due:
            return
        began = time.thread_time()
        found, self._unlisted = self._scan.look()
        self._logs, self.groups = grouped(found)
        took = time.thread_time() - began
        self._walk_due = now + (RARELY * took if took > LARGE else 0.0)

    def _is_current(self) -> bool:
        if not self._is_whole or any(entry.status not in AT_REST for entry in self.entries):
            return False
        same = {key: entry.stamp for key, (entry, _) in self.listed.items()} == {
            log.key: log.stamp for log in self._logs
        }
        if same:
            self._say_what_passed()
        return same

    def _line(self, log: FoundLog, allowance: _Allowance) -> LibraryEntry | None:
        """Return the line of a log; None where it has none yet and the time is over."""
        line = self.listed[log.key][0] if log.key in self.listed else None
        at_rest = line is not None and (line.status in AT_REST or not self._in_memory(log.key))
        is_current = line is not None and line.stamp == log.stamp and at_rest
        if line is not None and is_current and line.is_read:
            return line
        known = None if self._index is None else self._index.get(log.key, log.stamp)
        if known is not None:
            self._parts[log.key] = known[1:]
            return known[0]
        if is_current:
            return line
        if line is not None and line.stamp == log.stamp:
            return self._read_line(log, keep=True)  # only its age is another one
        if not allowance.take():
            return line
        if line is None and self._at_once is not None:
            line = quick_entry(log, self._clock(), self._folder)
            if line is not None:
                return line
        return self._read_line(log, keep=True)

    def _complete(self, allowance: _Allowance) -> None:
        """Read the logs of which there are only quick lines, as many as there is time for.

        Of several processes one does, and the others find its lines in the index.
        """
        if self._is_whole or (self._index is not None and not self._index.lead()):
            return
        for key, (entry, log) in self.listed.items():
            if not entry.is_read:
                if not allowance.take():
                    return
                self.listed[key] = self._read_line(log, keep=False), log

    def _read_line(self, log: FoundLog, *, keep: bool) -> LibraryEntry:
        key = log.key
        found = self._read(log, keep=keep)
        try:
            if found.run is not None:
                line = entry_of(key, found.run, found.written, found.stamp)
                rest = [entry_of(one, run, found.written, found.stamp) for one, run in parts(key, found.run)]
                self._parts[key] = tuple(replace(one, status=found.status) for one in rest)
                self._unsaved |= found.status in AT_REST
                return replace(line, status=found.status)
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

    def _publish(self) -> None:
        """Make the list of what is known; while it becomes whole not at every look, as it is sent as one."""
        now, count = self._clock(), len(self.listed)
        growing = self.waiting and count < 2 * len(self.entries)
        completing = not self.waiting and not self._is_whole and count <= len(self.entries)
        if (growing or completing) and now - self._published < CALM:
            return
        self._published = now
        runs = [entry for entry, log in self.listed.values() if _is_run(entry, log)]
        retained = tuple(one for entry in runs for one in (entry, *self._parts.get(entry.key, ())))
        self.entries = self.entries if retained == self.entries else retained
        self._say_what_passed()

    def _save(self, index: EntryIndex) -> None:
        self._saved, self._unsaved = self._clock(), False
        if self._is_whole:
            index.resign()
        index.save(
            {
                key: (entry, *self._parts.get(key, ()))
                for key, (entry, _) in self.listed.items()
                if entry.is_read and entry.error is None and entry.status in AT_REST
            }
        )

    def _say_what_passed(self) -> None:
        refused = [
            PassedBy(log.key, entry.error or NO_RUN)
            for entry, log in self.listed.values()
            if not _is_run(entry, log)
        ]
        self.passed = tuple(sorted([*self._unlisted, *refused], key=lambda one: one.name))


class _Allowance:
    """Time for some of a number of things, and always for one."""

    def __init__(self, seconds: float | None) -> None:
        self._end = None if seconds is None else time.monotonic() + seconds
        self._taken = 0

    def take(self) -> bool:
        """Return whether there is time for one more."""
        self._taken += 1
        return self._end is None or self._taken == 1 or time.monotonic() < self._end


def _is_run(entry: LibraryEntry, log: FoundLog) -> bool:
    """Whether a log is listed: by its name, or since it was read and holds what a run holds."""
    return log.by_name or (entry.epochs is not None and entry.is_log)
