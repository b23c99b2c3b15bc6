"""Gradient norms of the tasks, step by step: a norm for each task, drift between two ends, and noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray, IntArray
from gaba_core.controller import centred_shares
from gaba_core.lru_cache import LruCache
from gaba_core.parameters import SimulationParams

LARGEST = float(np.finfo(np.float64).max)
LARGEST_EXPONENT = 709.0  # exp of anything above overflows
LARGEST_DRAW = 14.0  # NumPy's normal generator can draw nothing beyond 13.8
NOTHING = 1e-300
MODERATE = 600.0  # logarithms no larger than this can be added to each other without a thought of overflow

# A slider that moves noise, ratio or beta simulates the same draws again and again.
_DRAWS: LruCache[Hashable, FloatArray] = LruCache(64 * 2**20)
# Few shares: new ones go where old ones were, and memory that was used before comes several times faster.
_SHARES: LruCache[Hashable, FloatArray] = LruCache(64 * 2**20, entries=20)


def gradient_norms(params: SimulationParams, at: IntArray | None = None) -> FloatArray:
    """Return the noisy gradient norms, shape (S, T, K); never negative, never infinite.

    Seed s draws default_rng(s).standard_normal((T, K)). Gaussian: norm (1 + sigma z), clipped at 0.
    Log-normal: norm exp(sigma z). A value beyond the largest float becomes the largest float.

    Args:
        params: what to draw.
        at: steps (N,) whose norms alone are wanted, in the place of T; None for every step.
    """
    return np.ascontiguousarray(_norms_by_task(params, cached_draws, at).swapaxes(1, 2))


def median_norms(params: SimulationParams) -> FloatArray:
    """Return the norms without noise, shape (T, K): from `norms` at step 0, geometrically, to `norms_end`."""
    return np.ascontiguousarray(_medians_by_task(params).T)


def norms_at(params: SimulationParams, elapsed: FloatArray) -> FloatArray:
    """Return the norms without noise at shares of the run in [0, 1]; elapsed (N,) gives (K, N)."""
    start = np.array(params.norms)[:, None]
    if params.norms_end is None:
        return np.repeat(start, elapsed.size, axis=1)
    end = np.array(params.norms_end)[:, None]
    norms: FloatArray = start ** (1.0 - elapsed) * end**elapsed
    return norms


def centred_raw_shares(params: SimulationParams) -> FloatArray:
    """Return raw shares minus 1/K, shape (S, K, T), read-only; cached for the next call with the same norms.

    Of two tasks the first only, (S, 1, T): the second mirrors it.
    """
    length = (
        params.steps if params.norms_end else None
    )  # without drift a short run is the start of a long one
    key = (params.seeds, params.noise, params.sigma, params.norms, params.norms_end, length)

    def compute(steps: int) -> FloatArray:
        longer = params if steps == params.steps else replace(params, epochs=steps, steps_per_epoch=1)
        return fresh_raw_shares(longer, cached_draws)

    return _at_least(_SHARES, key, params.steps, compute)


def clear_caches() -> None:
    """Clear the cached draws and shares; only a benchmark has reason to."""
    _DRAWS.clear()
    _SHARES.clear()


def draws(seed: int, steps: int, tasks: int) -> FloatArray:
    """Return the standard normal draws of one seed, shape (K, T)."""
    return np.random.default_rng(seed).standard_normal((steps, tasks)).T


def fresh_raw_shares(
    params: SimulationParams, source: Callable[[int, int, int], FloatArray] = draws
) -> FloatArray:
    """Return what centred_raw_shares returns, keeping nothing.

    Args:
        params: what to draw.
        source: where the draws come from.
    """
    if params.tasks == 2 and _is_moderate(params):
        return _shares_of_two(params, source)
    shares = centred_shares(_norms_by_task(params, source), axis=1)
    return np.ascontiguousarray(shares[:, :1]) if params.tasks == 2 else shares


def _is_moderate(params: SimulationParams) -> bool:
    """Return whether no norm and no ratio of two can come near the ends of the floats."""
    norms = params.norms + (params.norms_end or ())
    if min(norms) == 0.0 or params.sigma > MODERATE:
        return False
    return max(abs(math.log(norm)) for norm in norms) + 2.0 * params.sigma * LARGEST_DRAW < MODERATE


def _shares_of_two(params: SimulationParams, source: Callable[[int, int, int], FloatArray]) -> FloatArray:
    """Return fresh_raw_shares of two tasks: only the ratio of their norms matters."""
    ratio = log_ratios(params)
    shares = np.empty((len(params.seeds), 1, params.steps))
    spare = np.empty(params.steps)
    if params.noise == "gaussian":
        ratio = np.exp(ratio)
    fill = _lognormal_shares if params.noise == "lognormal" else _gaussian_shares
    for one, seed in zip(shares[:, 0], params.seeds, strict=True):  # one seed at a time stays in the cache
        fill(one, spare, source(seed, params.steps, 2), params.sigma, ratio)
    return shares


def _lognormal_shares(
    out: FloatArray, _: FloatArray, noise: FloatArray, sigma: float, ratio: FloatArray
) -> None:
    """Write 1/2 - 1/(1 + exp(x)) = tanh(x/2) / 2, x the logarithm of the second norm over the first."""
    np.subtract(noise[1], noise[0], out=out)
    out *= 0.5 * sigma
    out += 0.5 * ratio
    np.tanh(out, out=out)
    out *= 0.5


def _gaussian_shares(
    out: FloatArray, spare: FloatArray, noise: FloatArray, sigma: float, ratio: FloatArray
) -> None:
    """Write 1/2 - a/(a + b), a and b the two norms over the first one's mean."""
    np.multiply(noise[0], sigma, out=spare)
    spare += 1.0
    np.multiply(noise[1], sigma, out=out)
    out += 1.0
    out *= ratio
    if sigma * LARGEST_DRAW >= 1.0:  # clipped at next to nothing: where both are, the shares are equal
        np.maximum(spare, NOTHING, out=spare)
        np.maximum(out, NOTHING, out=out)
    out += spare
    np.divide(spare, out, out=out)
    np.subtract(0.5, out, out=out)


