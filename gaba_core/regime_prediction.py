"""Regimes and milestones that parameters lead to: those of the mean trajectory, of many settings at once."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from gaba_core.batched_cache import BatchedCache
from gaba_core.block_bounds import cut_into_blocks
from gaba_core.checks import FloatArray
from gaba_core.drift import expected_course, noise_effects
from gaba_core.equilibrium import Settled, drifts, settled
from gaba_core.first_passage import judge
from gaba_core.lru_cache import OF_SETTINGS
from gaba_core.milestones import milestones
from gaba_core.parameters import SimulationParams
from gaba_core.regimes import Events, Regime, assemble
from gaba_core.step_response import settling_steps
from gaba_core.thresholds import CLOSE, LEFT, NOISE_SDS, ROUNDING

NOTHING_LEFT = 1e-18  # share of the first gap that a prediction no longer follows
AT_ONCE = 2**18  # steps to a batch

SETTLED_SDS = 0.5  # distance of the mean that is lost in the seeds' own scatter

Prediction = tuple[tuple[Regime, ...], Events, tuple[Regime, ...]]


def predict_regimes(params: SimulationParams) -> tuple[Regime, ...]:
    """Return the regimes of the mean trajectory that the parameters lead to."""
    return prediction(params)[0]


def settled_regimes(params: SimulationParams) -> tuple[Regime, ...]:
    """Return the regimes with an equilibrium that begins where the seeds no longer move.

    There the mean is within 0.1 % or half a standard deviation of its end, and stays; where norms drift,
    within 0.1 %: a mean that follows them is no noise. `predict_regimes` begins it at four standard
    deviations, within which one noisy run cannot be distinguished from its equilibrium.
    """
    return prediction(params)[2]


def predict_events(params: SimulationParams) -> Events:
    """Return the milestones of the mean trajectory that the parameters lead to."""
    return prediction(params)[1]


def arrival_tolerance(params: SimulationParams) -> FloatArray:
    """Return how near its equilibrium each weight counts as arrived, shape (K,)."""
    tolerance: FloatArray = arrival_tolerances(settled([params]))[0]
    return tolerance


def arrival_tolerances(ends: Settled) -> FloatArray:
    """Return the same of many settings, shape (P, K)."""
    return np.maximum(CLOSE * ends.weights, NOISE_SDS * ends.weight_sd)


def _tight_tolerances(many: Sequence[SimulationParams], ends: Settled) -> FloatArray:
    follows = np.array([drifts(params) for params in many])[:, None]
    return np.maximum(CLOSE * ends.weights, np.where(follows, 0.0, SETTLED_SDS * ends.weight_sd))


def _predict(many: Sequence[SimulationParams]) -> list[Prediction]:
    ends = settled(many)
    noise_effects.many(params for params in many if drifts(params))  # in one batch, for the courses to come
    shares = [_expected_shares(params, mean) for params, mean in zip(many, ends.shares, strict=True)]
    run, floors = cut_into_blocks(many, shares), np.array([params.floor for params in many])
    seen, off = judge(run, floors, ends.weights), arrival_tolerances(ends)[..., None]
    begin = np.array([params.warmup_steps for params in many])
    tight = _tight_tolerances(many, ends)[..., None]
    arrived, still = (
        seen.first_inside(near, np.maximum(seen.last_outside([LEFT * near])[0] + 1, begin)).tolist()
        for near in (off, tight)
    )
    found = []
    for i, ((events,), one) in enumerate(zip(milestones(seen), shares, strict=True)):
        steps, start, clamped = range(one.shape[-1]), int(begin[i]), events.first_clamped
        loose, close = (
            assemble(steps, start, clamped, None if at < 0 else at) for at in (arrived[i], still[i])
        )
        found.append((loose, events, close))
    return found


prediction = BatchedCache(
    _predict,
    OF_SETTINGS,
    alike=lambda params: params.tasks,
    weight=lambda params: params.steps,
    at_once=AT_ONCE,
)


def _expected_shares(params: SimulationParams, end: FloatArray) -> FloatArray:
    """Return mean raw shares minus 1/K, (1, C, T), along as much of the run as can still hold a milestone."""
    if drifts(params):
        return expected_course(params, params.steps).shares[None]
    centred = end[:1] - 0.5 if params.tasks == 2 else end - 1.0 / params.tasks
    return np.broadcast_to(centred[None, :, None], (1, centred.size, _horizon(params, end)))


def _horizon(params: SimulationParams, end: FloatArray) -> int:
    """Return the steps to predict where norms are constant.

    While a share d of the first gap remains, no weight is further from its equilibrium than by the fraction
    d (1/u + K), u the smallest floored share; and a task that ends below the floor is below it once d is less
    than its distance from the floor.
    """
    smallest = max(float(np.maximum(end, params.floor).min()), NOTHING_LEFT)
    depth = params.floor - ROUNDING - end
    near = [0.1 * CLOSE / (1.0 / smallest + params.tasks), *(0.5 * depth[depth > 0.0])]
    moving = settling_steps(params.beta, max(NOTHING_LEFT, min(near)))
    return min(params.steps, params.warmup_steps + math.ceil(moving) + 2)
