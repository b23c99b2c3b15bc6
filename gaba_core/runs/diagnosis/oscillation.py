"""Whether a path swings: by a flip-flop, by a line in its spectrum, or by an autocorrelation that repeats."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.diagnosis.trend import lag_one

FEWEST = 11  # records of which a flip-flop can be told from chance
CYCLES = 3
CHANCE = 1e-5  # of a line as strong as this in noise (Fisher, 1929)
STILL = 0.4  # of the whole amplitude: less in the last cycles is a swing that has died away


@dataclass(frozen=True, slots=True)
class Swing:
    """A swing: its period in records, and its amplitude in units of the path."""

    period: float
    amplitude: float


def swing_of(values: FloatArray, rounding: float = 0.0) -> Swing | None:
    """Return the swing of a stretch of a path (N,); None where there is none, or too little to tell."""
    n = len(values)
    if n < FEWEST or float(np.ptp(values)) <= 2.0 * rounding + 1e-12:
        return None
    flat = detrended(values)
    for found in (_flip_flop(flat), _line(flat), _repeat(flat)):
        if found is not None and _lasts(flat, found):
            return found
    return None


def detrended(values: FloatArray) -> FloatArray:
    """Return a path (N,) without its straight line."""
    time = np.linspace(-0.5, 0.5, len(values))
    off = values - values.mean()
    return np.asarray(off - (float(time @ off) / float(time @ time)) * time)


def _flip_flop(flat: FloatArray) -> Swing | None:
    n = len(flat)
    if lag_one(flat) * n / (n - 1) >= -max(0.75, 3.3 / math.sqrt(n)):
        return None
    return Swing(2.0, float(np.abs(np.diff(flat)).mean()) / 2.0)


def _line(flat: FloatArray) -> Swing | None:
    """One line of the whitened spectrum that noise does not draw."""
    n = len(flat)
    lag = min(max(lag_one(flat), -0.95), 0.95)
    white = flat[1:] - lag * flat[:-1]
    power = np.abs(np.fft.rfft(white - white.mean()))[1:] ** 2
    if n % 2:  # of the whitened path, which is one shorter, the last line is that of the flip-flop
        power[-1] /= 2.0
    total = float(power.sum())
    if total <= 0.0:
        return None
    at, chance = _strongest(power / total)
    if at + 1 < CYCLES or chance >= CHANCE:
        return None
    period = (n - 1) / (at + 1.0)
    return Swing(period, _amplitude(flat, period))


def _strongest(parts: FloatArray) -> tuple[int, float]:
    """Return the line that is least likely by chance, alone or with its first overtone, and that chance.

    Args:
        parts: (M,) of the spectrum's sum.
    """
    m = len(parts)
    alone = int(parts.argmax())
    least = m * max(1.0 - float(parts[alone]), 0.0) ** (m - 1)
    if m < 4:
        return alone, least
    both = parts[: m // 2] + parts[1 : 2 * (m // 2) : 2]
    at = int(both.argmax())
    left = max(1.0 - float(both[at]), 0.0)
    chance = m * left ** (m - 2) * (1.0 + (m - 2) * float(both[at]))
    return (at, chance) if chance < least else (alone, least)


def _repeat(flat: FloatArray) -> Swing | None:
    """A peak of the autocorrelation behind a trough, and again at twice its lag."""
    n = len(flat)
    size = 1 << (2 * n - 1).bit_length()
    spectrum = np.fft.rfft(flat, size)
    last = n // 2 + 1
    lags = np.fft.irfft(np.abs(spectrum) ** 2, size)[:last]
    if lags[0] <= 0.0:
        return None
    alike = lags / lags[0] * (n / (n - np.arange(last)))
    troughs = np.flatnonzero(alike < -0.2)
    first = int(troughs[0]) if troughs.size else last
    reach = alike[first : n // 4 + 1]
    if not reach.size:
        return None
    p = first + int(reach.argmax())
    limit = max(0.5, 3.2 / math.sqrt(n))
    again = alike[max(2 * p - max(1, p // 8), 0) : 2 * p + max(1, p // 8) + 1]
    if alike[p] <= limit or p < 2 or not again.size or float(again.max()) < 0.5 * limit:
        return None
    return Swing(float(p), _amplitude(flat, float(p)))


def _amplitude(flat: FloatArray, period: float) -> float:
    """Return half the distance between the turning points, from the scatter of a sine."""
    n = len(flat)
    angle = 2.0 * np.pi * np.arange(n) / period
    line = 2.0 * math.hypot(float(flat @ np.cos(angle)), float(flat @ np.sin(angle))) / n
    return max(line, 0.0)


def _lasts(flat: FloatArray, found: Swing) -> bool:
    """Whether the last cycles swing as far as all of them, within a factor."""
    n = len(flat)
    cycles = math.ceil(max(2.0 * found.period, 6.0))
    tail = flat[-min(n, cycles) :]
    return float(tail.std()) >= STILL * float(flat.std())
