"""Weights that left one level for another, abruptly or by way of the average."""

from __future__ import annotations

import math

import numpy as np

from benchmarks.labelled_logs.draws import NAMES, Draw, Log, codes, columns_of
from benchmarks.labelled_logs.of_gaba import Setting, logged, lognormal

MOVED = codes("moved")


def _step(d: Draw, low: float, high: float, *, memory: float = 0.0, **truth: float) -> Log:
    n, at = d.whole(48, 3000), d.between(low, high)
    first = d.log(0.05, 0.5)
    second = first * d.choose((d.between(0.2, 0.8), d.between(1.25, 1.9)))
    sd = d.log(1e-4, 1.0 / 12.0) * abs(second - first)
    begin = max(8, int(at * n))
    path = np.where(np.arange(n) < begin, first, second)
    if memory:
        after = np.arange(n - begin)
        path[begin:] += (first - second) * np.exp(-after / max(0.3, memory * begin))
    path = path + sd * d.noise(n)
    tasks = d.choose((2, 2, 3)) if path.max() < 0.9 else 2
    return Log(columns_of(d, path.clip(1e-4, 0.9999), tasks), MOVED, truth=truth)


def step_in_the_middle(d: Draw) -> Log:
    """An abrupt step at 30 to 65 % of the run, of twelve standard deviations or more."""
    return _step(d, 0.3, 0.65, middle=1.0)


def late_step(d: Draw) -> Log:
    """The same at 75 to 88 %."""
    return _step(d, 0.75, 0.88, late=1.0)


def smooth_step(d: Draw) -> Log:
    """A step in the middle that the average follows with a time constant of 1 to 5 % of the run."""
    return _step(d, 0.4, 0.6, memory=d.between(0.02, 0.1), middle=1.0)


def gradient_step(d: Draw) -> Log:
    """GABA when one norm changes by a factor of 5 to 400 in the middle of the run; norms are logged."""
    beta, per_epoch = 1.0 - d.log(0.01, 0.2), d.whole(20, 100)
    tau = -1.0 / math.log(beta)
    epochs = d.whole(max(40, math.ceil(40.0 * tau / per_epoch)), max(300, 80.0 * tau / per_epoch))
    s = Setting(beta, d.between(0.02, 0.1), 0, per_epoch, epochs)
    ratio = np.full(s.steps, d.log(1.5, 5.0))
    ratio[int(d.between(0.35, 0.6) * s.steps) :] *= d.log(5, 400)
    path = s.of(lognormal(d, np.column_stack([ratio, np.ones(s.steps)]), d.between(0.05, 0.4), s.steps))
    columns = logged(NAMES[1][:2], **{"lambda": path.weights}) | logged(NAMES[1][:2], grad=path.norms)
    return Log(columns, MOVED, truth={"middle": 1.0})


KINDS = {f.__name__: f for f in (step_in_the_middle, late_step, smooth_step, gradient_step)}
