"""Where the weights end up, how far noise moves them there, and the mean path that leads there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gaba_core.checks import FloatArray, IntArray
from gaba_core.drift import expected_course
from gaba_core.ema_scan import decay_scan
from gaba_core.errors import ParameterError
from gaba_core.parameters import SimulationParams
from gaba_core.projection import clamp
from gaba_core.share_moments import ShareMoments, cached_moments, share_moments

DEEP = 8.0  # standard deviations from the floor at which a share counts as wholly above or below it
MIRRORED = np.array([[1.0, -1.0], [-1.0, 1.0]])


class MeanTrajectory(NamedTuple):
    """The theory curve: weights of the mean state, the mean state, and its sd over seeds, each (N, K)."""

    weights: FloatArray
    state: FloatArray
    state_sd: FloatArray


class Settled(NamedTuple):
    """Of P runs, once they have settled: mean raw shares, their weights, and the weights' sd, each (P, K)."""

    shares: FloatArray
    weights: FloatArray
    weight_sd: FloatArray


def expected_shares(params: SimulationParams) -> FloatArray:
    """Return the mean raw share of each task under the noise, at the norms the run ends with; shape (K,).

    Noise moves the mean: the share is a curved function of the norms.
    """
    return end_moments(params).mean.copy()


def equilibrium(params: SimulationParams) -> FloatArray:
    """Return the weights at the mean state the run tends to, w(E r), shape (K,).

    Where the noise straddles the floor the mean of the weights lies higher than the weights of the mean.
    """
    return clamp(end_moments(params).mean, params.floor)


def stationary_sd(params: SimulationParams) -> FloatArray:
    """Return the standard deviation of the smoothed shares once they have settled, shape (K,)."""
    return _sd(_stationary_covariance(params))


def stationary_weight_sd(params: SimulationParams) -> FloatArray:
    """Return the standard deviation of the settled weights, shape (K,).

    First order in the noise, but for the floor: a share counts by how much of its scatter clears the floor.
    One that is always floored does not move, and its weight moves with the sum alone.
    """
    sd: FloatArray = settled([params]).weight_sd[0]
    return sd


def settled(many: Sequence[SimulationParams]) -> Settled:
    """Return how the runs of settings with one number of tasks end."""
    moments = cached_moments.many((end_norms(params), params.noise, params.sigma) for params in many)
    shares = np.array([one.mean for one in moments])
    floors, betas = (np.array([[getattr(params, name)] for params in many]) for name in ("floor", "beta"))
    gain = ((1.0 - betas) / (1.0 + betas))[..., None]
    covariance = gain * np.array([one.covariance for one in moments])
    return Settled(shares, clamp(shares, floors), _weight_sd(shares, covariance, floors))


def mean_trajectory(params: SimulationParams, steps: Any) -> MeanTrajectory:
    """Return what the seeds scatter around, at the given steps.

    With constant norms the state is c + (1/K - c) beta**n after n steps past the warm-up, c the mean share.

    Args:
        params: what to predict.
        steps: 0-based step indices, shape (N,); the values are those after the update of the step.

    Raises:
        ParameterError: a step is not a whole number inside the run.
    """
    indices = _checked_steps(steps, params.steps)
    state, covariance = _mean_path(params, indices)
    return MeanTrajectory(clamp(state, params.floor), state, _sd(covariance))


def mean_weight_sd(params: SimulationParams, steps: Any) -> FloatArray:
    """Return the standard deviation of the weights around mean_trajectory, shape (N, K), to first order.

    Raises:
        ParameterError: a step is not a whole number inside the run.
    """
    return _weight_sd(*_mean_path(params, _checked_steps(steps, params.steps)), np.array(params.floor))


def drifts(params: SimulationParams) -> bool:
    """Return whether the norms change along the run."""
    return params.norms_end is not None and params.norms_end != params.norms


