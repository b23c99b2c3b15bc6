"""The recorded gradient norms of a run through the controller again."""

from __future__ import annotations

import math
from typing import TypeVar

import numpy as np

from gaba_core.controller import Controller
from gaba_core.errors import ParameterError
from gaba_core.parameters import SimulationParams
from gaba_core.runs.schema import Run, RunInfo, StepTrace
from gaba_core.simulation import Trajectories

Number = TypeVar("Number", int, float)


def replay(
    run: Run, beta: float | None = None, floor: float | None = None, warmup_steps: int | None = None
) -> Trajectories:
    """Return what the weights would have been under another controller, every recorded step, S = 1.

    A parameter that is None is the run's own. Other weights would have changed the training and with it the
    norms: the replay cannot know that. Its `params` hold the median norms without noise.

    Raises:
        ParameterError: the run holds no step norms, or a parameter is not legal or neither given nor known.
    """
    if run.steps is None:
        raise ParameterError(f"run must hold the gradient norms of every step (steps.npz); got {run.name}.")
    own = run.info or RunInfo()
    controller = Controller(
        beta=_chosen("beta", beta, own.beta),
        floor=_chosen("floor", floor, own.floor),
        warmup_steps=_chosen("warmup_steps", warmup_steps, own.warmup_steps),
    )
    weights, state = controller.run(run.steps.norms[None])
    return Trajectories(_described(run, run.steps, controller), run.steps.step, weights, state)


def _described(run: Run, steps: StepTrace, controller: Controller) -> SimulationParams:
    own = run.info or RunInfo()
    per_epoch = own.steps_per_epoch or len(steps.step)
    columns = (column[np.isfinite(column)] for column in steps.norms.T)
    return SimulationParams(
        beta=controller.beta,
        floor=controller.floor,
        warmup_steps=controller.warmup_steps,
        norms=tuple(float(np.median(column)) if column.size else 0.0 for column in columns),
        sigma=0.0,
        seeds=(own.seed or 0,),
        epochs=math.ceil(len(steps.step) / per_epoch),
        steps_per_epoch=per_epoch,
    )


def _chosen(name: str, given: Number | None, own: Number | None) -> Number:
    value = own if given is None else given
    if value is None:
        raise ParameterError(f"{name} must be given, for the run does not say its own; got None.")
    return value
