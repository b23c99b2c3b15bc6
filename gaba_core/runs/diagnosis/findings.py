"""What else a reader of a log should know: the pitfalls it invites, and how it compares to its siblings."""

from __future__ import annotations

import numpy as np

from gaba_core.runs.diagnosis.balancer import outside
from gaba_core.runs.diagnosis.changes import changes_finding
from gaba_core.runs.diagnosis.model import OUTLYING, Score
from gaba_core.runs.diagnosis.quantity import quantity_finding
from gaba_core.runs.diagnosis.series import REFERENCE_BETA, REFERENCE_FLOOR, TAIL
from gaba_core.runs.diagnosis.signed_weights import weighs_by_sign
from gaba_core.runs.diagnosis.stated_floor import floor_disproved
from gaba_core.runs.diagnosis.subject import Subject
from gaba_core.runs.diagnosis.unexplained import unexplained_update
from gaba_core.runs.diagnosis.verdict import Verdict, verdict
from gaba_core.runs.number_text import epoch_text, figure, percent
from gaba_core.runs.schema import Run, RunInfo, is_gaba, record_order

STARVED_PART = 0.1  # of 1/K: a smaller part of the summed gradient counts as starved
MISSED = 0.02


def findings_of(
    subject: Subject, balancer: Verdict, model: Verdict, score: Score | None
) -> tuple[Verdict, ...]:
    """Return what is worth knowing beside the two verdicts, the most misleading first."""
    run, disproved = subject.run, floor_disproved(subject)
    found = (
        _not_the_best_epoch(run.unit, balancer, model),
        quantity_finding(run),
        _buffer_or_weight(subject),
        disproved,
        changes_finding(subject) if balancer.code not in ("diverged", "no-balancer") else None,
        unexplained_update(run),
        _missed(balancer) if disproved is None else None,
        _assumed(subject, balancer),
        None if balancer.code == "diverged" else _gradient_starved(run),
        _excursion(subject, balancer),
        _restarted(run),
        _gaps(subject),
        _better(score, model),
    )
    return tuple(finding for finding in found if finding is not None)


def _not_the_best_epoch(unit: str, balancer: Verdict, model: Verdict) -> Verdict | None:
    settled, best = balancer.evidence.get("epoch"), model.evidence.get("best_epoch")
    if balancer.code != "converged" or not isinstance(settled, float) or not isinstance(best, float):
        return None
    apart = best - settled
    when = f"{abs(apart):.0f} {unit}s {'earlier' if apart >= 0 else 'later'}"
    return verdict(
        "best-epoch",
        f"The weights had settled by {unit} {epoch_text(settled)}, {when}: best {unit} {epoch_text(best)} is "
        "down to the model."
        if apart >= 0
        else f"The weights settled at {unit} {epoch_text(settled)}, {when} than best {unit} "
        f"{epoch_text(best)}.",
        "The best epoch has the smallest error; when the weights converged is read from the weights.",
        best_epoch=best,
        converged_epoch=settled,
    )


def _buffer_or_weight(subject: Subject) -> Verdict | None:
    run, series = subject.run, subject.series
    if run.state is None or series is None or not is_gaba(run) or not len(series.values):
        return None
    state = run.state[record_order(run)[-1000:]]
    state = state[np.isfinite(state).all(axis=1)]
    if not len(state) or (state[-1] < 0.0).any():
        return None
    weights = series.values[-1]
    least = int(state[-1].argmin())
    if abs(weights[least] - state[-1, least]) <= 0.01 * weights[least]:
        return None
    origin = "as recorded"
    if series.computed:
        stated = f"by its floor {series.floor:g}"
        origin = f"by the reference floor {series.floor:g}, which is assumed" if series.assumed else stated
    return verdict(
        "buffer-not-weight",
        f"The EMA buffer of {run.tasks[least]} ends at {figure(float(state[-1, least]))}; what multiplied "
        f"the loss is {figure(float(weights[least]))}, {origin}.",
        "Floor and renormalisation act on a copy: the buffer goes on below the floor, the weight does not.",
        state=float(state[-1, least]),
        w=float(weights[least]),
        floor_known=not series.assumed,
        recorded=not series.computed,
    )


