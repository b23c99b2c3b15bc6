"""State of the Convergence view: what its controls hold and its URL says."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from gaba_core.errors import ParameterError
from gaba_core.parameters import (
    REFERENCE_SEEDS,
    Scale,
    SimulationParams,
    quantity,
    quantity_of,
)

from ..layout.fields import SMALL_NORM, check_choice, check_choices, like_simulation, switches
from ..layout.url_state import from_text

MAX_SEEDS = 8
AXES = {"epochs": "Epochs", "steps": "Steps"}
WINDOWS = {"transient": "Transient", "whole": "Whole run", "log": "Log time"}
NOISES = {"gaussian": "Gaussian", "lognormal": "Log-normal"}
SHOWS = {
    "theory": "Theory ± 2 sd",
    "mean": "Mean ± sd",
    "state": "EMA state",
    "health": "Health weight",
    "share": "RUL share of w·g",
    "fd002": "Best epochs FD002",
    "fd004": "Best epochs FD004",
    "logy": "Log weight axis",
}


@dataclass(frozen=True, slots=True)
class Shows:
    """Switches of the picture; `SHOWS` names them."""

    theory: bool
    mean: bool
    state: bool
    health: bool
    share: bool
    fd002: bool
    fd004: bool
    logy: bool


@dataclass(frozen=True, slots=True)
class ConvergenceState:
    """Everything a link to the view restores.

    Attributes:
        ratio: gradient norm of the RUL task over that of the health task.
        x: unit of the time axis, a key of AXES.
        window: stretch of time drawn, a key of WINDOWS.
        show: what is drawn with the seeds, keys of SHOWS.
        pin: a setting to compare with, as the query of its own link; empty for none.
        params: what the simulation reads of it; only the ratio of the two norms matters.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    beta: float = like_simulation("beta")
    floor: float = like_simulation("floor")
    sigma: float = like_simulation("sigma")
    ratio: float = quantity(
        500.0,
        label="Gradient ratio",
        symbol="",
        unit=": 1",
        help="How many times larger the RUL task's gradient is than the health task's. Published: about 500.",
        low=0.0001,
        high=1e6,
        scale=Scale(1.0, 10_000.0, 0.02, "log"),
    )
    drift: float = quantity(
        1.0,
        label="Drift of the ratio",
        symbol="",
        unit="×",
        help="How much the ratio has changed by the final step (geometric). 1 means no drift.",
        low=0.0001,
        high=10_000.0,
        scale=Scale(0.01, 100.0, 0.02, "log"),
    )
    warmup_steps: int = like_simulation("warmup_steps")
    steps_per_epoch: int = like_simulation("steps_per_epoch")
    epochs: int = like_simulation("epochs")
    noise: str = "gaussian"
    seeds: tuple[int, ...] = REFERENCE_SEEDS
    x: str = "epochs"
    window: str = "transient"
    show: tuple[str, ...] = ("theory", "state", "logy")
    pin: str = ""
    params: SimulationParams = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name in ("ratio", "drift"):
            quantity_of(type(self), name).check(name, getattr(self, name))
        object.__setattr__(self, "params", self._built())  # checks the rest of the numbers
        if self.epochs > 2000 or self.epochs * self.steps_per_epoch > 500_000:
            raise ParameterError(
                f"epochs must be at most 2000, and 500000 steps in all; got {self.epochs} epochs "
                f"of {self.steps_per_epoch} steps."
            )
        if len(self.seeds) > MAX_SEEDS or len(set(self.seeds)) != len(self.seeds):
            raise ParameterError(f"seeds must be at most {MAX_SEEDS} different ones; got {self.seeds!r}.")
        check_choice("noise", self.noise, NOISES)
        check_choice("x", self.x, AXES)
        check_choice("window", self.window, WINDOWS)
        check_choices("show", self.show, SHOWS)
        self.pinned()

    def pinned(self) -> ConvergenceState | None:
        """The setting that is pinned, or None."""
        if not self.pin:
            return None
        query = {name: text for name, text in parse_qsl(self.pin, keep_blank_values=True) if name != "pin"}
        state, problems = from_text(ConvergenceState, query)
        if problems:
            why = problems[0].partition(" Using the default")[0]
            raise ParameterError(f"pin must be the query of a link to this view; {why}")
        return state

    def simulated(self) -> tuple[SimulationParams, ...]:
        """What is simulated: this setting, and the one that is pinned."""
        pinned = self.pinned()
        return (self.params,) if pinned is None else (self.params, pinned.params)

    @property
    def shows(self) -> Shows:
        """What is drawn with the seeds, as switches."""
        return switches(Shows, self.show)

    def _built(self) -> SimulationParams:
        norm = self.ratio * SMALL_NORM
        return SimulationParams(
            beta=self.beta,
            floor=self.floor,
            warmup_steps=self.warmup_steps,
            norms=(norm, SMALL_NORM),
            norms_end=None if self.drift == 1.0 else (norm * self.drift, SMALL_NORM),
            noise=self.noise,  # type: ignore[arg-type]  # checked by SimulationParams itself
            sigma=self.sigma,
            seeds=self.seeds,
            epochs=self.epochs,
            steps_per_epoch=self.steps_per_epoch,
        )


def seconds_of(state: ConvergenceState) -> float:
    """Return the seconds that the picture takes at most: what is expected under drift goes step by step."""
    expected = 1.2e-6 if state.drift != 1.0 or "drift=" in state.pin else 0.0
    return 0.005 + sum((8e-8 * len(p.seeds) + expected) * p.steps for p in state.simulated())
