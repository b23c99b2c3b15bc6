"""A training run as read from its log: columns of numbers, what is known of the run, what was unusual."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaba_core.checks import FloatArray
from gaba_core.regimes import Regime
from gaba_core.runs.metric_names import by_preference, metric_name
from gaba_core.runs.provenance import Origins, Reading
from gaba_core.runs.table import Bools

__all__ = ["Bools", "FloatArray", "Integers", "Run", "RunInfo", "StepTrace", "frozen"]

Integers = NDArray[np.int64]

LOG_FILE, INFO_FILE, STEPS_FILE = "convergence_log.json", "run.json", "steps.npz"
RUN_FILES = (LOG_FILE, INFO_FILE, STEPS_FILE)
SIDE_SUFFIX = ".run.json"  # what `run.json` is beside a log of another name: `ours.run.json` for `ours.csv`


@dataclass(frozen=True, slots=True)
class RunInfo:
    """What `run.json` says about a run; None where it says nothing.

    Attributes:
        seconds: wall-clock seconds of the whole run.
        stopped: why the run ended, in the words of its writer.
        extra: every entry that has no attribute of its own.
    """

    subset: str | None = None
    method: str | None = None
    seed: int | None = None
    device: str | None = None
    torch: str | None = None
    data: str | None = None
    data_sha256: str | None = None
    window: int | None = None
    stride: int | None = None
    batch: int | None = None
    beta: float | None = None
    floor: float | None = None
    warmup_steps: int | None = None
    steps_per_epoch: int | None = None
    best_epoch: int | None = None
    epochs: int | None = None
    started: str | None = None
    finished: str | None = None
    seconds: float | None = None
    stopped: str | bool | None = None
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, eq=False)
class StepTrace:
    """The recorded optimiser steps of a run: every one, or every n-th where a probe measured so.

    Attributes:
        step: (N,) 0-based step numbers, ascending.
        state: (N, K) EMA state after the step, or None.
        weights: (N, K) weights that multiplied the losses at the step, or None.
        norms: (N, K) gradient norms on the shared parameters; NaN where the run met a non-finite one.
        losses: (N, K) unweighted losses.
        gramians: (N, K, K) products of the task gradients, NaN where they were not measured, or None.
        update_norm: (N,) norm of the summed gradient before clipping, or None.
        update_dots: (N, K) its product with each task gradient, or None.
    """

    step: Integers
    state: FloatArray | None
    weights: FloatArray | None
    norms: FloatArray
    losses: FloatArray
    gramians: FloatArray | None = None
    update_norm: FloatArray | None = None
    update_dots: FloatArray | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One training run, in file order; every array is read-only and NaN marks a gap.

    Attributes:
        tasks: the K names; empty where the log holds nothing of a balancer.
        epochs: (E,) as recorded: int64, or float64 where an epoch is fractional; neither sorted nor unique.
            Steps, seconds or row numbers, by `unit`, where the log counts no epochs.
        weights: (E, K) weights that multiplied the losses, or None.
        state: (E, K) EMA state before the floor, or None.
        norms: (E, K) mean gradient norms, or None.
        metrics: every other number of the records, (E,) each.
        losses: name in `metrics` of each task's loss, by task; tasks of a log without weights among them.
        unit: what `epochs` counts: "epoch", "step", "second" or "row".
        unlogged: of metrics that the log holds in some records only, (E,) True where it says nothing: such a
            record is no gap.
        silent: (E,) True where a record logs neither weight nor state of any task: it says nothing of the
            balancer, and is no gap; None where every record does.
        origins: how weights and state came about.
        reading: format, columns and mapping of the log.
        others: the other runs that the same file holds.
        notes: sentences about what was unusual or had to be assumed.
    """

    name: str
    tasks: tuple[str, ...]
    epochs: NDArray[Any]
    weights: FloatArray | None
    state: FloatArray | None
    norms: FloatArray | None
    metrics: Mapping[str, FloatArray]
    steps: StepTrace | None = None
    info: RunInfo | None = None
    notes: tuple[str, ...] = ()
    losses: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    unit: str = "epoch"
    unlogged: Mapping[str, Bools] = field(default_factory=lambda: MappingProxyType({}))
    silent: Bools | None = None
    origins: Origins = field(default_factory=Origins)
    reading: Reading | None = None
    others: tuple[Run, ...] = ()

    def __repr__(self) -> str:
        return f"<Run {self.name!r}: {len(self.epochs)} records of {', '.join(self.tasks) or 'no task'}>"

    def _repr_html_(self) -> str:
        """What a notebook shows of the run: its length, its balancer, and both verdicts."""
        from gaba_core.runs.html_summary import html_summary  # which judges a run, and so must read this file

        return html_summary(self)

    @property
    def floor(self) -> float | None:
        """Floor of the balancer: the one logged, else the one that the reader of the log stated."""
        if self.info is not None and self.info.floor is not None:
            return self.info.floor
        return None if self.reading is None else self.reading.mapping.floor

    def regimes(self) -> tuple[Regime, ...]:
        """Return the four regimes of the balancer: in the steps where there are any, else in the records."""
        from gaba_core.runs.run_regimes import regimes_of  # which judges a run, and so must read this file

        return regimes_of(self)

    @property
    def gramians(self) -> FloatArray | None:
        """(N, K, K) products of the task gradients at the recorded steps, or None."""
        return None if self.steps is None else self.steps.gramians

    @property
    def best_index(self) -> int | None:
        """Index of the best epoch: the one `run.json` names, else that of the best value of `best_metric`."""
        if self.info is not None and self.info.best_epoch is not None:
            named = np.flatnonzero(self.epochs == self.info.best_epoch)
            if named.size:
                return int(named[-1])
        name = self.best_metric
        if name is None:
            return None
        values = self.metrics[name]
        return int(np.nanargmax(values) if metric_name(name).higher_is_better else np.nanargmin(values))

    @property
    def best_metric(self) -> str | None:
        """Name of the metric that the best epoch is of; a training loss has no best epoch.

        The first validation or test metric, else the first error or score whose name tells its direction.
        """
        for name in by_preference(name for name in self.metrics if name not in self.losses.values()):
            known = metric_name(name)
            directed = known.split != "training" and known.higher_is_better is not None
            if directed and not np.isnan(self.metrics[name]).all():
                return name
        return None

    @property
    def best_epoch(self) -> float | int | None:
        """Epoch number of `best_index`."""
        index = self.best_index
        return None if index is None else self.epochs[index].item()


