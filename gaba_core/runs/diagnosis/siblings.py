"""Whether a run's weights ended where those of its siblings did, on the scale of their own scatter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.diagnosis.rest import SMALLEST_LEVEL
from gaba_core.runs.diagnosis.series import Series, series_of
from gaba_core.runs.diagnosis.subject import Subject
from gaba_core.runs.diagnosis.verdict import Verdict, verdict
from gaba_core.runs.number_text import epoch_text, figure
from gaba_core.runs.schema import Run

LIMIT = 4.0  # distances from which a run is unlike its siblings
OWN = 0.01  # of the level: the scatter that seeds have at least
NORMAL = 1.4826  # standard deviations in one median absolute deviation, for normal scatter
FEWEST = 5  # records
RULE = (
    "Alike: every task's median over the last quarter lies within four distances of the siblings' median. "
    "One "
    "is the largest of the siblings' robust spread, the run's own standard deviation there and 1 % of the "
    "level."
)


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """The last quarter of a path: median (K,), standard deviation (K,), and its epochs' first."""

    level: FloatArray
    sd: FloatArray


def end_of(series: Series | None) -> End | None:
    """Return where a path ends; None where it has too few records, or was lost."""
    if series is None or len(series.values) < FEWEST or series.lost is not None:
        return None
    tail = series.values[min(series.tail.start, len(series.values) - FEWEST) :]
    return End(np.median(tail, axis=0), tail.std(axis=0))


def against_siblings(subject: Subject, siblings: Sequence[Run]) -> Verdict | None:
    """Return whether the weights ended where those of the siblings did; None where none can be compared."""
    run, own = subject.run, end_of(subject.series)
    if own is None:
        return None
    others = [(other, series_of(other)) for other in siblings if other.tasks == run.tasks]
    paths = [series for _, series in others if end_of(series) is not None]
    ends = np.array([end.level for series in paths if (end := end_of(series)) is not None])
    if not len(ends):
        return None
    middle = np.median(ends, axis=0)
    spread = NORMAL * np.median(np.abs(ends - middle), axis=0)
    scatter = np.median([end.sd for series in paths if (end := end_of(series)) is not None], axis=0)
    scale = np.maximum.reduce([spread, own.sd, scatter, OWN * np.maximum(np.abs(middle), SMALLEST_LEVEL)])
    distances = np.abs(own.level - middle) / scale
    worst = int(distances.argmax())
    alike = bool(distances[worst] <= LIMIT)
    task = int(own.level.argmin()) if alike else worst
    count = f"{len(ends)} sibling{'' if len(ends) == 1 else 's'}"
    since = None if alike else _left(subject, paths, worst, float(scale[worst]))
    sentence = (
        f"The weights ended {'like' if alike else 'unlike'} those of {count}: {run.tasks[task]} at "
        f"{figure(float(own.level[task]))}, theirs at {figure(float(middle[task]))}"
    )
    away = "" if since is None else f"; it left them at {run.unit} {epoch_text(since)}"
    return verdict(
        "like-siblings" if alike else "unlike-siblings",
        f"{sentence}{away}.",
        RULE,
        task=run.tasks[task],
        distance=float(distances[worst]),
        siblings=len(ends),
        w=float(own.level[task]),
        w_siblings=float(middle[task]),
        spread=float(scale[worst]),
        left=since,
    )


def _left(subject: Subject, paths: Sequence[Series | None], task: int, scale: float) -> float | None:
    """Return the epoch from which a weight stays away from its siblings' median; None if it always was."""
    series = subject.series
    if series is None:
        return None
    table = np.array([np.interp(series.epochs, p.epochs, p.values[:, task]) for p in paths if p is not None])
    near = np.abs(series.values[:, task] - np.median(table, axis=0)) <= LIMIT * scale
    if not near.any():
        return None
    last = int(np.flatnonzero(near)[-1])
    return float(series.epochs[min(last + 1, len(series.epochs) - 1)])
