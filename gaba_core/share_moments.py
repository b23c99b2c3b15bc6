"""Mean and covariance of the raw shares under noise, by integrals in one variable for any number of tasks.

With 1/S = integral over s > 0 of exp(-s S), a mean of g_i/S over K independent norms splits into products of
means over one norm each. In v = ln s the integrand is smooth and falls off exponentially on both sides, where
the trapezoid rule converges faster than any power of its step.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.controller import centred_shares
from gaba_core.parameters import Noise

REACH = 9.0  # standard deviations kept on either side; what lies beyond has probability 2e-19
TAIL = 38.0  # exp(-38) is below the resolution of a float beside 1
FINE, COARSE = 0.25, 0.5  # steps in the logarithm of a norm
COARSE_ABOVE = 10.0  # sigma from which the coarse step serves (error 1e-8)
HARD_ABOVE = 40.0  # sigma above which only medians**(1/sigma) matters: the largest norm takes all
TANGENT_BELOW = 0.01  # sigma under which the covariance comes from the tangent: the integral would cancel


@dataclass(frozen=True, slots=True, eq=False)
class ShareMoments:
    """Moments of the raw shares of one step: mean (K,) and covariance (K, K)."""

    mean: FloatArray
    covariance: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _Noise:
    """Quadrature of a norm over its median: logarithms, their probabilities, the probability of norm 0."""

    logs: FloatArray
    masses: FloatArray
    zero: float
    low: float  # range of v that matters for a median of 1
    high: float
    step: float


@lru_cache(maxsize=4096)
def share_moments(norms: tuple[float, ...], noise: Noise, sigma: float) -> ShareMoments:
    """Return mean and covariance of the raw shares for legal norms; the mean is exact for sigma = 0."""
    tasks = len(norms)
    medians = np.array(norms)
    alive = medians > 0.0
    if sigma == 0.0 or alive.sum() < 2:
        return _one_outcome(medians, noise, sigma)
    logs = np.log(medians[alive])
    logs -= logs.max()
    if noise == "lognormal" and sigma > HARD_ABOVE:
        logs, sigma = logs * (HARD_ABOVE / sigma), HARD_ABOVE
    if noise == "lognormal" and alive.sum() == 2:
        zero, (first, second) = 0.0, _two_lognormal(float(logs[0] - logs[1]), sigma)
    else:
        quadrature = _quadrature(noise, sigma)
        two = alive.sum() == 2
        moments = _two_by_sum(float(logs[0] - logs[1]), quadrature) if two else _by_integral(logs, quadrature)
        zero, (first, second) = quadrature.zero**logs.size, moments
    mean = np.full(tasks, zero / tasks)
    mean[alive] += first
    square = np.full((tasks, tasks), zero / tasks**2)
    square[np.ix_(alive, alive)] += second
    covariance = square - np.outer(mean, mean)
    if sigma < TANGENT_BELOW:
        tangent = np.diag(mean) - np.outer(mean, mean)
        covariance = sigma**2 * tangent @ tangent.T
    return ShareMoments((1.0 - mean) / (tasks - 1), covariance / (tasks - 1) ** 2)


def _one_outcome(medians: FloatArray, noise: Noise, sigma: float) -> ShareMoments:
    """Return the moments where nothing varies but whether the only norm that is not 0 is clipped."""
    tasks = medians.size
    mean = centred_shares(medians, axis=0) + 1.0 / tasks
    clipped = _normal_below(-1.0 / sigma) if noise == "gaussian" and sigma > 0.0 else 0.0
    off = 1.0 / tasks - mean
    return ShareMoments(mean + clipped * off, clipped * (1.0 - clipped) * np.outer(off, off))


def _two_lognormal(gap: float, sigma: float) -> tuple[FloatArray, FloatArray]:
    """Return E[p] and E[p p'] of the gradient shares of two log-normal norms: one logit-normal variable."""
    spread = math.sqrt(2.0) * sigma
    z = _grid(-REACH, REACH, min(0.6, 0.38 / sigma))
    masses = _bell(z)
    share = 1.0 / (1.0 + np.exp(np.minimum(-(gap + spread * z), 700.0)))
    parts = np.stack([share, 1.0 - share])
    return parts @ masses, (parts * masses) @ parts.T


def _two_by_sum(gap: float, noise: _Noise) -> tuple[FloatArray, FloatArray]:
    """Return what _by_integral does, of two norms whose medians lie `gap` apart, by a sum over both of them.

    The sum has a node for each pair where the integral has one for each norm and v: a tenth of the work.
    """
    exponents = np.subtract.outer(noise.logs, noise.logs)
    exponents += gap
    share = 1.0 / (1.0 + np.exp(np.minimum(-exponents, 700.0)))
    along = np.stack([share @ noise.masses, (1.0 - share) @ noise.masses])
    square = noise.masses @ (share * share) @ noise.masses
    first = along @ noise.masses
    both = float(noise.masses.sum()) ** 2
    second = np.array([[square, first[0] - square], [first[0] - square, both - 2.0 * first[0] + square]])
    alone = noise.zero * float(noise.masses.sum())  # the other one clipped: the share is 1
    return first + alone, second + alone * np.eye(2)


@lru_cache(maxsize=512)
def _quadrature(noise: Noise, sigma: float) -> _Noise:
    if noise == "lognormal":
        step = FINE if sigma <= COARSE_ABOVE else COARSE
        z = _grid(-REACH, REACH, min(0.6, step / sigma))
        return _Noise(sigma * z, _bell(z), 0.0, -TAIL - REACH * sigma, REACH * sigma + 6.0, step)
    low = -TAIL - math.log(REACH) - math.log(1.0 / REACH + sigma)
    if sigma * REACH < 0.95:
        z = _grid(-REACH, REACH, 0.6)
        return _Noise(np.log1p(sigma * z), _bell(z), 0.0, low, math.log(60.0 / (1.0 - REACH * sigma)), FINE)
    # What is not clipped, in a variable that is logarithmic near the cut and linear far from it.
    u = _grid(-TAIL, 1.0 / sigma + REACH, FINE)
    above = np.logaddexp(0.0, u)
    masses = _bell(above - 1.0 / sigma, np.exp(u - above))
    kept = masses > 1e-17 * masses.max()
    zero = _normal_below(-1.0 / sigma)
    logs = np.log(above[kept]) + math.log(sigma)
    return _Noise(logs, masses[kept] * (1.0 - zero), zero, low, TAIL, FINE)


def _by_integral(logs: FloatArray, noise: _Noise) -> tuple[FloatArray, FloatArray]:
    """Return E[g_i/S; S > 0] and E[g_i g_j/S^2; S > 0] for medians exp(logs), the largest of them 1."""
    lowest = float(logs.min()) if noise.zero > 0.0 else 0.0  # the largest task may be clipped: all count
    v = _grid(noise.low, noise.high - lowest, noise.step)
    tasks = logs.size
    none, once, twice = np.zeros((3, tasks, v.size))
    for i, log in enumerate(logs):
        scale = v + log
        here = (scale > noise.low) & (scale < noise.high)
        none[i] = np.where(scale > 0.0, noise.zero, 1.0)
        dose = np.exp(np.minimum(scale[here, None] + noise.logs, 700.0))
        decay = np.exp(-dose)
        none[i, here] = noise.zero + decay @ noise.masses
        decay *= dose
        once[i, here] = decay @ noise.masses
        decay *= dose
        twice[i, here] = decay @ noise.masses
    step = v[1] - v[0]
    first, second = np.empty(tasks), np.empty((tasks, tasks))
    for i in range(tasks):
        others = np.delete(none, i, axis=0).prod(axis=0)
        first[i] = step * (once[i] @ others)
        second[i, i] = step * (twice[i] @ others)
        for j in range(i):
            rest = np.delete(none, (i, j), axis=0).prod(axis=0)
            second[i, j] = second[j, i] = step * ((once[i] * once[j]) @ rest)
    return first, second


def _grid(low: float, high: float, step: float) -> FloatArray:
    return np.linspace(low, high, math.ceil((high - low) / step) + 1)


def _bell(z: FloatArray, stretch: FloatArray | float = 1.0) -> FloatArray:
    """Return the standard normal density at the nodes, times their stretch, scaled to sum to 1."""
    density = np.exp(-0.5 * z**2) * stretch
    masses: FloatArray = density / density.sum()
    return masses


def _normal_below(z: float) -> float:
    return 0.5 * math.erfc(-z / math.sqrt(2.0))
