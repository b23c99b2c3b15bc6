"""Time axis of the Runs view: where records and steps stand in epochs, steps or seconds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray
from gaba_core.runs import (
    Run,
    epochs_at,
    record_seconds,
    record_steps,
    regimes_of,
    seconds_at,
    steps_per_epoch,
)
from gaba_core.runs.time_units import record_epochs

from ..run_source.selected_run import Shown
from .state import AXES, RunsState
from .zoom import context, zoomed

SECONDS = "seconds of training"
NO_TIMES = {
    "steps": "not every run here tells its steps",
    "seconds": "not every run here tells its seconds",
}
TITLES = {
    "epochs": "epoch (logged at its end)",
    "steps": "step",
    "seconds": SECONDS,
}
LOG_TITLES = {"epochs": "epochs completed", "steps": "steps completed", "seconds": SECONDS}


def unit_of(shown: Sequence[Shown], state: RunsState) -> str:
    """Return the unit of time that is drawn: the one asked for where every run can tell it, else epochs."""
    places = {"steps": record_steps, "seconds": record_seconds}.get(state.x)
    can = places is not None and bool(shown) and all(places(s.run) is not None for s in shown)
    return state.x if can else "epochs"


def counted_in(shown: Sequence[Shown]) -> str:
    """Return what the records of the runs count: epochs, unless none of their logs counts them."""
    units = {s.run.unit for s in shown}
    if "epoch" in units or not units:
        return "epoch"
    return units.pop() if len(units) == 1 else "record"


def clock_options(shown: Sequence[Shown]) -> list[dict[str, str]]:
    """Return what time may be counted in; the first is what the logs count themselves, epochs or not."""
    first = {"epoch": AXES["epochs"], "row": "Rows"}.get(counted_in(shown), "As logged")
    return [{"value": key, "label": label} for key, label in ({**AXES, "epochs": first}).items()]


class TimeAxis:
    """Where records and steps stand on the time axis.

    A logarithmic axis counts what is completed, from 1: epoch 0 and step 0 would have no place on it.

    Attributes:
        unit: "epochs", "steps" or "seconds".
        counted: what the records count where the unit is epochs.
        pointed: what stands over the values at the pointer.
        low, high: first and last place of anything drawn.
        end: last place visible at first.
        context: what a zoom along this axis belongs to.
        view: first and last visible place where the reader has zoomed, else None.
    """

    def __init__(self, shown: Sequence[Shown], state: RunsState) -> None:
        self.unit = unit_of(shown, state)
        self.log = state.shows.logx
        self._from = 1.0 if self.log and self.unit != "seconds" else 0.0
        words = (LOG_TITLES if self.log else TITLES)[self.unit]
        self.counted = counted_in(shown)
        if self.unit == "epochs" and self.counted != "epoch":
            words = words.partition(" (")[0].replace("epoch", self.counted)
        self.title = words if self.unit == state.x else f"{words.partition(' (')[0]} ({NO_TIMES[state.x]})"
        counted = f"{words.partition(' (')[0]} %{{x:,.6~g}}"
        self.pointed = "%{x:,.1f} s" if self.unit == "seconds" else counted
        ends = [self.records(s.run) for s in shown]
        ends = [e[np.isfinite(e) & (e > 0.0 if self.log else True)] for e in ends]
        ends = [e for e in ends if e.size]
        high = max((float(e.max()) for e in ends), default=1.0)
        low = min((float(e.min()) for e in ends), default=min(1.0, high))
        self.low = low if self.log else min(low, self._start(shown, low))
        self._begins = self.low < low  # at the run's first step, before anything that is marked
        if self.log and self.unit == "steps":
            self.low = 1.0
        self.high = high if high > self.low else self.low + 1.0
        self.end = self._end(shown) if state.window == "transient" else self.high
        self.context = context(self.unit, "log" if self.log else "", state.window)
        self.view = self._visible(state.zoom)

    def _start(self, shown: Sequence[Shown], low: float) -> float:
        """Where the first step stands, if any run can tell its steps."""
        traced = any(s.run.steps is not None and steps_per_epoch(s.run) for s in shown)
        return (-1.0 if self.unit == "epochs" else 0.0) if traced else low

    def _end(self, shown: Sequence[Shown]) -> float:
        """The end of the transient with as much again of the plateau as shows that it is one."""
        for s in shown:
            settled = next((r for r in regimes_of(s.run) if r.name == "equilibrium"), None)
            at = None if settled is None else self.moments(s.run, [settled.start], settled.unit)
            if at is not None and float(at[0]) > self.low:
                return min(self.high, self.low + 1.5 * (float(at[0]) - self.low))
        return self.high

    def _visible(self, zoom: Sequence[str]) -> tuple[float, float] | None:
        found = zoomed("x", self.context, zoom)
        if found is None or not self.log:
            return found
        low, high = (float(10.0 ** min(v, 300.0)) for v in found)
        return low, high

    def records(self, run: Run) -> FloatArray:
        """Where the records of a run stand, (E,)."""
        found = {"steps": record_steps, "seconds": record_seconds}
        if self.unit == "epochs" and self.counted == "epoch":
            found["epochs"] = record_epochs
        places = found[self.unit](run) if self.unit in found else None
        return (run.epochs.astype(np.float64) if places is None else places) + self._from

    def steps(self, run: Run, steps: npt.ArrayLike) -> FloatArray | None:
        """Where steps of a run stand; None where the run cannot tell."""
        if self.unit == "seconds":
            return seconds_at(run, steps)
        if self.unit == "steps":
            return np.asarray(steps, dtype=np.float64) + self._from
        per_epoch = steps_per_epoch(run)
        return None if per_epoch is None else epochs_at(steps, per_epoch) + self._from

    def moments(self, run: Run, moments: Sequence[float], unit: str) -> FloatArray | None:
        """Where steps of a run, or else the epochs of its records, stand; None where not known."""
        if unit == "step":
            return self.steps(run, moments)
        at = [int(np.flatnonzero(run.epochs == moment)[-1]) for moment in moments]
        return np.asarray(self.records(run)[at], dtype=np.float64)

    def span(self) -> list[float]:
        """The range visible at first, from where the run begins; exponents of ten where it is logarithmic."""
        return list(self._with_room(self.end))

    def everything(self) -> tuple[float, float]:
        """The range that holds every record, in the same terms."""
        return self._with_room(self.high)

    def _with_room(self, end: float) -> tuple[float, float]:
        low, high = (float(np.log10(v)) if self.log else v for v in (self.low, end))
        room = 0.012 * (high - low)  # for the mark of a record at the edge
        return low - (0.0 if self._begins else room), high + room
