"""Simulation of the controller under noisy gradient norms, every seed at once."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from gaba_core.checks import FloatArray, IntArray, check_whole
from gaba_core.controller import Controller
from gaba_core.gradients import centred_raw_shares, fresh_raw_shares
from gaba_core.parameters import SimulationParams


@dataclass(frozen=True, slots=True, eq=False)
class Trajectories:
    """Weights and smoothed shares of every seed at the sampled steps.

    Attributes:
        steps: 0-based step indices, shape (N,); values are those after the update of the step.
        weights: what multiplies the losses, shape (S, N, K).
        state: the moving average before the floor, shape (S, N, K).
    """

    params: SimulationParams
    steps: IntArray
    weights: FloatArray
    state: FloatArray


def simulate(
    params: SimulationParams, every: int = 1, offset: int = 0, stop: int | None = None
) -> Trajectories:
    """Return the trajectories at the steps offset, offset + every, offset + 2 every ... before stop.

    Args:
        params: what to simulate.
        every: steps between two samples. With steps_per_epoch the samples are the starts of the epochs.
        offset: first step sampled. With every - 1 the samples are the ends of the epochs, where a training
            log is written.
        stop: first step left out; None runs to the end.

    Raises:
        ParameterError: every is below 1, or offset not a step before stop.
    """
    stop = params.steps if stop is None else check_whole("stop", stop, 1, params.steps)
    every, offset = _checked_samples(stop, every, offset)
    return _run(params, centred_raw_shares(params)[..., :stop], every, offset)


def simulate_chunks(
    params: SimulationParams, every: int = 1, offset: int = 0, *, size: int = 16, threads: int | None = None
) -> Iterator[Trajectories]:
    """Yield what `simulate` returns a few seeds at a time, in order: for more seeds than memory holds.

    Args:
        params: what to simulate.
        every: steps between two samples.
        offset: first step sampled.
        size: seeds of a chunk.
        threads: chunks computed side by side; None for one a core. NumPy frees the interpreter's lock.

    Raises:
        ParameterError: an argument is not legal.
    """
    every, offset = _checked_samples(params.steps, every, offset)
    size = check_whole("size", size, 1)
    threads = check_whole("threads", os.cpu_count() if threads is None else threads, 1)
    return _chunks(params, every, offset, size, threads)


def controller_of(params: SimulationParams) -> Controller:
    """Return the controller that the parameters describe."""
    return Controller(params.beta, params.floor, params.warmup_steps)


def _checked_samples(steps: int, every: int, offset: int) -> tuple[int, int]:
    return check_whole("every", every, 1), check_whole("offset", offset, 0, steps - 1)


def _run(params: SimulationParams, shares: FloatArray, every: int, offset: int) -> Trajectories:
    weights, state = controller_of(params).run_shares(shares, params.tasks, every, offset)
    return Trajectories(params, np.arange(offset, shares.shape[-1], every, dtype=np.int64), weights, state)


def _chunks(
    params: SimulationParams, every: int, offset: int, size: int, threads: int
) -> Iterator[Trajectories]:
    def run(first: int) -> Trajectories:
        chunk = replace(params, seeds=params.seeds[first : first + size])
        return _run(chunk, fresh_raw_shares(chunk), every, offset)

    with ThreadPoolExecutor(threads) as pool:
        ahead: deque[Future[Trajectories]] = deque()
        for first in range(0, len(params.seeds), size):
            ahead.append(pool.submit(run, first))
            if len(ahead) > 2 * threads:  # no more than the threads need to stay busy
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
