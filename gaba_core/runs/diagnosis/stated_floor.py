"""Whether what is recorded contradicts the floor that is stated."""

from __future__ import annotations

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.projection import clamp, project_to_floored_simplex, weight_bounds
from gaba_core.runs.diagnosis.series import TAIL
from gaba_core.runs.diagnosis.subject import Subject
from gaba_core.runs.diagnosis.verdict import Verdict, verdict
from gaba_core.runs.number_text import figure
from gaba_core.runs.schema import Run, is_gaba, record_order

APART = 0.02  # of a weight: further from what floor and EMA state make, the floor is another
RULE = (
    "Disproved: over the last quarter a recorded weight lies more than 1 % below m / (1 + (K-1) m), or more "
    "than 2 % from what the floor makes of the EMA state recorded beside it."
)


def floor_disproved(subject: Subject) -> Verdict | None:
    """Return whether the recorded weights contradict the floor that is stated; None where they do not."""
    run, series = subject.run, subject.series
    floor, tasks = run.floor, len(run.tasks)
    if (
        floor is None
        or series is None
        or series.computed
        or not is_gaba(run)
        or not 0.0 <= floor <= 1.0 / tasks
    ):
        return None
    if not len(series.values):
        return None
    bound = weight_bounds(tasks, floor)[0]
    last = np.median(series.values[series.tail], axis=0)
    least = int(last.argmin())
    if last[least] >= 0.99 * bound:
        return _by_state(subject, floor)
    other = subject.other_floor
    seen = "" if other is None else f"; the weights look floored at {figure(other)}"
    return verdict(
        "floor-disproved",
        f"The stated floor {floor:g} is not the one in force: under it no weight can lie below "
        f"{figure(bound)}, and {run.tasks[least]} is recorded at {figure(float(last[least]))}{seen}.",
        RULE,
        floor=floor,
        bound=bound,
        w=float(last[least]),
        floor_fitted=other,
    )


def _by_state(subject: Subject, floor: float) -> Verdict | None:
    """Return whether the EMA state and the weight, both recorded, contradict the stated floor."""
    run = subject.run
    pairs = _recorded(run)
    if pairs is None:
        return None
    state, weights = (np.median(values, axis=0) for values in pairs)
    made = clamp(state, floor)
    off = _off(weights, made)
    task = int(off.argmax())
    if off[task] <= APART or _off(weights, project_to_floored_simplex(state, floor)).max() <= APART:
        return None
    fitted = subject.fit.floor
    seen = "" if fitted is None else f"; the weights look floored at {figure(fitted.value)}"
    return verdict(
        "floor-disproved",
        f"The stated floor {floor:g} is not the one in force: of the EMA state of {run.tasks[task]} it makes "
        f"a weight of {figure(float(made[task]))}, and {figure(float(weights[task]))} is recorded{seen}.",
        RULE,
        floor=floor,
        made=float(made[task]),
        w=float(weights[task]),
        floor_fitted=None if fitted is None else fitted.value,
    )


def _off(weights: FloatArray, made: FloatArray) -> FloatArray:
    """Return how far weights (K,), all above 0, lie from others, relative to the larger."""
    return np.asarray(np.abs(weights - made) / np.maximum(weights, made))


def _recorded(run: Run) -> tuple[FloatArray, FloatArray] | None:
    """Return EMA states and weights (N, K) of the last quarter, as shares; None where one is not recorded."""
    if run.state is None or run.weights is None or "computed" in (run.origins.state, run.origins.weights):
        return None
    order = record_order(run)
    state, weights = run.state[order], run.weights[order]
    good = np.isfinite(state).all(axis=1) & (state >= 0.0).all(axis=1) & (state.sum(axis=1) > 0.0)
    good &= np.isfinite(weights).all(axis=1) & (weights > 0.0).all(axis=1)
    begin = int(good.sum()) - max(1, round(TAIL * int(good.sum())))
    if not good.any():
        return None
    state, weights = state[good][begin:], weights[good][begin:]
    return state / state.sum(axis=1, keepdims=True), weights / weights.sum(axis=1, keepdims=True)
