"""Did the balancer converge? Judged on the weights alone; the model's error has no say in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.diagnosis.case import Case
from gaba_core.runs.diagnosis.duration import Length
from gaba_core.runs.diagnosis.equality import near_equal, never_moved
from gaba_core.runs.diagnosis.every_task import Judged, judged
from gaba_core.runs.diagnosis.motion import verdict_on
from gaba_core.runs.diagnosis.rules import FEWEST, OUTSIDE, RULES
from gaba_core.runs.diagnosis.series import Series
from gaba_core.runs.diagnosis.signed_weights import weighs_by_sign
from gaba_core.runs.diagnosis.starvation import starved
from gaba_core.runs.diagnosis.subject import Subject
from gaba_core.runs.diagnosis.verdict import Verdict, rated, verdict
from gaba_core.runs.number_text import epoch_text, figure, percent
from gaba_core.runs.time_units import steps_per_epoch


def judge_balancer(subject: Subject) -> Verdict:
    """Return the verdict on the balancer; the first rule that applies decides."""
    series = subject.series
    if series is None:
        return _no_balancer(subject)
    for rule in (_lost, _diverged, _too_short, _few):
        found = rule(subject, series)
        if found is not None:
            return found
    if series.begin >= len(series.values):
        return never_moved(subject, series)
    case = Case(subject, series, _judged(subject, series))
    if case.rest.code == "few":
        return _just_moved(case)
    found = starved(case) or near_equal(case) or verdict_on(case)
    return _fitted_short(subject, series) or found if found.code in ("drifting", "unknown") else found


def _judged(subject: Subject, series: Series) -> Judged:
    """Return what the weights do; where their scatter leaves it open, with the memory that a fit tells."""
    found = judged(series)
    is_open = found.rest.code == "unknown" or found.rest.why == "wanders"
    if not is_open or series.memory or not subject.memory:
        return found
    return judged(replace(series, memory=subject.memory))


def _no_balancer(subject: Subject) -> Verdict:
    held = "norms but no weights" if subject.run.norms is not None else "no weights that were recognised"
    sentence = f"There is no balancer to judge: the log holds {held}."
    asked = None if subject.run.reading is None else subject.run.reading.question
    if asked is None:
        return verdict("no-balancer", sentence, RULES["no-balancer"])
    sentence = f"There is no balancer to judge yet. {asked.sentence}"
    return verdict("no-balancer", sentence, RULES["no-balancer"], mapping=asked.changes)


def _few(subject: Subject, series: Series) -> Verdict | None:
    count = len(series.values)
    if count >= FEWEST:
        return None
    stands = ""
    if count:
        least = int(series.values[-1].argmin())
        stands = f" {subject.run.tasks[least]} stands at {figure(float(series.values[-1, least]))}."
    sentence = (
        f"Too few records to judge: the log holds {count} with finite weights, and a verdict takes "
        f"{FEWEST} at least.{stands}"
    )
    return rated(verdict("unknown", sentence, RULES["unknown"], records=count), "sure")


def _just_moved(case: Case) -> Verdict:
    series = case.series
    moved = len(series.values) - series.begin
    sentence = (
        f"Too few records to judge: the weights left {figure(1.0 / len(case.run.tasks))} at "
        f"{case.when(series.begin)}, "
        f"and {moved} records since then are fewer than the {FEWEST} that a verdict takes."
    )
    return rated(verdict("unknown", sentence, RULES["unknown"], records=moved), "sure")


def _lost(subject: Subject, series: Series) -> Verdict | None:
    if series.lost is None:
        return None
    since, unit = series.lost, subject.run.unit
    sentence = f"Diverged at {unit} {epoch_text(since)}: from there on no logged weight is finite."
    return rated(
        verdict("diverged", sentence, RULES["diverged"], epoch=since, gaps=series.gaps),
        "sure",
    )


def outside(values: FloatArray) -> FloatArray:
    """Return at which samples a share of the weights lies outside [0, 1], shape (N,), as 0 or 1."""
    if not len(values) or (float(values.min()) >= -OUTSIDE and float(values.max()) <= 1.0 + OUTSIDE):
        return np.zeros(len(values))
    return np.asarray(((values < -OUTSIDE) | (values > 1.0 + OUTSIDE)).any(axis=1), dtype=np.float64)


def _diverged(subject: Subject, series: Series) -> Verdict | None:
    if not series.keeps_sum:
        return None
    off = outside(series.values)
    if not off[series.tail].any() or weighs_by_sign(subject.run):
        return None
    epoch, step = series.moment(int(off.argmax()))
    low, high = float(series.values.min()), float(series.values.max())
    sentence = (
        f"Diverged at {subject.run.unit} {epoch_text(epoch)}: a weight left [0, 1] and is outside in "
        f"{percent(off.mean())} of the {'steps' if series.by_step else 'records'} (shares of the sum from "
        f"{figure(low)} to {figure(high)})."
    )
    found = verdict(
        "diverged",
        sentence,
        RULES["diverged"],
        epoch=epoch,
        step=step,
        share_outside=float(off.mean()),
        smallest=low,
        largest=high,
    )
    return rated(found, "sure")


def _too_short(subject: Subject, series: Series) -> Verdict | None:
    length = subject.stated
    return None if length is None or not length.is_short else _short(subject, series, length)


def _fitted_short(subject: Subject, series: Series) -> Verdict | None:
    """Return "too short" for a path that is under way, where its own transient tells how long it takes.

    It must look like GABA's: an EMA state, or weights with a warm-up at 1/K.
    """
    if subject.stated is not None or not subject.has_warmup:
        return None
    length = subject.fitted
    return None if length is None or not length.is_short else _short(subject, series, length)


def _short(subject: Subject, series: Series, length: Length) -> Verdict:
    passed = max(0.0, length.elapsed - length.warmup) / length.time_constant
    past = f"{passed:.1f} of the five time constants are over" if passed else "it is still in the warm-up"
    stands, last = "", None
    if len(series.values):
        least = int(series.values[-1].argmin())
        last = float(series.values[-1, least])
        stands = f" {subject.run.tasks[least]} stands at {figure(last)}."
    sentence = (
        f"Too short to judge: {figure(length.elapsed)} {length.unit} of the {figure(length.needed)} that "
        f"warm-up and five time constants take (by {length.source}); {past}.{stands}"
    )
    found = verdict(
        "too-short",
        sentence,
        RULES["too-short"],
        elapsed=length.elapsed,
        needed=length.needed,
        unit=length.unit,
        time_constant=length.time_constant,
        warmup=length.warmup,
        taken_from=length.source,
        steps_per_epoch=steps_per_epoch(subject.run),
        w_last=last,
    )
    return rated(found, "sure" if length.stated else "likely")
