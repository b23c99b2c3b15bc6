"""Straight lines through noise that remembers: how far a path went, and how sure that is."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray

FEWEST = 5
LASTS = 0.42  # of the change in the last three quarters: less is an approach that has come to its end
LARGEST = 0.999  # autocorrelation beyond which a path has no independent values left


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through a stretch of a path.

    Attributes:
        change: from its first to its last record, on the line.
        se: standard error of the change, for noise that remembers.
        limit: standard errors from which a change is more than chance; larger where few values are
            independent.
        onward: part of the change that the last three quarters make: .75 for a line, less where it settles.
        sd: of the scatter about a parabola, for curvature is no noise.
        autocorrelation: of that scatter at lag one, corrected upwards for its own bias and error.
        independent: how many independent values the stretch is worth.
    """

    change: float
    se: float
    limit: float
    onward: float
    sd: float
    autocorrelation: float
    independent: float

    @property
    def lasts(self) -> bool:
        """Whether the change goes on to the end."""
        return self.onward >= LASTS

    @property
    def bound(self) -> float:
        """The change that could still be hidden."""
        return abs(self.change) + self.limit * self.se


def trend_of(values: FloatArray, rounding: float = 0.0, least: float = 0.0) -> Trend:
    """Return the trend of a stretch of a path.

    Args:
        values: (N,) of at least FEWEST.
        rounding: step in which the values were rounded.
        least: autocorrelation that the noise has at least, where a time constant is recorded.
    """
    n = len(values)
    time = np.linspace(-0.5, 0.5, n)
    power = float(time @ time)
    curve = time * time - power / n
    off = values - values.mean()
    change = float(time @ off) / power
    rest = off - change * time - (float(curve @ off) / float(curve @ curve)) * curve
    square = float(rest @ rest)
    sd = max(math.sqrt(square / (n - 3)), rounding / math.sqrt(12.0), 1e-12)
    lag = float(rest[1:] @ rest[:-1]) / square if square > n * 1e-24 else 0.0
    raised = min(max(lag + (3.0 + 5.0 * lag) / n + 0.7 / math.sqrt(n), least, 0.0), LARGEST)
    independent = n * (1.0 - raised) / (1.0 + raised)
    limit = 2.0 + 6.0 / max(independent - 1.0, 0.1)
    se = sd * math.sqrt(12.0 / independent)
    return Trend(change, se, limit, _onward(off, change), sd, raised, independent)


def _onward(off: FloatArray, change: float) -> float:
    """Return the part of a change that the last three quarters make: .75 of a line, little of a decay."""
    n = len(off)
    late = off[n // 4 :] if n >= 8 else off[n // 2 :]
    if len(late) < 3 or change == 0.0:
        return 1.0
    time = np.linspace(-0.5, 0.5, len(late))
    part = float(time @ late) / float(time @ time) / change
    return part if n >= 8 else 1.5 * part  # of so few records the second half counts, .5 of a line


def lag_one(values: FloatArray) -> float:
    """Return the autocorrelation at lag one about the mean; 0 where nothing moves."""
    off = values - values.mean()
    square = float(off @ off)
    return float(off[1:] @ off[:-1]) / square if square > len(off) * 1e-24 else 0.0


def returns_to_mean(values: FloatArray) -> float:
    """Return the Dickey-Fuller t of a path: about -2 for a random walk, far below where it returns.

    Regressed is the step on the value before it, with a constant (Dickey and Fuller, 1979).
    """
    before, step = values[:-1], np.diff(values)
    n = len(step)
    off = before - before.mean()
    power = float(off @ off)
    if n < 4 or power <= n * 1e-24:
        return -math.inf
    slope = float(off @ step) / power
    rest = step - step.mean() - slope * off
    error = math.sqrt(max(float(rest @ rest) / (n - 2), 1e-300) / power)
    return slope / error
