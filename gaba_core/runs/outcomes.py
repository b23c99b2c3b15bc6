"""What came out of a run, one quantity at a time: at its end and at its best epoch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaba_core.runs.schema import Floats, Run


@dataclass(frozen=True, slots=True)
class Outcome:
    """A quantity's last value and its value at the best epoch of the run; None where there is none."""

    last: float | None
    best: float | None

    def less(self, base: Outcome) -> Outcome:
        """Return the difference from a baseline's outcome."""
        return Outcome(_minus(self.last, base.last), _minus(self.best, base.best))


def outcome_of(run: Run, values: Floats) -> Outcome:
    """Return the outcome of one column of a run, (E,)."""
    known = np.flatnonzero(np.isfinite(values))
    index = run.best_index
    best = None if index is None or not np.isfinite(values[index]) else float(values[index])
    return Outcome(float(values[known[-1]]) if known.size else None, best)


def mean_outcome(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the mean over runs of what each of them has."""
    return Outcome(_mean([o.last for o in outcomes]), _mean([o.best for o in outcomes]))


def _minus(value: float | None, base: float | None) -> float | None:
    return None if value is None or base is None else value - base


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None
