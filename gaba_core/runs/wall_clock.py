"""Records and steps of a run in seconds since its start."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray
from gaba_core.runs.schema import Run
from gaba_core.runs.time_columns import ELAPSED_NAMES, unit_of
from gaba_core.runs.time_units import record_steps

CALENDAR = 1e8  # seconds since 1970 are more, seconds since the start of a run are less
_SCALES = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3))  # nanoseconds, microseconds, milliseconds since 1970


def record_seconds(run: Run) -> FloatArray | None:
    """Return the seconds (E,) from the start of the run to each record; None where the log cannot tell.

    The column that was read as time in seconds says it. Without one, `seconds` of a record is the time of its
    epoch, as our logger writes it, or the time since the start: whichever agrees with the total that
    `run.json` holds. Without that, a column that only grows, and by about as much at each record as at the
    first, is time since the start.
    """
    if run.unit == "second":
        return np.asarray(run.epochs, dtype=np.float64)
    mapped = _mapped(run)
    if mapped is not None:
        return mapped
    seconds = run.metrics.get("seconds")
    if seconds is None or not bool(np.isfinite(seconds).all()) or bool((seconds < 0.0).any()):
        return None
    return seconds if _since_start(seconds, run) else np.cumsum(seconds)


def since_start(column: FloatArray, name: str) -> FloatArray:
    """Return a clock's readings (R,) as seconds from the start of the run.

    Stamps of the calendar, in s, ms, us or ns by their size, count from the first of them; so does a wall
    time. Seconds since the start stay as they are, and go on from there where a restart sets them back. The
    unit that the name says holds for what is no such stamp.
    """
    largest = float(np.max(np.abs(column))) if column.size else 0.0
    bare, unit = unit_of(name)
    seconds = column * next((scale for least, scale in _SCALES if largest >= least), unit)
    elapsed = bare in ELAPSED_NAMES and float(np.max(np.abs(seconds), initial=0.0)) < CALENDAR
    found = seconds if elapsed else seconds - seconds[0]
    if elapsed:
        before = np.where(np.diff(found) < 0.0, found[:-1], 0.0)
        found = found + np.concatenate([[0.0], np.cumsum(before)])
    return np.asarray(found + 0.0, dtype=np.float64)


def seconds_at(run: Run, steps: npt.ArrayLike) -> FloatArray | None:
    """Return when steps of a run were made, linear between its records; None where the log cannot tell."""
    seconds, ends = record_seconds(run), record_steps(run)
    if seconds is None or ends is None or not bool(np.isfinite(ends).all()):
        return None
    if ends[0] < 0.0 or bool((np.diff(ends) <= 0.0).any()):
        return None
    places = np.concatenate([[-1.0], ends])
    times = np.concatenate([[0.0], seconds])
    return np.asarray(np.interp(np.asarray(steps, dtype=np.float64), places, times), dtype=np.float64)


def _mapped(run: Run) -> FloatArray | None:
    """Return the readings of the column with the role of time, in every record; None where there is none."""
    clocks = () if run.reading is None else run.reading.mapping.clocks
    column = next((run.metrics[name] for name in clocks if name in run.metrics), None)
    if column is None:
        return None
    known = np.flatnonzero(np.isfinite(column))
    if not known.size:
        return None
    at = known[np.maximum(np.searchsorted(known, np.arange(column.size), side="right") - 1, 0)]
    return since_start(column[at], next(name for name in clocks if name in run.metrics))


def _since_start(seconds: FloatArray, run: Run) -> bool:
    if seconds.size < 2:
        return False
    total = None if run.info is None else run.info.seconds
    if total is not None and np.isfinite(total):
        return bool(abs(seconds[-1] - total) < abs(seconds.sum() - total))
    growing = bool((np.diff(seconds) > 0.0).all())
    return seconds.size > 2 and growing and float(seconds[-1]) > 0.5 * seconds.size * float(seconds[0])
