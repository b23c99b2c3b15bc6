"""Whether a method weighs below 0 by its own rule, so that a negative weight is no divergence."""

from __future__ import annotations

import numpy as np

from gaba_core.aggregators import AGGREGATORS, Aggregator
from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError
from gaba_core.runs.schema import Run

TRIED = 500  # steps that are compared at most
SAME = 1e-3  # of the largest weight of a step: what float32 leaves of a rule's answer
MOST = 0.9  # share of the steps on which a rule must give the recorded weights


def weighs_by_sign(run: Run) -> bool:
    """Return whether a run states such a method, or its Gramians show that its weights are those of one."""
    stated = AGGREGATORS.get((run.info.method or "").lower()) if run.info is not None else None
    if stated is not None:
        return stated.signed
    trace = run.steps
    if trace is None or trace.weights is None or trace.gramians is None:
        return False
    known = np.isfinite(trace.gramians).all(axis=(1, 2)) & np.isfinite(trace.weights).all(axis=1)
    at = np.flatnonzero(known)
    at = at[np.unique(np.linspace(0, len(at) - 1, min(len(at), TRIED)).astype(np.int64))]
    signed = [rule for rule in AGGREGATORS.values() if rule.signed]
    return bool(len(at)) and any(_gives(rule, trace.gramians[at], trace.weights[at]) for rule in signed)


def _gives(rule: Aggregator, gramians: FloatArray, weights: FloatArray) -> bool:
    try:
        found = rule(gramians)
    except ParameterError:  # no Gramians of real gradients
        return False
    apart = np.abs(found - weights).max(axis=1)
    return bool((apart <= SAME * np.abs(found).max(axis=1)).mean() >= MOST)
