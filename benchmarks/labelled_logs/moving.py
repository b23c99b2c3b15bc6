"""Weights that are not at rest: trends, unfinished approaches, walks."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.labelled_logs.draws import Draw, Floats, Log, codes, columns_of

DRIFT = codes("drifting")
NOT_AT_REST = codes("converged", "noisy", "balanced")
LEAST = 0.08  # of the level: the smallest drift


def _logged(d: Draw, values: Floats, right: frozenset[str] = DRIFT, **truth: float) -> Log:
    tasks = d.choose((2, 2, 3, 4)) if values.max() < 0.9 else 2
    return Log(columns_of(d, values.clip(1e-4, 0.9999), tasks), right, truth=truth)


def line(d: Draw) -> Log:
    """A straight line under white noise: 6.5 to 40 standard errors, and 8 % of the level or more."""
    n, c, ses = d.whole(12, 5000), d.log(0.05, 0.5), d.log(6.5, 40)
    change = d.between(LEAST, 0.9)
    sd = change / ses / math.sqrt(12.0 / n)
    time = d.choose((-1.0, 1.0)) * (np.arange(n) / (n - 1) - 0.5)
    return _logged(d, c * (1.0 + change * time + min(sd, 0.3) * d.noise(n)), ses=ses)


def correlated_line(d: Draw) -> Log:
    """The same under correlated noise, its standard error taken from the independent values."""
    a, ses = d.between(0.2, 0.8), d.log(7, 40)
    n = d.whole(20 * (1 + a) / (1 - a), 3000)
    c, change = d.log(0.05, 0.5), d.between(LEAST, 0.9)
    sd = change / ses / math.sqrt(12.0 / (n * (1 - a) / (1 + a)))
    time = d.choose((-1.0, 1.0)) * (np.arange(n) / (n - 1) - 0.5)
    return _logged(d, c * (1.0 + change * time + min(sd, 0.3) * d.correlated(n, a)), ses=ses)


def exact_line(d: Draw) -> Log:
    """A straight line without noise."""
    n, c = d.whole(8, 5000), d.log(0.05, 0.5)
    time = d.choose((-1.0, 1.0)) * (np.arange(n) / (n - 1) - 0.5)
    return _logged(d, c * (1.0 + d.between(LEAST, 0.9) * time), ses=100.0)


def late_ramp(d: Draw) -> Log:
    """At rest, then a ramp in the last fifth to half of the run."""
    n, c = d.whole(40, 3000), d.log(0.05, 0.4)
    begin = 1.0 - d.between(0.2, 0.5)
    ramp = np.maximum(0.0, np.arange(n) / (n - 1) - begin) / (1.0 - begin)
    path = c * (1.0 + d.choose((-0.8, 1.0)) * d.between(0.15, 1.0) * ramp + d.log(1e-4, 0.01) * d.noise(n))
    return _logged(d, path)


def unfinished(d: Draw) -> Log:
    """An exponential approach with a time constant of a third of the run or more."""
    n, c = d.whole(16, 3000), d.choose((d.between(0.03, 0.25), d.between(0.75, 0.9)))
    path = c + (0.5 - c) * np.exp(-np.arange(n) / (n * d.log(0.35, 2.0)))
    right = codes("drifting", "too-short")
    noise = d.choose((0.0, d.log(1e-4, 0.008))) * d.noise(n)
    return _logged(d, path * (1.0 + noise), right)


def just_left(d: Draw) -> Log:
    """At rest until the last two to four records, which have left for one side."""
    n, c = d.whole(24, 2000), d.log(0.05, 0.4)
    sd = d.log(1e-4, 0.01)
    path = c * (1.0 + sd * d.noise(n))
    last = d.choose((2, 3, 4))
    path[-last:] += d.choose((-0.8, 1.0)) * c * d.between(0.2, 0.9) * np.linspace(0.6, 1.0, last)
    return _logged(d, path)


def walk(d: Draw) -> Log:
    """A random walk, reflected within .05 to .95."""
    n = d.whole(30, 3000)
    steps = d.log(0.15, 1.2) / math.sqrt(n) * d.noise(n)
    path = (np.cumsum(steps) + d.between(0.2, 0.7) - 0.05) % 1.8
    path = 0.05 + np.minimum(path, 1.8 - path)
    return Log(columns_of(d, path), codes(), wrong=NOT_AT_REST)


def small_walk(d: Draw) -> Log:
    """A random walk with steps of .02 (or half, or twice that), as the review tried it."""
    n = d.whole(60, 600)
    path = (np.cumsum(d.log(0.01, 0.04) * d.noise(n)) + 0.45) % 1.8
    path = 0.05 + np.minimum(path, 1.8 - path)
    return Log(columns_of(d, path), codes(), wrong=NOT_AT_REST)


def falling(d: Draw) -> Log:
    """A weight that falls without end, by a constant factor a record, to 1e-3 or less."""
    n, decades = d.whole(30, 1000), d.between(2.0, 4.0)
    path = 0.5 * 10.0 ** (-decades * np.arange(n) / (n - 1)) * np.exp(d.log(0.003, 0.05) * d.noise(n))
    return Log({"lambda_a": path, "lambda_b": 1.0 - path}, codes("starved", "drifting"))


KINDS = {
    f.__name__: f
    for f in (
        *(line, correlated_line, exact_line, late_ramp, unfinished),
        *(just_left, walk, small_walk, falling),
    )
}
