"""How far noise alone moves the output at which a scheme settles."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from gaba_core.anti_windup.base import Scheme, check_part
from gaba_core.checks import check_whole
from gaba_core.controller import raw_shares
from gaba_core.ema_scan import sampled_average
from gaba_core.gradients import gradient_norms
from gaba_core.parameters import SimulationParams

SEEDS = tuple(range(20))


@lru_cache(maxsize=4096)
def noise_bias(
    scheme: Scheme, share: float, sigma: float, steps: int = 4000, seeds: tuple[int, ...] = SEEDS
) -> float:
    """Return the first task's mean output under noise, less its output when the mean share comes steadily.

    Two tasks with log-normal norms; without noise the first one's raw share would be `share`. All runs start
    at the mean share of the draws, and means are taken over seeds and over the second half of the steps: the
    steady share is the mean of a free average there, so that a free average has no bias at all.

    Args:
        scheme: with the settings to judge.
        share: 0 to 1.
        sigma: standard deviation of the logarithm of the norms, at least 0.
        steps: of each run; 20 time constants or more for a mean that has settled.
        seeds: one noisy run each.

    Raises:
        ParameterError: an argument is not legal.
    """
    share, steps = check_part("share", share), check_whole("steps", steps, 2)
    norms = (1.0 - share, share)
    params = SimulationParams(
        norms=norms, noise="lognormal", sigma=sigma, seeds=seeds, epochs=1, steps_per_epoch=steps
    )
    shares = raw_shares(gradient_norms(params))
    mean = shares.mean(axis=(0, 1))
    free = sampled_average((shares - mean).swapaxes(1, 2), scheme.beta, 0, 1, 0)
    steady = mean + free[..., steps // 2 :].mean(axis=(0, 2))
    inputs = np.concatenate([shares, np.broadcast_to(steady, (1, steps, 2))]).swapaxes(0, 1)
    state = np.tile(mean, (len(seeds) + 1, 1))
    total = np.zeros(len(seeds) + 1)
    for t, row in enumerate(np.ascontiguousarray(inputs)):
        state, output = scheme.advance(state, row, scheme.gains)
        if t >= steps // 2:
            total += output[:, 0]
    settled = total / (steps - steps // 2)
    return float(settled[:-1].mean() - settled[-1])
