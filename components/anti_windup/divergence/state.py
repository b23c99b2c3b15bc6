"""State of the Divergence panel, and the search for the first failure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gaba_core.comparators import (
    COMPARATORS,
    LABELS,
    DivergenceSettings,
    FailureKind,
    FailureRates,
    LossModel,
    failure_rates,
)
from gaba_core.errors import ParameterError
from gaba_core.parameters import Scale, quantity

from ...layout.fields import SMALL_NORM, check_choice, check_numbers, like_simulation

STARTS = {"rest": "From rest", "published": "As published"}
OPTIMISERS = {"adam": "Adam", "sgd": "SGD"}
KINDS = {"broken": "Out of [0, 1]", "weight": "Weight-starved", "gradient": "Gradient-starved"}
KINDS_OF: dict[str, tuple[FailureKind, ...]] = {
    "broken": ("left", "non-finite"),
    "weight": ("weight-starved",),
    "gradient": ("gradient-starved",),
}
MAX_SEEDS = 5
MAX_STEPS = 1000
RATE_SEEDS = 200  # for each noise; of long runs of many methods fewer, so that no search takes long
RATE_STEPS = RATE_SEEDS * 250 * 9
CELL_KINDS: tuple[FailureKind, ...] = ("left", "non-finite", "weight-starved", "gradient-starved")
RATE_SIGMAS = tuple(round(0.25 * i, 2) for i in range(13))


@dataclass(frozen=True, slots=True)
class DivergenceState:
    """Everything a link to the panel restores.

    Attributes:
        start: where each method begins, a key of STARTS.
        optimiser: of the three GradNorms, a key of OPTIMISERS.
        methods: keys of COMPARATORS.
        kind: failure whose rate is plotted, a key of KINDS.
        cell: whose traces stand out, as METHOD/FAILURE; one that is not among the methods leaves all alike.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    sigma: float = quantity(
        1.0,
        label="Noise",
        symbol="σ",
        unit="",
        help="Standard deviation of the logarithm of the gradient norms. At 1 the ratio of single batches "
        "spans 10 to 10,000, as the paper reports.",
        low=0.0,
        high=5.0,
        scale=Scale(0.0, 3.0, 0.1),
    )
    floor: float = like_simulation("floor", 0.05)
    ratio: float = quantity(
        500.0,
        label="Gradient ratio",
        symbol="",
        unit=": 1",
        help="How many times larger the first task's gradient is than the second's, without noise.",
        low=0.001,
        high=1e6,
        scale=Scale(1.0, 10_000.0, 0.1, "log"),
    )
    steps: int = quantity(
        250,
        label="Horizon",
        symbol="",
        unit="steps",
        help="How many steps are run. The reference chapter shows 250.",
        low=10,
        high=MAX_STEPS,
        integer=True,
        scale=Scale(50, MAX_STEPS, 0.05, "log"),
    )
    beta: float = like_simulation("beta", 0.99)
    rate: float = quantity(
        0.025,
        label="GradNorm rate",
        symbol="",
        unit="",
        help="Step of the optimiser that learns GradNorm's weights.",
        low=1e-6,
        high=10.0,
        scale=Scale(0.001, 1.0, 0.1, "log"),
    )
    alpha: float = quantity(
        1.5,
        label="GradNorm alpha",
        symbol="α",
        unit="",
        help="Pull towards tasks whose loss lags behind; it matters only where losses move. Published: 1.5.",
        low=0.0,
        high=5.0,
        scale=Scale(0.0, 3.0, 0.1),
    )
    left: float = quantity(
        1.0,
        label="Final loss of task 1",
        symbol="",
        unit="",
        help="Share of the first task's loss left at the horizon; the second loss stays. 1: constant.",
        low=1e-4,
        high=1.0,
        scale=Scale(0.01, 1.0, 0.1, "log"),
    )
    follow: float = quantity(
        0.0,
        label="Loss-norm coupling",
        symbol="",
        unit="",
        help="Exponent with which a batch's loss follows its gradient norm: 0 not at all, 1 in proportion, "
        "2 as a squared error does.",
        low=0.0,
        high=2.0,
        scale=Scale(0.0, 2.0, 0.1),
    )
    start: str = "rest"
    optimiser: str = "adam"
    methods: tuple[str, ...] = ("gaba", "gaba-unfloored", "gradnorm-raw", "gradnorm-softmax", "dwa")
    seeds: tuple[int, ...] = (42,)
    kind: str = "broken"
    cell: str = "gaba/gradient-starved"

    def __post_init__(self) -> None:
        check_numbers(self)
        check_choice("start", self.start, STARTS)
        check_choice("optimiser", self.optimiser, OPTIMISERS)
        check_choice("kind", self.kind, KINDS)
        if not 1 <= len(self.seeds) <= MAX_SEEDS or len(set(self.seeds)) != len(self.seeds):
            raise ParameterError(f"seeds must be 1 to {MAX_SEEDS} different ones; got {self.seeds!r}.")
        for method in self.methods:
            check_choice("methods", method, LABELS)
        method, _, failure = self.cell.partition("/")
        check_choice("cell, before the slash,", method, LABELS)
        check_choice("cell, after the slash,", failure, dict.fromkeys(CELL_KINDS))
        self.settings()  # checks the rest

    @property
    def shown(self) -> tuple[str, ...]:
        """The chosen methods in the order of the core."""
        return tuple(method for method in COMPARATORS if method in self.methods)

    @property
    def chosen(self) -> str:
        """The method of the chosen cell, empty where it is not shown."""
        method = self.cell.partition("/")[0]
        return method if method in self.methods else ""

    def settings(self) -> DivergenceSettings:
        """What the core's experiment reads of it."""
        return _settings(self)


@lru_cache(maxsize=1024)  # every check of the core is made again for each
def _settings(state: DivergenceState) -> DivergenceSettings:
    choices: Any = {"start": state.start, "optimiser": state.optimiser}
    return DivergenceSettings(
        methods=state.shown,
        norms=(state.ratio * SMALL_NORM, SMALL_NORM),
        sigma=state.sigma,
        steps=state.steps,
        seeds=state.seeds,
        beta=state.beta,
        floor=state.floor,
        rate=state.rate,
        alpha=state.alpha,
        losses=LossModel(left=(state.left, 1.0), follow=state.follow),
        **choices,
    )


def rates(state: DivergenceState) -> FailureRates:
    """Return the failure rates of the chosen methods against noise; slow the first time."""
    return _rates(dataclasses.replace(state.settings(), sigma=0.0, seeds=(0,)))


@lru_cache(maxsize=32)
def _rates(settings: DivergenceSettings) -> FailureRates:
    work = settings.steps * max(1, len(settings.methods))
    return failure_rates(settings, RATE_SIGMAS, min(RATE_SEEDS, RATE_STEPS // work))
