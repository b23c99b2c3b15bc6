"""Did the model converge? Judged on its error alone, and against the same run from other seeds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaba_core.runs.diagnosis.verdict import Verdict, verdict
from gaba_core.runs.metric_names import METRICS, TRAINING, VALIDATION
from gaba_core.runs.number_text import epoch_text, percent
from gaba_core.runs.schema import Floats, Run, record_order

FEWEST_SIBLINGS = 3
MAD_FLOOR = 0.05  # of the median: a handful of seeds that agree by chance makes no measure of scatter
NORMAL = 1.4826  # standard deviations in one median absolute deviation, for normal scatter
OUTLYING = 3.5
LATE = 0.1  # share of the records, at the end, in which a best epoch means that the run may still improve
WORSE = 0.05
END = 5

RULES = {
    "unknown": f"The model is judged by the first of {', '.join(METRICS)} that the log holds, else by what "
    "is named like a validation or training loss.",
    "diverged": "Diverged: the median of the last five errors is above three times the best, or above both "
    "the first and 1.5 times the best (the first alone where the best is not above 0); or the error is not "
    "finite to the end.",
    "outlier": "Outlier: the best error is more than 3.5 robust standard deviations above the median of at "
    "least three sibling seeds; one is 1.4826 times their median absolute deviation, which counts as at "
    "least 5 % of the median.",
    "improving": "Still improving: the best epoch lies in the last tenth of the records.",
    "past-best": "Past its best: the last error is more than 5 % above the best.",
    "settled": "Settled: the last error is within 5 % of a best that lies further back.",
}


@dataclass(frozen=True, slots=True, eq=False)
class _Errors:
    """The model's finite errors by ascending epoch; `lost` is the epoch from which none is finite.

    `unit` is what stands for epochs in a log that counts none.
    """

    metric: str
    epochs: Floats
    values: Floats
    lost: float | None
    best: int
    unit: str


@dataclass(frozen=True, slots=True)
class Score:
    """Where a value lies among its siblings, in robust standard deviations.

    Attributes:
        mad: median absolute deviation of the siblings as measured, before its floor.
    """

    z: float
    median: float
    mad: float
    siblings: int


def robust_score(value: float, siblings: Sequence[float]) -> Score | None:
    """Return how far a value lies above the median of others; None for fewer than three of them."""
    others = np.array([x for x in siblings if np.isfinite(x)], dtype=np.float64)
    if others.size < FEWEST_SIBLINGS:
        return None
    median = float(np.median(others))
    mad = float(np.median(np.abs(others - median)))
    scale = NORMAL * max(mad, MAD_FLOOR * abs(median))
    z = (value - median) / scale if scale > 0.0 else 0.0
    return Score(z, median, mad, others.size)


def judge_model(run: Run, siblings: Sequence[Run] = ()) -> tuple[Verdict, Score | None]:
    """Return the verdict on the model and its score among the sibling runs; the first rule decides."""
    errors = _errors(run)
    if errors is None:
        return verdict("unknown", "The log holds no error to judge the model by.", RULES["unknown"]), None
    best, first, last = (float(errors.values[i]) for i in (errors.best, 0, -1))
    score = robust_score(best, [_best_error(other, errors.metric) for other in siblings])
    numbers: dict[str, float | str | None] = {
        "metric": errors.metric,
        "best_epoch": float(errors.epochs[errors.best]),
        "best": best,
        "last": last,
        "last_over_best": last / best if best else None,
        "siblings": 0 if score is None else score.siblings,
        "siblings_median": None if score is None else score.median,
        "siblings_mad": None if score is None else score.mad,
        "z": None if score is None else score.z,
    }
    code, sentence = _said(errors, best, first, last, score)
    return verdict(code, sentence, RULES[code], **numbers), score


def _said(errors: _Errors, best: float, first: float, last: float, score: Score | None) -> tuple[str, str]:
    end = float(np.median(errors.values[-END:]))
    when = f"best {errors.metric} {best:.4g} at {errors.unit} {epoch_text(float(errors.epochs[errors.best]))}"
    if errors.lost is not None:
        return (
            "diverged",
            f"The model diverged at {errors.unit} {epoch_text(errors.lost)}: no finite error from there on.",
        )
    limit = _limit(best, first)
    if end > limit:
        kept = np.flatnonzero(errors.values <= limit)
        since = float(errors.epochs[min(int(kept[-1]) + 1, len(errors.values) - 1)])
        return "diverged", (
            f"The model diverged at {errors.unit} {epoch_text(since)}: {when}, {last:.4g} at the end "
            f"({first:.4g} at the first)."
        )
    if score is not None and score.z > OUTLYING:
        return "outlier", (
            f"The model is an outlier: {when}, against a median of {score.median:.4g} over {score.siblings} "
            f"sibling seeds (robust z {score.z:.1f})."
        )
    if errors.best >= len(errors.values) - max(1, round(LATE * len(errors.values))):
        return "improving", f"The model was still improving: {when}, near the end of the run."
    if last - best > WORSE * abs(best):
        more = f" ({percent(last / best - 1, '+.0f')})" if best > 0.0 else ""
        return "past-best", f"The model is past its best: {when}, {last:.4g} at the end{more}."
    return "settled", f"The model settled: {when}, {last:.4g} at the end."


def error_metric(run: Run) -> str | None:
    """Return the metric that a run's model is judged by; None where its log holds no error."""
    others = (
        name
        for pattern in (VALIDATION, TRAINING)
        for name in run.metrics
        if re.fullmatch(pattern, name, re.IGNORECASE)
    )
    known = (name for name in (*METRICS, *others) if name in run.metrics)
    return next(
        (name for name in known if np.isfinite(run.metrics[name][record_order(run, name)]).any()), None
    )


def _limit(best: float, first: float) -> float:
    """Return the error above which a model has diverged; a loss below 0 has no multiple to be above."""
    return min(3.0 * best, max(first, 1.5 * best)) if best > 0.0 else max(first, best)


def _errors(run: Run) -> _Errors | None:
    metric = error_metric(run)
    if metric is None:
        return None
    order = record_order(run, metric)
    epochs, column = run.epochs[order].astype(np.float64), run.metrics[metric][order]
    finite = np.flatnonzero(np.isfinite(column))
    values = column[finite]
    trailing = len(column) - 1 - int(finite[-1])
    usual = int(np.diff(finite).max()) if finite.size > 1 else 1  # an error may be measured every n-th epoch
    lost = float(epochs[finite[-1] + 1]) if trailing >= usual else None
    best = int(values.argmin())
    if metric == "rmse_last" and run.best_epoch is not None:
        named = np.flatnonzero(epochs[finite] == run.best_epoch)
        best = int(named[0]) if named.size else best
    return _Errors(metric, epochs[finite], values, lost, best, run.unit)


def _best_error(run: Run, metric: str) -> float:
    errors = _errors(run)
    return (
        float(errors.values[errors.best]) if errors is not None and errors.metric == metric else float("nan")
    )
