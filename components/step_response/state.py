"""State of the Step response view: what its controls hold and its URL says."""

from __future__ import annotations

from dataclasses import dataclass, field

from gaba_core.errors import ParameterError
from gaba_core.parameters import Scale, SimulationParams, check_beta, quantity, quantity_of

from ..layout.fields import check_choices, check_numbers, switches

BETAS = (0.5, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 0.999)
SHOWS = {"marks": "τ, 3τ, 5τ", "simulated": "Simulated"}


@dataclass(frozen=True, slots=True)
class Shows:
    """Switches of the picture; `SHOWS` names them."""

    marks: bool
    simulated: bool


@dataclass(frozen=True, slots=True)
class StepState:
    """Everything a link to the view restores.

    Attributes:
        betas: moving averages drawn with the one of `beta`.
        show: what is drawn with the closed forms, keys of SHOWS.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    beta: float = field(default=0.99, metadata={"quantity": quantity_of(SimulationParams, "beta")})
    start: float = quantity(
        0.5,
        label="Start",
        symbol="a",
        unit="",
        help="Where the moving average stands at step 0. With two tasks GABA starts at one half.",
        low=0.0,
        high=1.0,
        scale=Scale(0.0, 1.0, 0.01),
    )
    target: float = quantity(
        0.002,
        label="Target",
        symbol="c",
        unit="",
        help="The raw share that comes in from step 0 on. At a gradient ratio of 500 : 1 it is 0.002.",
        low=0.0,
        high=1.0,
        scale=Scale(0.0, 1.0, 0.002),
    )
    steps: int = quantity(
        600,
        label="Steps shown",
        symbol="",
        unit="steps",
        help="Length of the time axis.",
        low=10,
        high=20_000,
        integer=True,
        scale=Scale(50, 5000, 0.05, "log"),
    )
    seed: int = quantity(
        42,
        label="Noise seed",
        symbol="",
        unit="",
        help="The noise gain is measured on 400,000 draws of white noise from this seed.",
        low=0,
        high=1_000_000,
        integer=True,
    )
    betas: tuple[float, ...] = (0.9, 0.98, 0.995)
    show: tuple[str, ...] = ("marks", "simulated")

    def __post_init__(self) -> None:
        check_numbers(self)
        if len(self.betas) > len(BETAS) or len(set(self.betas)) != len(self.betas):
            raise ParameterError(f"betas must be at most {len(BETAS)} different ones; got {self.betas!r}.")
        for beta in self.betas:
            check_beta(beta)
        check_choices("show", self.show, SHOWS)

    @property
    def shows(self) -> Shows:
        """What is drawn with the closed forms, as switches."""
        return switches(Shows, self.show)

    @property
    def drawn(self) -> tuple[float, ...]:
        """The dragged beta, then the others; one equal to it is drawn once."""
        return (self.beta, *self.betas)


def style_slot(beta: float) -> int:
    """Index of the style of a beta that is compared with; 0 is reserved for the dragged one."""
    return 1 + (BETAS.index(beta) if beta in BETAS else len(BETAS)) % 7
