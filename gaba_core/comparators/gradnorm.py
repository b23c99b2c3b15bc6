"""GradNorm (Chen et al., ICML 2018) in three parametrisations, with the gradient of its loss written out."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray
from gaba_core.comparators.adam import AdamInPlace, AdamState, adam_direction, adam_init
from gaba_core.comparators.base import (
    Comparator,
    Floating,
    Job,
    along_steps,
    batch_shape,
    check_positive,
    paired,
)
from gaba_core.comparators.gradnorm_run import STRETCHES, Buffers, learn
from gaba_core.comparators.layout import flattened, joined_steps, steps_back
from gaba_core.errors import ParameterError
from gaba_core.projection import total_of

Parametrisation = Literal["raw", "softmax", "exp"]
Optimiser = Literal["adam", "sgd"]


class GradNormState(NamedTuple):
    """What GradNorm remembers.

    Attributes:
        parameters: the weights themselves (raw) or their logarithms up to a constant, shape (..., K).
        first_losses: losses of the first step; None before it.
    """

    parameters: Floating
    adam: AdamState
    first_losses: Floating | None


@dataclass(frozen=True)
class GradNorm(Comparator[GradNormState]):
    """Weights learnt so that every task's weighted gradient norm follows its relative training rate.

    `raw` is the published rule: |w_i| g_i cannot tell the sign of w_i, so weights can turn negative, which is
    gradient ascent on that task. `softmax` and `exp` stay positive.

    Attributes:
        alpha: pull towards the tasks that lag behind; 1.5 as published, .12 in the paper's toy example.
        rate: step of the optimiser.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    name: ClassVar[str] = "GradNorm"
    source: ClassVar[str] = "Chen et al., ICML 2018"
    total: ClassVar[str] = "K"
    varies: ClassVar[tuple[str, ...]] = ("alpha", "rate")

    alpha: float = 1.5
    rate: float = 0.025
    parametrisation: Parametrisation = "raw"
    optimiser: Optimiser = "adam"

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", check_positive("alpha", self.alpha, zero=True))
        object.__setattr__(self, "rate", check_positive("rate", self.rate))
        for name, legal in (
            ("parametrisation", ("raw", "softmax", "exp")),
            ("optimiser", ("adam", "sgd")),
        ):
            if getattr(self, name) not in legal:
                raise ParameterError(
                    f"{name} must be one of {', '.join(legal)}; got {getattr(self, name)!r}."
                )

    def init(self, tasks: int, batch: tuple[int, ...] = ()) -> GradNormState:
        """Return weights of one, no optimiser memory and no first losses."""
        shape = batch_shape(tasks, batch)
        start = np.ones(shape) if self.parametrisation == "raw" else np.zeros(shape)
        return GradNormState(start, adam_init(shape), None)

    def rest(self, norms: FloatArray, shares: FloatArray, losses: FloatArray) -> GradNormState:
        """Return the weights with equal w_i g_i; those of `init` where a norm is 0."""
        state = self.init(norms.shape[-1], norms.shape[:-1])
        if (norms <= 0.0).any():
            return state
        inverse = norms.min(axis=-1, keepdims=True) / norms
        weights = norms.shape[-1] * inverse / inverse.sum(axis=-1, keepdims=True)
        return state._replace(parameters=weights if self.parametrisation == "raw" else np.log(weights))

    def weights(self, parameters: Floating) -> Floating:
        """Return the weights that the parameters stand for, shape (..., K)."""
        if self.parametrisation == "raw":
            return parameters
        softened = self.parametrisation == "softmax"
        weights: Floating = parameters.shape[-1] * softmax(parameters) if softened else np.exp(parameters)
        return weights

    def step(self, state: GradNormState, norms: Any, losses: Any) -> tuple[GradNormState, Floating]:
        """Return the state after one optimiser step on the weights, and the weights from before it."""
        norms, losses = paired(norms, losses, state.parameters.dtype)
        first = losses if state.first_losses is None else state.first_losses
        weights = self.weights(state.parameters)
        gradient = self._to_parameters(weights, self.weight_gradient(weights, norms, losses / first))
        adam, direction = adam_direction(state.adam, gradient)
        moved = state.parameters - self.rate * (direction if self.optimiser == "adam" else gradient)
        return GradNormState(self._renormalised(moved), adam, first), weights

    def run(self, state: GradNormState, norms: FloatArray, losses: FloatArray) -> FloatArray:
        """Return the weights along whole recordings (..., T, K), the same as step by step."""
        return self.run_jobs([Job(self, state, norms, losses)])[0]

    @classmethod
    def run_jobs(cls, jobs: Sequence[Job]) -> list[FloatArray]:
        """Return the weights of each job; those that step alike share one loop."""
        alike: dict[Hashable, list[int]] = {}
        for i, (rule, state, norms, _) in enumerate(jobs):
            key = (rule.optimiser, state.parameters.dtype, state.adam.updates, norms.shape[-2:])
            alike.setdefault(key, []).append(i)
        found: dict[int, FloatArray] = {}
        for members in alike.values():
            found |= zip(members, _run_alike([jobs[i] for i in members]), strict=True)
        return [found[i] for i in range(len(jobs))]

    def weight_gradient(self, weights: Floating, norms: Floating, progress: Floating) -> Floating:
        """Return dL/dw_i = sign(|w_i| g_i - target_i) g_i sign(w_i), the target held constant.

        Args:
            weights: of any sign.
            norms: of the unweighted losses.
            progress: L_i / L_i(0).
        """
        contributions = np.abs(weights) * norms
        target = total_of(contributions) / weights.shape[-1] * inverse_rates(progress) ** self.alpha
        gradient: Floating = np.sign(contributions - target) * norms * np.sign(weights)
        return gradient

    def _to_parameters(self, weights: Floating, gradient: Floating) -> Floating:
        if self.parametrisation == "softmax":
            pull = total_of(gradient * weights) / weights.shape[-1]
            centred: Floating = weights * (gradient - pull)
            return centred
        return gradient * weights if self.parametrisation == "exp" else gradient

    def _renormalised(self, parameters: Floating) -> Floating:
        tasks = parameters.shape[-1]
        if self.parametrisation == "softmax":
            return parameters
        if self.parametrisation == "exp":
            excess: Floating = parameters - np.log(total_of(np.exp(parameters)) / tasks)
            return excess
        scaled: Floating = tasks * parameters / total_of(parameters)
        return scaled


