"""Where the weights end up, how far noise moves them there, and the mean path that leads there."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.polynomial import chebyshev

from gaba_core.checks import FloatArray, IntArray
from gaba_core.controller import centred_shares
from gaba_core.errors import ParameterError
from gaba_core.gradients import norms_at
from gaba_core.parameters import SimulationParams
from gaba_core.projection import clamp
from gaba_core.scan import decay_scan
from gaba_core.share_moments import ShareMoments, share_moments

DEEP = 8.0  # standard deviations from the floor at which a share counts as wholly above or below it
MOST_NODES = 33  # points of a drifting run at which the effect of noise is integrated
DIGITS = 12  # to which the points between them are then known


class MeanTrajectory(NamedTuple):
    """The theory curve: weights of the mean state, the mean state, and its sd over seeds, each (N, K)."""

    weights: FloatArray
    state: FloatArray
    state_sd: FloatArray


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
    moments = end_moments(params)
    return _weight_sd(moments.mean, _stationary_covariance(params), params.floor)


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


def mean_state(params: SimulationParams, steps: IntArray) -> FloatArray:
    """Return the state of mean_trajectory at steps inside the run, shape (N, K)."""
    return _drifting_path(params, steps)[0] if drifts(params) else _constant_path(params, steps)[0]


def mean_weight_sd(params: SimulationParams, steps: Any) -> FloatArray:
    """Return the standard deviation of the weights around mean_trajectory, shape (N, K), to first order.

    Raises:
        ParameterError: a step is not a whole number inside the run.
    """
    return _weight_sd(*_mean_path(params, _checked_steps(steps, params.steps)), params.floor)


def drifts(params: SimulationParams) -> bool:
    """Return whether the norms change along the run."""
    return params.norms_end is not None and params.norms_end != params.norms


def end_moments(params: SimulationParams) -> ShareMoments:
    """Return the moments of the raw shares at the norms the run ends with."""
    norms = params.norms if params.norms_end is None else params.norms_end
    return share_moments(norms, params.noise, params.sigma)


def _stationary_covariance(params: SimulationParams) -> FloatArray:
    gain = (1.0 - params.beta) / (1.0 + params.beta)
    return gain * end_moments(params).covariance


def _mean_path(params: SimulationParams, steps: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean state (N, K) and its covariance (N, K, K) at the steps."""
    if drifts(params):
        return _drifting_path(params, steps)
    state, remaining = _constant_path(params, steps)
    return state, (1.0 - remaining**2)[:, None, None] * _stationary_covariance(params)


def _constant_path(params: SimulationParams, steps: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean state under constant norms (N, K), and the share of the first gap that remains (N,)."""
    remaining = params.beta ** np.maximum(0.0, steps + 1.0 - params.warmup_steps)
    mean = end_moments(params).mean
    return mean + np.multiply.outer(remaining, 1.0 / params.tasks - mean), remaining


def _drifting_path(params: SimulationParams, steps: IntArray) -> tuple[FloatArray, FloatArray]:
    state, spread = _drifting_run(params)
    return state[:, steps].T, spread[:, steps].T.reshape(steps.size, params.tasks, params.tasks)


@lru_cache(maxsize=2)  # one run is asked for at several sets of steps, one after the other
def _drifting_run(params: SimulationParams) -> tuple[FloatArray, FloatArray]:
    """Return the mean state (K, T) and its covariance (K K, T) at every step."""
    tasks = params.tasks
    elapsed = np.arange(params.steps) / max(1, params.steps - 1)
    effect = chebyshev.chebval(2.0 * elapsed - 1.0, _noise_along_drift(params))
    shares = centred_shares(norms_at(params, elapsed), axis=0) + effect[:tasks]
    covariance = np.asarray((1.0 - params.beta) ** 2 * effect[tasks:], dtype=np.float64)
    for inputs in (shares, covariance):
        inputs[:, : params.warmup_steps] = 0.0
    state = 1.0 / tasks + decay_scan((1.0 - params.beta) * shares, params.beta)
    return state, decay_scan(covariance, params.beta, stride=2)


def _noise_along_drift(params: SimulationParams) -> FloatArray:
    """Return Chebyshev coefficients, over the run, of E r minus r without noise (K) and of Cov r (K K)."""
    nodes = chebyshev.chebpts1(_nodes_needed(params))
    path = norms_at(params, (nodes + 1.0) / 2.0)
    quiet = centred_shares(path, axis=0) + 1.0 / params.tasks
    rows = []
    for i in range(nodes.size):
        moments = share_moments(tuple(path[:, i].tolist()), params.noise, params.sigma)
        rows.append(np.concatenate([moments.mean - quiet[:, i], moments.covariance.ravel()]))
    coefficients: FloatArray = chebyshev.chebfit(nodes, np.array(rows), nodes.size - 1)
    return coefficients


def _nodes_needed(params: SimulationParams) -> int:
    """Return how many nodes resolve the drift.

    The shares have no pole in the logarithms of the norms until two of them are pi apart in phase. That fixes
    the ellipse in which they are smooth along the run, and with it how fast an interpolation converges.
    """
    ends = params.norms if params.norms_end is None else params.norms_end
    growth = [math.log(end / start) for start, end in zip(params.norms, ends, strict=True) if start > 0.0]
    half = (max(growth, default=0.0) - min(growth, default=0.0)) / 2.0
    if half < 10.0**-DIGITS:
        return 1
    rate = math.log10((math.pi + math.hypot(math.pi, half)) / half)
    return min(MOST_NODES, math.ceil(DIGITS / rate) + 2)


def _weight_sd(state: FloatArray, covariance: FloatArray, floor: float) -> FloatArray:
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
