"""A run under judgement, with what more than one rule looks at: of a long log that is computed once."""

from __future__ import annotations

from functools import cached_property

from gaba_core.runs.diagnosis.duration import Length, length_of
from gaba_core.runs.diagnosis.series import Series, series_of
from gaba_core.runs.schema import Run


class Subject:
    """One run and what is read off it."""

    def __init__(self, run: Run) -> None:
        self.run = run

    @cached_property
    def series(self) -> Series | None:
        """The balancer's path; None where the log holds none."""
        return series_of(self.run) if self.run.tasks else None

    @cached_property
    def length(self) -> Length | None:
        """The run's length against its balancer's time constant; None where neither is known."""
        return None if self.series is None else length_of(self.run, self.series)
