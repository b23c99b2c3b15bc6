"""The order in which PCGrad and GradVac take the other tasks."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaba_core.checks import IntArray
from gaba_core.errors import ParameterError


def orders(order: Any, seed: int, tasks: int, leading: tuple[int, ...]) -> IntArray:
    """Return for each Gramian and each task i the order of all tasks, (*leading, K, K).

    Args:
        order: one order (K,), one for each task (K, K), or one for each Gramian and task (..., K, K); None
            draws them. Whoever uses an order passes i itself by.
        seed: of the draw; with two tasks there is nothing to draw.
        tasks: K.
        leading: axes before (K, K) of the Gramians.

    Raises:
        ParameterError: order is not made of permutations of 0 to K - 1 in a shape that fits.
    """
    shape = (*leading, tasks, tasks)
    if order is None:
        rows = np.broadcast_to(np.arange(tasks), shape)
        return rows.copy() if tasks == 2 else np.random.default_rng(seed).permuted(rows, axis=-1)
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