def _norms_by_task(
    params: SimulationParams,
    source: Callable[[int, int, int], FloatArray],
    at: IntArray | None = None,
) -> FloatArray:
    chosen: Any = slice(None) if at is None else at
    noise = np.empty((len(params.seeds), params.tasks, params.steps if at is None else len(at)))
    for one, seed in zip(noise, params.seeds, strict=True):
        one[:] = source(seed, params.steps, params.tasks)[:, chosen]
    with np.errstate(over="ignore"):
        noise *= params.sigma
        if params.noise == "lognormal":
            np.minimum(noise, LARGEST_EXPONENT, out=noise)
            np.exp(noise, out=noise)
        else:
            noise += 1.0
            np.clip(noise, 0.0, LARGEST, out=noise)
        noise *= _medians_by_task(params, at)
    return np.minimum(noise, LARGEST, out=noise)


def log_ratios(params: SimulationParams) -> FloatArray:
    """Return ln(second norm / first) without noise: of every step, shape (T,), or one for all, shape ()."""
    start = np.log(params.norms)
    if params.norms_end is None or params.steps == 1:
        return np.asarray(start[1] - start[0])
    end = np.log(params.norms_end)
    return np.linspace(start[1] - start[0], end[1] - end[0], params.steps)


def _medians_by_task(params: SimulationParams, at: IntArray | None = None) -> FloatArray:
    if params.norms_end is None or params.steps == 1:
        return np.array(params.norms)[:, None]
    return norms_at(params, (np.arange(params.steps) if at is None else at) / (params.steps - 1))


def cached_draws(seed: int, steps: int, tasks: int) -> FloatArray:
    """Return the draws of one seed, shape (K, T), read-only; cached for the next call."""
    return _at_least(
        _DRAWS, (seed, tasks), steps, lambda count: np.ascontiguousarray(draws(seed, count, tasks))
    )


def _at_least(
    cache: LruCache[Hashable, FloatArray], key: Hashable, steps: int, compute: Callable[[int], FloatArray]
) -> FloatArray:
    """Return so many steps of a cached array; one that is too short grows by half: a slider will go on."""
    found = cache.get(key)
    if found is None or found.shape[-1] < steps:
        found = compute(steps if found is None else max(steps, found.shape[-1] * 3 // 2))
        found.flags.writeable = False
        cache.put(key, found)
    return found[..., :steps]
