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
from gaba_core.milestones import milestones
from gaba_core.parameters import SimulationParams
from gaba_core.regimes import Events, Regime, assemble
from gaba_core.step_response import settling_steps
from gaba_core.thresholds import CLOSE, LEFT, NOISE_SDS, ROUNDING

NOTHING_LEFT = 1e-18  # share of the first gap that a prediction no longer follows
AT_ONCE = 2**18  # steps predicted together

Prediction = tuple[tuple[Regime, ...], Events]


def predict_regimes(params: SimulationParams) -> tuple[Regime, ...]:
    """Return the regimes of the mean trajectory that the parameters lead to."""
    return prediction(params)[0]


def predict_events(params: SimulationParams) -> Events:
    """Return the milestones of the mean trajectory that the parameters lead to."""
    return prediction(params)[1]


def arrival_tolerance(params: SimulationParams) -> FloatArray:
    """Return how near its equilibrium each weight counts as arrived, shape (K,)."""
    tolerance: FloatArray = _tolerances(settled([params]))[0]
    return tolerance


def _tolerances(ends: Settled) -> FloatArray:
    return np.maximum(CLOSE * ends.weights, NOISE_SDS * ends.weight_sd)


def _predict(many: Sequence[SimulationParams]) -> list[Prediction]:
    ends = settled(many)
    noise_effects.many(params for params in many if drifts(params))  # together, for the courses to come
    shares = [_expected_shares(params, mean) for params, mean in zip(many, ends.shares, strict=True)]
    run, floors = cut_into_blocks(many, shares), np.array([params.floor for params in many])
    seen, off = judge(run, floors, ends.weights), _tolerances(ends)[..., None]
    begin = np.array([params.warmup_steps for params in many])
    arrived = seen.first_inside(off, np.maximum(seen.last_outside([LEFT * off])[0] + 1, begin))
    return [
        (assemble(range(one.shape[-1]), start, events.first_clamped, None if at < 0 else at), events)
        for one, start, at, (events,) in zip(
            shares, begin.tolist(), arrived.tolist(), milestones(seen), strict=True
        )
    ]


prediction = BatchedCache(
    _predict,
    16 * 2**20,
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