def end_norms(params: SimulationParams) -> tuple[float, ...]:
    """Return the norms the run ends with."""
    return params.norms if params.norms_end is None else params.norms_end


def end_moments(params: SimulationParams) -> ShareMoments:
    """Return the moments of the raw shares at the norms the run ends with."""
    return share_moments(end_norms(params), params.noise, params.sigma)


def _stationary_covariance(params: SimulationParams) -> FloatArray:
    gain = (1.0 - params.beta) / (1.0 + params.beta)
    return gain * end_moments(params).covariance


def _mean_path(params: SimulationParams, steps: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean state (N, K) and its covariance (N, K, K) at the steps."""
    if drifts(params):
        return _drifting_path(params, steps)
    remaining = params.beta ** np.maximum(0.0, steps + 1.0 - params.warmup_steps)
    mean = end_moments(params).mean
    state = mean + np.multiply.outer(remaining, 1.0 / params.tasks - mean)
    return state, (1.0 - remaining**2)[:, None, None] * _stationary_covariance(params)


def _drifting_path(params: SimulationParams, steps: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return what _mean_path does, where the norms drift; steps after the last one asked for are not run."""
    tasks, beta = params.tasks, params.beta
    shares, covariance = expected_course(params, int(steps.max(initial=0)) + 1)
    inputs = (1.0 - beta) * shares, (1.0 - beta) ** 2 * covariance
    for held in inputs:
        held[..., : params.warmup_steps] = 0.0
    state = decay_scan(inputs[0], beta)[:, steps].T
    spread = np.moveaxis(decay_scan(inputs[1], beta, stride=2)[..., steps], -1, 0)
    if tasks == 2:  # the second task mirrors the first
        state, spread = np.concatenate([state, -state], axis=1), spread * MIRRORED
    return 1.0 / tasks + state, spread


def _weight_sd(state: FloatArray, covariance: FloatArray, floor: FloatArray) -> FloatArray:
    """Return the sd of clamp(state), (..., K): slope of the renormalisation, part that clears the floor."""
    raised = np.maximum(state, floor)
    total = raised.sum(axis=-1)[..., None, None]
    free = _clearing_part(state - floor, _sd(covariance))
    shared = raised[..., :, None] * free[..., None, :]
    slope = np.eye(state.shape[-1]) * free[..., None] / total - shared / total**2
    return _sd(slope @ covariance @ np.swapaxes(slope, -1, -2))


def _clearing_part(above: FloatArray, sd: FloatArray) -> FloatArray:
    """Return sd(max(x, floor)) / sd(x) for normal x of mean floor + above: 0 far below, 1 far above."""
    noisy = sd > 0.0
    depth = np.where(noisy, -above / np.where(noisy, sd, 1.0), -np.sign(above) * DEEP)
    depth = np.clip(depth, -DEEP, DEEP)
    under = np.array([0.5 * math.erfc(-z / math.sqrt(2.0)) for z in depth.ravel()]).reshape(depth.shape)
    density = np.exp(-0.5 * depth**2) / math.sqrt(2.0 * math.pi)
    mean = depth * under + density
    variance = depth**2 * under + depth * density + 1.0 - under - mean**2
    part: FloatArray = np.sqrt(np.maximum(variance, 0.0))
    return part


def _sd(covariance: FloatArray) -> FloatArray:
    variance = np.diagonal(covariance, axis1=-2, axis2=-1)
    sd: FloatArray = np.sqrt(np.maximum(variance, 0.0))
    return sd


def _checked_steps(steps: Any, length: int) -> IntArray:
    indices = np.asarray(steps)
    if indices.ndim != 1 or indices.dtype.kind not in "iu":
        raise ParameterError(f"steps must be a sequence of whole numbers; got {steps!r}.")
    outside = (indices < 0) | (indices >= length)
    if outside.any():
        raise ParameterError(f"steps must lie in [0, {length - 1}]; got {indices[outside][0]}.")
    return indices.astype(np.int64)
