"""Runs of the schemes whose state depends on the floor: step by step, every cell of a group at once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from gaba_core.anti_windup import SCHEMES, Gains, Scheme
from gaba_core.checks import FloatArray
from gaba_core.controller import every_task
from gaba_core.equilibrium import end_norms
from gaba_core.gradients import fresh_raw_shares
from gaba_core.parameters import SimulationParams
from gaba_core.sweep.measures import Seeds, smallest_shares
from gaba_core.thresholds import CLOSE, NOISE_SDS, arrival, level_of

AT_ONCE = 8_000_000  # weights that are held at a time


def stepped(
    groups: Sequence[tuple[SimulationParams, float]], betas: FloatArray, floors: FloatArray, scheme: str
) -> Iterator[Seeds]:
    """Yield what some seeds after another do under a scheme, arrays (groups, betas, floors, seeds).

    The equilibrium is the level of a run's own last quarter, as `find_regimes` reads it.

    Args:
        groups: simulation and k of each; alike in seeds, steps, tasks and warm-up.
        betas: of the cells of every group.
        floors: of the cells of every group.
        scheme: its letter.
    """
    runs = groups[0][0]
    cells = (len(groups), betas.size, floors.size)
    size = max(1, AT_ONCE // (math.prod(cells) * runs.steps * runs.tasks))
    feedback = np.array([k for _, k in groups])[:, None, None, None, None]
    gains = Gains(betas[:, None, None, None], floors[:, None, None], feedback)
    for first in range(0, len(runs.seeds), size):
        some = [replace(one, seeds=one.seeds[first : first + size]) for one, _ in groups]
        shares = np.stack([every_task(fresh_raw_shares(one), one.tasks) + 1.0 / one.tasks for one in some])
        weights, state = run_scheme(SCHEMES[scheme], shares[:, None, None], gains, runs.warmup_steps)
        arrived = [_arrival(one, runs.warmup_steps) for one in weights.reshape(-1, *weights.shape[-2:])]
        last = weights[..., -1, :]
        least = [smallest_shares(own, end_norms(one)) for own, one in zip(last, some, strict=True)]
        yield Seeds(
            np.array(arrived).reshape(*cells, -1),
            last[..., 0],
            np.stack(least),
            _released(SCHEMES[scheme], state, gains, runs.steps),
        )


def run_scheme(
    scheme: Scheme, shares: FloatArray, gains: Gains, warmup_steps: int
) -> tuple[FloatArray, FloatArray]:
    """Return the weights of every step, (..., S, T, K), and the last state, (..., S, K).

    Args:
        scheme: only its class counts.
        shares: raw shares, (..., S, K, T).
        gains: of each cell; they broadcast against (..., S, K), and so do the shares of a step.
        warmup_steps: steps with equal weights, in which the state stands still.
    """
    seeds, tasks, steps = shares.shape[-3:]
    inputs = np.ascontiguousarray(np.moveaxis(shares, -1, 0))
    cells = np.broadcast_shapes(*(np.shape(gain)[:-2] for gain in gains), shares.shape[:-3])
    state = np.full((*cells, seeds, tasks), 1.0 / tasks)
    weights = np.full((*cells, seeds, steps, tasks), 1.0 / tasks)
    for step in range(warmup_steps, steps):
        state, output = scheme.advance(state, inputs[step], gains)
        weights[..., step, :] = scheme.weights(output)
    return weights, state


def _arrival(weights: FloatArray, begin: int) -> int:
    """Return the step from which a run, weights (T, K), is at the level of its end; -1 where it has none."""
    level = level_of(weights[begin:])
    if not level.is_level:
        return -1
    reach = np.maximum(CLOSE * level.mean, NOISE_SDS * level.sd)
    step = arrival(np.abs(weights - level.mean), reach, begin)
    return -1 if step is None else step


def _released(scheme: Scheme, state: FloatArray, gains: Gains, longest: int) -> FloatArray:
    """Return the steps that the first output stays on its floor under equal gradients, (..., S).

    Those that are not released within `longest` steps never are.
    """
    equal = np.full(state.shape[-1], 1.0 / state.shape[-1])
    floor = np.broadcast_to(gains.floor, state.shape)[..., 0]
    held = np.full(state.shape[:-1], np.inf)
    waiting = floor < equal[0]  # a floor of 1/K is never left
    for step in range(longest):
        state, output = scheme.advance(state, equal, gains)
        free = waiting & (output[..., 0] > floor)
        held[free] = step
        waiting &= ~free
        if not waiting.any():
            break
    return held
