"""GradVac: each gradient is turned towards the others until their cosines reach a running target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gaba_core.aggregators.base import Aggregator
from gaba_core.aggregators.gramians import Scaled, check_gramians, scaled
from gaba_core.aggregators.orders import orders
from gaba_core.anti_windup.base import check_part
from gaba_core.checks import FloatArray, IntArray, check_array, check_whole
from gaba_core.comparators.base import batch_shape, check_positive
from gaba_core.errors import ParameterError

Rows = list[list[float]]


@dataclass(frozen=True)
class GradVac(Aggregator):
    """Where cos(g_i', g_j) lies below its target, g_j is added to g_i' until it does not; d is their sum.

    The state holds the target of each ordered pair, (..., K, K): a moving average of the cosines that were
    met. One step after another: the axis before (K, K) counts steps when an aggregator is called.

    Attributes:
        beta: share of the new cosine in the target, 0 to 1; the authors' experiments use 0.01.
        eps: added to the sine of the target, at least 0: a target of 1 would ask for an endless step.
        seed: of the random orders, drawn for each step and each task as published.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    name: ClassVar[str] = "GradVac"
    source: ClassVar[str] = "Wang et al., ICLR 2021"

    beta: float = 0.5
    eps: float = 1e-8
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "beta", check_part("beta", self.beta))
        object.__setattr__(self, "eps", check_positive("eps", self.eps, zero=True))
        object.__setattr__(self, "seed", check_whole("seed", self.seed, 0))

    def init(self, tasks: int, batch: tuple[int, ...] = ()) -> FloatArray:
        """Return targets of 0, (*batch, K, K).

        Raises:
            ParameterError: tasks or batch is not legal.
        """
        shape = batch_shape(tasks, batch)
        return np.zeros((*shape, tasks))

    def step(
        self, state: FloatArray, gramians: Any, order: Any = None, *, number: int = 0
    ) -> tuple[FloatArray, FloatArray]:
        """Return the next targets (..., K, K) and this step's weights (..., K).

        Args:
            state: from `init` or the step before; left as it is.
            gramians: of this step, (..., K, K), the shape of the state.
            order: as in `PcGrad`; drawn from the seed and the number of the step where it is not given.
            number: of this step.

        Raises:
            ParameterError: gramians, order or number is not legal, or the shapes differ.
        """
        array, targets = check_gramians(gramians), check_array("state", state, "... K")
        if array.shape != targets.shape:
            raise ParameterError(f"gramians must have shape {targets.shape}; got shape {array.shape}.")
        tasks = array.shape[-1]
        if order is None:
            order = orders(None, self.seed, tasks, (1,), [check_whole("number", number, 0)])[0]
        rows = orders(order, self.seed, tasks, array.shape[:-2])
        moved, weights = self._along(targets, array[..., None, :, :], rows[..., None, :, :])
        return moved, weights[..., 0, :]

    def __call__(self, gramians: Any, order: Any = None, *, steps: Any = None) -> FloatArray:
        """Return the weights (..., K) of Gramians (..., K, K), from targets of 0.

        Args:
            gramians: of the steps in order, along the axis before (K, K); axes before it are other runs.
            order: as in `PcGrad`.
            steps: as in `PcGrad`.

        Raises:
            ParameterError: gramians, order or steps are not legal.
        """
        array = check_gramians(gramians)
        rows = orders(order, self.seed, array.shape[-1], array.shape[:-2], steps)
        steps = array if array.ndim > 2 else array[None]
        state = self.init(array.shape[-1], steps.shape[:-3])
        return self._along(state, steps, rows.reshape(steps.shape))[1].reshape(array.shape[:-1])

    def _along(self, state: FloatArray, array: FloatArray, order: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return the last targets (..., K, K) and the weights (..., T, K) of Gramians (..., T, K, K)."""
        shape, tasks = array.shape[:-2], array.shape[-1]
        targets = state.reshape(-1, tasks, tasks).tolist()
        of = scaled(array)
        cosines = np.moveaxis(of.cosines, -1, 0).reshape(len(targets), -1, tasks, tasks)
        rows = order.reshape(cosines.shape)
        parts = np.empty(cosines.shape)
        for run, now in enumerate(targets):
            for t, (step, orders_) in enumerate(zip(cosines[run].tolist(), rows[run].tolist(), strict=True)):
                parts[run, t] = [self._turned(i, step, now[i], orders_[i]) for i in range(tasks)]
        return np.array(targets).reshape(state.shape), _weights(of, parts).reshape(*shape, tasks)

    def _turned(self, i: int, cosines: Rows, targets: list[float], order: list[int]) -> list[float]:
        """Return what becomes of the unit gradient i, in unit gradients, and move its targets."""
        parts, dots, square = [0.0] * len(targets), list(cosines[i]), 1.0
        parts[i] = 1.0
        for j in order:
            if j == i:
                continue
            length = math.sqrt(square) if square > 0.0 else 0.0
            cosine = max(-1.0, min(1.0, dots[j] / length)) if length else 0.0
            target = targets[j]
            targets[j] = target + self.beta * (cosine - target)
            if cosine >= target or cosines[j][j] == 0.0:
                continue
            sine, wanted = math.sqrt(1.0 - cosine * cosine), math.sqrt(1.0 - target * target)
            added = length * (target * sine - cosine * wanted) / (wanted + self.eps)
            parts[j] += added
            square += added * (2.0 * dots[j] + added)
            dots = [dot + added * other for dot, other in zip(dots, cosines[j], strict=True)]
        return parts


def _weights(of: Scaled, parts: FloatArray) -> FloatArray:
    """Return the weights (M, K) of the gradients, from parts (..., K, K) of the unit gradients in each."""
    norms = of.norms.T
    summed = np.einsum("mij,mi->mj", parts.reshape(-1, *parts.shape[-2:]), norms)
    weights: FloatArray = summed * of.reciprocals.T + of.zero.T
    return weights
