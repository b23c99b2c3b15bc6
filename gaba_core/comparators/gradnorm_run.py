"""GradNorm along whole recordings: the same numbers as step by step, in place.

Every step waits for the one before it, and most of its time would go into making arrays of a few numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.comparators.adam import AdamInPlace
from gaba_core.comparators.base import Floating
from gaba_core.comparators.layout import add_rows, steps_back, steps_first


class Learnt:
    """Parameters in place, shape (K, N); here they are the weights themselves, scaled to sum to K."""

    def __init__(self, parameters: Floating) -> None:
        self.parameters, self.spare = parameters, np.empty_like(parameters)
        self.rows, self.spare_rows = tuple(self.parameters), tuple(self.spare)
        self.total: Floating = np.empty_like(parameters[0])
        self.tasks = np.array(len(parameters), parameters.dtype)

    def mean_of(self, rows: Sequence[Floating]) -> Floating:
        """Return the mean over the tasks, shape (N,), to be overwritten by the next call."""
        add_rows(rows, self.total)
        np.divide(self.total, self.tasks, self.total)
        return self.total

    def weigh(self, out: Floating) -> None:
        """Write the weights that the parameters stand for."""
        np.copyto(out, self.parameters)

    def to_parameters(self, gradient: Floating, weights: Floating) -> None:
        """Turn a gradient by the weights into one by the parameters."""

    def renormalise(self) -> None:
        """Put the parameters back to where the weights sum to K."""
        add_rows(self.rows, self.total)
        np.multiply(self.parameters, self.tasks, self.parameters)
        for row in self.rows:
            np.divide(row, self.total, row)


class Exponents(Learnt):
    """The weights are the exponentials of the parameters."""

    def weigh(self, out: Floating) -> None:
        """Write exp(parameters)."""
        np.exp(self.parameters, out)

    def to_parameters(self, gradient: Floating, weights: Floating) -> None:
        """Multiply by the weights."""
        np.multiply(gradient, weights, gradient)

    def renormalise(self) -> None:
        """Take the logarithm of the mean weight off."""
        np.exp(self.parameters, self.spare)
        mean = self.mean_of(self.spare_rows)
        np.log(mean, mean)
        for row in self.rows:
            np.subtract(row, mean, row)


class Logits(Learnt):
    """The weights are K times the softmax of the parameters, whose common part stays free."""

    def weigh(self, out: Floating) -> None:
        """Write K softmax(parameters)."""
        largest = self.total
        np.maximum(self.rows[0], self.rows[1], out=largest)
        for row in self.rows[2:]:
            np.maximum(largest, row, out=largest)
        for row, below in zip(self.rows, self.spare_rows, strict=True):
            np.subtract(row, largest, below)
        np.exp(self.spare, self.spare)
        add_rows(self.spare_rows, self.total)
        for power in self.spare_rows:
            np.divide(power, self.total, power)
        np.multiply(self.spare, self.tasks, out)

    def to_parameters(self, gradient: Floating, weights: Floating) -> None:
        """Take the weighted mean off and multiply by the weights."""
        np.multiply(gradient, weights, self.spare)
        pull = self.mean_of(self.spare_rows)
        for row in gradient:
            np.subtract(row, pull, row)
        np.multiply(gradient, weights, gradient)

    def renormalise(self) -> None:
        """Do nothing: a softmax always sums to 1."""


LEARNT: Mapping[str, type[Learnt]] = {"raw": Learnt, "softmax": Logits, "exp": Exponents}


def learn(
    learnt: Learnt, adam: AdamInPlace | None, rate: Floating, norms: Floating, relative: Floating
) -> FloatArray:
    """Return GradNorm's weights at every step, shape (..., T, K).

    Args:
        learnt: parameters at the first step; they move.
        adam: None for plain gradient descent.
        rate: of the optimiser, shape (K, N).
        norms: of the unweighted losses, shape (..., T, K).
        relative: target of |w_i| g_i over its mean, of that shape.
    """
    dtype = rate.dtype
    pulls, targets = steps_first(norms, dtype), steps_first(relative, dtype)
    weights = np.empty_like(pulls)
    target, signs, gradient = np.empty((3, *rate.shape), dtype)
    if adam:
        gradient = adam.gradient
    rows, target_rows = tuple(gradient), tuple(target)
    for norm, weight, *shares in zip(pulls, weights, *targets.swapaxes(0, 1), strict=True):
        learnt.weigh(weight)
        np.abs(weight, gradient)
        np.multiply(gradient, norm, gradient)
        mean = learnt.mean_of(rows)
        for row, share in zip(target_rows, shares, strict=True):
            np.multiply(mean, share, row)
        np.subtract(gradient, target, gradient)
        np.sign(gradient, gradient)
        np.multiply(gradient, norm, gradient)
        np.sign(weight, signs)
        np.multiply(gradient, signs, gradient)
        learnt.to_parameters(gradient, weight)
        direction = adam.direction() if adam else gradient
        np.multiply(direction, rate, direction)
        np.subtract(learnt.parameters, direction, learnt.parameters)
        learnt.renormalise()
    return steps_back(weights, norms.shape)
