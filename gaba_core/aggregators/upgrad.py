"""UPGrad: each gradient is projected onto the cone of steps that harm no task; the update is their mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from gaba_core.aggregators.base import Aggregator
from gaba_core.aggregators.cholesky import times
from gaba_core.aggregators.gramians import Scaled
from gaba_core.aggregators.nonnegative import minimise_nonnegative
from gaba_core.checks import FloatArray


@dataclass(frozen=True)
class UpGrad(Aggregator):
    """w = sum_i argmin v'Gv over v >= e_i / K, without the regularisation that TorchJD adds by default.

    Optimal is v with Gv >= 0, equal to 0 where v is above its bound. A zero gradient has weight 1/K.
    """

    name: ClassVar[str] = "UPGrad"
    source: ClassVar[str] = "Quinton & Rey 2024"

    def solve(self, of: Scaled) -> FloatArray:
        """Return the weights (K, M), of K programs a step."""
        tasks, steps = of.norms.shape
        starts = np.zeros((tasks, tasks, steps))
        for i in range(tasks):
            starts[i, i] = of.norms[i] / tasks
        rows = starts.reshape(tasks, -1)
        wide = Scaled(np.tile(of.cosines, tasks), np.tile(of.norms, tasks), np.tile(of.scale, tasks))
        moved = project_to_dual_cone(wide, rows).reshape(tasks, tasks, steps).sum(axis=1)
        weights: FloatArray = moved * of.reciprocals + of.zero / tasks
        return weights


def project_to_dual_cone(of: Scaled, start: FloatArray) -> FloatArray:
    """Return y (K, M), coefficients on the unit gradients of the projection of those of `start`.

    The dual cone holds the steps d with g_i . d >= 0 for all i (Quinton & Rey 2024, proposition 1).
    """
    matrices = of.cosines.copy()
    for i in range(len(matrices)):
        matrices[i, i, of.norms[i] == 0.0] = 1.0
    return start + minimise_nonnegative(matrices, times(of.cosines, start))
