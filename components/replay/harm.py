"""What the recorded Gramians tell: whether gradients conflict, and on how many steps some task is harmed."""

from __future__ import annotations

import numpy as np

from gaba_core import number_text
from gaba_core.aggregators import is_harmed, judge_conflict
from gaba_core.checks import FloatArray
from gaba_core.lru_cache import cached
from gaba_core.runs import Run
from gaba_core.runs.simulated_twin import Recorded

from .state import ReplayState
from .subject import Counterpart, ReplayedRun

NONE = "–"


@cached(64 * 2**20)
def conflict(run: Run) -> str:
    """Return whether the recorded gradients conflict or differ in size alone; empty without Gramians."""
    found = None if run.gramians is None else judge_conflict(run.gramians)
    if found is None:
        return ""
    first, second = (run.tasks[i] for i in found.opposed)
    larger, smaller = (run.tasks[i] for i in found.unequal)
    cosine = f"mean cosine {number_text.number(found.cosine, 2)}"
    size = f"that of {larger} is {number_text.number(found.ratio, 2)} times that of {smaller}"
    both = f"The gradients of {first} and {second}"
    if found.code == "conflict":
        return f"{both} conflict ({cosine}); {size}."
    if found.code == "scale-only":
        return f"{both} do not conflict ({cosine}); they differ in size: {size}."
    if found.code == "neither":
        return f"{both} neither conflict ({cosine}) nor differ much in size: {size}."
    return f"{both} lie between conflict and a mere difference in size ({cosine}); {size}."


def harm(
    subject: ReplayedRun, state: ReplayState, path: Recorded, counterpart: Counterpart
) -> dict[str, str]:
    """Return the share of harmful steps, recorded and replayed, where Gramians tell it."""
    gramians = None if subject.recording is None else subject.recording.gramians
    text = {"harm-recorded": NONE, "harm-second": NONE}
    if gramians is None:
        return text
    if path.by_step and path.weights is not None:
        text["harm-recorded"] = _harmful(gramians, path.weights)
    if state.mode == "replay":
        text["harm-second"] = _harmful(gramians, counterpart.weights)
    return text


def _harmful(gramians: FloatArray, weights: FloatArray) -> str:
    if len(gramians) != len(weights):
        return NONE
    known = np.isfinite(gramians).all(axis=(1, 2)) & np.isfinite(weights).all(axis=1)
    if not known.any():
        return NONE
    harmed = is_harmed(gramians[known], weights[known]).any(axis=1)
    return number_text.percent(float(harmed.mean()))
