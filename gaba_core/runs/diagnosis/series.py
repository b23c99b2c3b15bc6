"""The weights of a run as a diagnosis reads them: on one ascending clock, as shares of their sum."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gaba_core.controller import centred_shares
from gaba_core.projection import clamp
from gaba_core.runs.schema import Floats, Integers, Run, is_gaba, record_order
from gaba_core.runs.time_units import epochs_at, steps_per_epoch

REFERENCE_BETA, REFERENCE_WARMUP, REFERENCE_FLOOR = 0.99, 100, 0.05
TAIL = 0.25  # share of the run, at its end, that its level is read from


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """The balancer's path through a run.

    Attributes:
        epochs: (N,) strictly ascending, on the axis of the records.
        values: (N, K) applied weights over their sum, or the EMA state where the weights are not known.
        holds_state: whether `values` is the EMA state.
        steps: (N,) 0-based, where every step was recorded; None where there is a sample a record.
        elapsed: steps trained by the end, or None where the log cannot tell.
        lost: epoch from which on no value was finite to the end; None where the run ends with one.
        gaps: samples left out because a value was not finite.
    """

    epochs: Floats
    values: Floats
    holds_state: bool
    steps: Integers | None
    elapsed: float | None
    lost: float | None
    gaps: int

    def moment(self, index: int) -> tuple[float, int | None]:
        """Return the epoch of the record by which a sample had been, and its step where steps are known."""
        epoch = float(self.epochs[index])
        if self.steps is None:
            return epoch, None
        return math.ceil(epoch - 1e-9) + 0.0, int(self.steps[index])

    @property
    def by_step(self) -> bool:
        """Whether there is a value for every step instead of every record."""
        return self.steps is not None

    @property
    def tail(self) -> slice:
        """The last quarter of the samples."""
        return slice(len(self.values) - max(1, round(TAIL * len(self.values))), None)


def series_of(run: Run) -> Series | None:
    """Return the path of the balancer, step by step where that was recorded; None where the log has none."""
    per_epoch = steps_per_epoch(run)
    trace, held = run.steps, None if run.steps is None else run.steps.weights
    if per_epoch and trace is not None and held is not None and bool((np.diff(trace.step) > 0).all()):
        epochs = epochs_at(trace.step, per_epoch)
        return _cleaned(epochs, held, False, trace.step, float(trace.step[-1]) + 1.0)
    values = run.state if run.weights is None else run.weights
    if values is None:
        return None
    order = record_order(run)
    epochs = run.epochs[order].astype(np.float64)
    elapsed = None if per_epoch is None else (float(epochs[-1]) + 1.0) * per_epoch
    return _cleaned(epochs, values[order], run.weights is None, None, elapsed)


def _cleaned(
    epochs: Floats, values: Floats, is_state: bool, steps: Integers | None, elapsed: float | None
) -> Series:
    finite = np.asarray(np.isfinite(values).all(axis=1) & (np.abs(values.sum(axis=1)) > 0.0))
    kept = np.flatnonzero(finite)
    lost = None
    if not finite[-1] and not _is_usual(kept, len(finite)):
        lost = float(np.ceil(epochs[kept[-1] + 1 if kept.size else 0] - 1e-9))
    shares = values[finite] / values[finite].sum(axis=1, keepdims=True)
    kept_steps = None if steps is None else steps[finite]
    return Series(epochs[finite], shares, is_state, kept_steps, elapsed, lost, int((~finite).sum()))


def _is_usual(kept: npt.NDArray[np.intp], size: int) -> bool:
    """Return whether a gap at the end is no longer than those before it, as in a log of every n-th epoch."""
    return kept.size > 1 and size - 1 - int(kept[-1]) < int(np.diff(kept).max())


def target_shares(run: Run) -> tuple[Floats, str] | None:
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


def applied(shares: Floats, floor: float | None) -> Floats:
    """Return the weights GABA makes of shares (K,); the reference floor stands in for one not known."""
    legal = REFERENCE_FLOOR if floor is None else floor
    return clamp(shares, min(legal, 1.0 / len(shares)))


def _mean_share(norms: Floats) -> Floats | None:
    tail = _last_quarter(norms)
    tail = tail[(tail >= 0.0).all(axis=1)]
    if not tail.size:
        return None
    shares: Floats = (centred_shares(tail, axis=1) + 1.0 / tail.shape[1]).mean(axis=0)
    return shares


def _last_quarter(values: Floats) -> Floats:
    kept: Floats = values[np.isfinite(values).all(axis=1)]
    return kept[-max(1, round(TAIL * len(kept))) :]