def _run_alike(jobs: Sequence[Job]) -> Iterator[FloatArray]:
    """Yield the weights of jobs of one optimiser, precision, age, length and number of tasks."""
    rules, states = [job.comparator for job in jobs], [job.state for job in jobs]
    shapes = [state.parameters.shape for state in states]
    dtype, tasks = states[0].parameters.dtype, shapes[0][-1]
    mean, square = (flattened([getattr(state.adam, name) for state in states]) for name in ("mean", "square"))
    adam = AdamInPlace(AdamState(mean, square, states[0].adam.updates))
    buffers = Buffers(flattened([state.parameters for state in states]), adam.gradient)
    rates = [
        np.broadcast_to(np.asarray(rule.rate, dtype), shape)
        for rule, shape in zip(rules, shapes, strict=True)
    ]
    ends = np.cumsum([rate.size for rate in rates]).tolist()
    spans = [slice(end - rate.size, end) for end, rate in zip(ends, rates, strict=True)]
    weights = learn(
        buffers,
        [STRETCHES[rule.parametrisation](buffers, at, tasks) for rule, at in zip(rules, spans, strict=True)],
        adam if rules[0].optimiser == "adam" else None,
        flattened(rates),
        joined_steps([job.norms for job in jobs], dtype),
        joined_steps([_relative(job, dtype) for job in jobs], dtype),
    )
    for job, at in zip(jobs, spans, strict=True):
        yield steps_back(weights[:, at].reshape(len(weights), tasks, -1), job.norms.shape)


def _relative(job: Job, dtype: npt.DTypeLike) -> Floating:
    """Return the targets of |w_i| g_i over their mean along a job, shape (..., T, K)."""
    losses = paired(job.norms, job.losses, dtype)[1]
    first = job.state.first_losses
    first = losses[..., :1, :] if first is None else first[..., None, :]
    relative: Floating = inverse_rates(losses / first) ** along_steps(job.comparator.alpha)
    return relative


def inverse_rates(progress: Floating) -> Floating:
    """Return the relative inverse training rates, shape (..., K), from L_i / L_i(0)."""
    rates: Floating = progress / (total_of(progress) / progress.shape[-1])
    return rates


def softmax(values: Floating) -> Floating:
    """Return exp(values) over their sum along the last axis."""
    powers = np.exp(values - values.max(axis=-1, keepdims=True))
    shares: Floating = powers / total_of(powers)
    return shares
