"""Simulation of the controller under noisy gradient norms, every seed at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray, IntArray, check_whole
from gaba_core.controller import Controller
from gaba_core.gradients import centred_raw_shares
from gaba_core.parameters import SimulationParams


@dataclass(frozen=True, slots=True, eq=False)
class Trajectories:
    """Weights and smoothed shares of every seed at the sampled steps.

    Attributes:
        steps: 0-based step indices, shape (N,); values are those after the update of the step.
        weights: what multiplies the losses, shape (S, N, K).
        state: the moving average before the floor, shape (S, N, K).
    """

    params: SimulationParams
    steps: IntArray
    weights: FloatArray
    state: FloatArray


def simulate(params: SimulationParams, every: int = 1, offset: int = 0) -> Trajectories:
    """Return the trajectories at the steps offset, offset + every, offset + 2 every ...

    Args:
        params: what to simulate.
        every: steps between two samples. With steps_per_epoch the samples are the starts of the epochs.
        offset: first step sampled. With every - 1 the samples are the ends of the epochs, where a training
            log is written.

    Raises:
        ParameterError: every is below 1, or offset not a step of the run.
    """
    every = check_whole("every", every, 1)
    offset = check_whole("offset", offset, 0, params.steps - 1)
    weights, state = controller_of(params).run_shares(centred_raw_shares(params), params.tasks, every, offset)
    return Trajectories(params, np.arange(offset, params.steps, every, dtype=np.int64), weights, state)


def controller_of(params: SimulationParams) -> Controller:
    """Return the controller that the parameters describe."""
    return Controller(params.beta, params.floor, params.warmup_steps)
