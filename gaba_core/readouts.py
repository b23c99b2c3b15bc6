"""One simulated run looked at as a whole: curves, theory, regimes and read-outs of one task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gaba_core.batched_cache import BatchedCache
from gaba_core.block_bounds import blocks_of
from gaba_core.checks import FloatArray
from gaba_core.equilibrium import MeanTrajectory, drifts, mean_trajectory, mean_weight_sd, settled
from gaba_core.first_passage import judge
from gaba_core.lru_cache import OF_SETTINGS
from gaba_core.milestones import measured_time_constants, milestones
from gaba_core.parameters import SimulationParams
from gaba_core.projection import clamp, weight_bounds
from gaba_core.regime_prediction import prediction
from gaba_core.regimes import Events
from gaba_core.simulation import simulate
from gaba_core.step_response import time_constant

AT_ONCE = 2**20  # steps of all seeds to a batch: more no longer fit a processor's cache
MILESTONES = (0, 2, 5, 7, 10, 20, 50, 100, 199)


@dataclass(frozen=True, slots=True)
class Theory:
    """The expected course of one task's weight.

    Attributes:
        steps: step indices, shape (N,).
        weights: weight at the expected EMA state, shape (N,).
        low, high: the same at two standard deviations of the state below and above, shape (N,).
    """

    steps: npt.NDArray[np.int64]
    weights: FloatArray
    low: FloatArray
    high: FloatArray

    def part(self, samples: slice) -> Theory:
        """Return the course at some of the steps."""
        return Theory(self.steps[samples], self.weights[samples], self.low[samples], self.high[samples])


@dataclass(frozen=True, slots=True)
class Readouts:
    """Numbers predicted from the parameters and the same measured on the simulated run.

    Attributes:
        time_constant: steps; measured is the mean over seeds, None where there is no gap to close or the
            norms drift, for a gap to a moving target measures no time constant.
        events: first clamped step and settling; measured has one entry for each seed.
        equilibrium: weight of the task; measured is its mean over seeds at the last step.
        expected_at_end: what that mean is expected to be: the equilibrium, unless the run ends on the way or
            the norms drift.
        spread: standard deviation of that weight at the last step, predicted to first order; measured over
            seeds, ddof 1, None for one seed.
    """

    time_constant: tuple[float, float | None]
    events: tuple[Events, tuple[Events, ...]]
    equilibrium: tuple[float, float]
    expected_at_end: float
    spread: tuple[float, float | None]


def theory(params: SimulationParams, steps: npt.NDArray[np.int64], task: int = 0) -> Theory:
    """Return the expected course of one task's weight at the given step indices."""
    return _theory(params, steps, mean_trajectory(params, steps), task)


def theories(
    params: SimulationParams, steps: npt.NDArray[np.int64], tasks: Iterable[int]
) -> tuple[Theory, ...]:
    """Return the expected course of the weight of each of some tasks at the given step indices."""
    path = mean_trajectory(params, steps)
    return tuple(_theory(params, steps, path, task) for task in tasks)


def _theory(
    params: SimulationParams, steps: npt.NDArray[np.int64], path: MeanTrajectory, task: int
) -> Theory:
    weights, state, sd = path
    own = state[:, task]
    moved = np.clip(own + np.multiply.outer((-2.0, 2.0), sd[:, task]), 0.0, 1.0)
    rest = np.delete(state, task, axis=1) * ((1.0 - moved) / np.maximum(1.0 - own, 1e-300))[..., None]
    low, high = clamp(np.concatenate([moved[..., None], rest], axis=-1), params.floor)[..., 0]
    return Theory(steps, weights[:, task], low, high)


def _readouts(runs: Sequence[SimulationParams]) -> list[Readouts]:
    """Return the predicted and the measured numbers of runs, of the first task of each."""
    return _of_tasks([(params, 0) for params in runs])


def _of_tasks(asked: Sequence[tuple[SimulationParams, int]]) -> list[Readouts]:
    """Return the predicted and the measured numbers of a task of each run, every step looked at."""
    many = [params for params, _ in asked]
    rows, tasks = np.arange(len(many)), np.array([task for _, task in asked])
    ends, predicted = settled(many), prediction.many(many)
    run, floors = blocks_of(many), np.array([params.floor for params in many])
    constants = measured_time_constants(run, many, ends.shares[rows, tasks], tasks)
    events = milestones(judge(run, floors, ends.weights))
    states = run.after[:, :, -1].reshape(len(many), run.seeds, -1)
    last = clamp(states, floors[:, None, None])[rows, :, tasks]
    spread = last.std(axis=1, ddof=1).tolist() if run.seeds > 1 else [None] * len(many)
    return [
        Readouts(
            time_constant=(time_constant(params.beta), None if drifts(params) else constants[i]),
            events=(predicted[i][1], events[i]),
            equilibrium=(float(ends.weights[i, task]), float(last[i].mean())),
            expected_at_end=float(mean_trajectory(params, [params.steps - 1]).weights[0, task]),
            spread=(float(mean_weight_sd(params, [params.steps - 1])[0, task]), spread[i]),
        )
        for i, (params, task) in enumerate(asked)
    ]


readouts = BatchedCache(
    _readouts,
    OF_SETTINGS,
    alike=lambda params: (params.tasks, len(params.seeds)),
    weight=lambda params: params.steps * len(params.seeds),
    at_once=AT_ONCE,
)

# The same of any task: of pairs of parameters and a task, counted from 0.
task_readouts = BatchedCache(
    _of_tasks,
    OF_SETTINGS,
    alike=lambda asked: (asked[0].tasks, len(asked[0].seeds)),
    weight=lambda asked: asked[0].steps * len(asked[0].seeds),
    at_once=AT_ONCE,
)


def published_milestones(params: SimulationParams, task: int = 0) -> tuple[tuple[int, ...], FloatArray]:
    """Return the reference program's table: epochs, and w of one task at their starts, (epochs, S)."""
    epochs = tuple(epoch for epoch in MILESTONES if epoch < params.epochs)
    weights = simulate(params, every=params.steps_per_epoch).weights[:, list(epochs), task]
    return epochs, weights.T


def lower_bound(params: SimulationParams) -> float:
    """Return the smallest weight any state can lead to."""
    return float(weight_bounds(params.tasks, params.floor)[0])
