"""State of the Guide: the setting of its pictures, what is read about, and what the reader predicts."""

from __future__ import annotations

from dataclasses import dataclass

from gaba_core.parameters import Scale, SimulationParams, quantity
from gaba_core.regimes import REGIMES

from ..layout.fields import RATIO, SMALL_NORM, check_choice, check_numbers, like_simulation, quantity_field
from .examples import EXAMPLES

NAME = "guide"
READ: dict[str, str] = dict(zip(REGIMES, ("Warm-up", "Drift", "Floor", "Equilibrium"), strict=True))
FIELDS = {
    "aileron": "Aileron",
    "insulin": "Insulin",
    "cruise": "Cruise",
    "converter": "Converter",
    "entropy": "Entropy",
}
SHOWN = {"guess": "Predict", "curve": "Reveal"}
EPOCHS = 25


@dataclass(frozen=True, slots=True)
class GuideState:
    """Everything a link to the Guide restores.

    Attributes:
        regime: the one that the picture shows and the text speaks of.
        example: what the reader predicts, a key of EXAMPLES.
        shown: whether its curve is drawn, a key of SHOWN.
        field: the other field that runs, a key of FIELDS.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    beta: float = like_simulation("beta")
    floor: float = like_simulation("floor")
    ratio: float = quantity_field(500.0, RATIO)
    met: float = quantity(
        3.0,
        label="Floor met at",
        symbol="",
        unit="epoch",
        help="The epoch at which you think the average crosses the floor; all the way right is never.",
        low=0.0,
        high=float(EPOCHS),
        scale=Scale(0.0, float(EPOCHS), 0.25),
    )
    rest: float = quantity(
        0.2,
        label="Weight settles at",
        symbol="",
        unit="",
        help="Where you think the weight of the RUL loss comes to rest.",
        low=0.001,
        high=0.8,
        scale=Scale(0.002, 0.5, 0.02, "log"),
    )
    tasks: int = quantity(
        2,
        label="Tasks",
        symbol="K",
        unit="",
        help="How many losses share the weights.",
        low=2,
        high=8,
        integer=True,
        scale=Scale(2, 8, 1),
    )
    m: float = quantity(
        0.05,
        label="Floor",
        symbol="m",
        unit="",
        help="The floor in the proof, at most 1/K.",
        low=0.0,
        high=0.5,
        scale=Scale(0.0, 0.5, 0.005),
    )
    strength: float = quantity(
        1.0,
        label="Disturbance",
        symbol="",
        unit="×",
        help="How strong what happens is, in multiples of the usual.",
        low=0.2,
        high=3.0,
        scale=Scale(0.5, 2.0, 0.05),
    )
    lasts: float = quantity(
        1.0,
        label="Its length",
        symbol="",
        unit="×",
        help="How long it lasts, in multiples of the usual.",
        low=0.1,
        high=4.0,
        scale=Scale(0.25, 3.0, 0.05),
    )
    regime: str = "warm-up"
    example: str = "1"
    shown: str = "guess"
    field: str = "aileron"

    def __post_init__(self) -> None:
        check_numbers(self)
        check_choice("regime", self.regime, READ)
        check_choice("example", self.example, EXAMPLES)
        check_choice("shown", self.shown, SHOWN)
        check_choice("field", self.field, FIELDS)

    @property
    def params(self) -> SimulationParams:
        """The reference run of this setting, without noise."""
        return SimulationParams(beta=self.beta, floor=self.floor, sigma=0.0, seeds=(42,), epochs=EPOCHS)

    @property
    def noisy(self) -> SimulationParams:
        """The run whose signal is followed through the controller, with log-normal noise."""
        return SimulationParams(
            beta=self.beta,
            floor=self.floor,
            norms=(self.ratio * SMALL_NORM, SMALL_NORM),
            noise="lognormal",
            sigma=0.5,
            seeds=(42,),
            epochs=EPOCHS,
        )
