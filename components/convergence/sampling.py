"""The time axis of the Convergence pictures, and what is drawn along it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core import readouts as core
from gaba_core.checks import FloatArray
from gaba_core.parameters import SimulationParams
from gaba_core.regime_prediction import predict_regimes, settled_regimes
from gaba_core.regimes import Regime
from gaba_core.simulation import Trajectories, simulate

from ..plotting.ticks import decade_ticks
from .state import ConvergenceState

POINTS = 250  # drawn on a line at most, unless each point is an epoch
EARLY = 8  # the beginning of a run, on a log axis, is this part of it
LADDER = (5, 10, 15, 25, 40, 60, 100, 150, 250, 400)  # epochs a transient window may span


@dataclass(frozen=True, slots=True)
class SampleAxis:
    """Steps to drawn x, and the stretch that is drawn.

    Attributes:
        unit: steps that make 1 of x.
        window: first and last step drawn.
    """

    unit: int
    window: tuple[int, int]
    log: bool
    title: str

    def x(self, step: float) -> float:
        """Where a step lies."""
        return step / self.unit

    def xs(self, steps: npt.NDArray[np.int64]) -> FloatArray:
        """Where steps lie; on a log axis those before its start move up to it."""
        return np.maximum(steps / self.unit, self.low) if self.log else steps / self.unit

    @property
    def low(self) -> float:
        """Left end, in x."""
        return self.x(self.window[0])

    @property
    def high(self) -> float:
        """Right end, in x."""
        return self.x(self.window[1])

    def range(self) -> list[float]:
        """The ends as Plotly wants them: exponents on a log axis."""
        return [float(np.log10(self.low)), float(np.log10(self.high))] if self.log else [self.low, self.high]

    def layout(self) -> dict[str, Any]:
        """The axis as Plotly's layout describes it."""
        return {
            "title": {"text": self.title},
            "type": "log" if self.log else "linear",
            "range": self.range(),
            "hoverformat": ".4~g",
            **(decade_ticks(self.low, self.high) if self.log else {}),
        }


@dataclass(frozen=True, slots=True)
class Drawn:
    """What every picture of one state is made from, computed once.

    Attributes:
        theory: at the samples of the run.
        curve: the same where its line is drawn.
    """

    state: ConvergenceState
    params: SimulationParams
    regimes: tuple[Regime, ...]
    axis: SampleAxis
    run: Trajectories
    theory: core.Theory
    curve: core.Theory


def drawn(state: ConvergenceState) -> Drawn:
    """Return the simulated run at the samples that are drawn, with its axis and regimes."""
    params = state.params
    regimes = settled_regimes(params)
    window = _window(state, params, predict_regimes(params))
    unit, title = (state.steps_per_epoch, "epoch") if state.x == "epochs" else (1, "step")
    axis = SampleAxis(unit, window, state.window == "log", title)
    run, steps = sampled(state, params, axis), _curve_steps(min(window[1], params.steps - 1))
    theory = core.theory(params, np.concatenate([run.steps, steps]))
    here, there = (theory.part(part) for part in (slice(run.steps.size), slice(run.steps.size, None)))
    return Drawn(state, params, regimes, axis, run, here, there)


@lru_cache(maxsize=64)
def _curve_steps(end: int) -> npt.NDArray[np.int64]:
    """Steps at which the theory's line is drawn: dense at the start, where it bends."""
    evenly, early = np.linspace(0, end, POINTS // 2), np.geomspace(1, end + 1, POINTS // 2) - 1
    return np.unique(np.concatenate([evenly, early]).astype(np.int64))


def sampled(state: ConvergenceState, params: SimulationParams, axis: SampleAxis) -> Trajectories:
    """Return a run at the samples that are drawn: one an epoch of a whole run, else POINTS of them."""
    stop = min(axis.window[1] + 1, params.steps)
    if axis.log:
        return _dense_at_first(params, stop)
    by_epoch = state.x == "epochs" and state.window == "whole"
    every = params.steps_per_epoch if by_epoch else max(1, -(-axis.window[1] // POINTS))
    return simulate(params, every, stop=stop)


def _dense_at_first(params: SimulationParams, stop: int) -> Trajectories:
    """A run at half of POINTS evenly spread, and at as many in its beginning: most of a log axis."""
    every = -(-2 * stop // POINTS)
    whole = simulate(params, every, stop=stop)
    early = simulate(params, -(-every // EARLY), stop=max(1, stop // EARLY))
    later = whole.steps > early.steps[-1]
    return Trajectories(
        params,
        np.concatenate([early.steps, whole.steps[later]]),
        np.concatenate([early.weights, whole.weights[:, later]], axis=1),
        np.concatenate([early.state, whole.state[:, later]], axis=1),
    )


def key(state: ConvergenceState) -> str:
    """Same key, same traces: what a dragged number never changes."""
    show, seeds = ",".join(sorted(state.show)), ",".join(map(str, state.seeds))
    return "/".join([state.x, state.window, show, seeds, str(bool(state.pin))])


def _window(
    state: ConvergenceState, params: SimulationParams, regimes: tuple[Regime, ...]
) -> tuple[int, int]:
    if state.window == "log":
        return max(1, params.steps_per_epoch // 2), max(params.steps, 2)
    if state.window == "whole":
        return 0, params.steps
    settled = next((r.start for r in regimes if r.name == "equilibrium"), params.steps)
    epochs = 1.4 * max(settled, params.warmup_steps) / params.steps_per_epoch
    fitting = next((e for e in LADDER if e >= epochs), params.epochs)
    return 0, min(fitting, params.epochs) * params.steps_per_epoch
