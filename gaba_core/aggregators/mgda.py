"""MGDA: the shortest convex combination of the gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gaba_core.aggregators.base import Aggregator
from gaba_core.aggregators.gramians import Scaled
from gaba_core.aggregators.nonnegative import minimise_nonnegative
from gaba_core.checks import FloatArray


@dataclass(frozen=True)
class Mgda(Aggregator):
    """min w'Gw over the simplex, solved exactly; the published Frank-Wolfe steps come near it.

    Optimal is w with (Gw)_i >= w'Gw, equal where w_i > 0: the step lowers every loss, or none can be lowered
    without another rising. Tasks whose gradient is zero share all the weight.
    """

    name: ClassVar[str] = "MGDA"
    source: ClassVar[str] = "Désidéri 2012; Sener & Koltun, NeurIPS 2018"
    total: ClassVar[str] = "1"

    def solve(self, of: Scaled) -> FloatArray:
        """Return the weights (K, M)."""
        zero = of.zero
        weights = shortest(of.cosines, of.reciprocals) * of.reciprocals
        none = zero.any(axis=0)
        weights[:, none] = zero[:, none]
        shares: FloatArray = weights / weights.sum(axis=0)
        return shares


def shortest(cosines: FloatArray, reciprocals: FloatArray) -> FloatArray:
    """Return z = n w up to a factor, (K, M), where w is the shortest combination of the gradients.

    The minimum of z'Cz + s^2 (z'a - 1)^2 over z >= 0, a = 1/n, is a multiple of it for any s: with z'a = t it
    is t^2 w'Gw + s^2 (t - 1)^2, which grows with w'Gw.
    """
    largest = reciprocals.max(axis=0, initial=0.0)
    ones = np.divide(reciprocals, largest, out=np.zeros_like(reciprocals), where=largest > 0.0)
    matrices = cosines + ones[:, None] * ones[None]
    for i in range(len(ones)):
        matrices[i, i, reciprocals[i] == 0.0] = 1.0
    return minimise_nonnegative(matrices, -ones)
