"""The verdict on weights that left 1/K: at rest, noisy, swinging, drifting, moved, or not to be told."""

from __future__ import annotations

import numpy as np

from gaba_core.runs.diagnosis.case import Case
from gaba_core.runs.diagnosis.predicted import predicted_sd, prediction
from gaba_core.runs.diagnosis.rest import SMALLEST_LEVEL
from gaba_core.runs.diagnosis.rules import RULES
from gaba_core.runs.diagnosis.series import Series
from gaba_core.runs.diagnosis.verdict import Verdict, rated, verdict
from gaba_core.runs.number_text import epoch_text, figure, percent
from gaba_core.thresholds import CLOSE, NOISE_SDS, arrival


def verdict_on(case: Case) -> Verdict:
    """Return the verdict on a path that has left 1/K."""
    return _SAID[case.rest.code](case)


def _converged(case: Case) -> Verdict:
    rest = case.rest
    numbers, said = prediction(case, rest.mean)
    epoch, step = _arrived(case)
    sentence = (
        f"Converged at {case.run.unit} {epoch_text(epoch)}: the weight of {case.task} settled at "
        f"{figure(rest.mean)}{case.origin}{said}."
    )
    found = verdict(
        "converged",
        sentence,
        RULES["converged"],
        epoch=epoch,
        step=step,
        task=case.task,
        w=rest.mean,
        sd=rest.sd,
        **numbers,
        **_hidden(case),
    )
    close = rest.trend is not None and rest.trend.bound <= 0.025 * max(rest.mean, SMALLEST_LEVEL)
    return rated(found, "sure" if close and not case.series.assumed else "likely")


def _noisy(case: Case) -> Verdict:
    rest, expected = case.rest, predicted_sd(case)
    numbers, said = prediction(case, rest.mean)
    asked = ""
    if expected is not None:
        usual = 0.5 * expected <= rest.sd <= 2.0 * expected
        asked = (
            f"; its norms ask for a standard deviation of {figure(expected)}, "
            f"{'so this is as much as they ask for' if usual else 'which is not what is seen'}"
        )
    sentence = (
        f"Stationary, but noisy: the weight of {case.task} varies about {figure(rest.mean)} with a standard "
        f"deviation of {figure(rest.sd)} ({percent(rest.sd / max(rest.mean, 1e-12))}) and has no trend"
        f"{case.origin}{said}{asked}. Report the mean together with its scatter."
    )
    found = verdict(
        "noisy",
        sentence,
        RULES["noisy"],
        epoch=case.series.moment(case.judged.at(rest.tail))[0],
        task=case.task,
        w=rest.mean,
        sd=rest.sd,
        sd_predicted=expected,
        **numbers,
        **_hidden(case),
    )
    many = rest.trend is not None and rest.trend.independent >= 20.0
    return rated(found, "sure" if many and not case.series.assumed else "likely")


def _oscillating(case: Case) -> Verdict:
    rest = case.rest
    period, amplitude = (0.0, 0.0) if rest.swing is None else (rest.swing.period, rest.swing.amplitude)
    if rest.why != "fast":
        period *= len(case.series.values) / max(1, len(case.judged.samples) + case.series.begin)
    cycles = len(case.series.values) / max(period, 1.0)
    sentence = (
        f"Oscillating: the weight of {case.task} swings about {figure(rest.mean)} by {figure(amplitude)} "
        "each way "
        f"with a period of {case.span(period)}, to the end of the log{case.origin}. It is not at rest."
    )
    found = verdict(
        "oscillating",
        sentence,
        RULES["oscillating"],
        task=case.task,
        w=rest.mean,
        sd=rest.sd,
        amplitude=amplitude,
        period=period * _spacing(case.series),
        period_records=period,
    )
    return rated(found, "sure" if cycles >= 6.0 and not case.series.assumed else "likely")


def _drifting(case: Case) -> Verdict:
    rest, series = case.rest, case.series
    first = case.judged.at(rest.tail)
    before, last = (float(series.values[i, case.judged.task]) for i in (first, -1))
    numbers, _ = prediction(case, last)
    towards = "" if numbers["w_predicted"] is None else f", on the way to {_exact(numbers['w_predicted'])}"
    since = case.when(first)
    how = {
        "trend": f"{case.task} went from {figure(before)} to {figure(last)} since {since}{_sureness(case)}",
        "left": f"at the last records {case.task} left its level of {figure(rest.mean)} and stands at "
        f"{figure(last)}",
        "wanders": f"since {since} {case.task} wanders between {figure(_low(case))} and "
        f"{figure(_high(case))} without returning to a mean",
    }[rest.why]
    found = verdict(
        "drifting",
        f"Still drifting: {how}{towards}{case.origin}.",
        RULES["drifting"],
        task=case.task,
        w_before=before,
        w_last=last,
        since=series.moment(first)[0],
        **numbers,
        **_hidden(case),
    )
    t = rest.trend
    return rated(found, "sure" if t is not None and abs(t.change) > 3.0 * t.limit * t.se else "likely")


