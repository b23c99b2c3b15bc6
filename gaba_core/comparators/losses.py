"""Rules that read the losses: dynamic weight average and uncertainty weighting."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray, check_whole
from gaba_core.comparators.adam import AdamInPlace, AdamState, adam_direction, adam_init
from gaba_core.comparators.base import Comparator, Floating, batch_shape, check_positive, paired
from gaba_core.comparators.gradnorm import softmax
from gaba_core.comparators.layout import steps_back, steps_first, tasks_first
from gaba_core.errors import ParameterError

Kind = Literal["regression", "classification"]


class DwaState(NamedTuple):
    """Weights of this epoch, its losses so far, and the mean losses of the epoch before (None at first)."""

    weights: Floating
    summed: Floating
    seen: int
    last: Floating | None


@dataclass(frozen=True)
class DynamicWeightAverage(Comparator[DwaState]):
    """w = K softmax(L(e-1) / L(e-2) / T) over epoch means; ones for two epochs. Ignores the gradients' scale.

    Attributes:
        temperature: T, above 0; the larger, the more equal the weights.
        steps_per_epoch: batches that make an epoch's mean.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    name: ClassVar[str] = "DWA"
    source: ClassVar[str] = "Liu et al., CVPR 2019"
    total: ClassVar[str] = "K"

    temperature: float = 2.0
    steps_per_epoch: int = 49

    def __post_init__(self) -> None:
        object.__setattr__(self, "temperature", check_positive("temperature", self.temperature))
        check_whole("steps_per_epoch", self.steps_per_epoch, 1)

    def init(self, tasks: int, batch: tuple[int, ...] = ()) -> DwaState:
        """Return weights of one and no epoch seen."""
        shape = batch_shape(tasks, batch)
        return DwaState(np.ones(shape), np.zeros(shape), 0, None)

    def step(self, state: DwaState, norms: Any, losses: Any) -> tuple[DwaState, Floating]:
        """Return the state with these losses in the epoch's mean, and the epoch's weights."""
        losses = paired(norms, losses, state.summed.dtype)[1]
        return self._moved(state, state.summed + losses, state.seen + 1), state.weights

    def run(self, state: DwaState, norms: FloatArray, losses: FloatArray) -> FloatArray:
        """Return the weights along whole recordings (..., T, K), an epoch at a time."""
        losses = paired(norms, losses, state.summed.dtype)[1]
        weights, at = np.empty(losses.shape), 0
        while at < losses.shape[-2]:
            batches = losses[..., at : at + self.steps_per_epoch - state.seen, :]
            end = at + batches.shape[-2]
            weights[..., at:end, :] = state.weights[..., None, :]
            # One batch added after another, as step by step: a plain sum may round otherwise.
            summed = np.cumsum(np.concatenate([state.summed[..., None, :], batches], axis=-2), axis=-2)
            state = self._moved(state, summed[..., -1, :], state.seen + end - at)
            at = end
        return weights

    def _moved(self, state: DwaState, summed: Floating, seen: int) -> DwaState:
        """Return the state with so many batches in the epoch's sum; a whole epoch sets the next weights."""
        if seen < self.steps_per_epoch:
            return state._replace(summed=summed, seen=seen)
        mean = summed / seen
        weights = state.weights
        if state.last is not None:
            weights = mean.shape[-1] * softmax(mean / state.last / self.temperature)
        return DwaState(weights, np.zeros_like(mean), 0, mean)


class UncertaintyState(NamedTuple):
    """s = log sigma^2 of each task, shape (..., K), and the optimiser's memory."""

    log_variances: Floating
    adam: AdamState


@dataclass(frozen=True)
class Uncertainty(Comparator[UncertaintyState]):
    """Weights e^-s, half of it for a regression, with s learnt by Adam on weight times loss + s/2.

    As a loss vanishes its weight grows without bound.

    Attributes:
        kinds: "regression" or "classification" for each task.
        rate: step of the optimiser.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    name: ClassVar[str] = "Uncertainty"
    source: ClassVar[str] = "Kendall et al., CVPR 2018"
    total: ClassVar[str] = "anything"

    kinds: tuple[Kind, ...] = ("regression", "classification")
    rate: float = 0.001

    def __post_init__(self) -> None:
        object.__setattr__(self, "rate", check_positive("rate", self.rate))
        if any(kind not in ("regression", "classification") for kind in self.kinds):
            raise ParameterError(f"kinds must be regression or classification; got {self.kinds!r}.")

    def init(self, tasks: int, batch: tuple[int, ...] = ()) -> UncertaintyState:
        """Return log-variances of 0 and no optimiser memory."""
        shape = batch_shape(tasks, batch)
        if tasks != len(self.kinds):
            raise ParameterError(f"kinds must name one kind for each of {tasks} tasks; got {self.kinds!r}.")
        return UncertaintyState(np.zeros(shape), adam_init(shape))

    def rest(self, norms: FloatArray, shares: FloatArray, losses: FloatArray) -> UncertaintyState:
        """Return the log-variances at which weight times loss is 1/2; those of `init` where a loss is 0."""
        state = self.init(norms.shape[-1], norms.shape[:-1])
        if (losses <= 0.0).any():
            return state
        return state._replace(log_variances=np.log(2.0 * _halves(self.kinds, losses.dtype) * losses))

    def weights(self, log_variances: Floating) -> Floating:
        """Return e^-s, halved for a regression, shape (..., K)."""
        weights: Floating = np.exp(-log_variances) * _halves(self.kinds, log_variances.dtype)
        return weights

    def step(self, state: UncertaintyState, norms: Any, losses: Any) -> tuple[UncertaintyState, Floating]:
        """Return the state after one Adam step on s, and the weights from before it."""
        weights = self.weights(state.log_variances)
        losses = paired(norms, losses, weights.dtype)[1]
        adam, direction = adam_direction(state.adam, 0.5 - weights * losses)
        return UncertaintyState(state.log_variances - self.rate * direction, adam), weights

    def run(self, state: UncertaintyState, norms: FloatArray, losses: FloatArray) -> FloatArray:
        """Return the weights along whole recordings (..., T, K), the same as step by step."""
        learnt, memory = tasks_first(state.log_variances), state.adam
        adam = AdamInPlace(AdamState(tasks_first(memory.mean), tasks_first(memory.square), memory.updates))
        ordered = steps_first(paired(norms, losses, learnt.dtype)[1], learnt.dtype)
        halves = np.repeat(_halves(self.kinds, learnt.dtype)[:, None], learnt.shape[1], axis=1)
        balanced, rate = np.full_like(learnt, 0.5), np.full_like(learnt, self.rate)
        weights = np.empty_like(ordered)
        for loss, weight in zip(ordered, weights, strict=True):
            np.negative(learnt, weight)
            np.exp(weight, weight)
            np.multiply(weight, halves, weight)
            np.multiply(weight, loss, adam.gradient)
            np.subtract(balanced, adam.gradient, adam.gradient)
            direction = adam.direction()
            np.multiply(direction, rate, direction)
            np.subtract(learnt, direction, learnt)
        return steps_back(weights, losses.shape)


@lru_cache(maxsize=16)
def _halves(kinds: tuple[Kind, ...], dtype: npt.DTypeLike) -> Floating:
    halves = np.array([0.5 if kind == "regression" else 1.0 for kind in kinds], dtype=dtype)
    halves.flags.writeable = False
    return halves
