"""The controller in three parts: a proportional rule, a filter, a saturation."""

from __future__ import annotations

from gaba_core.number_text import number, percent
from gaba_core.step_response import noise_gain, time_constant

from . import figures_of_theory as found
from .lesson import Lesson


def trio() -> tuple[Lesson, ...]:
    """Return the three parts, in the order of the signal."""
    beta = found.REFERENCE.beta
    large = found.REFERENCE.norms[0] / sum(found.REFERENCE.norms)
    return (
        Lesson(
            "proportional",
            "A proportional rule",
            "A proportional controller of gain 1/(K − 1) that drives the shares towards 1/K.",
            "Algebra agrees: the raw share is 1/K plus 1/(K − 1) times the distance of a task's part of the "
            "gradient "
            f"from 1/K. RUL's part of {percent(large)} gives {number(found.share(), 2)}. But the loop is "
            "open: what is "
            "measured are the gradients before they are weighted, so no weight comes back to the rule.",
            "Drag the ratio",
            query={"ratio": "500"},
            numbers={"share": found.share(), "large": large},
        ),
        Lesson(
            "filter",
            "A first-order low-pass",
            "",
            f"The average is a filter with a time constant of {number(time_constant(beta), 4)} steps at β "
            f"{beta:g}; it "
            f"lets {percent(noise_gain(beta))} of white noise through. A slower filter is quieter, and "
            "later.",
            "Its step and frequency response",
            "/step-response",
            {"beta": f"{beta:g}"},
            {"tau": time_constant(beta), "gain": noise_gain(beta)},
        ),
        Lesson(
            "saturation",
            "A saturation, renormalised",
            "",
            "The floor acts on the output and leaves the state alone. Windup has three symptoms: a state far "
            "below "
            f"the floor, an output that stays stuck ({found.delay('A')} steps on the way to 0.06), and an "
            "error that "
            f"adds up meanwhile. Clamping the state (B, {found.delay('B')} steps), holding it (C, "
            f"{found.delay('C')}) and feeding back (D, {found.delay('D')}) are the classical cures.",
            "The three beside GABA",
            "/anti-windup",
            {"panel": "recovery", "schemes": "A,B,C,D"},
            {scheme: found.delay(scheme) for scheme in "ABCD"},
        ),
    )
