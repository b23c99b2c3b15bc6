"""What happened in a run, as a colleague would say it: the balancer and the model judged apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaba_core.runs.diagnosis.balancer import judge_balancer
from gaba_core.runs.diagnosis.findings import findings_of
from gaba_core.runs.diagnosis.model import judge_model
from gaba_core.runs.diagnosis.siblings import against_siblings
from gaba_core.runs.diagnosis.subject import Subject
from gaba_core.runs.diagnosis.summary import summary_of
from gaba_core.runs.diagnosis.verdict import Diagnosis
from gaba_core.runs.schema import Run
from gaba_core.runs.shared_reading import read_alike

INCOMPARABLE = ("diverged", "no-balancer", "too-short")  # with the ends of other runs


def diagnose(
    run: Run,
    siblings: Sequence[Run] = (),
    metric: str | None = None,
    higher_is_better: bool | None = None,
) -> Diagnosis:
    """Return the verdicts on a run.

    Args:
        run: what to judge.
        siblings: runs of the same set-up from other seeds; the run itself among them is left out. Three or
            more let the model be called an outlier.
        metric: what to judge the model by; None for the first validation or test metric, else the first error
            or score, else the training loss.
        higher_is_better: the metric's direction; None for what its name says.
    """
    run, *others = read_alike([run, *(other for other in siblings if other is not run)])
    with np.errstate(over="ignore", invalid="ignore"):  # of what blew up to 1e300 the rules see infinity
        subject = Subject(run)
        balancer = judge_balancer(subject)
        model, score = judge_model(run, others, metric, higher_is_better)
        findings = [*findings_of(subject, balancer, model, score)]
        like = against_siblings(subject, others) if balancer.code not in INCOMPARABLE else None
        findings += [] if like is None else [like]
    return Diagnosis(
        run=run.name,
        balancer=balancer,
        model=model,
        summary=summary_of(balancer, model, findings, run.unit),
        findings=tuple(findings),
    )
