"""CAGrad: the step near the mean gradient that does most for the task it serves least."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gaba_core.aggregators.base import Aggregator
from gaba_core.aggregators.cholesky import times
from gaba_core.aggregators.conflict_averse import worst_mixture
from gaba_core.aggregators.gramians import Scaled
from gaba_core.checks import FloatArray
from gaba_core.comparators.base import check_positive

STATIONARY = 1e-10  # squared length, of that of J, at which a mixture of the gradients counts as zero
CANCELLED = 1e-14  # the same for their mean, which rounding alone reaches


@dataclass(frozen=True)
class CaGrad(Aggregator):
    """w = 1/K + r v / |J'v|, r = c |g0|, with v the minimiser of g0 . J'v + r |J'v| over the simplex.

    g0 is the mean gradient. Where v makes the gradients cancel, as all weight on a zero gradient does, no
    step serves every task: w is then 0, and 1/K where g0 itself is zero. A mixture counts as cancelled below
    1e-5 of the Frobenius norm of J; TorchJD's default is 1e-4.

    Attributes:
        c: radius around the mean gradient over its norm, at least 0; below 1 as published.

    Raises:
        ParameterError: c is below 0.
    """

    name: ClassVar[str] = "CAGrad"
    source: ClassVar[str] = "Liu et al., NeurIPS 2021"

    c: float = 0.5

    def __post_init__(self) -> None:
        object.__setattr__(self, "c", check_positive("c", self.c, zero=True))

    def solve(self, of: Scaled) -> FloatArray:
        """Return the weights (K, M)."""
        tasks = len(of.norms)
        pull = times(of.cosines, of.norms / tasks)  # g0 on the unit gradients
        mean = (pull * of.norms).sum(axis=0) / tasks
        moves = (mean > CANCELLED * (of.norms**2).sum(axis=0)) & (self.c > 0.0)
        radius = self.c * np.sqrt(np.where(moves, mean, 0.0))
        weights = np.full_like(of.norms, 1.0 / tasks)
        if not moves.any():
            return weights
        chosen = Scaled(of.cosines[..., moves], of.norms[:, moves], of.scale[moves])
        units = worst_mixture(chosen, pull[:, moves], radius[moves])
        square = np.einsum("im,im->m", units, times(chosen.cosines, units))
        free = square > STATIONARY * (chosen.norms**2).sum(axis=0)
        length = np.sqrt(np.where(free, square, 1.0))
        served = (pull[:, moves] * units).sum(axis=0) + radius[moves] * length
        free &= (served < 0.0) | ~chosen.zero.any(axis=0)  # a task without a gradient is served 0
        share = radius[moves] / length
        added = 1.0 / tasks + share * units * chosen.reciprocals
        weights[:, moves] = np.where(free, added, 0.0)
        return weights
