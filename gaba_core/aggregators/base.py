"""What every aggregator is: frozen settings, called with Gramians, that returns weights of the gradients."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gaba_core.aggregators.gramians import Scaled, check_gramians, scaled
from gaba_core.checks import FloatArray

BLOCK = 16384  # Gramians at a time: what a rule works with stays small


@dataclass(frozen=True)
class Aggregator:
    """A rule that turns the Gramian G = J Jᵀ of K task gradients into weights w; the update is d = Jᵀ w.

    Weights are on the scale of the publication: not all sum to 1, and some may be negative. Every rule here
    but FairGrad and Nash-MTL gives the same weights for G and for a multiple of it.

    Attributes:
        name: what a person calls it.
        source: where it was published.
        total: what the weights sum to, "1", "K" or "anything".
        signed: whether a weight may be below 0.
    """

    name: ClassVar[str]
    source: ClassVar[str]
    total: ClassVar[str] = "anything"
    signed: ClassVar[bool] = False

    def __call__(self, gramians: Any, *, steps: Any = None) -> FloatArray:
        """Return the weights (..., K) of Gramians (..., K, K).

        Args:
            gramians: of the task gradients.
            steps: number of each step along the axis before (K, K); only rules that draw at random read it.

        Raises:
            ParameterError: not finite, symmetric and positive semidefinite matrices of at least 2 tasks.
        """
        array = check_gramians(gramians)
        flat = array.reshape(-1, *array.shape[-2:])
        weights = np.empty(flat.shape[:-1])
        for first in range(0, len(flat), BLOCK):
            part = slice(first, first + BLOCK)
            weights[part] = self.solve(scaled(flat[part])).T
        return weights.reshape(array.shape[:-1])

    def solve(self, of: Scaled) -> FloatArray:
        """Return the weights (K, M) of M scaled Gramians."""
        raise NotImplementedError
