"""Where the source chapters and the mathematics part: claim, truth, and where to see it."""

from __future__ import annotations

from gaba_core.number_text import count, fixed, number
from gaba_core.published import best_epochs
from gaba_core.step_response import time_constant

from . import figures_of_theory as found
from .lesson import Lesson

ROWS = {"FD002": 53_759, "FD004": 61_249}  # of the training files, as published


def errata() -> tuple[Lesson, ...]:
    """Return all thirteen, in the order of the chapters."""
    return (*_of_numbers(), *_of_control(), *_of_setups())


def _of_numbers() -> tuple[Lesson, ...]:
    nominal, exact = found.failed_draws()
    first, per = found.clamped_at(), found.REFERENCE.steps_per_epoch
    low, high = found.at_epoch(5)
    return (
        Lesson(
            "bound-claim",
            "The bound of 100,000 draws",
            "No draw leaves a weight below the floor of 0.05.",
            f"Run as printed, {count(nominal)} of 100,000 do; {exact} fall below the exact bound, "
            f"{fixed(found.bound(), 4)}.",
            "The draws",
            "/anti-windup",
            {"panel": "monte-carlo"},
            {"nominal": nominal, "exact": exact, "bound": found.bound()},
        ),
        Lesson(
            "first-step",
            "When the floor is met",
            "After 233 steps, in epoch 7.",
            f"233 steps are counted from the end of the warm-up: the floor is met at step {first}, epoch "
            f"{fixed(first / per, 2)}, in all five seeds.",
            "The read-out",
            numbers={"first": first},
        ),
        Lesson(
            "boundary",
            "What sets the edge of the last regime",
            "Not the average; and the equilibrium does not depend on the data.",
            f"The edge scales with the time constant: step {found.settled_at(0.9)} at β 0.9, "
            f"{found.settled_at(0.99)} at 0.99, {count(found.settled_at(0.995))} at 0.995. The plateau, "
            f"{number(found.rest(), 4)}, contains the raw share.",
            "β 0.995",
            query={"beta": "0.995", "window": "whole"},
            numbers={"slow": found.settled_at(0.995), "fast": found.settled_at(0.9)},
        ),
        Lesson(
            "contraction",
            "What renormalising does",
            "It contracts the weights towards 1/K.",
            f"A floored weight moves away from 1/K: from 0.05 to {fixed(found.rest(), 4)}. And a clamp ends "
            "the "
            "rule's indifference to scale.",
            "The three points",
            "/anti-windup",
            {"panel": "projection", "x1": "0.002"},
            {"rest": found.rest()},
        ),
        Lesson(
            "spread",
            "The printed spread of the seeds",
            "0.1166 to 0.1170 at epoch 5.",
            f"Run as printed, all five seeds read {_between(low, high)} there. The plateau is "
            f"{fixed(found.rest(), 4)}, not 0.0500: the shrinkage is {number(0.05 - found.rest(), 2)}, not "
            "5×10⁻⁴.",
            "The milestones",
            numbers={"low": low, "high": high},
        ),
    )


def _of_control() -> tuple[Lesson, ...]:
    return (
        Lesson(
            "back-calculation",
            "What the floor is called",
            "The back-calculation version of anti-windup.",
            "Nothing is fed back: it is output saturation with a free-running state. Its output stays stuck "
            "for "
            f"{found.delay('A')} steps where back-calculation (D) takes {found.delay('D')}.",
            "A beside D",
            "/anti-windup",
            {"panel": "recovery", "schemes": "A,D"},
            {"A": found.delay("A"), "D": found.delay("D")},
        ),
        Lesson(
            "logged",
            "What the logger writes",
            "The sample output of the hook reads 0.0477.",
            f"The hook records the buffer, which would read {fixed(found.share(), 4)}; 0.0477 is the applied "
            "weight. Which of the two a log holds has to be found out.",
            "A run that holds both",
            "/runs",
            {"runs": "FD002/gaba/seed_42"},
            {"share": found.share()},
        ),
        Lesson(
            "wrong-task",
            "Who loses without a floor",
            "The small-gradient task.",
            "The large-gradient task: RUL, whose norm is 500 times the other's, falls to "
            f"{number(found.share())}.",
            "No floor",
            query={"floor": "0"},
            numbers={"share": found.share()},
        ),
        Lesson(
            "pinned",
            "A floor of 1/K",
            "Pins the weights at 1/K.",
            f"Only the exact projection does; here they stay at {fixed(found.full_floor(), 3)} and "
            f"{fixed(1.0 - found.full_floor(), 3)}.",
            "Floor 1/2",
            query={"floor": "0.5"},
            numbers={"full": found.full_floor()},
        ),
    )


def _of_setups() -> tuple[Lesson, ...]:
    per = found.REFERENCE.steps_per_epoch
    five = (found.REFERENCE.warmup_steps + 5.0 * time_constant(found.REFERENCE.beta)) / per
    late = found.clamped_at(found.FD004_BATCHES) / found.FD004_BATCHES
    latest = max(best_epochs("FD002").values())
    return (
        Lesson(
            "smaller",
            "Which data set is smaller",
            "FD004.",
            f"FD004 is the larger one: {count(ROWS['FD004'])} rows against {count(ROWS['FD002'])}. 49 and 41 "
            "batches "
            "an epoch fit no usual windowing, so steps per epoch are a parameter here.",
            "FD004's 41 steps an epoch",
            query={"steps_per_epoch": str(found.FD004_BATCHES)},
        ),
        Lesson(
            "five-tau",
            "Five time constants in epochs",
            "500 batches, 10 epochs.",
            f"With the warm-up it is {fixed(five, 1)} epochs.",
            "The step response",
            "/step-response",
            numbers={"five": five},
        ),
        Lesson(
            "an-epoch",
            "Steps and epochs",
            "300 steps are an epoch; FD004 compresses the drift; 5 × 10 × 4 × 5 runs are 335.",
            f"300 steps are {fixed(300 / per, 1)} epochs of {per}. Fewer batches stretch the axis: on FD004 "
            "the floor "
            f"is met at epoch {fixed(late, 1)}. The product is {count(5 * 10 * 4 * 5)}.",
            "FD004",
            query={"steps_per_epoch": str(found.FD004_BATCHES)},
            numbers={"late": late},
        ),
        Lesson(
            "off-axis",
            "A best epoch off the axis",
            "All best epochs on an axis of 200 epochs.",
            f"The latest is {latest}: it lies beyond that axis. Here the axis follows the data.",
            "400 epochs",
            query={"epochs": "400", "window": "whole", "show": "best"},
            numbers={"latest": latest},
        ),
    )


def _between(low: float, high: float) -> str:
    """Return two numbers to four places, or the one that both of them are."""
    ends = dict.fromkeys((fixed(low, 4), fixed(high, 4)))
    return " to ".join(ends)
