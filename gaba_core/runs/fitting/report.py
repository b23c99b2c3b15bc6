"""A fit in words and as plain data: what `python -m gaba_core.runs fit` prints."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gaba_core.number_text import number
from gaba_core.runs.fitting.estimate import Estimate
from gaba_core.runs.fitting.fit import Fit

UNDETERMINED = "the log cannot tell"
PARTS = {
    "time_constant": "time constant",
    "beta": "beta",
    "target": "target share",
    "floor": "floor",
    "warmup": "warm-up end",
}
MOST_PLACES = 9


def printed(found: Estimate) -> tuple[str, str, str]:
    """Return value, lower and upper end as text, with as many decimals as the interval bears."""
    width = max(found.high - found.low, 10.0**-MOST_PLACES)
    places = min(max(0, 1 - math.floor(math.log10(width))), MOST_PLACES)
    value, low, high = (f"{one:.{places}f}" for one in (found.value, *found.interval))
    return value, low, high


def fit_lines(path: Path, fit: Fit) -> Iterator[str]:
    """Yield the lines that tell of one run's fit."""
    yield f"{path}: " + (f"task {fit.task}, time in {fit.unit}" if fit.task else "no fit")
    if fit.task:
        for name, label in PARTS.items():
            found = getattr(fit, name)
            value, low, high = (UNDETERMINED, "", "") if found is None else printed(found)
            yield f"  {label:<14} {value}" + (f"  (95 %: {low} to {high})" if found else "")
        residual = UNDETERMINED if fit.residual is None else number(fit.residual)
        yield f"  {'residual':<14} {residual}  (predicting a record from the one before)"
    for note in fit.notes:
        yield f"  note: {note}"


def fit_data(path: Path, name: str, fit: Fit) -> dict[str, Any]:
    """Return one run's fit as JSON writes it; null where the log cannot tell."""
    estimates = {part: _plain(getattr(fit, part)) for part in PARTS}
    more = {"residual": fit.residual, "transient": fit.transient, "notes": list(fit.notes)}
    return {"path": str(path), "run": name, "task": fit.task, "unit": fit.unit, **estimates, **more}


def _plain(found: Estimate | None) -> dict[str, float] | None:
    return None if found is None else {"value": found.value, "low": found.low, "high": found.high}
