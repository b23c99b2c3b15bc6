"""CAGrad's inner program, thousands at once: min f(z) = b'z + r sqrt(z'Cz) over z >= 0, a'z = 1.

An active-set method: on the tasks in use the minimiser has a closed form; the step towards it stops where a
task's part would turn negative, and that task is dropped. f falls at every exchange, so the method ends.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from gaba_core.aggregators.cholesky import factor, masked, substitute, times
from gaba_core.aggregators.gramians import Scaled
from gaba_core.checks import FloatArray

RIDGE = 1e-12  # added to C, so that dependent gradients need no case of their own
NOISE = 1e-12  # reduced slope that rounding explains
BLOCK = 4096
Places = npt.NDArray[np.intp]


def worst_mixture(of: Scaled, pull: FloatArray, radius: FloatArray) -> FloatArray:
    """Return z = n v (K, M), v on the simplex.

    Args:
        of: M Gramians; tasks whose gradient is zero have no part.
        pull: b, (K, M).
        radius: r, above 0, (M,).
    """
    matrices = of.cosines.copy()
    for i in range(len(matrices)):
        matrices[i, i] = 1.0 + RIDGE
    z = np.zeros_like(pull)
    for first in range(0, pull.shape[-1], BLOCK):
        part = slice(first, first + BLOCK)
        programs = _Programs(matrices[..., part], pull[:, part], of.reciprocals[:, part], radius[part])
        z[:, part] = programs.solve()
    return z


class _Programs:
    def __init__(
        self, matrices: FloatArray, pull: FloatArray, prices: FloatArray, radius: FloatArray
    ) -> None:
        self.matrices, self.pull, self.prices, self.radius = matrices, pull, prices, radius
        steps = np.arange(pull.shape[-1])
        alone = np.where(prices > 0.0, (pull + radius) / np.where(prices > 0.0, prices, 1.0), np.inf)
        best = alone.argmin(axis=0)
        self.z = np.zeros_like(pull)
        self.z[best, steps] = 1.0 / prices[best, steps]
        self.used = self.z > 0.0

    def solve(self) -> FloatArray:
        at = np.arange(self.z.shape[-1])
        for _ in range(20 * len(self.z)):
            at, entering = self._steepest(at)
            if not at.size:
                break
            self.used[entering, at] = True
            self._exchange(at)
        return self.z

    def _steepest(self, at: Places) -> tuple[Places, Places]:
        """Return the programs that are not solved yet and the task that each had better use."""
        z, pull, prices = self.z[:, at], self.pull[:, at], self.prices[:, at]
        unit = z / z.max(axis=0)  # z itself may be too small to be squared
        drawn = times(self.matrices[..., at], unit)
        slope = pull + self.radius[at] * drawn / np.sqrt(np.einsum("im,im->m", unit, drawn))
        value = np.einsum("im,im->m", z, slope)  # f itself: it is homogeneous of degree 1
        reduced = slope - value * prices
        noise = NOISE * (np.abs(slope) + np.abs(value) * prices + self.radius[at])
        reduced[self.used[:, at] | (prices == 0.0) | (reduced >= -noise)] = np.inf
        entering = reduced.argmin(axis=0)
        open_ = reduced[entering, np.arange(len(at))] < 0.0
        return at[open_], entering[open_]

    def _exchange(self, at: Places) -> None:
        """Move to the minimum over the tasks in use, or down an endless slope, dropping tasks on the way."""
        while at.size:
            used, z = self.used[:, at], self.z[:, at]
            step, endless = self._step(at, used, z)
            falling = used & (step < 0.0)
            ratio = np.where(falling, z / np.where(falling, -step, 1.0), np.inf)
            part = np.minimum(ratio.min(axis=0), np.where(endless, np.inf, 1.0))
            part[np.isinf(part)] = 0.0
            stopped = (ratio <= part) & (endless | (part < 1.0))
            z = np.where(stopped | ~used, 0.0, np.maximum(z + part * step, 0.0))
            z /= np.einsum("im,im->m", self.prices[:, at], z)
            self.z[:, at] = z
            self.used[:, at] = used & ~stopped
            at = at[stopped.any(axis=0)]

    def _step(
        self, at: Places, used: npt.NDArray[np.bool_], z: FloatArray
    ) -> tuple[FloatArray, npt.NDArray[np.bool_]]:
        """Return where to go from z, and whether f falls all the way along it instead of to a minimum.

        The minimum is (rho / r) (mu p - q) with p = C^-1 a, q = C^-1 b, mu a root of r^2 = |J'(mu p - q)|^2.
        """
        lower, _ = factor(masked(self.matrices[..., at], used.astype(np.float64)))
        prices, pull = np.where(used, self.prices[:, at], 0.0), np.where(used, self.pull[:, at], 0.0)
        by_price, by_pull = substitute(lower, prices), substitute(lower, pull)
        a, b = (prices * by_price).sum(axis=0), (prices * by_pull).sum(axis=0)
        sideways = by_pull - b / a * by_price
        spread = (pull * sideways).sum(axis=0)
        room = a * (self.radius[at] ** 2 - spread)
        endless = room <= 0.0
        root = np.sqrt(np.where(endless, 1.0, room))
        target = ((b + root) / a * by_price - by_pull) / root
        return np.where(endless, -sideways, target - z), endless
