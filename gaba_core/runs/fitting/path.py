"""The share of one task along a run, as a fit reads it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.fitting.estimate import Estimate, estimate, student, uniform_and_normal
from gaba_core.runs.fitting.rounding import rounding_steps
from gaba_core.runs.schema import Run, is_gaba, record_order
from gaba_core.runs.time_units import steps_per_epoch

FLOAT32 = 2.0**-25
APART = 1e-3  # relative difference from which a weight and a state differ by more than rounding


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """One task's share.

    Attributes:
        times: (N,) ascending: steps elapsed, or epochs where the log does not say how many steps one has.
        values: (N,) EMA state or applied weight, finite.
        start: 1/K.
        is_state: which of the two `values` is.
        several_least: whether several weights are the smallest, so that a weight may not give its state.
        floor: where the log holds both state and weight, the floor that turns one into the other.
        rounding: (N,) step to which each value was rounded.
    """

    task: str
    unit: str
    times: FloatArray
    values: FloatArray
    start: float
    is_state: bool
    several_least: bool
    floor: Estimate | None
    rounding: FloatArray


def path_of(run: Run) -> Path | None:
    """Return the share that moved furthest, or the smallest of weights alone; None where there is none."""
    if not is_gaba(run) or not run.tasks:
        return None
    times, state, weights, unit = _recorded(run)
    values = weights if state is None else state
    if values is None:
        return None
    finite = np.isfinite(values).all(axis=1)
    if not finite.any():
        return None
    times, values = times[finite], values[finite]
    start = 1.0 / values.shape[1]
    end = values[-1]
    away = np.abs(end - start)
    near = np.flatnonzero(away >= away.max() * (1.0 - APART))
    task = int(near[end[near].argmin()]) if state is not None else int(end.argmin())
    return Path(
        task=run.tasks[task],
        unit=unit,
        times=times,
        values=values[:, task],
        start=start,
        is_state=state is not None,
        several_least=state is None and int((end <= end.min() * (1.0 + APART)).sum()) > 1,
        floor=None if state is None or weights is None else _floor(state[finite], weights[finite]),
        rounding=rounding_steps(values[:, task]),
    )


def _recorded(run: Run) -> tuple[FloatArray, FloatArray | None, FloatArray | None, str]:
    """Return elapsed times, state, weights (None where they were not recorded), and the unit of time."""
    per_epoch = steps_per_epoch(run)
    trace = run.steps
    if trace is not None and trace.weights is not None and bool((np.diff(trace.step) > 0).all()):
        return (trace.step + 1).astype(np.float64), trace.state, trace.weights, "steps"
    order = record_order(run)
    elapsed = (run.epochs[order] + 1.0) * (1.0 if per_epoch is None else per_epoch)
    weights = run.weights if run.origins.weights == "recorded" else None
    return (
        np.asarray(elapsed, dtype=np.float64),
        None if run.state is None else run.state[order],
        None if weights is None else weights[order],
        "epochs" if per_epoch is None else "steps",
    )


def _floor(state: FloatArray, weights: FloatArray) -> Estimate | None:
    """Return the floor from records that hold both: u_i = w_i x_j / w_j, j the largest task."""
    legal = (weights > 0.0).all(axis=1) & (weights <= 1.0).all(axis=1) & (np.abs(state) <= 1.0).all(axis=1)
    state, weights = state[legal], weights[legal]
    rows = np.arange(len(state))
    largest, smallest = state.argmax(axis=1), state.argmin(axis=1)
    least, step = weights[rows, smallest], rounding_steps(weights[rows, smallest])
    raised = least * state[rows, largest] / weights[rows, largest]
    floored = raised > state[rows, smallest] * (1.0 + APART) + 2.0 * step
    if not floored.any():
        return None
    found, retained = raised[floored], least[floored]
    error = float(found.std()) / math.sqrt(found.size) + FLOAT32
    is_constant = (
        2 * int((retained == retained[-1]).sum()) > retained.size
    )  # then rounding was off by the same in each
    rounded = 0.5 * float(step[floored][-1]) if is_constant else 0.0
    half = uniform_and_normal(rounded, error, student(max(1, found.size - 1)))
    return estimate(float(found.mean()), half, 0.0, 1.0 / state.shape[1])
