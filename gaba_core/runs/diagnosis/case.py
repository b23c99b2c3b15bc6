"""What the rules on a balancer look at, and the words in which they name it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaba_core.runs.diagnosis.every_task import Judged
from gaba_core.runs.diagnosis.rest import Rest
from gaba_core.runs.diagnosis.series import Series
from gaba_core.runs.diagnosis.subject import Subject
from gaba_core.runs.number_text import epoch_text, figure
from gaba_core.runs.schema import Run, RunInfo


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A run with its path, and what the weights were found to do."""

    subject: Subject
    series: Series
    judged: Judged

    @property
    def run(self) -> Run:
        """The run."""
        return self.subject.run

    @property
    def info(self) -> RunInfo:
        """What the run states of itself."""
        return self.run.info or RunInfo()

    @property
    def rest(self) -> Rest:
        """What the deciding task's weight does."""
        return self.judged.rest

    @property
    def task(self) -> str:
        """Name of the deciding task."""
        return self.run.tasks[self.judged.task]

    def when(self, index: int) -> str:
        """Return the moment of a sample in words, such as "epoch 14"."""
        return f"{self.run.unit} {epoch_text(self.series.moment(index)[0])}"

    def span(self, samples: float) -> str:
        """Return a number of samples in units of the log, such as "12 epochs"."""
        epochs = self.series.epochs
        spacing = float(np.median(np.diff(epochs))) if len(epochs) > 1 else 1.0
        size = samples * spacing
        return f"{figure(size)} {self.run.unit}{'' if size == 1.0 else 's'}"

    @property
    def origin(self) -> str:
        """How the weight is known, for the end of a sentence; nothing where its name says so."""
        series, guess = self.series, self._guess
        if not series.computed or series.floor is None:
            shares = "as a share of the weights' sum" if series.are_shares else ""
            said = "; ".join(filter(None, (f"{guess} the applied weight" if guess else "", shares)))
            return f" ({said})" if said else ""
        buffer = f"{guess} the EMA buffer" if guess else "computed from the EMA buffer"
        if not series.assumed:
            return (
                f" ({buffer}; by its floor {series.floor:g})"
                if guess
                else f" ({buffer} by its floor {series.floor:g})"
            )
        if float(series.values[series.tail].min()) > series.floor:
            read = buffer if guess else "read off the EMA buffer"
            return f" ({read}, which a floor of up to {series.floor:g} does not change)"
        by = f"by the reference floor {series.floor:g}, which is assumed: the log states none"
        return f" ({buffer}; {by})" if guess else f" ({buffer} {by})"

    @property
    def _guess(self) -> str:
        found = self.run.origins.judged
        return f"{found.fields} is guessed to hold" if found is not None and found.sure == "a guess" else ""
