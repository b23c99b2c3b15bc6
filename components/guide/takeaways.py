"""What to remember of the chapters, as far as it is true."""

from __future__ import annotations

from gaba_core.number_text import fixed, number
from gaba_core.step_response import time_constant

from . import figures_of_theory as found
from .lesson import Lesson


def takeaways() -> tuple[Lesson, ...]:
    """Return them: where the weight rests, when it does, and what that says of the model."""
    floor, per = found.REFERENCE.floor, found.REFERENCE.steps_per_epoch
    rest = found.settled_at(0.99) / per
    return (
        Lesson(
            "closed-form",
            "Where the weight rests",
            "0.05 / (0.05 + 0.95), and also floor / (floor + 1), whatever the data.",
            f"The clamp leaves the other share as it is: {floor:g} / ({floor:g} + 1 − r) with a raw share "
            f"r of {number(found.share())}, which is {fixed(found.rest(), 4)}. The first formula gives 0.05, "
            f"the second {fixed(found.bound(), 4)}: the bound, met only at r = 0.",
            "The plateau",
            query={"window": "whole"},
            numbers={"rest": found.rest(), "bound": found.bound()},
        ),
        Lesson(
            "when-settled",
            "When it rests, and what that says",
            "β alone sets the time; one weight for every seed; loss and weights are two processes.",
            f"β sets the time constant, {number(time_constant(found.REFERENCE.beta), 3)} steps; warm-up, "
            f"floor and raw share set the rest: epoch {fixed(rest, 1)} here. All seeds then agree to four "
            "decimals. That the weights rest says nothing of the model: look at both.",
            "A balancer at rest, and its model",
            "/runs",
            {"runs": "FD004/gaba/seed_789"},
            {"rest": rest},
        ),
    )
