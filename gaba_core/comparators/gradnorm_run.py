"""GradNorm along whole recordings, in place: the same numbers as step by step.

Every step waits for the one before it, and numbers are few: calling is what costs. So all parametrisations
advance in one loop, each over its own stretch of the same arrays; `np.positive` copies, in half the time of
`np.copyto`; and a row, which may be one number, is not written over what it is computed from: a call that
does takes three times as long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from gaba_core.comparators.adam import AdamInPlace
from gaba_core.comparators.base import Floating
from gaba_core.comparators.layout import add_rows


class Buffers:
    """The numbers of one step, shape (M,): of each stretch one task after another."""

    def __init__(self, parameters: Floating, gradient: Floating) -> None:
        self.parameters, self.gradient = parameters, gradient
        self.weights, self.target, self.spare = np.empty((3, parameters.size), parameters.dtype)


class Stretch:
    """The raw rule's stretch: the parameters are the weights themselves, scaled to sum to K."""

    def __init__(self, buffers: Buffers, at: slice, tasks: int) -> None:
        names = ("parameters", "weights", "gradient", "target", "spare")
        views = [getattr(buffers, name)[at].reshape(tasks, -1) for name in names]
        self.parameters, self.weights, self.gradient, self.target, self.spare = views
        rows = [tuple(view) for view in views]
        self.parameter_rows, self.weight_rows, self.gradient_rows, self.target_rows, self.spare_rows = rows
        self.pairs = list(zip(self.parameter_rows, self.spare_rows, strict=True))
        self.total: Floating
        self.total, self.mean = np.empty_like([self.spare_rows[0]] * 2)
        self.tasks = np.array(tasks, self.total.dtype)

    def weigh(self) -> None:
        """Set the weights that the parameters stand for."""
        np.positive(self.parameters, self.weights)

    def aim(self) -> None:
        """Set every target to the mean over the tasks of what the gradient holds."""
        add_rows(self.gradient_rows, self.total)
        for row in self.target_rows:
            np.divide(self.total, self.tasks, row)

    def to_parameters(self) -> None:
        """Turn the gradient by the weights into one by the parameters."""

    def renormalise(self) -> None:
        """Put the parameters back to where the weights sum to K."""
        add_rows(self.parameter_rows, self.total)
        np.multiply(self.parameters, self.tasks, self.spare)
        for row, scaled in self.pairs:
            np.divide(scaled, self.total, row)


class Exponents(Stretch):
    """The weights are the exponentials of the parameters."""

    def weigh(self) -> None:
        """Set exp(parameters)."""
        np.exp(self.parameters, self.weights)

    def to_parameters(self) -> None:
        """Multiply by the weights."""
        np.multiply(self.gradient, self.weights, self.gradient)

    def renormalise(self) -> None:
        """Take the logarithm of the mean weight off."""
        np.exp(self.parameters, self.spare)
        add_rows(self.spare_rows, self.total)
        np.divide(self.total, self.tasks, self.mean)
        np.log(self.mean, self.total)
        for row, moved in self.pairs:
            np.subtract(row, self.total, moved)
        np.positive(self.spare, self.parameters)


class Logits(Stretch):
    """The weights are K times the softmax of the parameters, whose common part stays free."""

    def weigh(self) -> None:
        """Set K softmax(parameters)."""
        np.maximum(self.parameter_rows[0], self.parameter_rows[1], out=self.total)
        for row in self.parameter_rows[2:]:
            np.maximum(self.total, row, out=self.total)
        for row, below in self.pairs:
            np.subtract(row, self.total, below)
        np.exp(self.spare, self.spare)
        add_rows(self.spare_rows, self.total)
        for power, share in zip(self.spare_rows, self.weight_rows, strict=True):
            np.divide(power, self.total, share)
        np.multiply(self.weights, self.tasks, self.weights)

    def to_parameters(self) -> None:
        """Take the weighted mean off and multiply by the weights."""
        np.multiply(self.gradient, self.weights, self.spare)
        add_rows(self.spare_rows, self.total)
        np.divide(self.total, self.tasks, self.mean)
        for row, centred in zip(self.gradient_rows, self.spare_rows, strict=True):
            np.subtract(row, self.mean, centred)
        np.multiply(self.spare, self.weights, self.gradient)

    def renormalise(self) -> None:
        """Do nothing: a softmax always sums to 1."""


STRETCHES: Mapping[str, type[Stretch]] = {"raw": Stretch, "softmax": Logits, "exp": Exponents}


def learn(
    buffers: Buffers,
    stretches: Sequence[Stretch],
    adam: AdamInPlace | None,
    rate: Floating,
    norms: Floating,
    relative: Floating,
) -> Floating:
    """Return GradNorm's weights at every step, shape (T, M) for M numbers in all stretches.

    Args:
        buffers: the parameters at the first step; they move.
        stretches: of the buffers; between them they cover all.
        adam: over the gradient of the buffers; None for plain gradient descent.
        rate: of the optimiser, shape (M,).
        norms: of the unweighted losses, shape (T, M).
        relative: target of |w_i| g_i over its mean, of that shape.
    """
    found = np.empty_like(norms)
    weights, gradient, target, signs = buffers.weights, buffers.gradient, buffers.target, buffers.spare
    for norm, share, weighed in zip(norms, relative, found, strict=True):
        for stretch in stretches:
            stretch.weigh()
        np.positive(weights, weighed)
        np.abs(weights, gradient)
        np.multiply(gradient, norm, gradient)
        for stretch in stretches:
            stretch.aim()
        np.multiply(target, share, target)
        np.subtract(gradient, target, gradient)
        np.sign(gradient, gradient)
        np.multiply(gradient, norm, gradient)
        np.sign(weights, signs)
        np.multiply(gradient, signs, gradient)
        for stretch in stretches:
            stretch.to_parameters()
        direction = adam.direction() if adam else gradient
        np.multiply(direction, rate, direction)
        np.subtract(buffers.parameters, direction, buffers.parameters)
        for stretch in stretches:
            stretch.renormalise()
    return found
