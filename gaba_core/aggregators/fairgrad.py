"""FairGrad: alpha-fair shares of the progress."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gaba_core.aggregators.base import Aggregator
from gaba_core.aggregators.fairness import fair_weights
from gaba_core.aggregators.gramians import Scaled
from gaba_core.checks import FloatArray
from gaba_core.comparators.base import check_positive


@dataclass(frozen=True)
class FairGrad(Aggregator):
    """G w = w^(-1/alpha): a task's progress falls with its weight, the more evenly the larger alpha.

    Weights scale as G^(-alpha / (1 + alpha)). A zero gradient has weight 0; where a convex combination of the
    others is zero there is no solution, and all weights are 0.

    Attributes:
        alpha: above 0; 1 is proportional fairness, the equation of Nash-MTL.

    Raises:
        ParameterError: alpha is not above 0.
    """

    name: ClassVar[str] = "FairGrad"
    source: ClassVar[str] = "Ban & Ji, ICML 2024"

    alpha: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", check_positive("alpha", self.alpha))

    def solve(self, of: Scaled) -> FloatArray:
        """Return the weights (K, M)."""
        return fair_weights(of, 1.0 / self.alpha)
