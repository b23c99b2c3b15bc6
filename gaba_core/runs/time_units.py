"""Epochs and steps of a run on one clock: the record of epoch e is the state at the end of epoch e."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray
from gaba_core.runs.schema import Run


def steps_per_epoch(run: Run) -> float | None:
    """Return the steps of one epoch: from `run.json`, else from the `step` of the records, else None.

    Where the records count steps and no epochs, each counts as one.
    """
    if run.unit != "epoch":
        return 1.0 if run.unit == "step" else None
    if run.info is not None and run.info.steps_per_epoch:
        return float(run.info.steps_per_epoch)
    step = run.metrics.get("step")
    if step is None or len(step) < 2:
        return None
    epochs = np.diff(run.epochs.astype(np.float64))
    forward = (epochs > 0) & (np.diff(step) > 0)
    return float(np.median(np.diff(step)[forward] / epochs[forward])) if forward.any() else None


def record_steps(run: Run) -> FloatArray | None:
    """Return the 0-based step (E,) after which each record was made; None where the log cannot tell."""
    step = run.metrics.get("step")
    if step is not None and bool(np.isfinite(step).all()):
        return step
    per_epoch = steps_per_epoch(run)
    return None if per_epoch is None else (run.epochs + 1.0) * per_epoch - 1.0


def record_epochs(run: Run) -> FloatArray | None:
    """Return the epoch (E,) of each record, also of a run whose time is told in steps; None where unknown."""
    if run.unit == "epoch":
        return np.asarray(run.epochs, dtype=np.float64)
    columns = () if run.reading is None else run.reading.mapping.columns("epoch").values()
    column = next((run.metrics[name] for name in columns if name in run.metrics), None)
    return column if column is not None and bool(np.isfinite(column).all()) else None


def trained_epochs(run: Run) -> float | None:
    """Return how many epochs a run has trained: as many as it has records of, or where a fraction ends."""
    epochs = record_epochs(run)
    if epochs is None or not epochs.size:
        return None
    if bool((epochs == np.floor(epochs)).all()):
        return float(len(np.unique(epochs)))
    return float(epochs.max())


def epochs_at(steps: npt.ArrayLike, per_epoch: float) -> FloatArray:
    """Return where steps stand on the axis of the records: the last step of epoch e stands at e.

    The first step of a run stands just above -1.
    """
    return np.asarray((np.asarray(steps, dtype=np.float64) + 1.0) / per_epoch - 1.0, dtype=np.float64)
