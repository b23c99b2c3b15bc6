"""A run under judgement, with what more than one rule looks at: of a long log that is computed once."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from gaba_core.projection import weight_bounds
from gaba_core.runs.diagnosis.duration import Length, fitted_length, stated_length
from gaba_core.runs.diagnosis.rules import FEWEST
from gaba_core.runs.diagnosis.series import Series, series_of, step_series
from gaba_core.runs.fitting.fit import Fit, fit_run
from gaba_core.runs.schema import Run, is_gaba
from gaba_core.runs.time_units import steps_per_epoch

WARM = 2  # records at 1/K that show a warm-up
BLUNT = 2.0  # high over low bound of a fitted time constant from which it says nothing of the scatter
OTHER = 0.02  # relative distance of a fitted floor from the stated one that disproves it


class Subject:
    """One run and what is read off it."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @cached_property
    def series(self) -> Series | None:
        """The balancer's path; None where the log holds none."""
        return series_of(self.run) if self.run.tasks else None

    @cached_property
    def fine(self) -> Series | None:
        """The path of every step, where it was recorded beside the one that is judged."""
        found = step_series(self.run) if self.run.tasks else None
        return found if found is not None and len(found.values) else None

    @cached_property
    def stated(self) -> Length | None:
        """The run's length against the time constant that it states."""
        return None if self.series is None else stated_length(self.run, self.series)

    @cached_property
    def fitted(self) -> Length | None:
        """The run's length against the time constant that its transient shows."""
        return None if self.series is None else fitted_length(self.run, self.series, self.fit)

    @property
    def length(self) -> Length | None:
        """The run's length: stated, else fitted."""
        return self.stated or self.fitted

    @cached_property
    def fit(self) -> Fit:
        """The controller that the weights tell of."""
        return fit_run(self.run)

    @cached_property
    def has_warmup(self) -> bool:
        """Whether the path is a moving average's: an EMA state, or weights that began at 1/K."""
        series = self.series
        return series is not None and (self.run.state is not None or series.begin >= WARM)

    @cached_property
    def memory(self) -> float:
        """Time constant in samples, at most, as the transient shows it; 0 where it does not."""
        run, series = self.run, self.series
        if series is None or len(series.values) < FEWEST or not is_gaba(run):
            return 0.0
        if run.state is None and not series.begin:  # nothing shows where its path began
            return 0.0
        tau, per_epoch = self.fit.time_constant, steps_per_epoch(run) or 1.0
        if tau is None or tau.high >= BLUNT * tau.low:
            return 0.0
        spacing = float(np.median(np.diff(series.epochs)))
        return tau.high / (spacing * (per_epoch if self.fit.unit == "steps" else 1.0))

    @cached_property
    def other_floor(self) -> float | None:
        """The floor that the recorded weights show where they disprove the stated one; else None."""
        run, series = self.run, self.series
        if not run.floor or series is None or series.computed or not is_gaba(run) or not len(series.values):
            return None
        tasks = len(run.tasks)
        if run.floor > 1.0 / tasks:
            return None
        low = weight_bounds(tasks, run.floor)[0]
        if float(series.values[series.tail].min()) >= 0.99 * low:
            return None
        found = self.fit
        if found.floor is None or not found.floor.value > 0.0:
            return None
        return found.floor.value if abs(found.floor.value - run.floor) > OTHER * run.floor else None
