"""A finding where the applied weights cannot explain the recorded update: a balancer that is not used."""

from __future__ import annotations

import numpy as np

from gaba_core.aggregators import first_order_gain
from gaba_core.runs.diagnosis.verdict import Verdict, verdict
from gaba_core.runs.number_text import percent
from gaba_core.runs.schema import Run

UNEXPLAINED = 0.05  # relative error of a step: half precision stays a tenth of it
FEWEST_STEPS = 10


def unexplained_update(run: Run) -> Verdict | None:
    """Return the finding; None where the weights explain the update, or one of both was not recorded.

    With the update u = Jᵀ w of a step, u . g_i is (G w)_i; both over the norms of g_i are compared.
    """
    trace = run.steps
    if trace is None or trace.weights is None or trace.gramians is None or trace.update_dots is None:
        return None
    measured = run.info.extra.get("measured") if run.info is not None else None
    whose = str(measured.get("gradients")) if isinstance(measured, dict) else ""
    if "ranks" in whose and "averaged over" not in whose:
        return None  # neither the mean of the ranks' Gramians nor one rank's is that of their mean gradient
    norms = np.sqrt(np.maximum(np.einsum("nii->ni", trace.gramians), 0.0))
    with np.errstate(all="ignore"):
        found = trace.update_dots / norms
        expected = first_order_gain(trace.gramians, trace.weights) / norms
        size = np.maximum(np.linalg.norm(found, axis=1), np.linalg.norm(expected, axis=1))
        error = np.linalg.norm(found - expected, axis=1) / size
    error = error[np.isfinite(error)]
    if len(error) < FEWEST_STEPS or float(np.median(error)) <= UNEXPLAINED:
        return None
    share = float((error > UNEXPLAINED).mean())
    return verdict(
        "unexplained-update",
        f"The applied weights do not explain the recorded update on {percent(share)} of the steps: the "
        "gradient that was used is not their sum. Is the balanced loss the one that backward() was called "
        "on, is it the only one, and was nothing but the stated scale multiplied into it?",
        "Unexplained: the product of the update with each gradient differs by more than 5 % (median over the "
        "steps) from what weights and Gramian give.",
        share=share,
        error=float(np.median(error)),
    )
