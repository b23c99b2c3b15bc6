"""Period and amplitude of a swing that was found, closer than the spectrum's lines lie to each other."""

from __future__ import annotations

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.diagnosis.oscillation import Swing, detrended

LINES = 3  # of a wave that are fitted: itself and two overtones
RATIOS = (1 / 3, 1 / 2, 1, 2, 3, 4, 5)  # a line may be an overtone; a repeat may come after several periods
AS_WELL = 0.8  # of the best part of the variance: the shortest period that explains as much counts
FINE = 32  # frequencies that are tried for each line of the spectrum
FAST = 2.2  # period in records below which a flip-flop may be a slower swing
ALIKE = 0.99  # of the flip-flop's rate: faster is one


def measured(values: FloatArray, found: Swing) -> Swing:
    """Return the swing of a stretch of a path (N,) with its period and amplitude as a fitted wave has them.

    The amplitude is half the distance between the turning points of the wave, or between the values where
    that is less: true of a sine, up to a fifth too large or too small of a square or a saw.
    """
    flat = detrended(values)
    n, is_fast = len(flat), found.period < FAST
    power = np.abs(np.fft.rfft(flat, FINE * n))
    base = 1.0 / _strongest(power, 0.25, 0.5) if is_fast else found.period
    rates = [_around(power, base * ratio) for ratio in RATIOS if 2.0 <= base * ratio <= n / 2]
    waves = [_wave(flat, rate) for rate in rates]
    if not waves:
        return found
    least = AS_WELL * max(float(wave.var()) for wave in waves)
    rate, wave = next(pair for pair in zip(rates, waves, strict=True) if float(pair[1].var()) >= least)
    if is_fast and 2.0 * rate > ALIKE:
        return found
    low, high = np.quantile(flat, (0.02, 0.98))
    return Swing(1.0 / rate, min(float(np.ptp(wave)), float(high - low)) / 2.0)


def _around(power: FloatArray, period: float) -> float:
    """Return the strongest line around a period, in cycles a record."""
    apart = FINE / (2.0 * (len(power) - 1))
    return _strongest(power, max(1.0 / period - apart, 0.5 * apart), min(1.0 / period + apart, 0.5))


def _strongest(power: FloatArray, low: float, high: float) -> float:
    """Return the strongest line between two rates, of a spectrum (M,) from 0 to 0.5 cycles a record."""
    size = 2.0 * (len(power) - 1)
    first = round(low * size)
    return (first + int(power[first : round(high * size) + 1].argmax())) / size


def _wave(flat: FloatArray, rate: float) -> FloatArray:
    """Return the wave (N,) that fits best."""
    angle = 2.0 * np.pi * rate * np.arange(len(flat))
    angles = [k * angle for k in range(1, LINES + 1) if k == 1 or rate * k < 0.5]
    basis = np.column_stack([part(each) for each in angles for part in (np.cos, np.sin)])
    return np.asarray(basis @ np.linalg.lstsq(basis, flat, rcond=1e-6)[0])
