"""Did the model converge? Judged on its error alone, and against the same run from other seeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.diagnosis.course import FEWEST, Course, course_of
from gaba_core.runs.diagnosis.model_words import RULES, sentence_of
from gaba_core.runs.diagnosis.verdict import Verdict, rated, verdict
from gaba_core.runs.judged_metric import JudgedMetric, judged_metric, metrics_to_choose, training_loss
from gaba_core.runs.schema import Run, record_order

FEWEST_SIBLINGS = 3
MAD_FLOOR = 0.05  # of the median: a handful of seeds that agree by chance makes no measure of scatter
NORMAL = 1.4826  # standard deviations in one median absolute deviation, for normal scatter
OUTLYING = 3.5


@dataclass(frozen=True, slots=True, eq=False)
class _Record:
    """A metric's finite values by ascending epoch; `lost` is the epoch from which none is finite.

    `best` is the index of the best one, `unit` what stands for epochs in a log that counts none.
    """

    epochs: FloatArray
    values: FloatArray
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


def judge_model(
    run: Run,
    siblings: Sequence[Run] = (),
    metric: str | None = None,
    higher_is_better: bool | None = None,
) -> tuple[Verdict, Score | None]:
    """Return the verdict on the model and its score among the sibling runs; the first rule decides.

    Args:
        run: what to judge.
        siblings: runs of the same set-up from other seeds.
        metric: what to judge it by, None for the first of `by_preference` that the log holds.
        higher_is_better: the metric's direction, None for what its name says.
    """
    by = judged_metric(run, metric, higher_is_better)
    if by is None:
        return verdict("unknown", _no_metric(run, metric), RULES["unknown"], metric=metric), None
    known = {"metric": by.name, "measured_on": by.split or None, "higher_is_better": by.higher_is_better}
    if by.higher_is_better is None:
        said = (
            f"{by.name} is this log's {by.words}, and its name does not say whether higher or lower is "
            f"better: state {by.name}:max or {by.name}:min."
        )
        return verdict("unknown", said, RULES["unknown"], **known), None
    record = _recorded(run, by)
    if record is None:
        return verdict("unknown", f"The log holds no finite {by.name}.", RULES["unknown"], **known), None
    course = course_of(record.values, by.higher_is_better)
    score = _score(run, siblings, by)
    code = _code(run, by, record, course, score)
    numbers = known | _numbers(record, course, score, by.higher_is_better)
    sentence = sentence_of(code, by, numbers, record.unit)
    sure = "sure" if record.lost is not None else "a guess" if by.split == "training" else "likely"
    return rated(verdict(code, sentence, RULES[code], **numbers), sure), score


def _no_metric(run: Run, metric: str | None) -> str:
    held = ", ".join(metrics_to_choose(run)[:8])
    if metric is None and held:
        return f"No name here says that it is an error or a score; state one with :max or :min: {held}."
    if metric is None:
        return "The log holds no error or score to judge the model by."
    return f"The log holds no metric {metric}" + (f"; it holds {held}." if held else ".")


def _code(run: Run, by: JudgedMetric, record: _Record, course: Course | None, score: Score | None) -> str:
    if record.lost is not None:
        return "diverged"
    if course is None:
        return "unknown"
    training = None if by.split == "training" else _training_course(run)
    if course.is_above_first and (
        by.split == "training" or (training is not None and training.is_above_first)
    ):
        return "diverged"
    if score is not None and abs(score.z) > OUTLYING:
        if score.z > 0.0:
            return "outlier"
        if not course.is_past_best:
            return "unusually-good"
    if course.is_past_best:
        learns = training is not None and training.gained_since(course.best_share)
        return "overfitting" if by.split == "validation" and learns else "past-best"
    return "improving" if course.is_improving else "settled"


def _numbers(
    record: _Record, course: Course | None, score: Score | None, higher: bool
) -> dict[str, float | str | bool | None]:
    sign = -1.0 if higher else 1.0
    best, last = float(record.values[record.best]), float(record.values[-1])
    return {
        "records": len(record.values),
        "best_epoch": float(record.epochs[record.best]),
        "best": best,
        "first": float(record.values[0]),
        "last": last,
        "end": float(np.median(record.values[-FEWEST:])),
        "lost": record.lost,
        "noise": None if course is None else course.noise,
        "last_over_best": last / best if best else None,
        "siblings": 0 if score is None else score.siblings,
        "siblings_median": None if score is None else sign * score.median,
        "siblings_mad": None if score is None else score.mad,
        "z": None if score is None else score.z,
    }


def _score(run: Run, siblings: Sequence[Run], by: JudgedMetric) -> Score | None:
    """Return how far the best value lies on the bad side of the siblings' best."""
    sign = -1.0 if by.higher_is_better else 1.0
    bests = [sign * _best_value(other, by) for other in (run, *siblings)]
    return robust_score(bests[0], bests[1:])


def _best_value(run: Run, by: JudgedMetric) -> float:
    record = _recorded(run, by) if by.name in run.metrics else None
    return float("nan") if record is None else float(record.values[record.best])


def _training_course(run: Run) -> Course | None:
    """Return the course of the training loss as a whole; the losses of single tasks do not stand for it."""
    name = training_loss(run)
    record = None if name is None else _recorded(run, JudgedMetric(name, False, "training"))
    return None if record is None else course_of(record.values)


def _recorded(run: Run, by: JudgedMetric) -> _Record | None:
    order = record_order(run, by.name)
    epochs, column = run.epochs[order].astype(np.float64), run.metrics[by.name][order]
    finite = np.flatnonzero(np.isfinite(column))
    if not finite.size:
        return None
    values = column[finite]
    trailing = len(column) - 1 - int(finite[-1])
    usual = int(np.diff(finite).max()) if finite.size > 1 else 1  # an error may be measured every n-th epoch
    lost = float(epochs[finite[-1] + 1]) if trailing >= usual else None
    best = int(values.argmax() if by.higher_is_better else values.argmin())
    if by.name == "rmse_last" and run.best_epoch is not None:
        named = np.flatnonzero(epochs[finite] == run.best_epoch)
        best = int(named[0]) if named.size else best
    return _Record(epochs[finite], values, lost, best, run.unit)
