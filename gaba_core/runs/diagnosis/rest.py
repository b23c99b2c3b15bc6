"""Whether one task's weight is at rest: what the records decide, and no more."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.diagnosis.level_shift import Step, step_of
from gaba_core.runs.diagnosis.oscillation import Swing, swing_of
from gaba_core.runs.diagnosis.swing_measure import measured
from gaba_core.runs.diagnosis.trend import Trend, returns_to_mean, trend_of

FEWEST = 5
SMALLEST_LEVEL = 0.02  # a weight below it is judged on this scale
SWINGS = 0.028  # of the level: a smaller swing is at rest
DRIFT, DRIFTS = 0.025, 1.6  # of the level, and limits of the trend
WORST = 0.12  # added to those limits for each doubling of the paths of which the worst counts
WORST_RETURNS = 0.3  # added to the limit of Dickey-Fuller's t likewise
SURELY = 0.55  # part of a change that comes late, where the stretch holds the approach to the tail
WANDERS = 0.12
RETURNS, FEW_RETURN = -2.3, 20.0  # Dickey-Fuller t of many records above which a path wanders; of few
RETURNED = -2.86  # below which one walk of 20 falls
STILL, BOUND, RANGE = 0.02, 0.05, 0.04
CALM = 8  # records that lie close together where a tail is shorter
STEP = 0.03
INDEPENDENT = 12  # records of a stretch that can show that it returns to its mean

ORDER = ("oscillating", "drifting", "moved", "unknown", "noisy", "converged")  # the worst first


@dataclass(frozen=True, slots=True, eq=False)
class Rest:
    """What the records say of one task's weight.

    Attributes:
        code: one of ORDER, or "few".
        mean: of the tail.
        sd: of the tail.
        tail: first record of the tail, or of the stretch that shows the drift.
        trend: of that stretch; None for too few records.
        swing: where the code is oscillating.
        step: where the weight moved.
        why: of a drift, or of what cannot be told: "trend", "wanders", "left" or "hidden".
    """

    code: str
    mean: float
    sd: float
    tail: int
    trend: Trend | None = None
    swing: Swing | None = None
    step: Step | None = None
    why: str = ""


def rest_of(values: FloatArray, rounding: float = 0.0, memory: float = 0.0, paths: int = 1) -> Rest:
    """Return whether a path is at rest.

    Args:
        values: (N,) weights without their warm-up.
        rounding: step in which they were rounded.
        memory: time constant of the average in records, where it is recorded; else 0.
        paths: how many independent ones are looked at for the worst, of which chance makes one look worse.
    """
    n = len(values)
    if n < FEWEST:
        mean = float(values.mean()) if n else float("nan")
        return Rest("few", mean, float(values.std()) if n else float("nan"), 0)
    begin = tail_of(values, rounding)
    tail = values[begin:]
    scale = max(abs(float(tail.mean())), SMALLEST_LEVEL)
    least = _fewest(memory)
    for stretch in (tail, values[n // 2 :], values):
        swing = swing_of(stretch, rounding)
        if swing is not None and swing.amplitude >= SWINGS * scale:
            return _rest("oscillating", tail, begin, swing=measured(stretch, swing))
    step = step_of(values, max(STEP * scale, 2.5 * rounding), rounding)
    if step is not None and step.end == n:
        return _rest("moved", values[step.arrived :], step.arrived, step=step)
    gone = _just_left(values, scale, rounding)
    if gone > 1:
        return _rest("drifting", tail, begin, why="left")
    if gone and rest_of(values[:-1], rounding, memory, paths).code not in ("drifting", "oscillating"):
        return _rest("unknown", tail, begin, trend_of(tail, rounding, least), why="left")
    doublings = math.log2(paths)
    drift = _drift(values, begin, scale, rounding, memory, doublings)
    if drift is not None:
        return drift
    trend = trend_of(tail, rounding, least)
    return _settled(values, begin, trend, scale, rounding, memory, least, doublings)


def tail_of(values: FloatArray, rounding: float) -> int:
    """Return where the tail begins: past the last record far from its level, and half as long again."""
    n = len(values)
    quarter = values[-max(FEWEST, math.ceil(n / 4)) :]
    middle = float(np.median(quarter))
    robust = 1.4826 * float(np.median(np.abs(quarter - middle)))
    width = max(4.0 * robust, 3.0 * float(quarter.std()), rounding, 1e-9)
    outside = np.flatnonzero(np.abs(values - middle) > width)
    last = int(outside[-1]) + 1 if outside.size else 0
    return min(last + last // 2, n - len(quarter))


def _just_left(values: FloatArray, scale: float, rounding: float) -> int:
    """Return how many of the last four records have left the level before them, all to one side."""
    n = len(values)
    if n < FEWEST + 4:
        return 0
    before = values[: n - 4]
    level = before[tail_of(before, rounding) :]
    middle = float(np.median(level))
    robust = 1.4826 * float(np.median(np.abs(level - middle)))
    far = max(6.0 * robust, 1.4 * float(np.abs(level - middle).max()), 0.03 * scale, 2.0 * rounding)
    off = values[-4:] - middle
    side = np.sign(off[-1])
    gone = 0
    for x in off[::-1]:
        if side * x <= far:
            break
        gone += 1
    return gone


def _drift(
    values: FloatArray, begin: int, scale: float, rounding: float, memory: float, doublings: float
) -> Rest | None:
    """Return a drift; "unknown" where noise leaves open whether a trend goes on; None where there is none."""
    n, doubt, least = len(values), None, _fewest(memory)
    limit = DRIFTS * (1.0 + WORST * doublings)
    for start in sorted({begin, n // 2, n // 4, 0}, reverse=True):
        part = values[start:]
        if len(part) < FEWEST:
            continue
        t = trend_of(part, rounding, least)
        far = abs(t.change) > max(DRIFT * scale, rounding) and t.lasts
        if far and (abs(t.change) > limit * t.limit * t.se or _is_monotone(part)):
            if start >= begin or t.onward >= SURELY:
                return _rest("drifting", part, start, t, why="trend")
            doubt = _rest("unknown", part, start, t, why="hidden")
    tail = values[begin:]
    if len(tail) >= INDEPENDENT and float(np.ptp(tail)) > WANDERS * scale:
        t = trend_of(tail, rounding, least)
        strays = returns_to_mean(tail) > RETURNS + WORST_RETURNS * doublings + FEW_RETURN / len(tail)
        if strays and not _is_average(tail, t, memory) and not _has_returned(values, begin):
            return _rest("drifting", tail, begin, t, why="wanders")
    return doubt if float(tail.std()) > STILL * scale else None


def _has_returned(values: FloatArray, begin: int) -> bool:
    """Whether a longer stretch, which holds the tail, returns to its mean."""
    longer = (values[start:] for start in (len(values) // 2, len(values) // 4) if start < begin)
    return any(returns_to_mean(part) < RETURNED for part in longer)


def _fewest(memory: float) -> float:
    """Return the correlation of neighbouring records of an average with this time constant; 0 for none."""
    return math.exp(-1.0 / memory) if memory > 0.0 else 0.0


def _is_average(part: FloatArray, t: Trend, memory: float) -> bool:
    """Whether a stretch holds twelve of its average's time constants and is correlated as that makes it."""
    n = len(part)
    seen = t.autocorrelation - 0.7 / math.sqrt(n)
    return memory > 0.0 and n >= 12.0 * memory and seen <= math.exp(-0.5 / memory)


