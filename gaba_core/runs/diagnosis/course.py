"""The course of an error over a run: where it was best, how it ended, and what of that is more than noise."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray

FEWEST = 5  # records that have a course
WINDOW = 5  # records of a median
NORMAL = 1.4826  # standard deviations in one median absolute deviation, for normal scatter
FEWEST_ALIKE = 40  # records that show whether neighbours are alike
MEDIAN_OF_5 = 0.536  # standard deviation of a median of five, in that of one value
MEDIAN = 1.2533  # of a longer one, times the root of its records
LEAST_RISE, LEAST_GAIN = 0.05, 0.01  # of the level: what is less is no change
SURE = 2.5  # standard errors
LAST, APART, LEAST_TURN = 3, 6.0, 0.1  # last records of a short log, times their range, and of the level


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """An error that is better when it is smaller, as it went.

    Where it is above 0 throughout, ratios are judged, so that a loss near 0 has a scale of its own; else
    differences, against the range that it moved in.

    Attributes:
        values: (N,) finite errors by ascending epoch, N >= 5.
        level: (N,) logarithms of the errors, or the errors themselves over their range.
        smooth: (N - 4,) medians of five records.
        noise: scatter of one record, in units of the level.
        unit: what counts as one hundred per cent in these units.
    """

    values: FloatArray
    level: FloatArray
    smooth: FloatArray
    noise: float
    unit: float

    @property
    def best(self) -> int:
        """Index in `smooth` of the best five records."""
        return int(self.smooth.argmin())

    @property
    def best_share(self) -> float:
        """How much of the run is over at its best five records, or at the best one of fewer than ten."""
        if self._is_short:
            return int(self.level.argmin()) / (len(self.level) - 1)
        return self.best / (len(self.smooth) - 1)

    @property
    def _is_short(self) -> bool:
        return len(self.level) < 2 * WINDOW

    @property
    def is_past_best(self) -> bool:
        """Whether the last five records lie above the best five by more than chance picks out.

        In fewer than ten records: whether the last three, near to each other, lie above the best one.
        """
        if self._is_short:
            least, last = float(self.level[:-LAST].min()), self.level[-LAST:]
            far = max(APART * float(np.ptp(last)), LEAST_TURN * self.unit)
            return float(last.min()) > least and float(np.median(last)) - least > far
        chance = MEDIAN_OF_5 * self.noise * (math.sqrt(2.0 * math.log(len(self.level))) + 2.0)
        return self.rise > max(chance, LEAST_RISE * self.unit)

    @property
    def rise(self) -> float:
        """How far the last five records lie above the best five."""
        return float(self.smooth[-1] - self.smooth[self.best])

    @property
    def is_improving(self) -> bool:
        """Whether the last records are still below those before them by more than noise."""
        half = max(2, len(self.level) // 8, min(WINDOW, len(self.level) // 2))
        before, after = self.level[-2 * half : -half], self.level[-half:]
        error = MEDIAN * self.noise * math.sqrt(2.0 / half)
        gain = float(np.median(before) - np.median(after))
        return gain > max(SURE * (1.0 + 4.0 / len(self.level)) * error, LEAST_GAIN * self.unit)

    @property
    def is_above_first(self) -> bool:
        """Whether the last five records lie above the first one, and no sign changed on the way."""
        changes_sign = bool((self.values < 0.0).any() and (self.values > 0.0).any())
        limit = max(3.0 * self.noise, LEAST_RISE * self.unit)
        return not changes_sign and float(self.smooth[-1] - max(self.level[0], self.smooth[0])) > limit

    def gained_since(self, share: float) -> bool:
        """Whether the last five records lie below those at a share of the run by more than noise."""
        if self._is_short:
            then = float(self.level[round(share * (len(self.level) - 1))])
            return then - float(np.median(self.level[-LAST:])) > LEAST_GAIN * self.unit
        at = min(len(self.smooth) - 1, round(share * (len(self.smooth) - 1)))
        limit = max(SURE * MEDIAN_OF_5 * self.noise * math.sqrt(2.0), LEAST_GAIN * self.unit)
        return float(self.smooth[at] - self.smooth[-1]) > limit


def course_of(values: FloatArray, higher_is_better: bool = False) -> Course | None:
    """Return the course of finite values by ascending epoch; None for fewer than FEWEST."""
    if len(values) < FEWEST:
        return None
    errors = -values if higher_is_better else values
    if not higher_is_better and bool((errors > 0.0).all()):
        level, unit = np.log(errors), 1.0
    else:
        level, unit = errors, _own_unit(errors)
    smooth = _medians(level, WINDOW)
    return Course(errors, level, smooth, _noise(level), unit)


def _own_unit(errors: FloatArray) -> float:
    """Return what differences are compared with: the best level, or the range where the sign changes."""
    low, high = float(errors.min()), float(errors.max())
    return high - low if low < 0.0 < high or low == 0.0 else abs(low)


def _medians(level: FloatArray, window: int) -> FloatArray:
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(level, window), axis=1))


def _noise(level: FloatArray) -> float:
    """Return the scatter of one record, as it acts on a median of five.

    It is read from how a record differs from the line through its neighbours: of the whole log, its last half
    or its last quarter, whichever scatters most. Where records are like their neighbours they scatter more
    about those five records away; what five of them have in common then counts.
    """
    near = _bends(level, 1)
    parts = [near, near[len(near) // 2 :], near[-max(WINDOW, len(near) // 4) :]]
    found = NORMAL * max(float(np.median(part)) for part in parts)
    late = level[-max(FEWEST_ALIKE, len(level) // 2) :]
    if len(late) < FEWEST_ALIKE:
        return found
    short, long = (NORMAL * float(np.median(_bends(late, lag))) for lag in (1, WINDOW))
    if long <= short:
        return found
    alike = 2.0 - math.sqrt(1.0 + 3.0 * (short / long) ** 2)
    common = 5.0 + 8.0 * alike + 6.0 * alike**2 + 4.0 * alike**3 + 2.0 * alike**4
    return max(found, long * math.sqrt(common / 5.0))


def _bends(level: FloatArray, lag: int) -> FloatArray:
    """Return how far records lie off the middle of those `lag` before and after, scaled to one's scatter."""
    return np.asarray(np.abs(level[2 * lag :] - 2.0 * level[lag:-lag] + level[: -2 * lag]) / math.sqrt(6.0))
