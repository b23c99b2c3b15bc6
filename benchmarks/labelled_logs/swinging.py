"""Weights that swing: sines, squares, saws, flip-flops, and GABA under gradients that cycle."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.labelled_logs.draws import NAMES, Draw, Floats, Log, codes, columns_of
from benchmarks.labelled_logs.of_gaba import logged, lognormal, setting

SWINGS = codes("oscillating")
CYCLES = 5.0


def _logged(d: Draw, wave: Floats, right: frozenset[str] = SWINGS, noise: float = 0.2, **truth: float) -> Log:
    """Weights about a centre; the wave has amplitude 1, the noise up to a part of its amplitude."""
    centre = d.between(0.15, 0.7)
    amplitude = d.log(0.06, 0.9) * min(centre, 1.0 - centre)
    sd = d.choose((0.0, d.log(0.01, noise)))
    path = centre + amplitude * (wave + sd * d.noise(len(wave)))
    tasks = d.choose((2, 2, 3, 4)) if path.max() < 0.9 else 2
    return Log(columns_of(d, path.clip(0.001, 0.999), tasks), right, truth=truth)


def _phase(d: Draw, shortest: float, fewest: int = 16) -> Floats:
    n = d.whole(fewest, 4000)
    period = d.log(shortest, max(1.01 * shortest, n / CYCLES))
    return np.arange(n) / period + d.rng.random()


def sine(d: Draw) -> Log:
    """A sine of five cycles or more, noise up to half of its amplitude."""
    return _logged(d, np.sin(2.0 * np.pi * _phase(d, 2.4, 24)), noise=0.5, cycles=CYCLES)


def clean_sine(d: Draw) -> Log:
    """A sine of whole and other periods with little noise."""
    return _logged(d, np.sin(2.0 * np.pi * _phase(d, 2.2)), noise=0.05, cycles=CYCLES)


def square(d: Draw) -> Log:
    """A square wave."""
    wave = np.where(_phase(d, 4.0, 24) % 1.0 < d.between(0.35, 0.65), 1.0, -1.0)
    return _logged(d, wave, noise=0.15, square=1.0)


def saw(d: Draw) -> Log:
    """A saw tooth."""
    return _logged(d, 2.0 * (_phase(d, 4.0, 24) % 1.0) - 1.0, noise=0.15, square=1.0)


def flip_flop(d: Draw) -> Log:
    """Every record on the other side."""
    n = d.whole(12, 3000)
    return _logged(d, np.where(np.arange(n) % 2, 1.0, -1.0), noise=0.15, cycles=CYCLES)


def growing(d: Draw) -> Log:
    """A sine whose amplitude grows from nothing."""
    phase = _phase(d, 3.0, 40)
    return _logged(d, np.linspace(0.0, 1.0, len(phase)) * np.sin(2.0 * np.pi * phase), noise=0.05)


def on_a_slope(d: Draw) -> Log:
    """A sine on a straight line."""
    phase = _phase(d, 3.0, 40)
    slope = d.between(-0.8, 0.8) * np.linspace(-1.0, 1.0, len(phase))
    return _logged(d, 0.6 * np.sin(2.0 * np.pi * phase) + 0.5 * slope, codes("oscillating", "drifting"))


def after_an_approach(d: Draw) -> Log:
    """A swing that goes on after the weights have left 1/K."""
    phase = _phase(d, 3.0, 60)
    start = 1.5 * np.exp(-np.arange(len(phase)) / (0.04 * len(phase)))
    return _logged(d, np.sin(2.0 * np.pi * phase) + start, noise=0.1)


def few_cycles(d: Draw) -> Log:
    """A swing of one to four cycles: not to be decided, but not at rest."""
    n = d.whole(16, 1000)
    wave = np.sin(2.0 * np.pi * (np.arange(n) * d.between(1.0, 3.8) / n + d.rng.random()))
    centre = d.between(0.2, 0.6)
    path = centre + centre * d.between(0.2, 0.7) * wave
    return Log(columns_of(d, path), codes(), wrong=codes("converged", "balanced"))


def of_other_sum(d: Draw) -> Log:
    """Weights of a method whose weights sum to K."""
    phase = _phase(d, 3.0, 30)
    wave = 1.0 + d.between(0.1, 0.6) * np.sin(2.0 * np.pi * phase) + 0.02 * d.noise(len(phase))
    return Log({"lambda_seg": wave, "lambda_depth": 2.0 - wave}, SWINGS)


def cycling_gradients(d: Draw) -> Log:
    """GABA under a norm ratio that cycles by a factor of 2 to 10; periods above its time constant."""
    s = setting(d, constants=80.0)
    tau = -1.0 / math.log(s.beta)
    period = d.log(max(3.0 * tau, 5.0 * s.per_epoch), max(3.2 * tau, 5.1 * s.per_epoch, s.steps / 8.0))
    wave = d.log(2, 10) ** np.sin(2.0 * np.pi * np.arange(s.steps) / period)
    medians = np.column_stack([wave, np.ones(s.steps)])
    path = s.of(lognormal(d, medians, d.between(0.02, 0.5), s.steps))
    columns = logged(NAMES[0], **{"lambda": path.weights}) | logged(NAMES[0], grad=path.norms)
    cycles = s.steps / period
    return Log(columns, SWINGS, open=cycles < CYCLES, around=s.around() if d.choose((True, False)) else {})


KINDS = {
    f.__name__: f
    for f in (
        *(sine, clean_sine, square, saw, flip_flop, growing, on_a_slope),
        *(after_an_approach, few_cycles, of_other_sum, cycling_gradients),
    )
}
