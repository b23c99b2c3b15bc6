"""Weights that never left 1/K, or came to rest there: balanced, idle, or not to be told apart."""

from __future__ import annotations

import numpy as np

from gaba_core.runs.diagnosis.case import Case
from gaba_core.runs.diagnosis.rules import NEAR_EQUAL, RULES, UNEQUAL
from gaba_core.runs.diagnosis.series import Series
from gaba_core.runs.diagnosis.subject import Subject
from gaba_core.runs.diagnosis.verdict import Verdict, rated, verdict
from gaba_core.runs.number_text import figure, percent
from gaba_core.runs.schema import Run, is_gaba

RARELY = 0.01  # share of steps on which a method that acts on some steps only is said to act


def never_moved(subject: Subject, series: Series) -> Verdict:
    """Return the verdict on weights that are 1/K in every record."""
    run, ratio = subject.run, norm_ratio(subject.run)
    equal = 1.0 / len(run.tasks)
    numbers = {"w": equal, "norm_ratio": ratio, "records": len(series.values), "floor": run.floor}
    if not is_gaba(run) or (ratio is not None and ratio > UNEQUAL):
        return _idle(run, ratio, numbers)
    if ratio is not None:
        return _balanced(run, ratio, numbers, "never left")
    sentence = (
        f"This log cannot decide it: the weights are equal ({figure(equal)}) in all {len(series.values)} "
        "records. A warm-up that has not ended, a balancer that is never updated and balanced gradients "
        "look alike in a log without gradient norms. Log the norms (grad_NAME) to tell them apart."
    )
    return rated(verdict("unknown", sentence, RULES["unknown"], **numbers), "sure")


def near_equal(case: Case) -> Verdict | None:
    """Return the verdict on weights at rest near 1/K; None where they are not, or nothing says why."""
    tasks = len(case.run.tasks)
    tail = case.series.values[case.series.tail]
    furthest = float(np.abs(tail * tasks - 1.0).max())
    if furthest > NEAR_EQUAL or case.rest.code not in ("converged", "noisy", "unknown"):
        return None
    ratio = norm_ratio(case.run)
    numbers = {
        "w": float(tail.mean(axis=0).min()),
        "furthest_from_equal": furthest / tasks,
        "norm_ratio": ratio,
        "floor": case.run.floor,
    }
    if not is_gaba(case.run) or (ratio is not None and ratio > UNEQUAL):
        return _idle(case.run, ratio, numbers)
    if ratio is None and case.info.beta is None:
        return None
    return _balanced(case.run, ratio, numbers, "rest at")


def _idle(run: Run, ratio: float | None, numbers: dict[str, float | None]) -> Verdict:
    apart = "" if ratio is None else f" while the gradients differ {figure(ratio)} to 1"
    acted = _acting(run)
    if acted >= RARELY:
        sentence = (
            f"Nearly idle: the weights are equal in the records{apart}, and leave 1/K on {percent(acted)} of "
            "the last quarter of the steps alone."
        )
        return verdict("idle", sentence, RULES["idle"], **numbers, acted=acted)
    why = (
        "this weighting does not answer to gradient norms"
        if not is_gaba(run)
        else "the balancer does not act on them (is it updated, and has its warm-up ended?)"
    )
    sentence = f"Idle: the weights stay equal{apart}; {why}."
    return verdict("idle", sentence, RULES["idle"], **numbers)


def _acting(run: Run) -> float:
    """Return on what share of the last quarter of the recorded steps a weight is not near 1/K."""
    weights = None if run.steps is None else run.steps.weights
    if weights is None or not len(weights):
        return 0.0
    late = weights[-max(1, len(weights) // 4) :]
    with np.errstate(all="ignore"):
        shares = late / late.sum(axis=1, keepdims=True)
        off = np.abs(shares * len(run.tasks) - 1.0).max(axis=1) > NEAR_EQUAL
    return float(off.mean())


def _balanced(run: Run, ratio: float | None, numbers: dict[str, float | None], how: str) -> Verdict:
    seen = (
        "and they leave 1/K and come back, as those of a working balancer do"
        if ratio is None
        else f"and the norms differ only {ratio:.2f} to 1"
    )
    sentence = (
        f"Balanced by nature: the weights {how} {figure(1.0 / len(run.tasks))}, {seen}. Equal weights are "
        "what equal gradients ask for."
    )
    return verdict("balanced", sentence, RULES["balanced"], **numbers)


def norm_ratio(run: Run) -> float | None:
    """Return largest over smallest median norm of the tasks, or None where no norm was recorded."""
    norms = run.norms if run.steps is None else run.steps.norms
    if norms is None:
        return None
    finite = norms[np.isfinite(norms).all(axis=1)]
    medians = np.median(finite, axis=0) if len(finite) else np.zeros(1)
    return float(medians.max() / medians.min()) if medians.min() > 0.0 else None
