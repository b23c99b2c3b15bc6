"""The divergence experiment: every chosen comparator on the same noisy gradient norms and losses."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from gaba_core.checks import FloatArray, check_whole
from gaba_core.comparators.base import Comparator, check_positive, kind_of, side_by_side
from gaba_core.comparators.gradnorm import Optimiser
from gaba_core.comparators.registry import COMPARATORS
from gaba_core.errors import ParameterError
from gaba_core.gradients import gradient_norms
from gaba_core.parameters import REFERENCE_SEEDS, Noise, SimulationParams
from gaba_core.share_moments import share_moments

Start = Literal["rest", "published"]


@dataclass(frozen=True)
class LossModel:
    """Losses of a run: L_i(t) = first_i * left_i^(t/(T-1)) * (g_i(t) / norm_i)^follow.

    Nothing learns here: the losses fall as told, whatever the weights. The defaults are constant losses of 1.

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


@dataclass(frozen=True)
class DivergenceSettings:
    """One divergence experiment.

    Attributes:
        methods: keys of COMPARATORS.
        norms: gradient norm of each task without noise.
        steps: how many.
        start: "rest", where each method would stay without noise (GABA: the mean share under the noise), or
            "published", its own first step.
        beta: of both GABAs; so is warmup_steps, which only a published start goes through.
        floor: of GABA; it also sets the bound below which any method's weight counts as starved.
        alpha: of the three GradNorms; so are rate and optimiser.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    methods: tuple[str, ...] = tuple(COMPARATORS)
    norms: tuple[float, ...] = (100.0, 0.2)
    noise: Noise = "lognormal"
    sigma: float = 1.0
    steps: int = 250
    seeds: tuple[int, ...] = REFERENCE_SEEDS
    start: Start = "rest"
    beta: float = 0.99
    floor: float = 0.05
    warmup_steps: int = 100
    alpha: float = 1.5
    rate: float = 0.025
    optimiser: Optimiser = "adam"
    losses: LossModel = field(default_factory=LossModel)

    def __post_init__(self) -> None:
        for method in self.methods:
            if method not in COMPARATORS:
                raise ParameterError(f"methods must be chosen from {', '.join(COMPARATORS)}; got {method!r}.")
        if self.start not in ("rest", "published"):
            raise ParameterError(f"start must be rest or published; got {self.start!r}.")
        check_whole("steps", self.steps, 1)
        checked = self.simulated
        for name in ("norms", "sigma", "seeds", "beta", "floor", "warmup_steps"):
            object.__setattr__(self, name, getattr(checked, name))
        self.comparators()

    @property
    def simulated(self) -> SimulationParams:
        """Norms, noise and seeds as the simulation takes them."""
        return SimulationParams(
            beta=self.beta,
            floor=self.floor,
            warmup_steps=self.warmup_steps,
            norms=self.norms,
            noise=self.noise,
            sigma=self.sigma,
            seeds=self.seeds,
            epochs=1,
            steps_per_epoch=self.steps,
        )

    def comparators(self) -> dict[str, Comparator[Any]]:
        """Return the chosen methods with these settings.

        Raises:
            ParameterError: a setting is not legal for a method.
        """
        gaba = {"beta": self.beta, "warmup_steps": self.warmup_steps}
        gradnorm = {"alpha": self.alpha, "rate": self.rate, "optimiser": self.optimiser}
        changes: dict[str, dict[str, Any]] = {
            "gaba": {**gaba, "floor": self.floor},
            "gaba-unfloored": gaba,
            **dict.fromkeys(("gradnorm-raw", "gradnorm-softmax", "gradnorm-exp"), gradnorm),
        }
        return {
            method: dataclasses.replace(COMPARATORS[method], **changes.get(method, {}))
            for method in self.methods
        }


@dataclass(frozen=True, slots=True, eq=False)
class Divergence:
    """What the methods did: norms and losses (S, T, K), and the weights of each method (S, T, K).

    The weights are those that multiply each step's losses, as the method gives them: GradNorm's and DWA's sum
    to K, uncertainty's to anything.
    """

    settings: DivergenceSettings
    norms: FloatArray
    losses: FloatArray
    weights: Mapping[str, FloatArray]


def run_divergence(settings: DivergenceSettings) -> Divergence:
    """Return the weights of every chosen method over the same draws."""
    return run_divergences([settings])[0]


def run_divergences(settings: Sequence[DivergenceSettings]) -> list[Divergence]:
    """Return one Divergence for each experiment; what shares its method's kind advances together."""
    draws = [draws_of(one) for one in settings]
    weights: list[dict[str, FloatArray]] = [{} for _ in settings]
    groups: dict[Any, dict[int, Comparator[Any]]] = {}
    for i, one in enumerate(settings):
        for method, comparator in one.comparators().items():
            key = (method, kind_of(comparator), one.start, draws[i][0].shape)
            groups.setdefault(key, {})[i] = comparator
    for (method, *_), members in groups.items():
        comparator = side_by_side(list(members.values()))
        norms, losses = (np.stack([draws[i][kind] for i in members]) for kind in (0, 1))
        state = start_of(comparator, [settings[i] for i in members], norms.shape[1])
        for i, found in zip(members, run_comparator(comparator, norms, losses, state), strict=True):
            weights[i][method] = found
    return [
        Divergence(one, *drawn, {method: found[method] for method in one.methods})
        for one, drawn, found in zip(settings, draws, weights, strict=True)
    ]


def draws_of(settings: DivergenceSettings) -> tuple[FloatArray, FloatArray]:
    """Return norms and losses of the experiment, each (S, T, K)."""
    norms = gradient_norms(settings.simulated)
    return norms, settings.losses.losses(norms, np.array(settings.norms))


def start_of(comparator: Comparator[Any], settings: Sequence[DivergenceSettings], seeds: int) -> Any:
    """Return the first state of a method in experiments that start alike, for arrays (P, S, K)."""
    tasks = len(settings[0].norms)
    shape = (len(settings), seeds, tasks)
    if settings[0].start == "published":
        return comparator.init(tasks, shape[:-1])
    typical = (
        [one.norms for one in settings],
        [share_moments(one.norms, one.noise, one.sigma).mean for one in settings],
        [np.broadcast_to(one.losses.first, tasks) for one in settings],
    )
    return comparator.rest(*(np.broadcast_to(np.array(rows)[:, None], shape) for rows in typical))


def run_comparator(
    comparator: Comparator[Any], norms: FloatArray, losses: FloatArray, state: Any
) -> FloatArray:
    """Return the weights along whole recordings (..., T, K), from `state` on; what overflows is kept."""
    with np.errstate(all="ignore"):
        return comparator.run(state, norms, losses)
