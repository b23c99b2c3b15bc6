"""Expected raw shares and their scatter along a run whose norms drift.

Without noise they are closed forms. What noise adds is smooth along the run: it is integrated at the
Chebyshev nodes that resolve it, and a polynomial through them gives every step to DIGITS digits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.polynomial import chebyshev

from gaba_core.batched_cache import BatchedCache
from gaba_core.checks import FloatArray
from gaba_core.controller import centred_shares
from gaba_core.gradients import log_ratios, norms_at
from gaba_core.lru_cache import OF_SETTINGS
from gaba_core.parameters import SimulationParams
from gaba_core.share_moments import moments_along

MOST_NODES = 64  # points of a drifting run at which the effect of noise is integrated
ROWS = 16  # polynomials are tabulated in so many more at a time: neighbouring settings share a table
DIGITS = 12  # to which the points between them are then known
PIECE = 16_384  # steps to a batch


class Course(NamedTuple):
    """Along T steps: mean raw shares minus 1/K (C, T) and their covariance (C, C, T).

    C is K, or 1 where K is 2.
    """

    shares: FloatArray
    covariance: FloatArray


def expected_course(params: SimulationParams, length: int) -> Course:
    """Return the course of the first `length` steps of a drifting run."""
    found = noise_effects(params)
    channels = math.isqrt(len(found))  # C + C C rows
    effect, count = np.empty((len(found), length)), found.shape[1]
    for start in range(0, length, PIECE):
        stop = min(start + PIECE, length)
        basis = _basis(params.steps, start, math.ceil(count / ROWS) * ROWS)
        effect[:, start:stop] = found @ basis[:count, : stop - start]
    effect[:channels] += _quiet_shares(params, length)
    return Course(effect[:channels], effect[channels:].reshape(channels, channels, length))


def _quiet_shares(params: SimulationParams, length: int) -> FloatArray:
    """Return raw shares without noise, minus 1/K, shape (C, T)."""
    if params.tasks == 2 and min(params.norms) > 0.0:
        shares: FloatArray = 0.5 * np.tanh(0.5 * np.atleast_1d(log_ratios(params))[None, :length])
        return shares
    norms = norms_at(params, _elapsed(params.steps)[:length])
    return centred_shares(norms, axis=0)[: _channels(params)]


def _noise_effects(many: Sequence[SimulationParams]) -> list[FloatArray]:
    """Return Chebyshev coefficients, over the run, of E r minus r without noise (C) and of Cov r (C C).

    Settings that agree in their noise are integrated in one batch.
    """
    nodes = [_nodes(nodes_needed(params)) for params in many]
    paths = [norms_at(params, (at + 1.0) / 2.0).T for params, (at, _) in zip(many, nodes, strict=True)]
    groups: dict[tuple[object, ...], list[int]] = {}
    for i, params in enumerate(many):
        groups.setdefault((params.noise, params.sigma, params.tasks), []).append(i)
    found: dict[int, FloatArray] = {}
    for members in groups.values():
        first, norms = many[members[0]], np.concatenate([paths[i] for i in members])
        moments, channels = moments_along(norms, first.noise, first.sigma), _channels(first)
        quiet = centred_shares(norms, axis=1) + 1.0 / first.tasks
        covariance = moments.covariance[:, :channels, :channels].reshape(len(norms), -1)
        rows = np.concatenate([(moments.mean - quiet)[:, :channels], covariance], axis=1)
        ends = np.cumsum([len(paths[i]) for i in members])[:-1]
        for i, values in zip(members, np.split(rows, ends), strict=True):
            found[i] = (nodes[i][1] @ values).T
    return [found[i] for i in range(len(many))]


noise_effects = BatchedCache(_noise_effects, OF_SETTINGS)


def nodes_needed(params: SimulationParams) -> int:
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


def _channels(params: SimulationParams) -> int:
    return 1 if params.tasks == 2 else params.tasks


def _elapsed(steps: int) -> FloatArray:
    return np.arange(steps) / max(1, steps - 1)


@lru_cache(maxsize=128)
def _nodes(count: int) -> tuple[FloatArray, FloatArray]:
    """Return Chebyshev nodes (n,), and the matrix (n, n) from values there to coefficients."""
    nodes = np.asarray(chebyshev.chebpts1(count), dtype=np.float64)
    matrix = np.asarray(chebyshev.chebvander(nodes, count - 1).T * (2.0 / count), dtype=np.float64)
    matrix[0] /= 2.0
    return nodes, matrix


@lru_cache(maxsize=4)
def _basis(steps: int, start: int, rows: int) -> FloatArray:
    """Return the first Chebyshev polynomials at the steps from `start` on, (rows, at most PIECE)."""
    at = 2.0 * _elapsed(steps)[start : start + PIECE] - 1.0
    return np.ascontiguousarray(chebyshev.chebvander(at, rows - 1).T)
