"""The weights of a run as a diagnosis reads them: on one ascending clock, as shares of their sum."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray
from gaba_core.controller import centred_shares
from gaba_core.projection import clamp
from gaba_core.runs.balancer_columns import applied_weights
from gaba_core.runs.schema import Integers, Run, RunInfo, is_gaba, record_order
from gaba_core.runs.time_units import epochs_at, steps_per_epoch
from gaba_core.step_response import time_constant
from gaba_core.thresholds import ROUNDING

REFERENCE_BETA, REFERENCE_WARMUP, REFERENCE_FLOOR = 0.99, 100, 0.05
TAIL = 0.25  # share of the run, at its end, that its level is read from
ENOUGH = 24  # records that are judged by themselves; of fewer, the steps are, where they were recorded
CONSTANT = 0.01  # relative spread of the sums up to which a method keeps its weights' sum


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The balancer's path through a run.

    Attributes:
        epochs: (N,) strictly ascending, on the axis of the records.
        values: (N, K) applied weights over their sum.
        computed: whether they were computed from the EMA state, by the floor.
        floor: by which they were computed; None where they are recorded.
        assumed: whether that floor is the reference's, for the log states none.
        steps: (N,) 0-based, where every step was recorded; None where there is a sample a record.
        elapsed: steps trained by the end, or None where the log cannot tell.
        lost: epoch from which on no value was finite to the end; None where the run ends with one.
        gaps: samples left out because a value was not finite.
        rounding: step in which the values were rounded; 0 where they were not.
        keeps_sum: whether the weights' sum is constant, as GABA's, GradNorm's and DWA's is.
        total: median of that sum.
        memory: time constant of the average in samples, where the run states it; else 0.
        begin: first sample whose weights have left 1/K, or N.
    """

    epochs: FloatArray
    values: FloatArray
    computed: bool
    floor: float | None
    assumed: bool
    steps: Integers | None
    elapsed: float | None
    lost: float | None
    gaps: int
    rounding: float
    keeps_sum: bool
    total: float
    memory: float
    begin: int

    def moment(self, index: int) -> tuple[float, int | None]:
        """Return the epoch of the record by which a sample had been, and its step where steps are known."""
        epoch = float(self.epochs[index])
        if self.steps is None:
            return epoch, None
        return math.ceil(epoch - 1e-9) + 0.0, int(self.steps[index])

    @property
    def are_shares(self) -> bool:
        """Whether the values are other numbers than the log's, which do not sum to 1."""
        return not self.keeps_sum or abs(self.total - 1.0) > CONSTANT

    @property
    def by_step(self) -> bool:
        """Whether there is a value for every step instead of every record."""
        return self.steps is not None

    @property
    def tail(self) -> slice:
        """The last quarter of the samples."""
        return slice(len(self.values) - max(1, round(TAIL * len(self.values))), None)


def series_of(run: Run) -> Series | None:
    """Return the path that is judged: that of the records, or of the steps where records are few or bare.

    Applied weights come first; where only the EMA state was logged, floor and renormalisation make them of
    it, with the stated floor, else the reference's. None where the log holds neither.
    """
    recorded = record_series(run)
    bare = recorded is None or recorded.computed or len(recorded.values) < ENOUGH
    return step_series(run) or recorded if bare else recorded


def step_series(run: Run) -> Series | None:
    """Return the path of every step; None where the steps were not recorded in order."""
    per_epoch, trace = steps_per_epoch(run), run.steps
    if not per_epoch or trace is None or trace.weights is None or not bool((np.diff(trace.step) > 0).all()):
        return None
    beta = (run.info or RunInfo()).beta
    every = float(np.median(np.diff(trace.step))) if len(trace.step) > 1 else 1.0
    memory = 0.0 if not beta else time_constant(beta) / every
    trained = float(trace.step[-1]) + 1.0
    return _cleaned(epochs_at(trace.step, per_epoch), trace.weights, trace.step, trained, memory)


def record_series(run: Run) -> Series | None:
    """Return the path of the records that log weights; None where none does."""
    order = record_order(run)
    if run.silent is not None:
        order = order[~run.silent[order]]
    weights, computed = run.weights, run.weights is not None and run.origins.weights == "computed"
    floor = run.floor if computed else None
    if weights is None and run.state is not None:
        weights, computed, floor = run.state, is_gaba(run), None
        if computed:
            floor = min(REFERENCE_FLOOR, 1.0 / run.state.shape[1])
            weights = applied_weights(run.state, floor)
    if weights is None or not len(order):
        return None
    epochs = run.epochs[order].astype(np.float64)
    per_epoch = steps_per_epoch(run)
    elapsed = None if per_epoch is None else (float(epochs[-1]) + 1.0) * per_epoch
    memory = _memory(run, epochs, per_epoch)
    source = run.state if computed and run.state is not None else weights
    step = rounding_of(source[order])
    assumed = computed and run.floor is None
    return _cleaned(epochs, weights[order], None, elapsed, memory, step, floor if computed else None, assumed)


