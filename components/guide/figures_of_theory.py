"""The numbers that the Guide quotes, each computed by the core from the reference setting."""

from __future__ import annotations

from functools import cache

import numpy as np

from gaba_core import (
    SimulationParams,
    check_bounds,
    equilibrium,
    floor_renormalise,
    predict_regimes,
    simulate,
    weight_bounds,
)
from gaba_core.anti_windup import recovery_experiment
from gaba_core.equilibrium import expected_shares

REFERENCE = SimulationParams()
FD004_BATCHES = 41  # an epoch, as the chapter has it
SPIKE = (0.002, 0.998)


@cache
def clamped_at(steps_per_epoch: int = REFERENCE.steps_per_epoch, seed: int = 42) -> int:
    """Return the 0-based step at which the reference run first falls below its floor."""
    params = SimulationParams(steps_per_epoch=steps_per_epoch, seeds=(seed,), epochs=12)
    below = np.flatnonzero(np.asarray(simulate(params).state)[0, :, 0] < params.floor)
    return int(below[0])


@cache
def settled_at(beta: float) -> int:
    """Return the step from which a reference run of this beta rests, as predicted."""
    return int(next(r for r in predict_regimes(SimulationParams(beta=beta)) if r.name == "equilibrium").start)


@cache
def rest() -> float:
    """Return the weight of the RUL loss at rest."""
    return float(equilibrium(REFERENCE)[0])


@cache
def share() -> float:
    """Return its raw share, which the EMA state comes to."""
    return float(expected_shares(REFERENCE)[0])


@cache
def bound(tasks: int = 2, floor: float = 0.05) -> float:
    """Return the exact lower bound."""
    return weight_bounds(tasks, floor)[0]


@cache
def failed_draws(draws: int = 100_000) -> tuple[int, int]:
    """Return how many of the chapter's draws fall below the floor, and below the exact bound."""
    found = check_bounds(draws=draws, kind="adversarial")
    return found.nominal_violations, found.exact_violations


@cache
def at_epoch(epoch: int) -> tuple[float, float]:
    """Return the smallest and the largest weight of the five seeds at the start of an epoch."""
    params = SimulationParams(epochs=epoch + 1)
    weights = np.asarray(simulate(params, every=params.steps_per_epoch).weights)[:, epoch, 0]
    return float(weights.min()), float(weights.max())


@cache
def delay(scheme: str, after: float = 0.06) -> int:
    """Return the steps that a scheme's output stays on the floor after the target has left it."""
    return recovery_experiment(scheme, after=after).release_delay


@cache
def full_floor() -> float:
    """Return the smaller weight that a floor of 1/2 makes of the shares .002 and .998."""
    return float(floor_renormalise(np.array(SPIKE), 0.5)[0])


@cache
def unnormalised_sum(floor: float = 0.05) -> float:
    """Return the sum of the weights of the reference shares where nothing renormalises them."""
    shares = np.array([share(), 1.0 - share()])
    return float(np.maximum(shares, floor).sum())
