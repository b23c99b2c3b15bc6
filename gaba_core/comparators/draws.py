"""What every method of a divergence experiment sees: noisy gradient norms, and losses that fall as set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.comparators.base import check_positive
from gaba_core.errors import ParameterError
from gaba_core.gradients import gradient_norms
from gaba_core.parameters import Noise, SimulationParams


@dataclass(frozen=True)
class LossModel:
    """Losses of a run: L_i(t) = first_i * left_i^(t/(T-1)) * (g_i(t) / norm_i)^follow.

    Nothing learns here: the losses fall as set, whatever the weights. The defaults are constant losses of 1.

    Attributes:
        first: loss of each task at step 0, above 0; a single number serves every task.
        left: share of it that is left at the last step, above 0.
        follow: how a batch's loss follows its gradient norm: 0 not at all; 1 in proportion; 2 as a squared
            error near its minimum does.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    first: tuple[float, ...] = (1.0,)
    left: tuple[float, ...] = (1.0,)
    follow: float = 0.0

    def __post_init__(self) -> None:
        for name in ("first", "left"):
            values = getattr(self, name)
            if not values:
                raise ParameterError(f"{name} must hold at least one number; got {values!r}.")
            checked = tuple(check_positive(f"{name}[{i}]", value) for i, value in enumerate(values))
            object.__setattr__(self, name, checked)
        object.__setattr__(self, "follow", check_positive("follow", self.follow, zero=True))

    def losses(self, norms: FloatArray, typical: FloatArray) -> FloatArray:
        """Return the losses, shape (..., T, K), of norms of that shape whose noise-free values are `typical`.

        Raises:
            ParameterError: first or left names another number of tasks than K.
        """
        steps, tasks = norms.shape[-2:]
        for name in ("first", "left"):
            if len(getattr(self, name)) not in (1, tasks):
                raise ParameterError(
                    f"{name} must hold 1 number or {tasks}, one a task; got {getattr(self, name)!r}."
                )
        elapsed = np.arange(steps)[:, None] / max(1, steps - 1)
        falling = np.array(self.first) * np.array(self.left) ** elapsed
        relative = np.divide(norms, typical, out=np.ones_like(norms), where=typical > 0.0)
        losses: FloatArray = falling * relative**self.follow
        return losses


class Draws(NamedTuple):
    """All that norms and losses of an experiment depend on, as in DivergenceSettings."""

    norms: tuple[float, ...]
    noise: Noise
    sigma: float
    seeds: tuple[int, ...]
    steps: int
    model: LossModel

    @property
    def steady(self) -> bool:
        """Whether more steps begin as fewer do: no loss falls towards the last of them."""
        return all(left == 1.0 for left in self.model.left)


class Drawn(NamedTuple):
    """Norms and losses of an experiment, each (S, T, K)."""

    norms: FloatArray
    losses: FloatArray


def draw(draws: Draws) -> Drawn:
    """Return the norms and losses of an experiment; the same draws give the same numbers."""
    norms = gradient_norms(
        SimulationParams(
            norms=draws.norms,
            noise=draws.noise,
            sigma=draws.sigma,
            seeds=draws.seeds,
            epochs=1,
            steps_per_epoch=draws.steps,
        )
    )
    return Drawn(norms, draws.model.losses(norms, np.array(draws.norms)))
