"""What came out of a run, one quantity at a time: at its end and at its best epoch."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.schema import Run, RunInfo


def figures_on_test(info: RunInfo | None) -> dict[str, float]:
    """Return what `run.json` says of the test engines, by name; empty where they were not looked at."""
    found = None if info is None else info.extra.get("test")
    if not isinstance(found, Mapping):
        return {}
    numbers = {k: v for k, v in found.items() if isinstance(v, int | float) and not isinstance(v, bool)}
    return {str(name): float(value) for name, value in numbers.items() if math.isfinite(value)}


def headline_figures(run: Run) -> dict[str, Any]:
    """Return how good a run's model is, as the list has it: on the test engines where they were looked at."""
    own = _judged(run)
    test, on = tested_figures(run.info), None if run.info is None else run.info.extra.get("evaluated_on")
    if test:
        return own | test
    rmse, nasa = _at_best(run, "rmse_last"), _at_best(run, "nasa")
    known = f"on {on}" if isinstance(on, str) else "on what the log does not say, nor whether RUL was capped"
    said = f"At the best epoch, {known}." if rmse is not None or nasa is not None else ""
    return own | {"rmse": rmse, "nasa": nasa, "figures_from": said}


def tested_figures(info: RunInfo | None) -> dict[str, Any]:
    """Return the figures on the test engines, as the list has them; empty where they were not looked at."""
    test = figures_on_test(info)
    if not test:
        return {}
    engines, epoch = test.get("engines"), test.get("epoch")
    whose = "the test engines" if engines is None else f"{engines:g} test engines"
    when = "" if epoch is None else f", at epoch {epoch:g}"
    return {
        "rmse": test.get("rmse"),
        "rmse_uncapped": test.get("rmse_uncapped"),
        "nasa": test.get("nasa"),
        "accuracy": test.get("health_accuracy"),
        "figures_from": f"On {whose}, looked at once{when}. RUL is capped but where it says uncapped.",
    }


@dataclass(frozen=True, slots=True)
class Outcome:
    """A quantity's last value and its value at the best epoch of the run; None where there is none."""

    last: float | None
    best: float | None

    def less(self, base: Outcome) -> Outcome:
        """Return the difference from a baseline's outcome."""
        return Outcome(_minus(self.last, base.last), _minus(self.best, base.best))


def outcome_of(run: Run, values: FloatArray) -> Outcome:
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


def _judged(run: Run) -> dict[str, Any]:
    """Return the metric that the best epoch is of, and its value there."""
    name = run.best_metric
    return {"metric": name, "at_best": None if name is None else _at_best(run, name)}


def _at_best(run: Run, metric: str) -> float | None:
    index, column = run.best_index, run.metrics.get(metric)
    if index is None or column is None:
        return None
    value = float(column[index])
    return None if value != value else value
