"""Gramians of task gradients as the aggregators compute with them: checked, scaled, steps last."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from gaba_core.aggregators.cholesky import smallest_pivots
from gaba_core.checks import FloatArray, check_all_finite, check_array
from gaba_core.errors import ParameterError

TOLERANCE = 1e-5  # of the product of two norms: what a Gramian taken in float32 may be off by


class Scaled(NamedTuple):
    """Gramians G_ij = scale^2 n_i n_j c_ij of M steps; the last axis counts steps, so that K small loops do.

    Attributes:
        cosines: c, (K, K, M), 1 on the diagonal, or a row and column of zeros for a gradient of norm zero.
        norms: n, (K, M), the largest of a step is 1 unless all are zero.
        scale: the largest norm of each step, (M,), 1 where all are zero.
    """

    cosines: FloatArray
    norms: FloatArray
    scale: FloatArray

    @property
    def zero(self) -> npt.NDArray[np.bool_]:
        """Whether a task's gradient is zero, (K, M)."""
        zero: npt.NDArray[np.bool_] = self.norms == 0.0
        return zero

    @property
    def reciprocals(self) -> FloatArray:
        """1 / n, and 0 where n is 0, (K, M)."""
        return np.divide(1.0, self.norms, out=np.zeros_like(self.norms), where=self.norms > 0.0)


def check_gramians(values: Any) -> FloatArray:
    """Return Gramians as a float64 array (..., K, K).

    Raises:
        ParameterError: not numbers, not square, fewer than 2 tasks, not finite, not symmetric, or not
            positive semidefinite, the last two beyond 1e-5 of the product of the two norms.
    """
    array = check_square("gramians", values)
    check_all_finite("gramians", array)
    flat = array.reshape(-1, *array.shape[-2:])
    diagonal = np.einsum("mii->mi", flat)
    if (diagonal < 0.0).any():
        raise ParameterError(
            "gramians must have squared norms of at least 0 on the diagonal; "
            f"got {float(diagonal.min())!r} at index {_where(diagonal.min(axis=1) < 0.0, array)}."
        )
    norms = np.sqrt(diagonal)
    allowed = norms[:, :, None] * norms[:, None, :]
    asymmetric = (np.abs(flat - flat.swapaxes(1, 2)) > TOLERANCE * allowed).any(axis=(1, 2))
    if asymmetric.any():
        raise ParameterError(f"gramians must be symmetric; got another at index {_where(asymmetric, array)}.")
    _check_definite(array, scaled(array))
    return array


def check_square(name: str, values: Any) -> FloatArray:
    """Return values as a float64 array (..., K, K).

    Raises:
        ParameterError: not numbers, not square or fewer than 2 tasks.
    """
    array = check_array(name, values, "... K")
    if array.ndim < 2 or array.shape[-1] != array.shape[-2]:
        raise ParameterError(f"{name} must have shape (..., K, K); got shape {array.shape}.")
    return array


def scaled(array: FloatArray) -> Scaled:
    """Return checked Gramians (..., K, K) scaled, M of them in the order of the leading axes."""
    flat = np.moveaxis(array.reshape(-1, *array.shape[-2:]), 0, -1)
    norms = np.sqrt(np.maximum(np.einsum("iim->im", flat), 0.0))
    largest = norms.max(axis=0, initial=0.0)
    scale = np.where(largest > 0.0, largest, 1.0)
    inverse = np.divide(1.0, norms, out=np.zeros_like(norms), where=norms > 0.0)
    cosines = (flat * inverse[:, None]) * inverse[None, :]
    cosines = np.clip((cosines + cosines.swapaxes(0, 1)) / 2.0, -1.0, 1.0)
    for i in range(len(norms)):
        cosines[i, i] = norms[i] > 0.0
    return Scaled(cosines, norms / scale, scale)


def _check_definite(array: FloatArray, of: Scaled) -> None:
    tasks = array.shape[-1]
    raised = of.cosines.copy()
    for i in range(tasks):
        raised[i, i] = 1.0 + tasks * TOLERANCE
    flat = array.reshape(-1, tasks, tasks)
    norms = np.sqrt(np.einsum("mii->mi", flat))
    beyond = np.abs(flat) > (1.0 + TOLERANCE) * norms[:, :, None] * norms[:, None, :]
    wrong = (smallest_pivots(raised) <= 0.0) | beyond.any(axis=(1, 2))
    if wrong.any():
        raise ParameterError(
            "gramians must be positive semidefinite, as J Jᵀ is; "
            f"got another at index {_where(wrong, array)}."
        )


def _where(wrong: npt.NDArray[np.bool_], array: FloatArray) -> tuple[int, ...]:
    """Return the leading index of the first wrong Gramian."""
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), array.shape[:-2] or (1,)))
