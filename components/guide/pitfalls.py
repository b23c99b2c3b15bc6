"""Pitfalls: four of reading a plot of weights, five of setting the floor."""

from __future__ import annotations

from gaba_core.number_text import count, fixed, number, percent
from gaba_core.published import best_epochs
from gaba_core.step_response import time_constant

from . import figures_of_theory as found
from .lesson import Lesson


def of_reading() -> tuple[Lesson, ...]:
    """Return the four pitfalls of reading."""
    latest = max(best_epochs("FD002").values())
    needed = found.REFERENCE.warmup_steps + 5.0 * time_constant(found.REFERENCE.beta)
    rest = found.settled_at(0.99) / found.REFERENCE.steps_per_epoch
    return (
        Lesson(
            "best-epoch",
            "The best epoch is not when the balancer converged",
            "",
            f"The best epoch belongs to the model. One published run had its best epoch at {latest}; its "
            "weights "
            f"had come to rest at epoch {fixed(rest, 1)} like those of every other seed. Read the weights "
            "for the "
            "balancer and the error for the model.",
            "Mark the published best epochs",
            query={"window": "whole", "epochs": "400", "show": "best"},
            numbers={"latest": latest, "rest": rest},
        ),
        Lesson(
            "buffer",
            "The state of the average is not the weight",
            "",
            f"The average goes on to the raw share, {number(found.share())}; the weight that multiplies the "
            "loss "
            f"stops at {number(found.rest())}, after floor and renormalisation. A log that holds the buffer "
            "alone "
            "looks like a starved task that is none. Log both.",
            "See both lines",
            query={"show": "state"},
            numbers={"share": found.share(), "rest": found.rest()},
        ),
        Lesson(
            "too-short",
            "A run that ends too early shows a transient",
            "",
            f"Warm-up and five time constants take {count(round(needed))} steps at β 0.99; within 0.1 % "
            "takes "
            f"{count(found.settled_at(0.99))}. What is read before is drift or floor activation, and two "
            "short runs "
            "of one method need not agree.",
            "A run that is too short",
            query={"epochs": "5"},
            numbers={"needed": needed, "settled": found.settled_at(0.99)},
        ),
        Lesson(
            "balanced",
            "One half may be the right answer",
            "",
            "Where both gradients are equally large the raw shares are 1/K, and the weights stay there. That "
            "is no "
            "broken balancer: there is nothing to balance. Look at the norms before you suspect it.",
            "Equal gradients",
            query={"ratio": "1"},
        ),
    )


def of_the_floor() -> tuple[Lesson, ...]:
    """Return the five pitfalls of setting or removing the floor."""
    return (
        Lesson(
            "no-floor",
            "A floor of 0, to let the controller find its own answer",
            "Without it the small-gradient task drifts to zero.",
            f"It is the task with the large gradient that loses its weight: without a floor RUL rests at "
            f"{number(found.share())}. Its weighted gradient is then as large as the other's; whether that "
            "is bad "
            "depends on what the loss is for.",
            "No floor",
            query={"floor": "0"},
            numbers={"share": found.share()},
        ),
        Lesson(
            "full-floor",
            "A floor of 1/K, for the greatest protection",
            "It pins every weight at 1/K.",
            "Only the exact projection does that. Floor and renormalise lift the smaller share to 1/K and "
            "then "
            f"divide by a sum above 1: (0.002, 0.998) becomes {fixed(found.full_floor(), 4)} and "
            f"{fixed(1.0 - found.full_floor(), 4)}, a third and two thirds.",
            "Both on the simplex",
            "/anti-windup",
            {"panel": "projection", "x1": "0.002", "floor": "0.5"},
            {"full": found.full_floor()},
        ),
        Lesson(
            "unnormalised",
            "Clamping without renormalising",
            "The weights sum to more than 1, and the learning rate drifts.",
            "True (scheme N). At the reference shares the clamped weights sum to "
            f"{fixed(found.unnormalised_sum(), 3)}, so the "
            f"step is {percent(found.unnormalised_sum() - 1.0)} longer than it was set to be, and it changes "
            "with "
            "the data. The sum lies between 1 and 1 + (K − 1) times the floor.",
            "Scheme N beside GABA",
            "/anti-windup",
            {"panel": "recovery", "schemes": "A,N"},
            {"sum": found.unnormalised_sum()},
        ),
        Lesson(
            "input-clamp",
            "Clamping the raw share instead of the average",
            "The buffer would still wind up.",
            "It cannot: what enters is never below the floor, so nothing has to climb back (scheme F leaves "
            "after "
            f"{found.delay('F')} steps, GABA after {found.delay('A')}). What it costs is a bias under noise: "
            "shares "
            "below the floor are lifted one by one, before they are averaged.",
            "Scheme F beside GABA",
            "/anti-windup",
            {"panel": "recovery", "schemes": "A,F"},
            {"F": found.delay("F"), "A": found.delay("A")},
        ),
        Lesson(
            "write-back",
            "Writing the clamped weight back into the average",
            "The average can no longer recover.",
            f"It recovers at once: scheme E leaves the floor after {found.delay('E')} steps, GABA after "
            f"{found.delay('A')}. What is lost is the memory of how far below the floor the share lies.",
            "Scheme E beside GABA",
            "/anti-windup",
            {"panel": "recovery", "schemes": "A,E"},
            {"E": found.delay("E"), "A": found.delay("A")},
        ),
    )
