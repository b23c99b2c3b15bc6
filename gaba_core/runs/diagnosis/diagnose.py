"""What happened in a run, as a colleague would say it: the balancer and the model judged apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaba_core.runs.diagnosis.balancer import judge_balancer
from gaba_core.runs.diagnosis.findings import against_siblings, findings_of
from gaba_core.runs.diagnosis.model import judge_model
from gaba_core.runs.diagnosis.subject import Subject
from gaba_core.runs.diagnosis.verdict import CONVERGED, Diagnosis, Verdict
from gaba_core.runs.schema import Run

FAILED = ("diverged", "outlier")


def diagnose(run: Run, siblings: Sequence[Run] = ()) -> Diagnosis:
    """Return the verdicts on a run.

    Args:
        run: what to judge.
        siblings: runs of the same set-up from other seeds; the run itself among them is left out. Three or
            more let the model be called an outlier.
    """
    others = [other for other in siblings if other is not run]
    with np.errstate(over="ignore", invalid="ignore"):  # of what blew up to 1e300 the rules see infinity
        subject = Subject(run)
        balancer = judge_balancer(subject)
        model, score = judge_model(run, others)
        like = against_siblings(run, others) if balancer.code in CONVERGED else None
        findings = findings_of(subject, balancer, model, score)
    return Diagnosis(
        run=run.name,
        balancer=balancer,
        model=model,
        summary=_summary(balancer, model, like),
        findings=(*findings, *(() if like is None else (like,))),
    )


def _summary(balancer: Verdict, model: Verdict, like: Verdict | None) -> str:
    differs = like is not None and like.code == "unlike-siblings"
    if balancer.code in CONVERGED and not differs:
        alike = " like that of its siblings" if like is not None else ""
        rest = (
            "converged"
            if balancer.code == "converged"
            else "had nothing to do, for the gradients are balanced"
        )
        if model.code in FAILED:
            what = "is an outlier" if model.code == "outlier" else "diverged"
            return f"The balancer is innocent: it {rest}{alike}. The model {what}; look for the cause there."
        if model.code == "unknown":
            return f"The balancer {rest}{alike}; of the model the log says nothing."
        return f"The balancer {rest}{alike}, and the model {_MODEL[model.code]}."
    blame = "" if model.code == "unknown" else f" The model {_MODEL[model.code]}."
    if differs:
        return f"The balancer came to rest elsewhere than that of its siblings: look at it first.{blame}"
    return _BALANCER[balancer.code] + blame


_MODEL = {
    "diverged": "diverged",
    "outlier": "is an outlier among its seeds",
    "improving": "was still improving",
    "past-best": "is past its best epoch",
    "settled": "settled",
}
_BALANCER = {
    "no-balancer": "There is no balancer in this log to judge.",
    "unknown": "The log is too bare to judge the balancer.",
    "diverged": "The balancer diverged: it is the first suspect.",
    "too-short": "The run is too short to report its weights.",
    "starved": "The balancer starves a task: check that it still learns.",
    "idle": "The weighting did not act; what happened is the model's own doing.",
    "drifting": "The balancer was still moving: do not report its weights yet.",
}