def info_name(log: str) -> str:
    """Return what the file beside a log is called that says how the run was made."""
    if log == LOG_FILE:
        return INFO_FILE
    stem, dot, ending = log.rpartition(".")
    return (stem if dot and stem and len(ending) <= 5 else log) + SIDE_SUFFIX


def frozen(values: NDArray[Any]) -> NDArray[Any]:
    """Return the array itself, made read-only."""
    values.setflags(write=False)
    return values


def record_order(run: Run, column: str | None = None) -> Integers:
    """Return the indices of the records by ascending epoch; of a repeated epoch the last one counts.

    Records that say nothing of the metric `column` are passed by.
    """
    absent = None if column is None else run.unlogged.get(column)
    held = np.arange(len(run.epochs)) if absent is None else np.flatnonzero(~absent)
    epochs = run.epochs[held]
    if bool((np.diff(epochs) > 0).all()):
        return np.asarray(held, dtype=np.int64)
    _, at = np.unique(epochs[::-1], return_index=True)
    return np.asarray(held[len(held) - 1 - at], dtype=np.int64)


def is_gaba(run: Run) -> bool:
    """Return whether the balancer is GABA: its method or controller says so, or nothing speaks against it."""
    info = run.info or RunInfo()
    if info.beta is not None:
        return True
    if info.method is not None:
        return info.method.lower().startswith("gaba")
    return run.state is not None or run.weights is not None
