"""Balancer and model in one sentence, as a colleague would say it: who is to blame, if anyone."""

from __future__ import annotations

from collections.abc import Sequence

from gaba_core.runs.diagnosis.verdict import Verdict
from gaba_core.runs.number_text import epoch_text

FAILED = ("diverged", "outlier", "overfitting")  # what a model did that its balancer may be blamed for
AT_REST = {
    "converged": "converged",
    "noisy": "is stationary, if noisy",
    "balanced": "had nothing to do, for the gradients are balanced",
}
MODEL = {
    "diverged": "diverged",
    "outlier": "is an outlier among its seeds",
    "overfitting": "overfits",
    "improving": "was still improving",
    "past-best": "is past its best epoch",
    "settled": "settled",
    "unusually-good": "is far better than its seeds",
}
BALANCER = {
    "no-balancer": "There is no balancer in this log to judge.",
    "unknown": "The log does not decide what the balancer did.",
    "diverged": "The balancer diverged; suspect it first.",
    "too-short": "The run is too short to report its weights.",
    "starved": "The balancer starves a task: check that it still learns.",
    "idle": "The weighting did not act; what happened is the model's own doing.",
    "drifting": "The balancer was still moving: do not report its weights yet.",
    "oscillating": "The balancer swings and does not come to rest: do not report its weights.",
    "moved": "The balancer changed its level during the run: look there first.",
}
RARE = "The weighting acts on few steps only; what happened is mostly the model's own doing."


def summary_of(balancer: Verdict, model: Verdict, findings: Sequence[Verdict], unit: str = "epoch") -> str:
    """Return the summary of a run, whose records count epochs, or another unit."""
    by_code = {finding.code: finding for finding in findings}
    like, unlike = by_code.get("like-siblings"), by_code.get("unlike-siblings")
    known = model.code in MODEL
    if unlike is not None:
        blame = f" The model {MODEL[model.code]}." if known else ""
        return f"{_apart(balancer, unlike, unit)}{_changed(by_code.get('changes'))}: look at it first.{blame}"
    if balancer.code in AT_REST:
        alike = "" if like is None else ", as in its sibling runs"
        rest = AT_REST[balancer.code]
        if model.code in FAILED:
            cause = f"The model {MODEL[model.code]}; look for the cause there."
            return f"The balancer is innocent: it {rest}{alike}. {cause}"
        if known:
            if like is not None:
                return f"The balancer {rest}{alike}. The model {MODEL[model.code]}."
            return f"The balancer {rest}, and the model {MODEL[model.code]}."
        open_why = _why_not_judged(model)
        return f"The balancer {rest}{alike}" + (open_why or ". The log says nothing about the model.")
    what = (
        _moved(balancer, by_code.get("changes"), unit)
        if balancer.code == "moved"
        else RARE
        if "acted" in balancer.evidence
        else balancer.sentence
        if "mapping" in balancer.evidence
        else BALANCER[balancer.code]
    )
    return f"{what} The model {MODEL[model.code]}." if known else f"{what}{_why_not_judged(model)[1:]}"


def _why_not_judged(model: Verdict) -> str:
    """Return why a metric that was found or asked for does not tell of the model; "" where there is none."""
    return f". {model.sentence}" if isinstance(model.evidence.get("metric"), str) else ""


def _apart(balancer: Verdict, unlike: Verdict, unit: str) -> str:
    left = unlike.evidence.get("left")
    since = f", which it left at {unit} {epoch_text(left)}" if isinstance(left, float) else ""
    ended = "came to rest" if balancer.code in AT_REST else "ended"
    return f"The balancer {ended} elsewhere than those of its siblings{since}"


def _moved(balancer: Verdict, changes: Verdict | None, unit: str) -> str:
    epoch = balancer.evidence.get("epoch")
    when = f" at {unit} {epoch_text(epoch)}" if isinstance(epoch, float) else ""
    return f"The balancer changed its level{when}{_changed(changes)}: look there first."


def _changed(changes: Verdict | None) -> str:
    """Return in which order weights, norms and metrics changed, where more than one kind did."""
    order = None if changes is None else changes.evidence.get("order")
    return f" ({order})" if isinstance(order, str) else ""
