"""Logs of GABA itself, simulated step by step and logged as different programs log it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.labelled_logs.draws import NAMES, Draw, Floats, Log, codes
from gaba_core.ema_scan import decay_scan
from gaba_core.projection import floor_renormalise

AT_REST = codes("converged", "noisy")
EQUAL = codes("converged", "noisy", "balanced")


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """A controller's path at the end of every epoch, (E, K) each."""

    state: Floats
    weights: Floats
    norms: Floats


def controlled(norms: Floats, *, beta: float, floor: float, warmup: int, per_epoch: int) -> Path:
    """Return what GABA makes of the norms (T, K) of every step, one record an epoch."""
    tasks = norms.shape[1]
    shares = (norms.sum(axis=1, keepdims=True) - norms) / ((tasks - 1) * norms.sum(axis=1, keepdims=True))
    steps = len(norms)
    state = np.full((steps, tasks), 1.0 / tasks)
    if warmup < steps:
        moved = np.empty((tasks, steps - warmup))
        for k in range(tasks):
            moved[k] = decay_scan(
                np.ascontiguousarray((1.0 - beta) * (shares[warmup:, k] - 1.0 / tasks)), beta
            )
        state[warmup:] += moved.T
    weights = np.where(np.arange(steps)[:, None] < warmup, 1.0 / tasks, floor_renormalise(state, floor))
    ends = slice(per_epoch - 1, None, per_epoch)
    mean = norms[: len(norms) // per_epoch * per_epoch].reshape(-1, per_epoch, tasks).mean(axis=1)
    return Path(state[ends], weights[ends], mean)


def lognormal(d: Draw, medians: Floats, sigma: float, steps: int) -> Floats:
    """Return log-normal norms (steps, K) about medians (K,) or (steps, K)."""
    return medians * np.exp(sigma * d.rng.standard_normal((steps, medians.shape[-1])))


@dataclass(frozen=True, slots=True)
class Setting:
    """A controller and a run that lasts warm-up and at least twelve of its time constants."""

    beta: float
    floor: float
    warmup: int
    per_epoch: int
    epochs: int

    @property
    def steps(self) -> int:
        """Of the whole run."""
        return self.per_epoch * self.epochs

    @property
    def is_open(self) -> bool:
        """Whether the run holds fewer than ten independent values past its approach: too few to decide."""
        tau = -1.0 / math.log(self.beta)
        return (self.steps - self.warmup - 4.0 * tau) / (2.0 * tau) < 10.0

    def of(self, norms: Floats) -> Path:
        """Return the path under these norms."""
        return controlled(
            norms, beta=self.beta, floor=self.floor, warmup=self.warmup, per_epoch=self.per_epoch
        )

    def around(self) -> dict[str, Any]:
        """What a `run.json` would say."""
        controller = {"beta": self.beta, "floor": self.floor, "warmup_steps": self.warmup}
        return {"method": "gaba", "controller": controller, "steps_per_epoch": self.per_epoch}


def setting(d: Draw, tasks: int = 2, lowest: float = 0.0, constants: float = 16.0) -> Setting:
    """Draw a controller, and a run of 24 epochs or more that is long against it."""
    beta = 1.0 - d.log(0.004, 0.2)
    floor = d.between(lowest, 0.45 / tasks)
    per_epoch = d.whole(5, 120)
    warmup = d.choose((0, d.whole(1, 200)))
    tau = -1.0 / math.log(beta)
    least = max(24, math.ceil((warmup + constants * tau) / per_epoch))
    return Setting(beta, floor, warmup, per_epoch, d.whole(least, max(400, 2 * least)))


def logged(tasks: tuple[str, ...], **tables: Floats) -> dict[str, Floats]:
    """Return columns named by quantity and task."""
    return {f"{kind}_{t}": table[:, k] for kind, table in tables.items() for k, t in enumerate(tasks)}


def _medians(d: Draw, tasks: int, ratio: float) -> Floats:
    medians = ratio ** np.append(d.rng.random(tasks - 1), 1.0)
    medians[0] = 1.0
    return d.rng.permutation(medians)


def floored(d: Draw) -> Log:
    """Ratio 50 to 2,000 to 1: the floor holds one task. Only the applied weights are logged."""
    s = setting(d, lowest=0.01)
    path = s.of(lognormal(d, np.array([d.log(50, 2000), 1.0]), d.between(0.05, 1.0), s.steps))
    return Log(logged(NAMES[0], **{"lambda": path.weights}), AT_REST, open=s.is_open)


def free(d: Draw) -> Log:
    """Ratio 1.5 to 8 to 1: no floor is met."""
    s = setting(d)
    path = s.of(lognormal(d, np.array([d.log(1.5, 8), 1.0]), d.between(0.05, 1.0), s.steps))
    return Log(logged(NAMES[0], **{"lambda": path.weights}), AT_REST, open=s.is_open)


def stated(d: Draw) -> Log:
    """The controller stands in the log; state, applied weight and norms are logged."""
    s = setting(d, lowest=0.01)
    path = s.of(lognormal(d, np.array([d.log(1.5, 1000), 1.0]), d.between(0.05, 1.0), s.steps))
    columns = logged(NAMES[0], w=path.state, grad=path.norms) | logged(NAMES[0], **{"lambda": path.weights})
    return Log(columns, AT_REST, open=s.is_open, around=s.around())


def many_tasks(d: Draw) -> Log:
    """Three to eight tasks."""
    tasks = d.choose((3, 4, 5, 8))
    s = setting(d, tasks)
    path = s.of(lognormal(d, _medians(d, tasks, d.log(2, 500)), d.between(0.05, 1.0), s.steps))
    columns = logged(NAMES[2][:tasks], **{"lambda": path.weights})
    return Log(columns, AT_REST, open=s.is_open, around=s.around() if d.choose((True, False)) else {})


def hook(d: Draw) -> Log:
    """The five fields of the reference hook: the EMA buffer alone, under the reference floor."""
    s = setting(d)
    s = Setting(s.beta, 0.05, s.warmup, s.per_epoch, s.epochs)
    path = s.of(lognormal(d, np.array([d.log(60, 2000), 1.0]), d.between(0.05, 0.9), s.steps))
    epochs = np.arange(s.epochs)
    error = 14.0 + 50.0 * np.exp(-epochs / 5.0) + 0.2 * d.noise(s.epochs)
    columns = {"rmse_last": error, "nasa": 60.0 * error} | logged(NAMES[0], w=path.state)
    return Log(columns, AT_REST, open=s.is_open)


def hook_above_floor(d: Draw) -> Log:
    """The same with gradients so alike that the floor is not met."""
    s = setting(d)
    path = s.of(lognormal(d, np.array([d.log(2, 8), 1.0]), d.between(0.05, 0.9), s.steps))
    return Log(
        {"rmse_last": 14.0 + d.noise(s.epochs)} | logged(NAMES[0], w=path.state), AT_REST, open=s.is_open
    )


def near_equal(d: Draw) -> Log:
    """Gradients that differ by at most 15 %: the weights move about 1/K, and the norms are logged."""
    s = setting(d, lowest=0.01)
    path = s.of(lognormal(d, np.array([d.between(0.87, 1.15), 1.0]), d.between(0.02, 0.4), s.steps))
    columns = logged(NAMES[0], **{"lambda": path.weights}) | logged(NAMES[0], grad=path.norms)
    return Log(columns, EQUAL, open=s.is_open, around=s.around() if d.choose((True, False)) else {})


def straddling(d: Draw) -> Log:
    """Noise so strong that the average leaves the floor by itself."""
    s = setting(d, lowest=0.02)
    path = s.of(lognormal(d, np.array([d.log(50, 800), 1.0]), d.between(1.5, 3.0), s.steps))
    return Log(logged(NAMES[0], **{"lambda": path.weights}), AT_REST, open=s.is_open)


def drifting_target(d: Draw) -> Log:
    """The gradients move all run, by a factor of 6 to 40; the weight moves by a quarter at least."""
    s = setting(d, constants=30.0)
    start = d.between(0.4, 1.0)
    ramp = np.geomspace(start, start * d.log(6, 40), s.steps)
    medians = np.column_stack([ramp, np.ones(s.steps)])
    s = Setting(s.beta, 0.02, s.warmup, s.per_epoch, s.epochs)
    path = s.of(lognormal(d, medians, d.between(0.05, 0.6), s.steps))
    return Log(logged(NAMES[0], **{"lambda": path.weights}), codes("drifting"))


KINDS = {
    f.__name__: f
    for f in (
        floored,
        free,
        stated,
        many_tasks,
        hook,
        hook_above_floor,
        near_equal,
        straddling,
        drifting_target,
    )
}
