"""What every anti-windup scheme is: frozen settings over one visible array, the state."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from gaba_core.checks import FloatArray, check_all_finite, check_array, check_finite, check_whole
from gaba_core.errors import ParameterError
from gaba_core.parameters import check_beta, check_floor, check_tasks


class Gains(NamedTuple):
    """Numbers of a scheme; each a float or an array that broadcasts against the state, (..., 1).

    Attributes:
        k: share of the saturation that is fed back each step; only back-calculation reads it.
    """

    beta: float | FloatArray
    floor: float | FloatArray
    k: float | FloatArray = 0.0


@dataclass(frozen=True)
class Scheme:
    """Settings of one scheme; the state is the moving average, shape (..., K).

    Attributes:
        key: its letter.
        name: what a person calls it.
        rule: state and output in one line, with v = beta x + (1 - beta) r.
        source: where the scheme comes from.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    key: ClassVar[str]
    name: ClassVar[str]
    rule: ClassVar[str]
    source: ClassVar[str]

    beta: float = 0.99
    floor: float = 0.05

    def __post_init__(self) -> None:
        object.__setattr__(self, "beta", check_beta(self.beta))
        object.__setattr__(self, "floor", check_floor(self.floor, 2))

    @property
    def gains(self) -> Gains:
        """The settings as `advance` takes them."""
        return Gains(self.beta, self.floor)

    def init(self, tasks: int, batch: tuple[int, ...] = ()) -> FloatArray:
        """Return the state before the first step, 1/K everywhere, shape (*batch, K).

        Raises:
            ParameterError: tasks or batch is not legal, or the floor is above 1/K.
        """
        tasks = check_tasks(tasks)
        check_floor(self.floor, tasks)
        shape = tuple(check_whole(f"batch[{i}]", size, 1) for i, size in enumerate(batch))
        return np.full((*shape, tasks), 1.0 / tasks)

    def step(self, state: FloatArray, shares: Any) -> tuple[FloatArray, FloatArray]:
        """Return the next state and the output before renormalising, each (..., K).

        Args:
            state: from `init` or the step before; left as it is.
            shares: this step's raw shares, the shape of the state.

        Raises:
            ParameterError: shares has another shape or an entry that is not finite.
        """
        array = check_array("shares", shares, "... K")
        if array.shape != state.shape:
            raise ParameterError(f"shares must have shape {state.shape}; got shape {array.shape}.")
        check_all_finite("shares", array)
        return self.advance(state, array, self.gains)

    @staticmethod
    def advance(state: FloatArray, shares: FloatArray, gains: Gains) -> tuple[FloatArray, FloatArray]:
        """Return what `step` returns, for any gains that broadcast and without checks."""
        raise NotImplementedError

    @staticmethod
    def weights(output: FloatArray) -> FloatArray:
        """Return the weights that multiply the losses: the output over its sum, except in scheme N."""
        weights: FloatArray = output / output.sum(axis=-1, keepdims=True)
        return weights


def averaged(state: FloatArray, shares: FloatArray, gains: Gains) -> FloatArray:
    """Return v = beta x + (1 - beta) r (paper eq. 5)."""
    moved: FloatArray = gains.beta * state + (1.0 - gains.beta) * shares
    return moved


def check_part(name: str, value: Any) -> float:
    """Return value as a float in [0, 1].

    Raises:
        ParameterError: anything else.
    """
    number = check_finite(name, value)
    if not 0.0 <= number <= 1.0:
        raise ParameterError(f"{name} must be a number in [0, 1]; got {value!r}.")
    return number
