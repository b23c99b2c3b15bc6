"""Settings to predict: what is known of each before its curve is drawn, and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from gaba_core import SimulationParams, equilibrium, predict_regimes
from gaba_core.equilibrium import expected_shares

from ..layout.fields import SMALL_NORM

EPOCHS = 25


def _setting(beta: float, floor: float, ratio: float, warmup: int) -> SimulationParams:
    return SimulationParams(
        beta=beta,
        floor=floor,
        norms=(ratio * SMALL_NORM, SMALL_NORM),
        warmup_steps=warmup,
        sigma=0.0,
        seeds=(42,),
        epochs=EPOCHS,
    )


EXAMPLES: dict[str, SimulationParams] = {
    "1": _setting(0.98, 0.1, 500.0, 100),
    "2": _setting(0.995, 0.02, 100.0, 49),
    "3": _setting(0.99, 0.05, 10.0, 100),
    "4": _setting(0.9, 0.05, 500.0, 400),
    "5": _setting(0.99, 0.3, 500.0, 100),
    "6": _setting(0.993, 0.01, 50.0, 200),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What comes of a setting.

    Attributes:
        met: epoch at which the average crosses the floor; None where it never does.
        rest: weight of the first task at rest.
        share: its raw share.
    """

    met: float | None
    rest: float
    share: float


@cache
def outcome(example: str) -> Outcome:
    """Return what comes of one of EXAMPLES."""
    params = EXAMPLES[example]
    crossed = [r.start for r in predict_regimes(params) if r.name == "floor activation"]
    met = float(crossed[0]) / params.steps_per_epoch if crossed else None
    return Outcome(met, float(equilibrium(params)[0]), float(expected_shares(params)[0]))


def following(example: str) -> str:
    """Return the example after one, the first after the last."""
    keys = list(EXAMPLES)
    return keys[(keys.index(example) + 1) % len(keys)]