def _moved(case: Case) -> Verdict:
    rest, step = case.rest, case.rest.step
    if step is None:
        return _unknown(case)
    left, arrived = (case.judged.at(i) for i in (step.left, step.arrived))
    epoch, at = case.series.moment(left)
    took = arrived - left
    within = f" within {case.span(took)}" if took > 1 else ""
    sentence = (
        f"Moved at {case.run.unit} {epoch_text(epoch)}: the weight of {case.task} went from "
        f"{figure(step.before)} "
        f"to {figure(step.after)}{within} and rests there since{case.origin}. Look for what changed then."
    )
    return verdict(
        "moved",
        sentence,
        RULES["moved"],
        epoch=epoch,
        step=at,
        arrived=case.series.moment(arrived)[0],
        task=case.task,
        w_before=step.before,
        w=step.after,
        jump=step.jump,
        sd=rest.sd,
    )


def _unknown(case: Case) -> Verdict:
    rest, t = case.rest, case.rest.trend
    count = len(case.judged.samples) - rest.tail
    if rest.why == "left":
        sentence = (
            f"It is unclear whether {case.task} is at rest: the last record alone has left the level of "
            f"{figure(rest.mean)}. The next records will tell."
        )
    else:
        bound = 0.0 if t is None else t.bound
        worth = 0.0 if t is None else t.independent
        sentence = (
            f"It is unclear whether the weights are at rest: over the last {count:,} records "
            f"{case.task} is "
            f"{figure(rest.mean)} with a standard deviation of {figure(rest.sd)}, worth {figure(worth)} "
            f"independent values{case.origin}. A change of up to {figure(bound)} could hide in that."
        )
    return verdict(
        "unknown",
        sentence,
        RULES["unknown"],
        task=case.task,
        w=rest.mean,
        sd=rest.sd,
        **_hidden(case),
    )


_SAID = {
    "converged": _converged,
    "noisy": _noisy,
    "oscillating": _oscillating,
    "drifting": _drifting,
    "moved": _moved,
    "unknown": _unknown,
}


def _hidden(case: Case) -> dict[str, float | None]:
    """Return the trend and what could hide behind the noise, as evidence."""
    t = case.rest.trend
    if t is None:
        return {}
    return {"change": t.change, "change_error": t.limit * t.se, "independent": t.independent}


def _sureness(case: Case) -> str:
    t = case.rest.trend
    if t is None or t.se <= 0.0 or abs(t.change) > 1000.0 * t.se:
        return ""
    return f", {abs(t.change) / t.se:.0f} times the error of that change"


def _arrived(case: Case) -> tuple[float, int | None]:
    """Return when every weight came within 0.1 % or four standard deviations of its level, to stay."""
    fine = case.subject.fine
    series = case.series if fine is None else fine
    start = case.series.epochs[case.judged.at(case.rest.tail)]
    tail = series.values[int(np.searchsorted(series.epochs, start)) :]
    level, sd = tail.mean(axis=0), tail.std(axis=0)
    near = np.maximum(np.maximum(CLOSE * np.abs(level), NOISE_SDS * sd), max(series.rounding, 1e-12))
    apart = np.abs(series.values[:, 0] - level[0]) / near[0]
    for k in range(1, len(level)):
        np.maximum(apart, np.abs(series.values[:, k] - level[k]) / near[k], out=apart)
    at = arrival(apart[:, None], np.ones(1), min(series.begin, len(series.values) - 1))
    return case.series.moment(case.judged.at(case.rest.tail)) if at is None else series.moment(at)


def _low(case: Case) -> float:
    return float(case.series.values[case.judged.at(case.rest.tail) :, case.judged.task].min())


def _high(case: Case) -> float:
    return float(case.series.values[case.judged.at(case.rest.tail) :, case.judged.task].max())


def _spacing(series: Series) -> float:
    return float(np.median(np.diff(series.epochs))) if len(series.epochs) > 1 else 1.0


def _exact(value: float | str | None) -> str:
    return figure(value) if isinstance(value, float) else str(value)