def _memory(run: Run, epochs: FloatArray, per_epoch: float | None) -> float:
    beta = (run.info or RunInfo()).beta
    if not beta or per_epoch is None or len(epochs) < 2:
        return 0.0
    return time_constant(beta) / (per_epoch * float(np.median(np.diff(epochs))))


def rounding_of(values: FloatArray) -> float:
    """Return the step in which values were rounded, 1e-1 to 1e-9; 0 where they were not."""
    finite = values[np.isfinite(values).all(axis=1)]
    some = finite[:: max(1, len(finite) // 200)]
    if not len(some) or float(np.abs(some).max()) > 1e6:
        return 0.0
    for digits in range(1, 10):
        if float(np.abs(some.round(digits) - some).max()) <= 1e-13:
            return float(10.0**-digits)
    return 0.0


def _cleaned(
    epochs: FloatArray,
    values: FloatArray,
    steps: Integers | None,
    elapsed: float | None,
    memory: float,
    rounding: float = 0.0,
    floor: float | None = None,
    assumed: bool = False,
) -> Series:
    columns = [np.ascontiguousarray(column) for column in values.T]  # far faster than along an axis of two
    sums = np.asarray(sum(columns[1:], start=columns[0]))
    finite = (np.abs(sums) > 0.0) & np.isfinite(sums)
    retained = np.flatnonzero(finite)
    lost = None
    if not finite[-1] and not _is_usual(retained, len(finite)):
        lost = float(np.ceil(epochs[retained[-1] + 1 if retained.size else 0] - 1e-9))
    whole = len(retained) == len(finite)
    sums = sums if whole else sums[finite]
    shares = np.column_stack([(c if whole else c[finite]) / sums for c in columns])
    keeps_sum = bool(len(sums) and np.ptp(sums) <= CONSTANT * np.abs(np.median(sums)))
    total = float(np.median(sums)) if len(sums) else 1.0
    step = rounding / abs(total)
    return Series(
        epochs=epochs if whole else epochs[finite],
        values=shares,
        computed=floor is not None,
        floor=floor,
        assumed=assumed,
        steps=None if steps is None else steps[finite],
        elapsed=elapsed,
        lost=lost,
        gaps=int((~finite).sum()),
        rounding=step,
        keeps_sum=keeps_sum,
        total=total,
        memory=memory,
        begin=_first_movement(shares, max(0.505 * step, ROUNDING)),
    )


def _first_movement(shares: FloatArray, near: float) -> int:
    equal = 1.0 / shares.shape[1]
    for begin in range(0, len(shares), 4096):
        moved = (np.abs(shares[begin : begin + 4096] - equal) > near).any(axis=1)
        if moved.any():
            return begin + int(moved.argmax())
    return len(shares)


def _is_usual(retained: npt.NDArray[np.intp], size: int) -> bool:
    """Return whether a gap at the end is no longer than those before it, as in a log of every n-th epoch."""
    return retained.size > 1 and size - 1 - int(retained[-1]) < int(np.diff(retained).max())


def target_shares(run: Run) -> tuple[FloatArray, str] | None:
    """Return the mean raw share (K,) of the last quarter of the run, and what it was computed from.

    The mean norms of the records give the share of the means, which noise sets apart from the mean share;
    the EMA state is its own estimate of where it goes.
    """
    if run.steps is not None:
        found = _mean_share(run.steps.norms)
        if found is not None:
            return found, "the norms of every step"
    order = record_order(run)
    if run.norms is not None:
        found = _mean_share(run.norms[order])
        if found is not None:
            return found, "the mean norms of the records"
    if run.state is not None and is_gaba(run):
        tail = _last_quarter(run.state[order])
        if tail.size:
            return np.asarray(tail.mean(axis=0), dtype=np.float64), "the EMA state itself"
    return None


def applied(shares: FloatArray, floor: float | None) -> FloatArray:
    """Return the weights GABA makes of shares (K,); the reference floor stands in for one not known."""
    legal = REFERENCE_FLOOR if floor is None else floor
    return clamp(shares, min(legal, 1.0 / len(shares)))


def _mean_share(norms: FloatArray) -> FloatArray | None:
    tail = _last_quarter(norms)
    tail = tail[(tail >= 0.0).all(axis=1)]
    if not tail.size:
        return None
    shares: FloatArray = (centred_shares(tail, axis=1) + 1.0 / tail.shape[1]).mean(axis=0)
    return shares


def _last_quarter(values: FloatArray) -> FloatArray:
    retained: FloatArray = values[np.isfinite(values).all(axis=1)]
    return retained[-max(1, round(TAIL * len(retained))) :]
