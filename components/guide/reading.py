"""Reading a convergence plot: the four regimes, each with its mechanism and what it looks like."""

from __future__ import annotations

from dataclasses import dataclass

from gaba_core import equilibrium, number_text, predict_regimes, time_constant
from gaba_core.regimes import Regime

from .state import GuideState


@dataclass(frozen=True, slots=True)
class Reading:
    """What is said of a regime: what drives it, what one sees, and where it lies at this setting."""

    mechanism: str
    signature: str
    place: str


def reading(state: GuideState) -> Reading:
    """Return what is said of the regime that is read about."""
    spans: dict[str, Regime] = {regime.name: regime for regime in predict_regimes(state.params)}
    mechanism, signature = _TEXTS[state.regime]
    tau = number_text.number(time_constant(state.beta), 4) if state.beta else "0"
    rest = number_text.number(float(equilibrium(state.params)[0]), 3)
    known = {"tau": tau, "rest": rest, "floor": f"{state.floor:g}", "warmup": str(state.params.warmup_steps)}
    place = _place(state, spans.get(state.regime))
    return Reading(mechanism.format(**known), signature.format(**known), place)


def sentence(state: GuideState) -> str:
    """Return one sentence on the regime at this setting."""
    return f"{state.regime.capitalize()}: {reading(state).place}"


def _place(state: GuideState, span: Regime | None) -> str:
    if span is None:
        return "there is none at this setting: the weight comes to rest without it."
    per = state.params.steps_per_epoch
    start = f"step {number_text.count(int(span.start))} (epoch {span.start / per:.1f})"
    if span.end is None:
        return f"from {start} to the end."
    end = f"step {number_text.count(int(span.end))} (epoch {span.end / per:.1f})"
    return f"from {start} to {end}."


_TEXTS = {
    "warm-up": (
        "For the first {warmup} steps every loss has the same weight and the moving average is frozen: early "
        "gradients are dominated by the random initial weights.",
        "A flat line at 1/K, the same for every seed, that ends in a corner.",
    ),
    "rapid drift": (
        "The average is released and follows the raw shares with a time constant of {tau} steps. The task "
        "with the larger gradient loses weight; nothing stops it yet.",
        "An exponential fall: a straight line on the log axis. β alone sets its slope.",
    ),
    "floor activation": (
        "The average has crossed the floor of {floor} and goes on falling, unseen: the output is clamped and "
        "renormalised. What still moves is the renormalisation.",
        "A kink, then a slow approach. The applied weight goes a little below the floor while the state, "
        "dotted, leaves it far behind.",
    ),
    "equilibrium": (
        "The average has come to the raw shares and stays there. The weight is the floor divided by the sum "
        "of the clamped weights, {rest}: the floor, and a little of the data.",
        "A plateau on which the seeds lie on one another. Without a floor it would lie at the raw share.",
    ),
}
