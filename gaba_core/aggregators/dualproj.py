"""DualProj: the mean gradient is projected onto the cone of steps that harm no task."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from gaba_core.aggregators.base import Aggregator
from gaba_core.aggregators.gramians import Scaled
from gaba_core.aggregators.upgrad import project_to_dual_cone
from gaba_core.checks import FloatArray


@dataclass(frozen=True)
class DualProj(Aggregator):
    """w = argmin v'Gv over v >= 1/K, without the regularisation that TorchJD adds by default.

    Optimal is w with Gw >= 0, equal to 0 where w_i > 1/K. A zero gradient has weight 1/K.
    """

    name: ClassVar[str] = "DualProj"
    source: ClassVar[str] = "Lopez-Paz & Ranzato, NeurIPS 2017, eq. 11"

    def solve(self, of: Scaled) -> FloatArray:
        """Return the weights (K, M)."""
        tasks = len(of.norms)
        moved = project_to_dual_cone(of, of.norms / tasks)
        weights: FloatArray = moved * of.reciprocals + of.zero / tasks
        return weights