def _is_monotone(values: FloatArray) -> bool:
    """Whether the means of eight equal parts go one way: by chance one path of 20,000 does."""
    n = len(values) // 8 * 8
    if not n:
        return False
    steps = np.diff(values[-n:].reshape(8, -1).mean(axis=1))
    return bool((steps > 0.0).all() or (steps < 0.0).all())


def _settled(
    values: FloatArray,
    begin: int,
    trend: Trend,
    scale: float,
    rounding: float,
    memory: float,
    least: float,
    doublings: float,
) -> Rest:
    tail = values[begin:]
    sd, spread = float(tail.std()), float(np.ptp(tail))
    if len(tail) < CALM:  # a few records lie close together by chance
        spread = max(spread, 0.5 * float(np.ptp(values[-CALM:])))
    still = sd <= max(STILL * scale, rounding) and trend.bound <= max(BOUND * scale, rounding)
    if still or spread <= max(RANGE * scale, rounding):
        return _rest("converged", tail, begin, trend)
    n = len(values)
    starts = sorted({begin, n // 4, n // 2, n - max(FEWEST, math.ceil(n / 4))})
    parts = [values[start:] for start in starts if n - start >= INDEPENDENT]
    trends = [trend_of(part, rounding, least) for part in parts]
    calm = (
        float(p.std()) <= STILL * scale and t.bound <= BOUND * scale
        for p, t in zip(parts, trends, strict=True)
    )
    stays = (_stays(part, t, memory, doublings) for part, t in zip(parts, trends, strict=True))
    for code, holds in (("converged", calm), ("noisy", stays)):
        for part, t, is_so in zip(parts, trends, holds, strict=True):
            if is_so:
                return _rest(code, part, n - len(part), t)
    return _rest("unknown", tail, begin, trend, why="hidden")


def _stays(part: FloatArray, t: Trend, memory: float, doublings: float) -> bool:
    """Whether a stretch has no trend and returns to its mean."""
    if abs(t.change) > 1.3 * (1.0 + WORST * doublings) * t.limit * t.se:
        return False
    return _is_average(part, t, memory) or (t.independent >= 5.0 and returns_to_mean(part) < -3.5)


def _rest(
    code: str,
    tail: FloatArray,
    begin: int,
    trend: Trend | None = None,
    swing: Swing | None = None,
    step: Step | None = None,
    why: str = "",
) -> Rest:
    return Rest(code, float(tail.mean()), float(tail.std()), begin, trend, swing, step, why)
