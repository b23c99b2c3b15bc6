"""Arrays (..., T, K) laid out for a loop over steps: steps first, then tasks, then what runs side by side.

A step is one block of memory then and a task one row of it: where numbers are few, calling is what costs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray
from gaba_core.comparators.base import Floating


def steps_first(values: Floating, dtype: npt.DTypeLike) -> Floating:
    """Return values (..., T, K) as (T, K, N), N the product of the leading axes."""
    rows = values.reshape(-1, *values.shape[-2:])
    return np.ascontiguousarray(rows.transpose(1, 2, 0), dtype=dtype)


def tasks_first(values: Floating) -> Floating:
    """Return a copy of values (..., K) as (K, N)."""
    return np.array(values.reshape(-1, values.shape[-1]).T, order="C")


def flattened(states: Sequence[Floating]) -> Floating:
    """Return arrays (..., K) one after another, each task by task, shape (M,)."""
    return np.concatenate([tasks_first(one).ravel() for one in states])


def joined_steps(recordings: Sequence[Floating], dtype: npt.DTypeLike) -> Floating:
    """Return arrays (..., T, K) as `flattened` has them at each step, shape (T, M)."""
    return np.concatenate([steps_first(one, dtype).reshape(one.shape[-2], -1) for one in recordings], axis=1)


def steps_back(values: Floating, shape: tuple[int, ...]) -> FloatArray:
    """Return values (T, K, N) as an array of shape (..., T, K)."""
    return np.ascontiguousarray(values.transpose(2, 0, 1), dtype=np.float64).reshape(shape)


def add_rows(rows: Sequence[Floating], out: Floating) -> None:
    """Write the sum of the rows (N,) of an array (K, N) to out (N,), one task after another."""
    np.add(rows[0], rows[1], out)
    for row in rows[2:]:
        np.add(out, row, out)
