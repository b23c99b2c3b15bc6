"""Whether a task's weight is starved: below a floor that was stated, or falling without end."""

from __future__ import annotations

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.projection import weight_bounds
from gaba_core.runs.diagnosis.case import Case
from gaba_core.runs.diagnosis.rules import FEWEST, RULES
from gaba_core.runs.diagnosis.series import Series
from gaba_core.runs.diagnosis.trend import trend_of
from gaba_core.runs.diagnosis.verdict import Verdict, rated, verdict
from gaba_core.runs.number_text import epoch_text, figure

UNGUARDED = 0.1  # of 1/K: where the stated floor is 0, a smaller weight counts as starved
FALLEN = 0.04  # of 1/K: a weight that falls without end has come below this
FALL = 2.0  # factor by which it falls in the second half of the run


def stated_bound(case: Case) -> float | None:
    """Return the smallest weight that the stated floor allows, a tenth of 1/K where it is 0; else None."""
    tasks, floor = len(case.run.tasks), case.run.floor
    if floor is None or not 0.0 <= floor <= 1.0 / tasks:
        return None
    return weight_bounds(tasks, floor)[0] if floor > 0.0 else UNGUARDED / tasks


def starved(case: Case) -> Verdict | None:
    """Return the verdict on a starved task; None where none is starved."""
    if case.series.computed and case.run.floor != 0.0:  # by a floor of 0 the weight is the EMA state
        return None
    return _below(case) or _falling(case)


def _below(case: Case) -> Verdict | None:
    bound, series = stated_bound(case), case.series
    if bound is None or case.subject.other_floor is not None:
        return None
    median = np.median(series.values[series.tail], axis=0)
    least = int(median.argmin())
    if median[least] >= 0.99 * bound:
        return None
    since, step = _since(series, series.values[:, least] < 0.99 * bound)
    moving = case.rest.code in ("drifting", "unknown", "few")
    sentence = (
        f"Starved: {case.run.tasks[least]} has a weight of {figure(float(median[least]))}"
        f"{', still moving,' if moving else ''} and lies below {figure(bound)} since {case.run.unit} "
        f"{epoch_text(since)}; {_said(case.run.floor)}."
    )
    return rated(
        verdict(
            "starved",
            sentence,
            RULES["starved"],
            task=case.run.tasks[least],
            w=float(median[least]),
            bound=bound,
            epoch=since,
            step=step,
            floor=case.run.floor,
            is_level=not moving,
        ),
        "sure",
    )


def _said(floor: float | None) -> str:
    if not floor:
        return "its floor is 0, so nothing holds it up"
    return f"its stated floor {floor:g} does not hold it"


def _falling(case: Case) -> Verdict | None:
    series, tasks = case.series, len(case.run.tasks)
    least = int(series.values[-1].argmin())
    path = series.values[series.begin :, least]
    if not falls(path, FALLEN / tasks):
        return None
    since, step = _since(series, series.values[:, least] < UNGUARDED / tasks)
    half = len(path) // 2
    factor = float(np.median(path[half : half + 5]) / np.median(path[-5:]))
    sentence = (
        f"Starved: the weight of {case.run.tasks[least]} falls without end. It is "
        f"{figure(float(path[-1]))} at "
        f"the last record, below a tenth of an equal share since {case.run.unit} {epoch_text(since)}, and "
        f"fell {figure(factor)}-fold in the second half of the run; no floor holds it."
    )
    return verdict(
        "starved",
        sentence,
        RULES["starved"],
        task=case.run.tasks[least],
        w=float(path[-1]),
        bound=UNGUARDED / tasks,
        epoch=since,
        step=step,
        floor=case.run.floor,
        is_level=False,
    )


def falls(path: FloatArray, small: float) -> bool:
    """Return whether a weight (N,) is small and falls by a constant factor to the end."""
    if len(path) < 2 * FEWEST or float(np.median(path[-max(FEWEST, len(path) // 4) :][:FEWEST])) >= small:
        return False
    if float(path.min()) <= 0.0:
        return False
    logs = np.log(path)
    for part in (logs[len(logs) // 2 :], logs[-max(FEWEST, len(logs) // 4) :]):
        t = trend_of(part)
        steady = abs(t.change) > t.limit * t.se or abs(t.change) > 4.0 * t.sd
        if t.change > -np.log(FALL) * len(part) / (len(logs) // 2) or not t.lasts or not steady:
            return False
    return True


def _since(series: Series, below: np.ndarray) -> tuple[float, int | None]:
    above = np.flatnonzero(~below)
    return series.moment(min(int(above[-1]) + 1, len(below) - 1) if above.size else 0)
