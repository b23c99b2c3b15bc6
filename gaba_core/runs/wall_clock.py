"""Records and steps of a run in seconds since its start."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gaba_core.runs.schema import Floats, Run
from gaba_core.runs.time_units import record_steps


def record_seconds(run: Run) -> Floats | None:
    """Return the seconds (E,) from the start of the run to each record; None where the log cannot tell.

    `seconds` of a record is the time of its epoch, as our logger writes it, or the time since the start:
    whichever agrees with the total that `run.json` holds. Without one, a column that only grows, and by
    about as much at each record as at the first, is time since the start.
    """
    seconds = run.metrics.get("seconds")
    if seconds is None or not bool(np.isfinite(seconds).all()) or bool((seconds < 0.0).any()):
        return None
    return seconds if _since_start(seconds, run) else np.cumsum(seconds)


def seconds_at(run: Run, steps: npt.ArrayLike) -> Floats | None:
    """Return when steps of a run were made, linear between its records; None where the log cannot tell."""
    seconds, ends = record_seconds(run), record_steps(run)
    if seconds is None or ends is None or not bool(np.isfinite(ends).all()):
        return None
    if ends[0] < 0.0 or bool((np.diff(ends) <= 0.0).any()):
        return None
    places = np.concatenate([[-1.0], ends])
    times = np.concatenate([[0.0], seconds])
    return np.asarray(np.interp(np.asarray(steps, dtype=np.float64), places, times), dtype=np.float64)


def _since_start(seconds: Floats, run: Run) -> bool:
    if seconds.size < 2:
        return False
    total = None if run.info is None else run.info.seconds
    if total is not None and np.isfinite(total):
        return bool(abs(seconds[-1] - total) < abs(seconds.sum() - total))
    growing = bool((np.diff(seconds) > 0.0).all())
    return seconds.size > 2 and growing and float(seconds[-1]) > 0.5 * seconds.size * float(seconds[0])
