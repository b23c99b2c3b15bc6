"""Nash-MTL: the bargaining solution, in which every task gains equally in proportion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gaba_core.aggregators.base import Aggregator
from gaba_core.aggregators.cholesky import times
from gaba_core.aggregators.fairness import fair_weights
from gaba_core.aggregators.gramians import Scaled
from gaba_core.checks import FloatArray
from gaba_core.comparators.base import check_positive


@dataclass(frozen=True)
class NashMtl(Aggregator):
    """G w = 1/w, solved exactly; the update then has length sqrt(K) unless `max_norm` limits it.

    A zero gradient has weight 0; where a convex combination of the others is zero there is no solution, and
    all weights are 0.

    Attributes:
        max_norm: largest length of the update Jᵀ w, at least 0; 0 sets no limit and leaves the equation as
            published. The authors' program limits it to 1, which divides all weights by sqrt(K).

    Raises:
        ParameterError: max_norm is below 0.
    """

    name: ClassVar[str] = "Nash-MTL"
    source: ClassVar[str] = "Navon et al., ICML 2022"

    max_norm: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "max_norm", check_positive("max_norm", self.max_norm, zero=True))

    def solve(self, of: Scaled) -> FloatArray:
        """Return the weights (K, M)."""
        weights = fair_weights(of, 1.0)
        if self.max_norm == 0.0:
            return weights
        units = weights * of.norms * of.scale
        length = np.sqrt(np.maximum(np.einsum("im,im->m", units, times(of.cosines, units)), 0.0))
        limited: FloatArray = weights * np.minimum(1.0, self.max_norm / np.maximum(length, self.max_norm))
        return limited
