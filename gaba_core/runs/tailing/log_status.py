"""A log that may still be written: what it last held whole, and what became of it since, in words.

Nothing here reads a clock or a file: the time, the stamp and the way to read are passed in.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from gaba_core.errors import LogFormatError
from gaba_core.runs.schema import Run
from gaba_core.runs.tailing.folder_scan import Stamp

Status = Literal["complete", "growing", "quiet", "torn", "truncated", "deleted", "returned"]

PLAIN: tuple[Status, ...] = ("complete", "growing", "quiet")  # a log as it should be
AT_REST: tuple[Status, ...] = ("complete", "quiet")  # what time alone does not change

SETTLED = (
    2.0  # s: a log that holds less than before, or nothing, for so long is no longer taken for half written
)
NOTICE_S = 10.0  # s: so long it is said that a log was cut or came back
FRESH = 30.0  # s: a log without a run.json that was written so recently is taken for growing
PATIENCE = 5.0  # epochs: an unfinished run without news for longer than that is quiet
LEAST_PATIENCE = 60.0  # s


@dataclass(frozen=True, slots=True)
class Held:
    """What a log last held whole, in figures: how many records, and the last of their epochs."""

    records: int
    last: float

    @classmethod
    def of(cls, run: Run) -> Held:
        """Return the figures of a run."""
        return cls(len(run.epochs), float(run.epochs[-1]))


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """What is known of one log at a look.

    Attributes:
        stamp: of the files at that look.
        content: stamp of what `run` was read from.
        run: what the log last held whole; None where it never did.
        status: growing and quiet are both unfinished; quiet has had no news for long.
        sentence: the status in words; empty where there is nothing to say.
        since: when the status began, s.
        error: why the log cannot be read now; None where it can, or where it is gone.
        pending: what it holds now, where that is less than before and may be half written.
        reported: what another process reported of it, where this one has not seen so itself.
    """

    stamp: Stamp
    content: Stamp
    run: Run | None
    status: Status
    sentence: str
    since: float
    error: str | None = None
    pending: Run | None = None
    reported: Held | None = None

    @property
    def held(self) -> Held | None:
        """What the log last held whole; None where it never did."""
        return self.reported if self.run is None else Held.of(self.run)

    @property
    def written(self) -> float:
        """When the log was last written, seconds since 1970; 0 where it is gone."""
        return 0.0 if self.stamp[0] is None else self.stamp[0][0] / 1e9

    @property
    def is_whole(self) -> bool:
        """Whether `run` is what the log holds now."""
        return self.status in ("complete", "growing", "quiet", "returned", "truncated") and self.error is None


def follow(before: Followed | None, stamp: Stamp, now: float, read: Callable[[], Run]) -> Followed:
    """Return what is known at this look; `read` is called only where the stamp is another one.

    Args:
        before: what the look before found; None at the first.
        stamp: of the files now.
        now: s, seconds since 1970.
        read: reads the run.
    """
    if before is not None and stamp == before.stamp:
        return _aged(before, now)
    if stamp[0] is None:
        return _gone(before, stamp, now)
    try:
        run = read()
    except LogFormatError as error:
        return _torn(before, stamp, now, str(error))
    return _read(before, stamp, now, run)


def reported_again(reported: Followed | None, found: Followed, now: float) -> Followed:
    """Return the status of a log for a reader to whom another process may have reported an earlier one.

    Args:
        reported: the last status that the reader has; its `run` is None, and `reported` says what was held.
        found: what this process knows at this look.
        now: s, seconds since 1970.
    """

    def read() -> Run:
        run = found.run if found.pending is None else found.pending
        if found.error is not None or run is None:
            raise LogFormatError(found.error or found.sentence)
        return run

    if reported is None or reported.held is None:
        return found
    seen = follow(reported, found.stamp, now, read)
    return found if seen.status in PLAIN and found.status in PLAIN else seen


def _gone(before: Followed | None, stamp: Stamp, now: float) -> Followed:
    if before is not None and before.status == "deleted":
        return replace(before, stamp=stamp)
    run, content, held = _last(before)
    words = f"The log was deleted{_shown_as_of(held)}."
    return Followed(stamp, content, run, "deleted", words, now, reported=held)


def _torn(before: Followed | None, stamp: Stamp, now: float, error: str) -> Followed:
    run, content, held = _last(before)
    unread = before is not None and (before.error is not None or before.pending is not None)
    since = before.since if before is not None and unread else now
    words = f"File is mid-write{_shown_as_of(held)}."
    return _aged(Followed(stamp, content, run, "torn", words, since, error, reported=held), now)


def _read(before: Followed | None, stamp: Stamp, now: float, run: Run) -> Followed:
    if before is None or before.held is None:
        return _live(stamp, run, now)
    held, holds = before.held, len(run.epochs)
    if before.status == "deleted":
        return Followed(stamp, stamp, run, "returned", f"The log came back, with {_records(holds)}.", now)
    if holds < held.records:
        since = before.since if before.status == "torn" else now
        words = f"Being written again{_shown_as_of(held)}."
        torn = Followed(stamp, before.content, before.run, "torn", words, since, pending=run, reported=held)
        return _aged(torn, now)
    if before.status in ("truncated", "returned") and now - before.since < NOTICE_S and before.error is None:
        return replace(before, stamp=stamp, content=stamp, run=run)
    return _live(stamp, run, now, changed=True)


def _aged(known: Followed, now: float) -> Followed:
    """What time alone changes: a log that stays short was cut, news grow old."""
    passed = now - known.since
    if known.pending is not None:
        if passed < SETTLED or known.held is None:
            return known
        words = f"The log was cut from {_records(known.held.records)} to {len(known.pending.epochs)}."
        return Followed(known.stamp, known.stamp, known.pending, "truncated", words, now)
    if known.error is not None:
        if passed < SETTLED or known.held is None:
            return known
        if known.stamp[0] is not None and known.stamp[0][1] == 0:
            return replace(
                known, status="truncated", sentence=f"The log was emptied{_shown_as_of(known.held)}."
            )
        return replace(known, sentence=f"The log cannot be read{_shown_as_of(known.held)}. {known.error}")
    if known.status == "deleted" or known.run is None:
        return known
    if known.status in ("truncated", "returned") and passed < NOTICE_S:
        return known
    fresh = _live(known.stamp, known.run, now)
    return known if fresh.status == known.status else fresh


def _live(stamp: Stamp, run: Run, now: float, *, changed: bool = False) -> Followed:
    """A log that can be read: finished, or growing, or without news for long."""
    log = stamp[0]
    age = 0.0 if changed or log is None else now - log[0] / 1e9
    info = run.info
    if info is not None and (info.finished or info.stopped):
        return Followed(stamp, stamp, run, "complete", "", now)
    if info is not None and info.started:
        if age <= _patience(run):
            return Followed(stamp, stamp, run, "growing", "", now)
        words = "Not marked as finished, and nothing new for long: it was stopped, or an epoch takes longer."
        return Followed(stamp, stamp, run, "quiet", words, now)
    return Followed(stamp, stamp, run, "growing" if age <= FRESH else "complete", "", now)


def _patience(run: Run) -> float:
    """Seconds without news after which an unfinished run is quiet: several of its epochs."""
    seconds = run.metrics.get("seconds")
    known = None if seconds is None else seconds[np.isfinite(seconds)]
    return (
        max(LEAST_PATIENCE, PATIENCE * float(np.median(known))) if known is not None and known.size else 600.0
    )


def _last(before: Followed | None) -> tuple[Run | None, Stamp, Held | None]:
    return (None, (), None) if before is None else (before.run, before.content, before.held)


def _shown_as_of(held: Held | None) -> str:
    return "" if held is None else f"; showing epoch {held.last:.12g}"


def _records(count: int) -> str:
    return f"{count} record{'' if count == 1 else 's'}"
