"""Where a log begins: at 1/K or elsewhere, and which record is the first that has left that level."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.fitting.estimate import student
from gaba_core.runs.fitting.path import Path
from gaba_core.runs.fitting.rounding import UNIFORM
from gaba_core.runs.schema import Bools
from gaba_core.thresholds import ROUNDING

SURE = 20.0  # gain in deviance from which the first records are a level and no part of the way
FEWEST = 4  # pairs of records on the way
MOST = 120  # records that are looked at for such a level; of more every n-th
TRANSIENT = 0.01  # of the first gap: what is nearer has arrived
NOISE = 4.0  # standard deviations of the settled state that do not count as a gap
SHORTEST = 60  # records that are always fitted
CLEAR = (
    2.5  # half-widths by which the way back to 1/K must lie before the log, so that it did not begin there
)
SURELY = 1.5  # half-widths by which a level of noisy records may differ from 1/K and be it


@dataclass(frozen=True, slots=True)
class Onset:
    """Where the average of a log begins to move.

    Attributes:
        begin: first record that moved.
        level: before it, 1/K unless the records show another.
        error: standard error of that level.
    """

    begin: int
    level: float
    error: float = 0.0


def onset_of(path: Path) -> Onset | None:
    """Return the onset; None where no record ever leaves 1/K."""
    away = np.abs(path.values - path.start)
    still = away <= np.maximum(ROUNDING, 0.5001 * path.rounding)
    still |= (path.values == path.values[0]) & (away <= path.rounding)  # some cut digits off
    moved = np.flatnonzero(~still)
    if not moved.size:
        return None
    first = int(moved[0])
    return Onset(first, path.start) if first else _held(path) or Onset(0, path.start)


def window_of(values: FloatArray) -> int:
    """Return how many records to fit: the transient and three times as many of the plateau behind it.

    A longer plateau tells nothing more of the time constant, but its rounding and the slow drift of a real
    target would come to outweigh the transient.
    """
    tail = values[-max(1, len(values) // 4) :]
    level = float(np.median(tail))
    near = max(TRANSIENT * abs(float(values[0]) - level), NOISE * float(np.median(np.abs(tail - level))))
    arrived = np.flatnonzero(np.abs(values - level) <= near)
    transient = int(arrived[0]) if arrived.size else len(values)
    return min(len(values), max(SHORTEST, 4 * transient))


def _held(path: Path) -> Onset | None:
    """Return the onset behind first records that stand at one level; None where they are on the way."""
    every = 1 + window_of(path.values) // MOST
    begin = _longest_rest(path, 0, every)
    if begin is None:
        return None
    if every > 1:
        near = max(0, begin - 2 * every)
        begin = _longest_rest(path, near, 1) or begin
    level = path.values[:begin]
    error = max(float(level.std(ddof=1)), UNIFORM * float(path.rounding[0])) / math.sqrt(begin)
    is_equal = abs(float(level.mean()) - path.start) <= SURELY * student(begin - 1) * error
    return Onset(begin, path.start if is_equal else float(level.mean()), error)


def _longest_rest(path: Path, first: int, every: int) -> int | None:
    """Return the record at which a rest at one level most likely ends; None where there is none.

    An average moves fastest at first. So the records are predicted each from the one before, once all of
    them and once with so many at rest, and the likelier counts.
    """
    records = slice(first, first + MOST * every, every)
    values, apart = path.values[records], np.diff(path.times[records])
    if len(values) <= FEWEST:
        return None
    usual = np.abs(apart - np.median(apart)) <= 0.01 * np.median(apart)
    least = len(values) * (UNIFORM * float(np.median(path.rounding[records]))) ** 2 + 1e-24
    whole, best, found = _misfit(values, usual, 0), SURE, None
    for begin in range(2, len(values) - FEWEST):
        rest = _misfit(values, usual, begin)
        if rest is None or whole is None:
            break
        level = values[:begin]
        rest += float(((level - level.mean()) ** 2).sum())
        gain = len(values) * math.log((whole + least) / (rest + least))
        if gain > best:
            best, found = gain, first + begin * every
    return found


def _misfit(values: FloatArray, usual: Bools, begin: int) -> float | None:
    """Return the sum of squared errors of predicting each record from the one before, from `begin` on."""
    before, after = values[begin:-1][usual[begin:]], values[begin + 1 :][usual[begin:]]
    if len(after) < FEWEST:
        return None
    away, off = before - before.mean(), after - after.mean()
    power = float(away @ away)
    if power <= 0.0:
        return None
    decay = min(max(float(away @ off) / power, 0.0), 1.0)
    return float(((off - decay * away) ** 2).sum())
