"""The divergence experiment: every chosen comparator on the same noisy gradient norms and losses."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gaba_core.checks import FloatArray, check_whole
from gaba_core.comparators.base import Comparator
from gaba_core.comparators.draws import Draws, LossModel, draw
from gaba_core.comparators.gradnorm import Optimiser
from gaba_core.comparators.registry import COMPARATORS
from gaba_core.comparators.running import Run, Start, run_all
from gaba_core.errors import ParameterError
from gaba_core.parameters import REFERENCE_SEEDS, Noise, SimulationParams


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
        runs: what is run for each chosen method.

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
    runs: Mapping[str, Run] = field(init=False, repr=False, compare=False)

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
        draws = self.draws
        runs = {method: Run(one, self.start, draws) for method, one in self.comparators().items()}
        object.__setattr__(self, "runs", runs)

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

    @property
    def draws(self) -> Draws:
        """All that the norms and losses depend on, which every method sees."""
        return Draws(self.norms, self.noise, self.sigma, self.seeds, self.steps, self.losses)

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
    """Return one Divergence for each experiment; what shares its method's kind advances in step."""
    outcomes = iter(run_all([run for one in settings for run in one.runs.values()]))
    results = []
    for one in settings:
        found = {method: next(outcomes) for method in one.methods}
        drawn = next((outcome.drawn for outcome in found.values()), None) or draw(one.draws)
        results.append(Divergence(one, *drawn, {method: each.weights for method, each in found.items()}))
    return results
