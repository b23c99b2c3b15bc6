"""Mean and covariance of the raw shares under noise, by integrals in one variable for any number of tasks.

With 1/S = integral over s > 0 of exp(-s S), a mean of g_i/S over K independent norms splits into products of
means over one norm each. In v = ln s the integrand is smooth and falls off exponentially on both sides, where
the trapezoid rule converges faster than any power of its step.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from gaba_core.batched_cache import BatchedCache
from gaba_core.checks import FloatArray
from gaba_core.controller import centred_shares
from gaba_core.lru_cache import OF_SETTINGS
from gaba_core.parameters import Noise

REACH = 9.0  # standard deviations on either side; what lies beyond has probability 2e-19
TAIL = 38.0  # exp(-38) is below the resolution of a float next to 1
FINE, COARSE = 0.25, 0.5  # steps in the logarithm of a norm
COARSE_ABOVE = 10.0  # sigma from which the coarse step serves (error 1e-8)
HARD_ABOVE = 40.0  # sigma above which only medians**(1/sigma) matters: the largest norm takes all
AT_ONCE = 40_000  # nodes to a batch, as many as a processor's cache holds
TANGENT_BELOW = 0.01  # sigma under which the covariance comes from the tangent: the integral would cancel


@dataclass(frozen=True, slots=True, eq=False)
class ShareMoments:
    """Moments of the raw shares of one step, mean (K,) and covariance (K, K), or of N steps."""

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


def share_moments(norms: tuple[float, ...], noise: Noise, sigma: float) -> ShareMoments:
    """Return mean and covariance of the raw shares for legal norms; the mean is exact for sigma = 0."""
    return cached_moments((norms, noise, sigma))


def moments_along(norms: FloatArray, noise: Noise, sigma: float) -> ShareMoments:
    """Return the moments at N steps from their norms (N, K): mean (N, K) and covariance (N, K, K)."""
    if norms.shape[1] == 2 and sigma > 0.0 and norms.min() > 0.0:
        return _moments_of_two(np.log(norms[:, 0]) - np.log(norms[:, 1]), noise, sigma)
    found = [_moments_of_any(row, noise, sigma) for row in norms]
    return ShareMoments(np.array([one.mean for one in found]), np.array([one.covariance for one in found]))


def _moments_of(questions: Sequence[tuple[tuple[float, ...], Noise, float]]) -> list[ShareMoments]:
    """Return share_moments of each; those of one noise and one number of tasks share their quadrature."""
    groups: dict[tuple[Noise, float, int], list[int]] = {}
    for i, (norms, noise, sigma) in enumerate(questions):
        groups.setdefault((noise, sigma, len(norms)), []).append(i)
    found: dict[int, ShareMoments] = {}
    for (noise, sigma, _), members in groups.items():
        moments = moments_along(np.array([questions[i][0] for i in members]), noise, sigma)
        pairs = zip(members, moments.mean, moments.covariance, strict=True)
        found |= {i: ShareMoments(mean, covariance) for i, mean, covariance in pairs}
    return [found[i] for i in range(len(questions))]


cached_moments = BatchedCache(_moments_of, OF_SETTINGS)


def _moments_of_any(medians: FloatArray, noise: Noise, sigma: float) -> ShareMoments:
    tasks = medians.size
    alive = medians > 0.0
    if sigma == 0.0 or alive.sum() < 2:
        return _one_outcome(medians, noise, sigma)
    logs = np.log(medians[alive])
    logs -= logs.max()
    if noise == "lognormal" and sigma > HARD_ABOVE:
        logs, sigma = logs * (HARD_ABOVE / sigma), HARD_ABOVE
    quadrature = _quadrature(noise, sigma)
    first, second = _by_integral(logs, quadrature)
    zero = quadrature.zero**logs.size
    mean = np.full(tasks, zero / tasks)
    mean[alive] += first
    square = np.full((tasks, tasks), zero / tasks**2)
    square[np.ix_(alive, alive)] += second
    covariance = square - np.outer(mean, mean)
    if sigma < TANGENT_BELOW:
        tangent = np.diag(mean) - np.outer(mean, mean)
        covariance = sigma**2 * tangent @ tangent.T
    return ShareMoments((1.0 - mean) / (tasks - 1), covariance / (tasks - 1) ** 2)


def _moments_of_two(gaps: FloatArray, noise: Noise, sigma: float) -> ShareMoments:
    """Return the moments of two tasks whose medians lie `gaps` apart in logarithm, shape (N,)."""
    if noise == "lognormal":
        if sigma > HARD_ABOVE:
            gaps, sigma = gaps * (HARD_ABOVE / sigma), HARD_ABOVE
        mean, variance = _two_lognormal(gaps, sigma)
    else:
        mean, variance = _two_by_sum(gaps, _quadrature(noise, sigma))
    if sigma < TANGENT_BELOW:
        variance = 2.0 * (sigma * mean * (1.0 - mean)) ** 2
    signs = np.array([[1.0, -1.0], [-1.0, 1.0]])
    return ShareMoments(np.stack([1.0 - mean, mean], axis=-1), variance[:, None, None] * signs)


def _one_outcome(medians: FloatArray, noise: Noise, sigma: float) -> ShareMoments:
    """Return the moments where nothing varies but whether the only norm that is not 0 is clipped."""
    tasks = medians.size
    mean = centred_shares(medians, axis=0) + 1.0 / tasks
    clipped = _normal_below(-1.0 / sigma) if noise == "gaussian" and sigma > 0.0 else 0.0
    off = 1.0 / tasks - mean
    return ShareMoments(mean + clipped * off, clipped * (1.0 - clipped) * np.outer(off, off))


def _two_lognormal(gaps: FloatArray, sigma: float) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of the first of two gradient shares, each (N,): one logit-normal variable."""
    z = _grid(-REACH, REACH, min(0.6, 0.38 / sigma))
    masses = _bell(z)
    share = _logistic(gaps[:, None], np.exp(-math.sqrt(2.0) * sigma * z))
    mean: FloatArray = share @ masses
    share -= mean[:, None]
    share *= share
    return mean, share @ masses


