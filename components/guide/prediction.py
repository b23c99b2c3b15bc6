"""Predict, then reveal: how far off a prediction is, and why."""

from __future__ import annotations

from gaba_core.number_text import count, fixed, number, percent
from gaba_core.step_response import time_constant

from .examples import EPOCHS, EXAMPLES, Outcome, outcome
from .state import GuideState

NEAR_EPOCHS, NEAR_SHARE = 0.3, 0.03  # a prediction within these is right


def setting(state: GuideState) -> str:
    """Return what is known before the curve is drawn."""
    params = EXAMPLES[state.example]
    tau = number(time_constant(params.beta))
    ratio = number(params.norms[0] / params.norms[1])
    return (
        f"Example {state.example}: gradients {ratio} : 1, β {params.beta:g} (time constant {tau} steps), "
        f"floor {params.floor:g}, {count(params.warmup_steps)} steps of warm-up, "
        f"{params.steps_per_epoch} steps an epoch."
    )


def verdict(state: GuideState) -> str:
    """Return how far off both markers are and why, in one sentence; before that, what they say."""
    if state.shown == "guess":
        met = "never met" if state.met >= EPOCHS else f"met at epoch {fixed(state.met, 1)}"
        return f"Your markers: floor {met}, settled at {fixed(state.rest, 4)}. Set both, then show the curve."
    found = outcome(state.example)
    return f"{_of_the_floor(state, found)}; {_of_the_rest(state, found)}."


def _of_the_floor(state: GuideState, found: Outcome) -> str:
    params = EXAMPLES[state.example]
    never = state.met >= EPOCHS
    if found.met is None:
        lies = f"the raw share, {number(found.share)}, lies above it"
        return f"Right, the floor is never met: {lies}" if never else f"The floor is never met: {lies}"
    where = f"The floor is met at epoch {fixed(found.met, 1)}"
    off = state.met - found.met
    if abs(off) <= NEAR_EPOCHS:
        return f"{where}, as you said"
    when = (
        "and not never"
        if never
        else f"{fixed(abs(off), 1)} {'later' if off < 0 else 'earlier'} than you said"
    )
    warmup = params.warmup_steps
    falls = round(found.met * params.steps_per_epoch) - warmup
    if abs(off + warmup / params.steps_per_epoch) <= NEAR_EPOCHS:
        return f"{where}, {when}: nothing moves in the {warmup} steps of warm-up"
    return (
        f"{where}, {when}: {warmup} steps of warm-up, then {count(falls)} of falling, "
        f"{number(falls / time_constant(params.beta), 2)} time constants"
    )


def _of_the_rest(state: GuideState, found: Outcome) -> str:
    floor = EXAMPLES[state.example].floor
    where = f"the weight settles at {fixed(found.rest, 4)}"
    part = state.rest / found.rest - 1.0
    if abs(part) <= NEAR_SHARE:
        return f"{where}, as you said"
    off = (
        f"{percent(abs(part), 2)} {'below' if part > 0 else 'above'} your mark"
        if abs(part) < 1
        else (f"{number(state.rest / found.rest, 2)} times lower than your mark")
    )
    if found.met is None:
        return f"{where}, {off}: with no floor in the way it is the raw share"
    total = floor + 1.0 - found.share
    return f"{where}, {off}: the floor over the sum of the clamped weights, {floor:g} / {fixed(total, 3)}"
