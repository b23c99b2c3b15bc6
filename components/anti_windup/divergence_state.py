"""State of the Divergence panel, and the experiments behind its pictures."""

from __future__ import annotations

import dataclasses
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from typing import Any

from components.anti_windup.fields import check_choice, check_numbers, like_simulation
from gaba_core.checks import FloatArray
from gaba_core.comparators import (
    COMPARATORS,
    LABELS,
    Divergence,
    DivergenceSettings,
    FailureKind,
    FailureRates,
    LossModel,
    failure_rates,
    run_divergences,
)
from gaba_core.comparators.experiment import draws_of
from gaba_core.errors import ParameterError
from gaba_core.parameters import Scale, quantity

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
RATE_SEEDS = 200
RATE_SIGMAS = tuple(round(0.25 * i, 2) for i in range(13))
SMALL_NORM = 0.2
KEPT = 2000  # runs of one method, some 10 kB each
LENGTHS = (125, 250, 500, MAX_STEPS)  # steps run, so that horizons share a run


@dataclass(frozen=True, slots=True)
class DivergenceState:
    """Everything a link to the panel restores.

    Attributes:
        start: where each method begins, a key of STARTS.
        optimiser: of the three GradNorms, a key of OPTIMISERS.
        methods: keys of COMPARATORS.
        kind: failure whose rate is plotted, a key of KINDS.

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
        scale=Scale(50, MAX_STEPS, 0.1, "log"),
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
        label="First loss falls to",
        symbol="",
        unit="",
        help="Share of the first task's loss left at the horizon; the second loss stays. 1: constant.",
        low=1e-4,
        high=1.0,
        scale=Scale(0.01, 1.0, 0.1, "log"),
    )
    follow: float = quantity(
        0.0,
        label="Loss follows gradient",
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

    def __post_init__(self) -> None:
        check_numbers(self)
        check_choice("start", self.start, STARTS)
        check_choice("optimiser", self.optimiser, OPTIMISERS)
        check_choice("kind", self.kind, KINDS)
        if not 1 <= len(self.seeds) <= MAX_SEEDS or len(set(self.seeds)) != len(self.seeds):
            raise ParameterError(f"seeds must be 1 to {MAX_SEEDS} different ones; got {self.seeds!r}.")
        for method in self.methods:
            check_choice("methods", method, LABELS)
        self.settings()  # checks the rest

    @property
    def shown(self) -> tuple[str, ...]:
        """The chosen methods in the order of the core."""
        return tuple(method for method in COMPARATORS if method in self.methods)

    def settings(self) -> DivergenceSettings:
        """What the core's experiment reads of it."""
        choices: Any = {"start": self.start, "optimiser": self.optimiser}
        return DivergenceSettings(
            methods=self.shown,
            norms=(self.ratio * SMALL_NORM, SMALL_NORM),
            sigma=self.sigma,
            steps=self.steps,
            seeds=self.seeds,
            beta=self.beta,
            floor=self.floor,
            rate=self.rate,
            alpha=self.alpha,
            losses=LossModel(left=(self.left, 1.0), follow=self.follow),
            **choices,
        )


_kept: OrderedDict[Any, FloatArray] = OrderedDict()
_lock = Lock()


def prepare(states: Sequence[DivergenceState]) -> None:
    """Run the experiments of many states at once: together they take little longer than one alone."""
    wanted: dict[str, dict[Any, DivergenceSettings]] = {}
    for settings in (state.settings() for state in states):
        for method in settings.methods:
            key, whole = _whole(settings, method)
            with _lock:
                known = key in _kept
            if not known:
                wanted.setdefault(method, {})[key] = whole
    for method, missing in wanted.items():
        for key, result in zip(missing, run_divergences(list(missing.values())), strict=True):
            with _lock:
                _kept[key] = result.weights[method]
                while len(_kept) > KEPT:
                    _kept.popitem(last=False)


def experiment(state: DivergenceState) -> Divergence:
    """Return the state's experiment; what an earlier one has in common with it is not run again."""
    settings = state.settings()
    norms, losses = draws_of(settings)
    weights = {}
    for method in settings.methods:
        key, whole = _whole(settings, method)
        with _lock:
            found = _kept.get(key)
        if found is None:
            found = run_divergences([whole])[0].weights[method]
            with _lock:
                _kept[key] = found
        weights[method] = found[:, : settings.steps]
    return Divergence(settings, norms, losses, weights)


@lru_cache(maxsize=1024)  # each method of a state is looked up twice, and every check is made again
def _whole(settings: DivergenceSettings, method: str) -> tuple[Any, DivergenceSettings]:
    """One method's run and everything that it depends on; where losses stay, a longer run begins alike."""
    steps = settings.steps
    if set(settings.losses.left) == {1.0}:
        steps = next(length for length in LENGTHS if length >= steps)
    whole = dataclasses.replace(settings, methods=(method,), steps=steps)
    draws = (whole.norms, whole.sigma, whole.steps, whole.seeds, whole.losses)
    return (whole.comparators()[method], whole.start, *draws), whole


def rates(state: DivergenceState) -> FailureRates:
    """Return the failure rates of the chosen methods against noise; slow the first time."""
    return _rates(dataclasses.replace(state.settings(), sigma=0.0, seeds=(0,)))


@lru_cache(maxsize=32)
def _rates(settings: DivergenceSettings) -> FailureRates:
    return failure_rates(settings, RATE_SIGMAS, RATE_SEEDS)