def _two_by_sum(gaps: FloatArray, noise: _Noise) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of the first of two gradient shares, each (N,), by a sum over both norms.

    The sum has a node for each pair where the integral has one for each norm and v: a tenth of the work.
    """
    steep = np.exp(np.subtract.outer(-noise.logs, -noise.logs))
    both = float(noise.masses.sum())
    alone, neither = noise.zero * both, noise.zero**2  # the other one clipped: the share is 1; both: 1/2
    mean, variance = np.empty((2, gaps.size))
    at_once = max(1, AT_ONCE // steep.size)
    for start in range(0, gaps.size, at_once):
        part = slice(start, start + at_once)
        share = _logistic(gaps[part, None, None], steep)
        mean[part] = share @ noise.masses @ noise.masses + alone + neither / 2.0
        share -= mean[part, None, None]
        share *= share
        variance[part] = share @ noise.masses @ noise.masses
    variance += alone * (mean**2 + (1.0 - mean) ** 2) + neither * (0.5 - mean) ** 2
    return mean, variance


def _logistic(gaps: FloatArray, steep: FloatArray) -> FloatArray:
    """Return 1 / (1 + exp(-gaps) steep)."""
    with np.errstate(over="ignore", under="ignore"):
        share: FloatArray = np.exp(np.clip(-gaps, -700.0, 700.0)) * steep
    share += 1.0
    return np.divide(1.0, share, out=share)


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
    heavy = masses > 1e-17 * masses.max()
    zero = _normal_below(-1.0 / sigma)
    logs = np.log(above[heavy]) + math.log(sigma)
    return _Noise(logs, masses[heavy] * (1.0 - zero), zero, low, TAIL, FINE)


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
