"""The four regimes of a run and its milestones, as they are found in a trajectory.

Warm-up: the weights are held at 1/K. Rapid drift: the average moves and no share is floored yet. Floor
activation: a share has fallen below the floor, and the weights are not yet within tolerance of their
equilibrium. Equilibrium: within tolerance, and never far out of it again. What does not occur is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gaba_core.checks import FloatArray, IntArray, check_all_finite, check_array, check_whole
from gaba_core.equilibrium import equilibrium
from gaba_core.errors import ParameterError
from gaba_core.parameters import check_floor
from gaba_core.projection import clamp
from gaba_core.simulation import Trajectories
from gaba_core.thresholds import CLOSE, NOISE_SDS, arrival, below, first, first_movement, level_of, stays_from

RegimeName = Literal["warm-up", "rapid drift", "floor activation", "equilibrium"]
REGIMES: tuple[RegimeName, ...] = ("warm-up", "rapid drift", "floor activation", "equilibrium")


@dataclass(frozen=True, slots=True)
class Regime:
    """A named stretch of a run, from start on and before end; end None where the run ends inside it.

    Attributes:
        unit: what start and end count: 0-based steps, or, where the regimes were found in the records of a
            log, its "epoch", "second" or "row": then start is that of the regime's first record.
    """

    name: RegimeName
    start: int | float
    end: int | float | None
    unit: str = "step"


@dataclass(frozen=True, slots=True)
class Events:
    """Steps, 0-based, at which something first holds; None where it never does within the run.

    Attributes:
        first_clamped: some share lies below the floor.
        within_1_percent: every weight is within 1 % of its equilibrium, and stays there.
        within_tenth_percent: the same for 0.1 %.
    """

    first_clamped: int | None
    within_1_percent: int | None
    within_tenth_percent: int | None


def assemble(
    steps: Sequence[float] | IntArray | FloatArray,
    begin: int,
    clamped: int | None,
    arrived: int | None,
    unit: str = "step",
) -> tuple[Regime, ...]:
    """Return the regimes that last at least one sample, from the sample at which each can begin."""
    last = len(steps)
    settled = last if arrived is None else arrived
    floored = settled if clamped is None else min(clamped, settled)
    edges = (0, min(begin, last), floored, settled, last)
    return tuple(
        Regime(name, _number(steps[start]), None if end == last else _number(steps[end]), unit)
        for name, start, end in zip(REGIMES, edges[:-1], edges[1:], strict=True)
        if start < end
    )


def _number(x: float) -> int | float:
    return int(x) if float(x).is_integer() else float(x)


def measure_events(trajectories: Trajectories) -> tuple[Events, ...]:
    """Return the milestones of every seed, against the predicted equilibrium.

    Exact where every step is sampled, late by up to `every - 1` steps otherwise.
    """
    params = trajectories.params
    target = equilibrium(params)
    return tuple(
        _events(weights, state, params.floor, trajectories.steps, target)
        for weights, state in zip(trajectories.weights, trajectories.state, strict=True)
    )


def find_regimes(
    weights: Any,
    state: Any,
    floor: float,
    steps: Any,
    *,
    warmup_steps: int | None = None,
    target: Any = None,
    tolerance: Any = None,
) -> tuple[Regime, ...]:
    """Return the regimes of one recorded or simulated run, to the resolution of its samples.

    Args:
        weights: applied weights, shape (N, K), or None where only the state is known.
        state: smoothed shares, shape (N, K), or None where only the weights are known.
        floor: 0 to 1/K.
        steps: step of each sample, ascending, shape (N,).
        warmup_steps: length of the warm-up; None reads it from the first movement: a run that never
            moves is still warming up.
        target: equilibrium weights, shape (K,); None reads them from the last quarter, if that is level.
        tolerance: distance from the target that counts as arrived, shape (K,); None takes the larger of
            0.1 % and 4 standard deviations of the last quarter.

    Raises:
        ParameterError: an argument is not legal or the shapes do not match.
    """
    weights, state, floor, steps = _checked_run(weights, state, floor, steps)
    if warmup_steps is None:
        begin = first_movement(state)
    else:
        begin = int(np.searchsorted(steps, check_whole("warmup_steps", warmup_steps, 0)))
    goal = None if target is None else _per_task("target", target, weights.shape[1])
    near = None if tolerance is None else _per_task("tolerance", tolerance, weights.shape[1])
    if goal is None or near is None:
        end = level_of(weights[begin:])
        if goal is None and end.is_level:
            goal = end.mean
        if goal is not None and near is None:
            near = np.maximum(CLOSE * np.abs(goal), NOISE_SDS * end.sd)
    arrived = None if goal is None or near is None else arrival(np.abs(weights - goal), near, begin)
    return assemble(steps, begin, first(below(state, floor), begin), arrived)


def _events(
    weights: FloatArray, state: FloatArray, floor: float, steps: IntArray, target: FloatArray
) -> Events:
    off = np.abs(weights - target)
    found = (
        first(below(state, floor), 0),
        stays_from(off <= 0.01 * target, 0),
        stays_from(off <= 0.001 * target, 0),
    )
    return Events(*(None if index is None else int(steps[index]) for index in found))


def _per_task(name: str, values: Any, tasks: int) -> FloatArray:
    array = check_array(name, values, "K")
    if array.shape != (tasks,):
        raise ParameterError(f"{name} must hold one number for each of {tasks} tasks; got {values!r}.")
    check_all_finite(name, array)
    return array


def _checked_run(
    weights: Any, state: Any, floor: float, steps: Any
) -> tuple[FloatArray, FloatArray, float, IntArray]:
    """Return legal arguments; what is missing of weights and state is replaced by what it has in common.

    Weights fall below the floor exactly where the state does, and leave 1/K with it.
    """
    if weights is None and state is None:
        raise ParameterError("weights or state must be given; got None for both.")
    given = {
        name: check_array(name, x, "N K")
        for name, x in (("weights", weights), ("state", state))
        if x is not None
    }
    for name, array in given.items():
        check_all_finite(name, array)
    shape = next(iter(given.values())).shape
    if any(array.shape != shape for array in given.values()) or not shape[0]:
        raise ParameterError(
            "weights and state must have one shape (N, K) with N of at least 1; got shapes "
            f"{', '.join(str(array.shape) for array in given.values())}."
        )
    floor = check_floor(floor, shape[1])
    indices = np.asarray(steps)
    legal = indices.shape == shape[:1] and indices.dtype.kind in "iu"
    if not legal or (np.diff(indices.astype(np.int64)) <= 0).any() or indices[0] < 0:
        raise ParameterError(
            f"steps must be {shape[0]} ascending whole numbers of at least 0; got {steps!r}."
        )
    known_state = given.get("state", given.get("weights"))
    known_weights = given["weights"] if "weights" in given else clamp(given["state"], floor)
    return known_weights, np.asarray(known_state), floor, indices.astype(np.int64)
