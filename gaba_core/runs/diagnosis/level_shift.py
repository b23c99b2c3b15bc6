"""Steps: a path that left one level for another, told from a healthy transient."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.diagnosis.trend import trend_of
from gaba_core.runs.schema import Bools, Integers

FEWEST = 5  # records of a plateau
NEAR = 0.25  # of the jump: as far as a plateau may scatter or drift
USUAL = 12.0  # times what else happens in the path: the smallest jump
SCATTER = 4.0  # standard deviations of either plateau: the smallest jump
CANDIDATES = 4  # largest changes that are looked at, of each width


@dataclass(frozen=True, slots=True)
class Step:
    """A step between two plateaus.

    Attributes:
        left: first record after the first plateau.
        arrived: first record of the second plateau.
        before: level of the first plateau.
        after: level of the second.
        end: first record after the second plateau, or the number of records.
        start: first record of the first plateau.
    """

    start: int
    left: int
    arrived: int
    end: int
    before: float
    after: float

    @property
    def jump(self) -> float:
        """Size of the step."""
        return self.after - self.before


def step_of(
    values: FloatArray, least: float = 0.0, rounding: float = 0.0, strictness: float = 1.0
) -> Step | None:
    """Return the last step of a path (N,); None where there is none.

    Args:
        values: without the warm-up.
        least: smallest jump that counts.
        rounding: step in which the values were rounded.
        strictness: factor on the scatter, above 1 for what falls or rises by itself.
    """
    n = len(values)
    if n < 2 * FEWEST + 1 or float(np.ptp(values)) <= least:
        return None
    sums = np.concatenate([[0.0], np.cumsum(values)])
    found: Step | None = None
    seen: set[tuple[int, int]] = set()
    for width in _widths(n):
        means = (sums[width:] - sums[:-width]) / width
        gaps = means[width:] - means[:-width]
        sizes = np.abs(gaps)
        for at in _peaks(sizes, width, least * 0.7):
            usual = max(least, USUAL * _usual(sizes, at, width))
            if sizes[at] <= 0.7 * usual:
                continue
            step = _plateaus(values, at + width, float(means[at]), float(means[at + width]))
            if step is None or (step.left, step.arrived) in seen:
                continue
            seen.add((step.left, step.arrived))
            for each in (step, _arrived(values, step)):
                later = found is None or each.arrived > found.arrived
                if later and abs(each.jump) > usual and _is_step(values, each, rounding, strictness):
                    found = each
                    break
    return None if found is None else _departed(values, found)


def _usual(sizes: FloatArray, at: int, width: int) -> float:
    """Return what neighbouring windows usually differ by.

    Where most of them hold a part of the change at `at`, as in a short path, the others alone count.
    """
    apart = np.abs(np.arange(len(sizes)) - at) >= width
    some = sizes[apart] if 2 * int(apart.sum()) < len(sizes) and int(apart.sum()) >= 2 else sizes
    return float(np.quantile(some, 0.25))


def _arrived(values: FloatArray, step: Step) -> Step:
    """Return the step with the approach to its second plateau counted as the way there.

    An average comes within a quarter of the jump long before it has arrived.
    """
    second = values[step.arrived : step.end]
    late = second[len(second) // 2 :]
    level = float(np.median(late))
    width = max(4.45 * float(np.median(np.abs(late - level))), 0.05 * abs(step.jump))
    near = np.flatnonzero(np.abs(second - level) <= width)
    later = min(int(near[0]) if near.size else 0, max(0, len(second) - FEWEST))
    after = float(np.median(second[later:]))
    return Step(step.start, step.left, step.arrived + later, step.end, step.before, after)


def _departed(values: FloatArray, step: Step) -> Step:
    """Return the step with its last records near the first plateau that have left it counted as the way.

    An average has left its level long before it is a quarter of the jump away.
    """
    first = values[step.start : step.left] - step.before
    width = max(4.45 * float(np.median(np.abs(first))), 0.05 * abs(step.jump))
    gone = first * np.sign(step.jump) > width
    stays = np.flatnonzero(~gone)
    left = step.start + max(int(stays[-1]) + 1 if stays.size else 0, FEWEST)
    return Step(step.start, min(left, step.left), step.arrived, step.end, step.before, step.after)


def _widths(n: int) -> list[int]:
    widths = [FEWEST]
    while widths[-1] * 2 <= n // 4:
        widths.append(widths[-1] * 2)
    return widths


def _peaks(sizes: FloatArray, width: int, least: float) -> list[int]:
    """Return where the largest differences between neighbouring windows lie, apart from each other."""
    left = sizes.copy()
    peaks: list[int] = []
    while len(peaks) < CANDIDATES:
        at = int(left.argmax())
        if left[at] <= least or left[at] <= 0.0:
            break
        peaks.append(at)
        left[max(0, at - width) : at + width + 1] = 0.0
    return peaks


def _plateaus(values: FloatArray, at: int, before: float, after: float) -> Step | None:
    """Return the plateaus around a change, as far as they reach on both sides."""
    step: Step | None = None
    for _ in range(3):
        near = 1.2 * NEAR * abs(after - before)
        if near <= 0.0:
            return None
        first = _held(np.abs(values[:at] - before) <= near)
        second = _held(np.abs(values[at:] - after) <= near)
        starts, begins = _runs(first), _runs(second)
        if not starts.size or not begins.size:
            return None
        left, arrived = int(starts[-1]) + FEWEST, at + int(begins[0])
        back, away = np.flatnonzero(~first[:left]), np.flatnonzero(~second[arrived - at :])
        start = int(back[-1]) + 1 if back.size else 0
        end = arrived + int(away[0]) if away.size else len(values)
        before, after = float(np.median(values[start:left])), float(np.median(values[arrived:end]))
        step = Step(start, left, arrived, end, before, after)
        at = (left + arrived) // 2
    return step


def _held(inside: Bools) -> Bools:
    """Return where most of the five records around are inside: a few that are not end no plateau."""
    if len(inside) < FEWEST:
        return inside
    padded = np.concatenate([inside[:2], inside, inside[-2:]]).astype(np.int64)
    sums = np.cumsum(np.concatenate([[0], padded]))
    return np.asarray(sums[FEWEST:] - sums[:-FEWEST] >= 3)


def _runs(holds: Bools) -> Integers:
    """Return where FEWEST records in a row begin that hold."""
    if len(holds) < FEWEST:
        return np.empty(0, dtype=np.int64)
    sums = np.cumsum(np.concatenate([[0], holds.astype(np.int64)]))
    return np.flatnonzero(sums[FEWEST:] - sums[:-FEWEST] == FEWEST)


def _is_step(values: FloatArray, step: Step, rounding: float, strictness: float) -> bool:
    first, second = values[step.start : step.left], values[step.arrived : step.end]
    if len(first) < 2 * (step.arrived - step.left):
        return False
    jump = abs(step.jump)
    trends = [trend_of(first, rounding), trend_of(second, rounding)]
    near = len(first) // 2
    if abs(trends[0].change) > NEAR * jump and near >= max(FEWEST, 2 * (step.arrived - step.left)):
        trends[0] = trend_of(first[-near:], rounding)  # its beginning may still be an approach
    if any(abs(t.change) > NEAR * jump or t.sd * SCATTER * strictness > jump for t in trends):
        return False
    errors = sum((t.sd**2 / max(t.independent, 1.0)) for t in trends)
    return jump > (3.0 + math.sqrt(2.0 * math.log(len(values)))) * math.sqrt(errors)
