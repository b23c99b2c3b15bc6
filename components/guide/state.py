"""State of the Guide: the setting of its picture, and the regime that is read about."""

from __future__ import annotations

from dataclasses import dataclass, field

from gaba_core.parameters import SimulationParams, quantity_of
from gaba_core.regimes import REGIMES

from ..layout.fields import check_choices, check_numbers

NAME = "guide"
READ: dict[str, str] = dict(zip(REGIMES, ("Warm-up", "Drift", "Floor", "Equilibrium"), strict=True))
EPOCHS = 25


@dataclass(frozen=True, slots=True)
class GuideState:
    """Everything a link to the Guide restores.

    Attributes:
        regime: the one that the picture shows and the text speaks of.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    beta: float = field(default=0.99, metadata={"quantity": quantity_of(SimulationParams, "beta")})
    floor: float = field(default=0.05, metadata={"quantity": quantity_of(SimulationParams, "floor")})
    regime: str = "warm-up"

    def __post_init__(self) -> None:
        check_numbers(self)
        check_choices("regime", (self.regime,), READ)

    @property
    def params(self) -> SimulationParams:
        """The reference run of this setting, without noise."""
        return SimulationParams(beta=self.beta, floor=self.floor, sigma=0.0, seeds=(42,), epochs=EPOCHS)
