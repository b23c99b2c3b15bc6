"""GABA against GradNorm, claim by claim: what is true of which form, in which set-up."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from gaba_core.comparators import DivergenceSettings, Failures, failures_of, run_divergence
from gaba_core.number_text import percent

from .lesson import Lesson

SETTINGS = DivergenceSettings(
    methods=("gaba", "gaba-unfloored", "gradnorm-raw", "gradnorm-softmax"), sigma=1.0
)
WHERE = {"panel": "divergence", "sigma": "1"}


@cache
def failures() -> Mapping[str, Failures]:
    """Return how the methods fail at noise 1, over five seeds and 250 steps."""
    return failures_of(run_divergence(SETTINGS))


def claims() -> tuple[Lesson, ...]:
    """Return the chapter's six claims, and what GABA without a floor is."""
    left = {method: int(each.failed("left").sum()) for method, each in failures().items()}
    starved = {m: each.share["gradient-starved"] for m, each in failures().items()}
    outside = failures()["gradnorm-raw"].share["left"]
    seeds = len(SETTINGS.seeds)
    return (
        Lesson(
            "claim-bound",
            "A bound at every step",
            "GABA's weights always lie in a band; GradNorm's have none.",
            f"True of GradNorm's raw weights: at noise 1 they leave [0, 1] in {left['gradnorm-raw']} of "
            f"{seeds} seeds, "
            f"on {_range(outside)} of the steps. Its softmax form cannot leave it "
            f"({left['gradnorm-softmax']} of {seeds}), "
            "and GABA's band is a little wider than printed.",
            "Who leaves [0, 1]",
            "/anti-windup",
            WHERE,
            {"raw": left["gradnorm-raw"], "softmax": left["gradnorm-softmax"]},
        ),
        Lesson(
            "claim-proof",
            "A proof",
            "Trivial for GABA; for GradNorm it needs conditions on two time constants.",
            "The algebra is below. A softmax is bounded by construction too; what it lacks is a floor.",
            "100,000 draws",
            "/anti-windup",
            {"panel": "monte-carlo"},
        ),
        Lesson(
            "claim-imbalance",
            "At a ratio of 500",
            "GABA is stable on five of five seeds, GradNorm on four.",
            f"In this set-up GABA leaves no bound, and its second task is gradient-starved on "
            f"{_range(starved['gaba'])} of the steps; without the floor on "
            f"{_range(starved['gaba-unfloored'])}. Stable "
            "is not balanced: the floor keeps the loud task loud.",
            "The failure matrix",
            "/anti-windup",
            WHERE,
            {"floored": float(starved["gaba"].mean()), "free": float(starved["gaba-unfloored"].mean())},
        ),
        Lesson(
            "claim-overhead",
            "Overhead",
            "Below 10 % a step.",
            "Both need a gradient a task. On the whole trunk that about doubles a step of two tasks; below "
            "10 % comes "
            "only with measuring seldom, or on the last layer of a large model. README has what we measured.",
            "Two runs by the clock",
            "/runs",
            {"runs": "FD002/gaba/seed_42,FD002/equal/seed_42", "x": "seconds"},
        ),
        Lesson(
            "claim-settings",
            "Settings",
            "Three against two or more.",
            "β, floor and warm-up against the exponent and the rate of the weights, with an optimiser of its "
            "own. "
            "Count is not ease: which of them a result depends on is a question for a map.",
            "A map of β and floor",
            "/map",
        ),
        Lesson(
            "claim-failures",
            "Failure modes",
            "None for GABA in 335 experiments; NaN, divergence and oscillation for GradNorm.",
            f"The four factors named multiply to 1,000, not 335. And a task whose gradient is drowned on "
            f"{_range(starved['gaba'])} of the steps has failed in a way that no weight shows.",
            "Gradient-starved steps",
            "/anti-windup",
            WHERE,
        ),
        Lesson(
            "imtl-g",
            "What GABA without a floor is",
            "",
            "For two tasks the raw share, the inverse norm and IMTL-G are the same weights: GABA without a "
            "floor is "
            "IMTL-G with memory. For three or more they are three different rules.",
            "IMTL-G on a recorded run",
            "/replay",
            {"run": "FD002/gaba/seed_42", "scheme": "imtl-g"},
        ),
    )


def _range(shares: np.ndarray) -> str:
    """Return the smallest and the largest of some shares."""
    return f"{percent(float(shares.min()), 2)} to {percent(float(shares.max()), 2)}"
