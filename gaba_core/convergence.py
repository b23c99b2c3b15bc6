"""One simulated run looked at as a whole: curves, theory, regimes and read-outs of the first task."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from gaba_core.blocks import blocks_of
from gaba_core.equilibrium import equilibrium, mean_trajectory, stationary_weight_sd
from gaba_core.measured import measured_events, measured_time_constant
from gaba_core.parameters import SimulationParams
from gaba_core.projection import floor_renormalise, weight_bounds
from gaba_core.regimes import Events, Regime, predict_events, predict_regimes
from gaba_core.simulation import simulate
from gaba_core.step_response import time_constant

FloatArray = npt.NDArray[np.float64]
MILESTONES = (0, 2, 5, 7, 10, 20, 50, 100, 199)


@dataclass(frozen=True, slots=True)
class Theory:
    """The expected course of the first task's weight.

    Attributes:
        steps: step indices, shape (N,).
        weights: weight at the expected EMA state, shape (N,).
        low, high: the same at two standard deviations of the state below and above, shape (N,).
    """

    steps: npt.NDArray[np.int64]
    weights: FloatArray
    low: FloatArray
    high: FloatArray


@dataclass(frozen=True, slots=True)
class Readouts:
    """Numbers predicted from the parameters and the same measured on the simulated run.

    Attributes:
        time_constant: steps; measured is the mean over seeds, None where there is no gap to close.
        events: first clamped step and settling; measured has one entry for each seed.
        equilibrium: weight of the first task; measured is its mean over seeds at the last step.
        spread: standard deviation of that weight; measured over seeds, ddof 1, None for one seed.
    """

    time_constant: tuple[float, float | None]
    events: tuple[Events, tuple[Events, ...]]
    equilibrium: tuple[float, float]
    spread: tuple[float, float | None]


def theory(params: SimulationParams, steps: npt.NDArray[np.int64]) -> Theory:
    """Return the expected course of the first task's weight at the given step indices."""
    weights, state, sd = mean_trajectory(params, steps)
    low, high = (_shifted(state, sign * 2.0 * sd[:, 0], params.floor) for sign in (-1.0, 1.0))
    return Theory(steps, weights[:, 0], low, high)


@lru_cache(maxsize=64)  # a pinned run is asked for again at every position of another
def readouts(params: SimulationParams) -> Readouts:
    """Return the predicted and the measured numbers of a run, every step looked at."""
    run = blocks_of(params)
    last = floor_renormalise(run.after[:, :, -1], params.floor)[:, 0]
    return Readouts(
        time_constant=(time_constant(params.beta), measured_time_constant(run)),
        events=(predict_events(params), measured_events(run)),
        equilibrium=(float(equilibrium(params)[0]), float(last.mean())),
        spread=(float(stationary_weight_sd(params)[0]), float(last.std(ddof=1)) if last.size > 1 else None),
    )


def milestones(params: SimulationParams) -> tuple[tuple[int, ...], FloatArray]:
    """Return the reference program's table: epochs, and w of the first task at their starts, (epochs, S)."""
    epochs = tuple(epoch for epoch in MILESTONES if epoch < params.epochs)
    weights = simulate(params, every=params.steps_per_epoch).weights[:, list(epochs), 0]
    return epochs, weights.T


def lower_bound(params: SimulationParams) -> float:
    """Return the smallest weight any state can lead to."""
    return float(weight_bounds(params.tasks, params.floor)[0])


def regimes(params: SimulationParams) -> tuple[Regime, ...]:
    """Return the predicted regimes of the run."""
    return predict_regimes(params)


def _shifted(state: FloatArray, shift: FloatArray, floor: float) -> FloatArray:
    first = np.clip(state[:, 0] + shift, 0.0, 1.0)
    rest = state[:, 1:] * ((1.0 - first) / np.maximum(1.0 - state[:, 0], 1e-300))[:, None]
    moved: FloatArray = floor_renormalise(np.column_stack([first, rest]), floor)[:, 0]
    return moved