def _missed(balancer: Verdict) -> Verdict | None:
    predicted, off = balancer.evidence.get("w_predicted"), balancer.evidence.get("difference")
    if balancer.code != "converged" or not isinstance(predicted, float) or not isinstance(off, float):
        return None
    if abs(off) <= MISSED * predicted:
        return None
    source = balancer.evidence["predicted_from"]
    return verdict(
        "off-prediction",
        f"The weight rests {percent(off / predicted, '+.0f')} from where {source} and the stated floor put "
        "it: one of the two may not be what the log says.",
        f"Off: further than {percent(MISSED)} from the predicted weight.",
        w_predicted=predicted,
        difference=off,
    )


def _assumed(subject: Subject, balancer: Verdict) -> Verdict | None:
    run, series = subject.run, subject.series
    if series is None or not is_gaba(run) or balancer.code == "no-balancer":
        return None
    known = run.info or RunInfo()
    missing = [
        name
        for name, value in (("beta", known.beta), ("floor", run.floor), ("warm-up", known.warmup_steps))
        if value is None
    ]
    if series.elapsed is None:
        missing.append("steps per epoch")
    if not missing:
        return None
    tested = subject.stated is not None or balancer.code == "too-short"
    untested = "" if tested else " Whether the run lasted five time constants was not tested."
    return verdict(
        "assumed",
        f"The log does not say its {', '.join(missing)}; where one was needed a fit or the reference "
        "value stood in."
        f"{untested}",
        f"Reference values: beta {REFERENCE_BETA:g}, floor {REFERENCE_FLOOR:g}, warm-up 100 steps.",
        missing=", ".join(missing),
    )


def _gradient_starved(run: Run) -> Verdict | None:
    if run.weights is None or run.norms is None:
        return None
    pulls = np.abs(run.weights * run.norms)[record_order(run)]
    pulls = pulls[np.isfinite(pulls).all(axis=1) & (pulls.sum(axis=1) > 0.0)]
    if not len(pulls):
        return None
    tail = pulls[-max(1, round(TAIL * len(pulls))) :]
    parts = np.median(tail / tail.sum(axis=1, keepdims=True), axis=0)
    least = int(parts.argmin())
    if parts[least] >= STARVED_PART / len(run.tasks):
        return None
    return verdict(
        "gradient-starved",
        f"The {run.tasks[least]} task contributes only {percent(parts[least], '.2f')} of the weighted "
        "gradient.",
        "Gradient-starved: a task's share of the sum of weight times norm is below a tenth of 1/K over the "
        "last quarter. A floor cures starved weights by causing some of this.",
        task=run.tasks[least],
        share=float(parts[least]),
    )


def _excursion(subject: Subject, balancer: Verdict) -> Verdict | None:
    run, series = subject.run, subject.series
    if series is None or not len(series.values) or balancer.code == "diverged":
        return None
    off = outside(series.values)
    if not off.any() or weighs_by_sign(run):
        return None
    epoch, _ = series.moment(int(off.argmax()))
    return verdict(
        "excursion",
        f"A weight left [0, 1] at {run.unit} {epoch_text(epoch)} and came back.",
        "An excursion that is over by the last quarter of the run.",
        epoch=epoch,
        share_outside=float(off.mean()),
    )


def _restarted(run: Run) -> Verdict | None:
    back = int((np.diff(run.epochs) <= 0).sum())
    if not back:
        return None
    return verdict(
        "restarted",
        f"The epochs step back or repeat {back} time{'' if back == 1 else 's'}: the run was restarted, or "
        "the log is unsorted. Of a repeated epoch the last record was judged.",
        "Judged are the records by ascending epoch.",
        steps_back=back,
    )


def _gaps(subject: Subject) -> Verdict | None:
    run, series = subject.run, subject.series
    norms = run.norms if run.steps is None else run.steps.norms
    missing = 0 if norms is None else int((~np.isfinite(norms).all(axis=1)).sum())
    gaps = 0 if series is None else series.gaps
    if not gaps and not missing:
        return None
    return verdict(
        "gaps",
        f"{gaps} samples hold no finite weight and {missing} no finite norm; they were left out.",
        "A value that is not finite is a gap, never a number.",
        weights=gaps,
        norms=missing,
    )


def _better(score: Score | None, model: Verdict) -> Verdict | None:
    if score is None or score.z >= -OUTLYING or model.code == "unusually-good":
        return None
    return verdict(
        "unusually-good",
        f"The error is far below that of the siblings (robust z {score.z:.1f}): check what differs.",
        "The score of the outlier rule, on the other side.",
        z=score.z,
        median=score.median,
    )
