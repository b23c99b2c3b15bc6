"""What the recorded Gramians tell: whether gradients conflict, and on how many steps some task is harmed."""

from __future__ import annotations

import dataclasses

from gaba_core import number_text
from gaba_core.aggregators import Conflict, harm_share, judge_conflict
from gaba_core.errors import ParameterError
from gaba_core.lru_cache import cached
from gaba_core.runs import HarmCost, Run, harm_cost
from gaba_core.runs.recording import Recording
from gaba_core.runs.simulated_twin import Recorded

from . import data
from .state import ReplayState
from .subject import Counterpart, ReplayedRun

NONE = "–"
NONE_COSTS = 5e-5  # of the steps: a cost that small is said to be none
READ = ("harm-recorded", "harm-second", "harm-gaba", "harm-unfloored", "harm-raw")
WORDS = "harm-costs"


@cached(64 * 2**20)
def verdict(run: Run) -> Conflict | None:
    """Return the verdict on the recorded gradients; None without Gramians."""
    return None if run.gramians is None else judge_conflict(run.gramians)


def conflict(run: Run) -> str:
    """Return whether the recorded gradients conflict or differ in size alone; empty without Gramians."""
    found = verdict(run)
    if found is None:
        return ""
    first, second = (run.tasks[i] for i in found.opposed)
    larger, smaller = (run.tasks[i] for i in found.unequal)
    cosine = f"mean cosine {number_text.number(found.cosine, 2)}"
    size = f"that of {larger} is {number_text.number(found.ratio, 2)} times that of {smaller}"
    both = f"The gradients of {first} and {second}"
    if found.code == "conflict":
        return f"{both} conflict ({cosine}); {size}."
    if found.code == "mixed":
        return f"{both} lie between conflict and a mere difference in size ({cosine}); {size}."
    if len(run.tasks) > 2:
        none = f"No two gradients conflict (lowest {cosine}, of {first} and {second})"
        return f"{none}; they differ in size: {size}." if found.code == "scale-only" else f"{none}; {size}."
    if found.code == "scale-only":
        return f"{both} do not conflict ({cosine}); they differ in size: {size}."
    return f"{both} neither conflict ({cosine}) nor differ much in size: {size}."


def no_harm() -> dict[str, str]:
    """Return the read-outs where no Gramians tell of harm."""
    return dict.fromkeys(READ, NONE) | {WORDS: ""}


def harm(
    subject: ReplayedRun, state: ReplayState, path: Recorded, counterpart: Counterpart
) -> dict[str, str]:
    """Return the share of harmful steps, recorded and replayed, and what floor and memory cost of it."""
    recording, text = subject.recording, no_harm()
    gramians = None if recording is None else recording.gramians
    if recording is None or gramians is None or subject.refusal:
        return text
    if path.by_step and path.weights is not None and len(path.weights) == len(gramians):
        text["harm-recorded"] = number_text.percent(_recorded(recording, path))
    if state.mode != "replay":
        return text
    cost = _cost(subject, recording, state, counterpart)
    if cost is None:
        return text
    is_gaba = state.scheme == "gaba"
    second = cost.gaba if is_gaba else harm_share(gramians, counterpart.weights)
    shares = (second, cost.gaba, cost.unfloored, cost.raw)
    text |= {name: number_text.percent(share) for name, share in zip(READ[1:], shares, strict=True)}
    return text | {WORDS: _costs(cost)}


def _cost(
    subject: ReplayedRun, recording: Recording, state: ReplayState, counterpart: Counterpart
) -> HarmCost | None:
    """Return what floor and memory cost under the sliders, whatever the run is replayed through."""
    weights, ema = counterpart.weights, counterpart.state
    if state.scheme != "gaba":
        weights, ema = data.replayed(subject, dataclasses.replace(state, scheme="gaba"))
    try:
        return harm_cost(recording, weights, ema)
    except ParameterError:  # no Gramian is finite
        return None


@cached(64 * 2**20)
def _recorded(recording: Recording, path: Recorded) -> float:
    gramians, weights = recording.gramians, path.weights
    return float("nan") if gramians is None or weights is None else harm_share(gramians, weights)


def _costs(cost: HarmCost) -> str:
    """Return in words what floor and memory cost, each a difference of two shares of the steps."""
    return f"{_part('The floor', cost.floor)}; {_part('memory', cost.memory)}."


def _part(name: str, share: float) -> str:
    if abs(share) < NONE_COSTS:
        return f"{name} costs no harm"
    steps = f"{number_text.percent(abs(share))} of the steps"
    return f"{name} brings harm to another {steps}" if share > 0.0 else f"{name} spares {steps} a harm"
