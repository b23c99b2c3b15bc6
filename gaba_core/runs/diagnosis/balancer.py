"""Did the balancer converge? Judged on the weights alone; the model's error has no say in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaba_core.projection import weight_bounds
from gaba_core.runs.diagnosis.rules import NEAR_EQUAL, OUTSIDE, RULES, UNEQUAL
from gaba_core.runs.diagnosis.series import REFERENCE_FLOOR, Series, applied, target_shares
from gaba_core.runs.diagnosis.subject import Subject
from gaba_core.runs.diagnosis.verdict import Verdict, verdict
from gaba_core.runs.number_text import epoch_text, figure, percent
from gaba_core.runs.schema import Floats, Run, RunInfo, is_gaba
from gaba_core.runs.time_units import steps_per_epoch
from gaba_core.thresholds import CLOSE, NOISE_SDS, arrival, first_movement, level_of


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """What the rules look at: the run, its path, the mean of its last quarter (K,), its least task."""

    subject: Subject
    series: Series
    level: Floats
    least: int

    @property
    def run(self) -> Run:
        return self.subject.run

    @property
    def info(self) -> RunInfo:
        return self.run.info or RunInfo()

    @property
    def task(self) -> str:
        return self.run.tasks[self.least]


def judge_balancer(subject: Subject) -> Verdict:
    """Return the verdict on the balancer; the first rule that applies decides, in the order of RULES."""
    run, series = subject.run, subject.series
    if series is None:
        sentence = (
            "This is not a balancer's log: it holds norms but no weights."
            if run.norms is not None
            else "This is not a balancer's log: it holds no weights."
        )
        return verdict("no-balancer", sentence, RULES["no-balancer"])
    if len(series.values) < 2 and series.lost is None:
        sentence = f"It cannot be told: the log holds {len(series.values)} record with finite weights."
        return verdict("unknown", sentence, RULES["unknown"], samples=len(series.values))
    if not len(series.values) or series.lost is not None:
        return _lost(series, run.unit)
    level = series.values[series.tail].mean(axis=0)
    case = _Case(subject, series, level, int(level.argmin()))
    for rule in (_diverged, _too_short, _starved, _near_equal):
        found = rule(case)
        if found is not None:
            return found
    return _settled(case)


def _lost(series: Series, unit: str) -> Verdict:
    since = float("nan") if series.lost is None else series.lost
    sentence = f"Diverged at {unit} {epoch_text(since)}: from there on no weight is finite."
    return verdict("diverged", sentence, RULES["diverged"], epoch=since, gaps=series.gaps)


def outside(values: Floats) -> Floats:
    """Return at which samples a share of the weights lies outside [0, 1], shape (N,), as 0 or 1."""
    return np.asarray(((values < -OUTSIDE) | (values > 1.0 + OUTSIDE)).any(axis=1), dtype=np.float64)


def _diverged(case: _Case) -> Verdict | None:
    off = outside(case.series.values)
    if not off[case.series.tail].any():
        return None
    epoch, step = case.series.moment(int(off.argmax()))
    low, high = float(case.series.values.min()), float(case.series.values.max())
    sentence = (
        f"Diverged at {case.run.unit} {epoch_text(epoch)}: a weight left [0, 1] and is outside in "
        f"{percent(off.mean())} "
        f"of the {'steps' if case.series.by_step else 'records'} (shares of the sum from {figure(low)} to "
        f"{figure(high)})."
    )
    return verdict(
        "diverged",
        sentence,
        RULES["diverged"],
        epoch=epoch,
        step=step,
        share_outside=float(off.mean()),
        smallest=low,
        largest=high,
    )


def _too_short(case: _Case) -> Verdict | None:
    length = case.subject.length
    if length is None or length.elapsed >= length.needed:
        return None
    passed = max(0.0, length.elapsed - length.warmup) / length.time_constant
    past = f"{passed:.1f} of the five time constants" if passed else "still in the warm-up"
    sentence = (
        f"Too short to judge: {figure(length.elapsed)} {length.unit} of the {figure(length.needed)} that "
        f"warm-up and five time constants take (by {length.source}); {past}. {case.task} stands at "
        f"{figure(case.series.values[-1, case.least])}."
    )
    return verdict(
        "too-short",
        sentence,
        RULES["too-short"],
        elapsed=length.elapsed,
        needed=length.needed,
        unit=length.unit,
        time_constant=length.time_constant,
        warmup=length.warmup,
        taken_from=length.source,
        steps_per_epoch=steps_per_epoch(case.run),
        w_last=float(case.series.values[-1, case.least]),
    )


def _starved(case: _Case) -> Verdict | None:
    if case.series.holds_state:
        return None
    tasks, floor = len(case.run.tasks), case.run.floor
    guard = floor if floor else min(REFERENCE_FLOOR, 0.5 / tasks)
    bound = weight_bounds(tasks, min(guard, 1.0 / tasks))[0]
    median = np.median(case.series.values[case.series.tail], axis=0)
    least = int(median.argmin())
    if median[least] >= 0.99 * bound:
        return None
    below = case.series.values[:, least] < 0.99 * bound
    above = np.flatnonzero(~below)
    since, step = case.series.moment(min(int(above[-1]) + 1, len(below) - 1) if above.size else 0)
    held = "no floor is recorded" if floor is None else f"its floor is {floor:g}"
    end = level_of(case.series.values)
    sentence = (
        f"Starved: {case.run.tasks[least]} has a weight of {figure(float(median[least]))} "
        f"{'at rest' if end.is_level else 'and still moving'}, and below {figure(bound)} since epoch "
        f"{epoch_text(since)}; {held}."
    )
    return verdict(
        "starved",
        sentence,
        RULES["starved"],
        task=case.run.tasks[least],
        w=float(median[least]),
        bound=bound,
        epoch=since,
        step=step,
        floor=floor,
        is_level=end.is_level,
    )


def _near_equal(case: _Case) -> Verdict | None:
    tasks = len(case.run.tasks)
    tail = case.series.values[case.series.tail]
    furthest = float(np.abs(tail * tasks - 1.0).max())
    if furthest > NEAR_EQUAL:
        return None
    ratio = _ratio(case.run)
    numbers = {"furthest_from_equal": furthest / tasks, "norm_ratio": ratio, "floor": case.run.floor}
    mean = figure(float(case.level[case.least]))
    if (ratio is not None and ratio > UNEQUAL) or not is_gaba(case.run):
        apart = "" if ratio is None else f" while the gradients differ {figure(ratio)} to 1"
        pinned = case.run.floor is not None and case.run.floor * tasks > 1.0 - NEAR_EQUAL
        why = "its floor of 1/K pins it" if pinned else "this weighting does not answer to gradient norms"
        sentence = f"Idle: the weights stay equal ({case.task} at {mean}){apart}; {why}."
        return verdict("idle", sentence, RULES["idle"], **numbers)
    seen = "the log holds no norms" if ratio is None else f"the norms differ only {ratio:.2f} to 1"
    sentence = (
        f"Balanced by nature: {case.task} stays at {mean}, {seen}. Equal weights are what equal gradients "
        "ask for; nothing is broken."
    )
    return verdict("balanced", sentence, RULES["balanced"], **numbers)


def _ratio(run: Run) -> float | None:
    """Return largest over smallest median norm of the tasks, or None where no norm was recorded."""
    norms = run.norms if run.steps is None else run.steps.norms
    if norms is None:
        return None
    finite = norms[np.isfinite(norms).all(axis=1)]
    medians = np.median(finite, axis=0) if len(finite) else np.zeros(1)
    return float(medians.max() / medians.min()) if medians.min() > 0.0 else None


def _settled(case: _Case) -> Verdict:
    series = case.series
    begin = min(first_movement(series.values), len(series.values) - 1)
    end = level_of(series.values[begin:])
    near = np.maximum(CLOSE * np.abs(end.mean), NOISE_SDS * end.sd)
    at = arrival(np.abs(series.values - end.mean), near, begin) if end.is_level else None
    if at is None:
        return _drifting(case)
    w, (epoch, step) = float(end.mean[case.least]), series.moment(at)
    numbers, said = _prediction(case, w)
    what = "EMA state" if series.holds_state else "weight"
    when = f"{case.run.unit} {epoch_text(epoch)}"
    sentence = f"Converged at {when}: the {what} of {case.task} rests at {figure(w)}{said}."
    return verdict(
        "converged",
        sentence,
        RULES["converged"],
        epoch=epoch,
        step=step,
        task=case.task,
        w=w,
        sd=float(end.sd[case.least]),
        **numbers,
    )


def _prediction(case: _Case, w: float) -> tuple[dict[str, float | str | None], str]:
    """Return the predicted weight w(E r) as evidence and as the end of a sentence, for GABA alone."""
    found = target_shares(case.run) if is_gaba(case.run) else None
    floor = case.run.floor
    if found is None:
        return {"w_predicted": None, "difference": None, "predicted_from": None}, ""
    shares, source = found
    predicted = float(applied(shares, floor)[case.least])
    numbers: dict[str, float | str | None] = {"w_predicted": predicted, "predicted_from": source}
    if case.series.holds_state:
        assumed = (
            f"with the reference floor {REFERENCE_FLOOR:g}" if floor is None else f"with floor {floor:g}"
        )
        return numbers | {
            "difference": None
        }, f", which {assumed} means an applied weight of {figure(predicted)}"
    return numbers | {"difference": w - predicted}, (
        f"; predicted {figure(predicted)} from {source}, difference {w - predicted:+.1g}"
    )


def _drifting(case: _Case) -> Verdict:
    tail = case.series.values[case.series.tail][:, case.least]
    numbers, _ = _prediction(case, float(tail[-1]))
    goes = numbers["w_predicted"] is not None and not case.series.holds_state
    towards = f", on the way to {figure(float(numbers['w_predicted'] or 0.0))}" if goes else ""
    sentence = (
        f"Still drifting: {case.task} went from {figure(float(tail[0]))} to {figure(float(tail[-1]))} over "
        f"the last quarter of the run{towards}."
    )
    return verdict(
        "drifting",
        sentence,
        RULES["drifting"],
        task=case.task,
        w_before=float(tail[0]),
        w_last=float(tail[-1]),
        **numbers,
    )
