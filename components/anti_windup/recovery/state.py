"""State of the Recovery panel, and the experiments behind its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gaba_core.anti_windup import SCHEMES, Recovery, RecoverySettings, recovery_experiments
from gaba_core.batched_cache import BatchedCache
from gaba_core.lru_cache import OF_SETTINGS
from gaba_core.parameters import Scale, quantity

from ...layout.fields import check_choice, check_choices, check_numbers, like_simulation, switches

WINDOWS = {"after": "After the switch", "whole": "Whole run"}
SHOWS = {"state": "State, dotted"}


@dataclass(frozen=True, slots=True)
class Shows:
    """Switches of the picture; `SHOWS` names them."""

    state: bool


@dataclass(frozen=True, slots=True)
class RecoveryState:
    """Everything a link to the panel restores.

    Attributes:
        schemes: letters of the schemes drawn.
        window: stretch of time drawn, a key of WINDOWS.
        show: what is drawn with the outputs, keys of SHOWS.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    before: float = quantity(
        0.002,
        label="Spike: raw share",
        symbol="r",
        unit="",
        help="The first task's raw share while it is starved; 0.002 is a gradient ratio of 500 : 1.",
        low=0.0,
        high=1.0,
        scale=Scale(0.0, 0.5, 0.002),
    )
    steps_before: int = quantity(
        800,
        label="Spike length",
        symbol="",
        unit="steps",
        help="How long the task is starved. The state starts at one half and winds down meanwhile.",
        low=0,
        high=5000,
        integer=True,
        scale=Scale(10, 4000, 0.05, "log"),
    )
    after: float = quantity(
        0.06,
        label="New target",
        symbol="c",
        unit="",
        help="The raw share from the switch on: how much weight the task should get again.",
        low=0.0,
        high=1.0,
        scale=Scale(0.0, 0.6, 0.005),
    )
    steps_after: int = quantity(
        1200,
        label="Steps after",
        symbol="",
        unit="steps",
        help="How long the experiment goes on after the switch.",
        low=10,
        high=5000,
        integer=True,
        scale=Scale(100, 4000, 0.05, "log"),
    )
    beta: float = like_simulation("beta", 0.99)
    floor: float = like_simulation("floor", 0.05)
    k: float = quantity(
        0.1,
        label="Back-calculation gain",
        symbol="k",
        unit="",
        help="Share of the saturation that scheme D feeds back at each step: 0 is scheme A, 1 is B.",
        low=0.0,
        high=1.0,
        scale=Scale(0.0, 1.0, 0.02),
    )
    sigma: float = quantity(
        1.0,
        label="Noise for bias",
        symbol="σ",
        unit="",
        help="Log-normal noise on the gradient norms around the new target; used for the bias column only.",
        low=0.0,
        high=4.0,
        scale=Scale(0.0, 3.0, 0.1),
    )
    schemes: tuple[str, ...] = ("A", "B", "D", "F")
    window: str = "after"
    show: tuple[str, ...] = ("state",)

    def __post_init__(self) -> None:
        check_numbers(self)
        names = {key: scheme.name for key, scheme in SCHEMES.items()}
        check_choices("schemes", self.schemes, names)
        check_choice("window", self.window, WINDOWS)
        check_choices("show", self.show, SHOWS)

    @property
    def shows(self) -> Shows:
        """What is drawn with the outputs, as switches."""
        return switches(Shows, self.show)

    def settings(self) -> RecoverySettings:
        """What the core's experiment reads of it."""
        return RecoverySettings(
            before=self.before,
            after=self.after,
            steps_before=self.steps_before,
            steps_after=self.steps_after,
            beta=self.beta,
            floor=self.floor,
            k=self.k,
        )


def prepare(states: Sequence[RecoveryState]) -> None:
    """Run the experiments of many states at once, in a fraction of the time."""
    _cached.many(state.settings() for state in states)


def recoveries(state: RecoveryState) -> dict[str, Recovery]:
    """Return what each scheme does in the state's experiment."""
    return _cached(state.settings())


def _experiments(settings: Sequence[RecoverySettings]) -> list[dict[str, Recovery]]:
    rows = zip(*(recovery_experiments(key, settings) for key in SCHEMES), strict=True)
    return [dict(zip(SCHEMES, row, strict=True)) for row in rows]


_cached = BatchedCache(_experiments, OF_SETTINGS)
