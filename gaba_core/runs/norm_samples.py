"""The gradient norms a run recorded, of any cadence: of every step, of every n-th, or one value an epoch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError
from gaba_core.runs.restarts import resumed
from gaba_core.runs.schema import Integers, Run
from gaba_core.runs.time_units import record_steps

Cadence = Literal["step", "every", "epoch", "record"]
_NONE = "run must hold the gradient norms of every step, of every n-th, or of its records; got {}."
# Largest error of a weight when logs/FD002/gaba/seed_42 is replayed by its own controller from every 10th of
# its steps and from the mean norms of its epochs, at those times: test_norm_samples measures it.
ERROR_OF_TENTHS, ERROR_OF_EPOCHS = 0.00011, 0.00005


@dataclass(frozen=True, slots=True, eq=False)
class NormSamples:
    """Recorded norms in the order of time.

    Attributes:
        step: (N,) 0-based step after which each was so, ascending.
        held: (N,) steps that each stands for.
        norms: (N, K); NaN where one was not finite.
        losses: (N, K) unweighted losses, NaN where they are not known.
        records: (N,) the records they are of; None where they are those of the step arrays.
        cadence: what there is a sample of: every "step", "every" n-th, one an "epoch", or one a "record" of
            unknown length.
    """

    step: Integers
    held: Integers
    norms: FloatArray
    losses: FloatArray
    records: Integers | None
    cadence: Cadence

    @property
    def is_dense(self) -> bool:
        """Whether every sample stands for one step."""
        return bool((self.held == 1).all())

    @property
    def sentence(self) -> str:
        """Return what the cadence means for a replay, in words; empty where every step was recorded."""
        steps = int(np.median(self.held))
        each = f"each stands for {steps} steps, and beta counts {steps} times"
        if self.cadence == "every":
            held = f"The log holds the norms of every {_nth(steps)} step: {each}."
            return f"{held} From every 10th step a shipped run comes out to {ERROR_OF_TENTHS:.5f}."
        if self.cadence == "epoch":
            held = f"The log holds one value of the norms an epoch: {each}."
            return f"{held} From the means of its epochs a shipped run comes out to {ERROR_OF_EPOCHS:.5f}."
        if self.cadence == "record":
            return "The log does not say how many steps lie between its records: each is taken as one step."
        return ""


def norm_samples(run: Run) -> NormSamples:
    """Return the recorded norms of a run: those of its step arrays, else those of its records.

    Raises:
        ParameterError: the run holds no norms, a negative one, or step arrays that go back.
    """
    found = _of_steps(run) if run.steps is not None else _of_records(run)
    if bool((found.norms < 0.0).any()):
        raise ParameterError(f"norms of {run.name} must be at least 0; got {np.nanmin(found.norms):g}.")
    return found


def holds_norms(run: Run) -> bool:
    """Whether a run recorded gradient norms of any cadence."""
    return run.steps is not None or (run.norms is not None and bool(np.isfinite(run.norms).all(axis=1).any()))


def _of_steps(run: Run) -> NormSamples:
    trace = run.steps
    if trace is None:
        raise ParameterError(f"run must hold step arrays; got {run.name}.")
    step = trace.step
    held = _held(step, 1)
    cadence: Cadence = "step" if bool((held == 1).all()) else "every"
    return NormSamples(step, held, trace.norms, trace.losses, None, cadence)


def _of_records(run: Run) -> NormSamples:
    if run.norms is None:
        raise ParameterError(_NONE.format(run.name))
    records = resumed(run).records
    records = records[~_unlogged(run)[records]]
    if not records.size:
        raise ParameterError(_NONE.format(run.name))
    ends = record_steps(run)
    known = ends is not None and bool(np.isfinite(ends[records]).all()) and run.unit in ("epoch", "step")
    places = ends[records] if known and ends is not None else np.arange(records.size, dtype=np.float64)
    order = np.argsort(places, kind="stable")
    last = np.append(np.diff(places[order]) > 0.0, True)  # of several records of one step the last counts
    records, places = records[order][last], places[order][last]
    step = np.round(places).astype(np.int64)
    held = _held(step, int(np.median(np.diff(step))) if step.size > 1 else 1)
    norms = run.norms[records]
    losses = _losses(run)[records]
    return NormSamples(step, held, norms, losses, records, _cadence(run, held, known=known))


def _cadence(run: Run, held: Integers, *, known: bool) -> Cadence:
    if not known:
        return "record"
    if bool((held == 1).all()):
        return "step"
    return "epoch" if run.unit == "epoch" else "every"


def _held(step: Integers, usual: int) -> Integers:
    """Return the steps (N,) that each sample stands for; the first for those before it, as the others do."""
    before = np.diff(step)
    first = (
        min(int(step[0]) + 1, max(usual, int(np.median(before)) if before.size else 1)) if step.size else 1
    )
    return np.concatenate([[max(first, 1)], np.maximum(before, 0)]).astype(np.int64)


def _unlogged(run: Run) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return (E,) where a record logs no norm at all: it says nothing of them."""
    names = () if run.reading is None else run.reading.mapping.columns("norm").values()
    masks = [run.unlogged[name] for name in names if name in run.unlogged]
    if not masks or len(masks) < len(run.tasks):
        return np.zeros(len(run.epochs), dtype=np.bool_)
    return np.asarray(np.logical_and.reduce(masks))


def _losses(run: Run) -> FloatArray:
    columns = [run.metrics.get(run.losses.get(task, "")) for task in run.tasks]
    nothing = np.full(len(run.epochs), np.nan)
    return np.column_stack([nothing if column is None else column for column in columns])


def _nth(count: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(count % 10 if count % 100 not in (11, 12, 13) else 0, "th")
    return f"{count}{ending}"
