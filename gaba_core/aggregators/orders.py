"""The order in which PCGrad and GradVac take the other tasks."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaba_core.checks import IntArray
from gaba_core.errors import ParameterError


def orders(order: Any, seed: int, tasks: int, leading: tuple[int, ...], steps: Any = None) -> IntArray:
    """Return for each Gramian and each task i the order of all tasks, (*leading, K, K).

    A drawn order is that of its seed and step alone: a training that draws step by step and a replay that
    draws all at once, or every tenth, take the same ones.

    Args:
        order: one order (K,), one for each task (K, K), or one for each Gramian and task (..., K, K); None
            draws them. Whoever uses an order passes i itself by.
        seed: of the draw; with two tasks there is nothing to draw.
        tasks: K.
        leading: axes before (K, K) of the Gramians, the last of them that of the steps.
        steps: number of each step, (T,), or of the only one; 0, 1, 2 .. where it is None.

    Raises:
        ParameterError: order is not made of permutations of 0 to K - 1 in a shape that fits, or steps are not
            whole numbers of at least 0, as many as there are Gramians.
    """
    shape = (*leading, tasks, tasks)
    numbers = _numbers(steps, leading)
    if order is None:
        rows = np.broadcast_to(np.arange(tasks), shape)
        if tasks > 2:
            rows = np.broadcast_to(_drawn(seed, tasks, numbers).reshape(*leading[-1:], tasks, tasks), shape)
        return rows.copy()
    rule = f"order must hold permutations of 0 to {tasks - 1} in shape (K,), (K, K) or {shape}"
    array = np.asarray(order)
    if array.dtype.kind not in "iu":
        raise ParameterError(f"{rule}; got {order!r}.")
    try:
        rows = np.broadcast_to(array, shape)
    except ValueError:
        raise ParameterError(f"{rule}; got shape {array.shape}.") from None
    if (np.sort(array, axis=-1) != np.arange(tasks)).any():
        raise ParameterError(f"{rule}; got {order!r}.")
    return rows.astype(np.int64)


def _drawn(seed: int, tasks: int, numbers: IntArray) -> IntArray:
    """Return random orders (M, K, K): each step takes K^2 numbers at its own place in the seed's stream."""
    source, each, at = np.random.PCG64(seed), tasks * tasks, 0
    keys = np.empty((len(numbers), tasks, tasks))
    rng = np.random.Generator(source)
    ends = [*(np.flatnonzero(np.diff(numbers) != 1) + 1).tolist(), len(numbers)]
    for first, end in zip([0, *ends[:-1]], ends, strict=True):  # stretches of consecutive steps
        if first == end:
            continue
        source.advance((int(numbers[first]) - at) * each)
        rng.random(out=keys[first:end])
        at = int(numbers[end - 1]) + 1
    return keys.argsort(axis=-1)


def _numbers(steps: Any, leading: tuple[int, ...]) -> IntArray:
    """Return the step numbers (M,) of the last leading axis; of a single Gramian one."""
    count = leading[-1] if leading else 1
    if steps is None:
        return np.arange(count)
    array = np.asarray(steps)
    if array.dtype.kind not in "iu" or array.shape != leading[-1:] or (array < 0).any():
        raise ParameterError(
            f"steps must be whole numbers of at least 0 in shape {leading[-1:]}; got {steps!r}."
        )
    return array.astype(np.int64).reshape(count)
