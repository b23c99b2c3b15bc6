"""Quadratic programs over nonnegative vectors, thousands at once: min x'Hx/2 + q'x, x >= 0.

Source: Lawson & Hanson, Solving Least Squares Problems (1974), chapter 23, on the normal equations. MGDA,
UPGrad and DualProj are such programs; the method ends at the exact solution after finitely many exchanges.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gaba_core.aggregators.cholesky import factor, masked, substitute, times
from gaba_core.checks import FloatArray

BLOCK = 4096  # programs at a time: their matrices stay in the cache
DEPENDENT = 1e-13  # a pivot of H at which a variable counts as a combination of those in use
NOISE = 1e-14  # a slope that rounding explains
Chosen = npt.NDArray[np.bool_]


def minimise_nonnegative(matrices: FloatArray, linear: FloatArray) -> FloatArray:
    """Return x (K, M) of each program.

    Where H is singular x need not be unique; H x is.

    Args:
        matrices: H, positive semidefinite with a diagonal of about 1, (K, K, M).
        linear: q, in the range of H, (K, M).
    """
    solution = np.zeros_like(linear)
    for first in range(0, linear.shape[-1], BLOCK):
        part = slice(first, first + BLOCK)
        solution[:, part] = _Programs(matrices[..., part], linear[:, part]).solve()
    return solution


class _Programs:
    """Programs of one block; `used` tells which variables are free to move, the others are zero."""

    def __init__(self, matrices: FloatArray, linear: FloatArray) -> None:
        self.matrices, self.linear = matrices, linear
        self.x = np.zeros_like(linear)
        self.used = np.zeros(linear.shape, dtype=bool)
        self.refused = np.zeros(linear.shape, dtype=bool)

    def solve(self) -> FloatArray:
        at = np.arange(self.x.shape[-1])
        for _ in range(20 * len(self.x)):
            at, entering = self._steepest(at)
            if not at.size:
                break
            self.used[entering, at] = True
            self._exchange(at, entering)
        return self.x

    def _steepest(self, at: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Return the programs that are not solved yet and the variable that each had better use."""
        x, linear = self.x[:, at], self.linear[:, at]
        slope = -(linear + times(self.matrices[..., at], x))
        noise = NOISE * (np.abs(linear) + x.sum(axis=0))
        slope[self.used[:, at] | self.refused[:, at] | (slope <= noise)] = -np.inf
        entering = slope.argmax(axis=0)
        open_ = slope[entering, np.arange(len(at))] > 0.0
        return at[open_], entering[open_]

    def _exchange(self, at: npt.NDArray[np.intp], entering: npt.NDArray[np.intp]) -> None:
        """Move to the best point of the variables in use, dropping those that would turn negative."""
        fresh = True
        while at.size:
            used = self.used[:, at]
            lower, pivots = factor(masked(self.matrices[..., at], used.astype(np.float64)))
            best = substitute(lower, np.where(used, -self.linear[:, at], 0.0))
            fails = (pivots <= DEPENDENT) | (fresh & (best[entering, np.arange(len(at))] <= 0.0))
            self._refuse(at[fails], entering[fails])
            at, entering, best, used = at[~fails], entering[~fails], best[:, ~fails], used[:, ~fails]
            negative = used & (best <= 0.0)
            inside = ~negative.any(axis=0)
            self.x[:, at[inside]] = best[:, inside]
            self.refused[:, at[inside]] = False
            at, entering = at[~inside], entering[~inside]
            self._retreat(at, best[:, ~inside], negative[:, ~inside])
            fresh = False

    def _refuse(self, at: npt.NDArray[np.intp], entering: npt.NDArray[np.intp]) -> None:
        """Leave a variable out that depends on those in use: its slope is rounding."""
        self.used[entering, at] = False
        self.x[entering, at] = 0.0
        self.refused[entering, at] = True

    def _retreat(self, at: npt.NDArray[np.intp], best: FloatArray, negative: Chosen) -> None:
        """Go towards the best point until the first variable is zero, and drop that one."""
        x = self.x[:, at]
        ratio = np.where(negative, x / np.where(negative, x - best, 1.0), np.inf)
        part = ratio.min(axis=0)
        x += part * (best - x)
        gone = (ratio <= part) | (self.used[:, at] & (x <= 0.0))
        x[gone] = 0.0
        self.x[:, at] = x
        self.used[:, at] &= ~gone
