"""The GABA controller: raw shares, warm-up, moving average, floor (paper eq. 4 to 6).

One settings object, two ways to run it: `step` by step over a visible state, as a training loop does, or
`run` over whole recordings at once. Both give the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray, IntArray, check_array, check_whole
from gaba_core.ema_scan import sampled_average
from gaba_core.errors import ParameterError
from gaba_core.parameters import SimulationParams, check_beta, check_floor, check_tasks, quantity_of
from gaba_core.projection import clamp


def raw_shares(norms: Any) -> FloatArray:
    """Return the shares before smoothing, (S - g_i) / ((K-1) S) with S the sum of the norms (paper eq. 4).

    The task with the largest gradient gets the smallest share; shares sum to 1. Norms that are
    all zero give 1/K.

    Args:
        norms: gradient norms, shape (..., K), finite and at least 0.

    Raises:
        ParameterError: norms is not legal.
    """
    array = _checked_norms(norms, "... K")
    if not np.isfinite(array).all():
        raise ParameterError(f"norms must be finite; got {array[~np.isfinite(array)][0]}.")
    shares: FloatArray = centred_shares(array, axis=-1) + 1.0 / array.shape[-1]
    return shares


def centred_shares(norms: FloatArray, axis: int) -> FloatArray:
    """Return raw shares minus 1/K for legal norms with the tasks on `axis`; no sum of norms overflows."""
    tasks = norms.shape[axis]
    with np.errstate(over="ignore"):
        total = norms.sum(axis=axis, keepdims=True)
    plain = np.isfinite(total) & (total > 0.0)
    if plain.all():
        parts: FloatArray = norms / total
    else:  # step by step: what one step holds must not change how another is rounded
        largest = norms.max(axis=axis, keepdims=True)
        scaled = np.where(largest > 0.0, norms / np.where(largest > 0.0, largest, 1.0), 1.0)
        scaled /= scaled.sum(axis=axis, keepdims=True)
        parts = np.where(plain, norms / np.where(plain, total, 1.0), scaled)
    np.subtract(1.0 / tasks, parts, out=parts)
    if tasks > 2:
        parts /= tasks - 1
    return parts


def every_task(centred: FloatArray, tasks: int) -> FloatArray:
    """Return centred shares or states (S, K, T) of all tasks; of two the second mirrors the first."""
    return centred if centred.shape[1] == tasks else np.concatenate([centred, -centred], axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class ControllerState:
    """What the controller remembers between two steps.

    Attributes:
        ema: smoothed shares, shape (..., K).
        step: steps taken, warm-up included.
        skipped: steps whose norms were not finite and left the average alone, shape (...).
    """

    ema: FloatArray
    step: int
    skipped: IntArray


@dataclass(frozen=True, slots=True)
class Controller:
    """Settings of one controller.

    Attributes:
        beta: share of the moving average that a step keeps, 0 to 1, 1 excluded.
        floor: smallest smoothed share before renormalising, 0 to 1/K.
        warmup_steps: steps during which the weights are 1/K and the average stands still.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    beta: float = 0.99
    floor: float = 0.05
    warmup_steps: int = 100

    def __post_init__(self) -> None:
        object.__setattr__(self, "beta", check_beta(self.beta))
        object.__setattr__(self, "floor", check_floor(self.floor, 2))
        warmup = quantity_of(SimulationParams, "warmup_steps").check("warmup_steps", self.warmup_steps)
        object.__setattr__(self, "warmup_steps", warmup)

    def init(self, tasks: int, batch: tuple[int, ...] = ()) -> ControllerState:
        """Return the state before the first step: every share 1/K.

        Args:
            tasks: K, at least 2.
            batch: shape of the controllers that run side by side, e.g. (S,) for S seeds.

        Raises:
            ParameterError: tasks or batch is not legal, or the floor is above 1/K.
        """
        tasks = check_tasks(tasks)
        check_floor(self.floor, tasks)
        shape = tuple(check_whole(f"batch[{i}]", size, 1) for i, size in enumerate(batch))
        equal = np.full((*shape, tasks), 1.0 / tasks)
        return ControllerState(equal, 0, np.zeros(shape, dtype=np.int64))

    def step(self, state: ControllerState, norms: Any) -> tuple[ControllerState, FloatArray]:
        """Return the next state and the weights that multiply this step's losses, shape (..., K).

        Args:
            state: from `init` or the step before; left as it is.
            norms: this step's gradient norms, the shape of state.ema. Where one of them is not finite the
                average holds and the step is counted in `skipped`.

        Raises:
            ParameterError: norms has another shape or a negative entry.
        """
        return controlled(state, norms, self.beta, self.floor, self.warmup_steps)

    def run(self, norms: Any, every: int = 1, offset: int = 0) -> tuple[FloatArray, FloatArray]:
        """Return the weights and the smoothed shares along whole recordings, from `init` on.

        Args:
            norms: gradient norms, shape (S, T, K); steps with a norm that is not finite hold the average.
            every: sample the steps offset, offset + every, ...
            offset: first step sampled.

        Returns:
            weights, state: each (S, N, K), the values after the update of the sampled steps.

        Raises:
            ParameterError: an argument is not legal, or the floor is above 1/K.
        """
        array = _checked_norms(norms, "S T K")
        steps, tasks = array.shape[1:]
        check_floor(self.floor, tasks)
        every = check_whole("every", every, 1)
        offset = check_whole("offset", offset, 0, max(0, steps - 1))
        if array.shape[0] == 0 or steps == 0:
            raise ParameterError(f"norms must hold at least one seed and one step; got shape {array.shape}.")
        by_task = np.ascontiguousarray(array.swapaxes(1, 2))
        finite = np.asarray(np.isfinite(by_task).all(axis=1))
        if finite.all():
            return self.run_shares(centred_shares(by_task, axis=1), tasks, every, offset)
        pieces = [
            self._run_holding(one, valid, every, offset) for one, valid in zip(by_task, finite, strict=True)
        ]
        weights, state = zip(*pieces, strict=True)
        return np.concatenate(weights), np.concatenate(state)

    def run_shares(
        self, shares: FloatArray, tasks: int, every: int, offset: int
    ) -> tuple[FloatArray, FloatArray]:
        """Return what `run` returns, from raw shares minus 1/K, shape (S, K, T), or (S, 1, T) for two tasks.

        Counted from 1/K the warm-up is the time before the first input, and needs no case of its own.
        """
        moved = sampled_average(shares, self.beta, self.warmup_steps, every, offset)
        state = np.ascontiguousarray(every_task(moved, tasks).swapaxes(1, 2))
        state += 1.0 / tasks
        return clamp(state, self.floor), state

    def _run_holding(
        self, norms: FloatArray, valid: npt.NDArray[np.bool_], every: int, offset: int
    ) -> tuple[FloatArray, FloatArray]:
        """Run one seed, norms (K, T), leaving out the steps after the warm-up that are not valid."""
        updates = valid & (np.arange(valid.size) >= self.warmup_steps)
        shares = centred_shares(norms[:, updates], axis=0)
        start = np.zeros((norms.shape[0], 1))
        moved = np.concatenate([start, sampled_average(shares, self.beta, 0, 1, 0)], axis=1)
        state = moved[:, np.cumsum(updates)[offset::every]].T[None] + 1.0 / norms.shape[0]
        return clamp(state, self.floor), state


def controlled(
    state: ControllerState, norms: Any, beta: float | FloatArray, floor: float | FloatArray, warmup_steps: int
) -> tuple[ControllerState, FloatArray]:
    """Return what `Controller.step` returns; beta and floor (..., 1) give each controller its own."""
    array = _checked_norms(norms, "... K")
    if array.shape != state.ema.shape:
        raise ParameterError(f"norms must have shape {state.ema.shape}; got shape {array.shape}.")
    finite = np.asarray(np.isfinite(array).all(axis=-1))
    ema = state.ema
    weights = np.full_like(ema, 1.0 / array.shape[-1])
    if state.step >= warmup_steps:
        shares = raw_shares(np.where(finite[..., None], array, 0.0))
        ema = np.where(finite[..., None], ema + (1.0 - beta) * (shares - ema), ema)
        weights = clamp(ema, floor)
    return ControllerState(ema, state.step + 1, state.skipped + ~finite), weights


def _checked_norms(norms: Any, axes: str) -> FloatArray:
    array = check_array("norms", norms, axes)
    negative = (array < 0.0) & np.isfinite(array)
    if negative.any():
        raise ParameterError(f"norms must be at least 0; got {array[negative][0]}.")
    return array
