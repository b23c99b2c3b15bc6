"""PCGrad: each gradient loses what opposes the others, one after another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gaba_core.aggregators.base import Aggregator
from gaba_core.aggregators.gramians import Scaled, check_gramians, scaled
from gaba_core.aggregators.orders import orders
from gaba_core.checks import FloatArray, IntArray, check_whole


@dataclass(frozen=True)
class PcGrad(Aggregator):
    """Each g_i is projected off every g_j that opposes what is left of it; the update is their sum.

    Attributes:
        seed: of the random orders, drawn for each step and each task as published.

    Raises:
        ParameterError: seed is not a whole number of at least 0.
    """

    name: ClassVar[str] = "PCGrad"
    source: ClassVar[str] = "Yu et al., NeurIPS 2020"

    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "seed", check_whole("seed", self.seed, 0))

    def __call__(self, gramians: Any, order: Any = None, *, steps: Any = None) -> FloatArray:
        """Return the weights (..., K) of Gramians (..., K, K).

        Args:
            gramians: of the task gradients.
            order: of the other tasks, (K,), (K, K) or (..., K, K), a permutation of 0 to K - 1 in each row;
                i's own place in row i is passed by. Drawn from seed and step where it is not given.
            steps: number of each step along the axis before (K, K); 0, 1, 2 .. where it is None.

        Raises:
            ParameterError: gramians, order or steps are not legal.
        """
        array = check_gramians(gramians)
        rows = orders(order, self.seed, array.shape[-1], array.shape[:-2], steps)
        weights = surgery(scaled(array), np.moveaxis(rows.reshape(-1, *rows.shape[-2:]), 0, -1))
        return np.ascontiguousarray(weights.T).reshape(array.shape[:-1])


def surgery(of: Scaled, order: IntArray) -> FloatArray:
    """Return the weights (K, M) for orders (K, K, M): row i, place, step."""
    cosines, tasks, steps = of.cosines, len(of.norms), np.arange(of.norms.shape[-1])
    total = np.zeros_like(of.norms)
    for i in range(tasks):
        parts = np.zeros_like(of.norms)  # of the unit gradients in what is left of g_i
        parts[i] = of.norms[i]
        for j in order[i]:
            row = cosines[j, :, steps].T
            inner = np.einsum("km,km->m", row, parts)
            parts[j, steps] -= np.where((inner < 0.0) & (j != i), inner, 0.0)
        total += parts
    weights: FloatArray = total * of.reciprocals + of.zero
    return weights
