"""What a cell comes to, in words: over the seeds of a simulation, or on the steps of a recorded run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from gaba_core.sweep import MEASURES


class Phrases(NamedTuple):
    """By measure: what a cell is said to do, what one without a number does, and what many of these do.

    Attributes:
        about: what the measure is.
    """

    cell: Mapping[str, str]
    none: Mapping[str, str]
    gaps: Mapping[str, str]
    about: Mapping[str, str]


SIMULATED = Phrases(
    cell={
        "settle": "the weights settle after {}",
        "equilibrium": "the first task's weight ends at {}",
        "noise": "the first task's weight scatters by {} from seed to seed",
        "smallest_share": "the smallest share of the update is {}",
        "failure_rate": "{} of the seeds never settle",
        "release_delay": "the first task's weight stays on its floor for {} once the gradients are equal",
    },
    none={
        "settle": "the weights never settle within the run",
        "noise": "one seed has no scatter",
        "release_delay": "the first task's weight never leaves its floor",
    },
    gaps={"settle": "no seed settles", "release_delay": "the floor is never left"},
    about={name: measure.help for name, measure in MEASURES.items()},
)


def of_run(task: str) -> Phrases:
    """Return the phrases for a recorded run; `task` has the smallest share at rest."""
    return Phrases(
        cell={
            "settle": f"the weight of {task} is at rest after {{}}",
            "equilibrium": f"the weight of {task} rests at {{}}",
            "noise": f"the weight of {task} scatters by {{}} at rest",
            "smallest_share": "the smallest share of the update is {}",
            "release_delay": f"the weight of {task} stays on its floor for {{}} once gradients are equal",
        },
        none={
            "settle": f"the weight of {task} is never at rest",
            "release_delay": f"the weight of {task} never leaves its floor",
        },
        gaps={"settle": "it is never at rest", "release_delay": "the floor is never left"},
        about={
            "settle": f"Step from which the replayed weight of {task} is at the level of its last quarter.",
            "equilibrium": f"Mean of the replayed weight of {task} over the last quarter of the run.",
            "noise": "Standard deviation of that weight over the last quarter.",
            "smallest_share": "Smallest part that any task has in the weighted gradients, w g over the sum "
            "of all; mean over the last quarter.",
            "release_delay": f"How long the weight of {task} would stay on its floor if, after the run, all "
            "gradients became equal.",
        },
    )
