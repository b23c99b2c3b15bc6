"""The four regimes of a recorded run: found in its steps, else in its records to one record."""

from __future__ import annotations

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.lru_cache import cached
from gaba_core.regimes import Regime, assemble, find_regimes
from gaba_core.runs.diagnosis.balancer import judge_balancer
from gaba_core.runs.diagnosis.series import Series, record_series
from gaba_core.runs.diagnosis.subject import Subject
from gaba_core.runs.fitting.fit import fit_run
from gaba_core.runs.schema import Run, is_gaba
from gaba_core.thresholds import CLOSE, NOISE_SDS, arrival, below, first, first_movement

RESTLESS = (
    "drifting",
    "oscillating",
    "unknown",
    "too-short",
)  # verdicts under which no regime is called equilibrium
NONE = ("no-balancer", "diverged")


@cached(64 * 2**20)  # a page asks for those of each of its runs several times
def regimes_of(run: Run) -> tuple[Regime, ...]:
    """Return the regimes of a GABA run, in steps where the steps were recorded whole and the floor is known.

    Else they are found in the records, in units of the log and to one record. A run that is still drifting,
    swings or cannot be judged has no equilibrium. None are found where the weights diverged, where the
    balancer is not GABA, or where the log holds no weights.
    """
    if not run.tasks or not is_gaba(run):
        return ()
    subject = Subject(run)
    with np.errstate(over="ignore", invalid="ignore"):
        code = judge_balancer(subject).code
        if code in NONE:
            return ()
        return _of_steps(run, code not in RESTLESS) or _of_records(run, code not in RESTLESS)


def _of_steps(run: Run, rests: bool) -> tuple[Regime, ...]:
    trace, floor = run.steps, run.floor
    if trace is None or floor is None or trace.weights is None or trace.state is None:
        return ()
    whole = np.isfinite(trace.weights).all() and np.isfinite(trace.state).all()
    ascending = trace.step[0] >= 0 and bool((np.diff(trace.step) > 0).all())
    if not whole or not ascending or floor > 1.0 / len(run.tasks):
        return ()
    if rests:
        return find_regimes(trace.weights, trace.state, floor, trace.step)
    begin = first_movement(trace.state)
    return assemble(trace.step, begin, first(below(trace.state, floor), begin), None)


def _of_records(run: Run, rests: bool) -> tuple[Regime, ...]:
    series = record_series(run)
    if series is None or not len(series.values) or not series.keeps_sum or run.unit == "second":
        return ()
    floor = _floor(run, series)
    state = series.values if run.state is None else _aligned_state(run, series)
    begin = series.begin
    clamped = first(below(state, floor), begin) if floor > 0.0 else None
    return assemble(series.epochs, begin, clamped, _arrived(series) if rests else None, run.unit)


def _aligned_state(run: Run, series: Series) -> FloatArray:
    """Return the recorded state at the samples of the series, or the weights where it is not as long."""
    if run.state is None:
        return series.values
    at = {float(e): i for i, e in enumerate(run.epochs)}
    state = run.state[[at[float(e)] for e in series.epochs]]
    return np.where(np.isfinite(state), state, series.values)


def _floor(run: Run, series: Series) -> float:
    """Return the floor: stated, else that of the computed weights, else fitted; 0 where none shows."""
    if run.floor is not None:
        return min(run.floor, 1.0 / len(run.tasks))
    if series.floor is not None:
        return series.floor
    fitted = fit_run(run).floor
    return 0.0 if fitted is None else fitted.value


def _arrived(series: Series) -> int | None:
    """Return the first record within 0.1 % or four standard deviations of the end's level, to stay."""
    tail = series.values[series.tail]
    if len(tail) < 2 or series.begin >= len(series.values):
        return None
    level, sd = tail.mean(axis=0), tail.std(axis=0)
    near = np.maximum(np.maximum(CLOSE * np.abs(level), NOISE_SDS * sd), series.rounding)
    return arrival(np.abs(series.values - level), near, series.begin)
