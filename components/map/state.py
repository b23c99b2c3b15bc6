"""State of the Map view: what its controls hold and its URL says."""

from __future__ import annotations

from dataclasses import dataclass, replace

from gaba_core.anti_windup import SCHEMES
from gaba_core.errors import ParameterError
from gaba_core.parameters import Quantity, SimulationParams, quantities, quantity_of
from gaba_core.sweep import MEASURES, NAMES

from ..layout.fields import DRIFT, NOISES, RATIO, SMALL_NORM, check_choice, check_numbers, typed

MOST_STEPS = 20_000
MOST_OF_ALL_SCHEMES = 10_000  # where one axis is the schemes: most of these go step by step
FEEDBACK = Quantity(
    label="Feedback of scheme D",
    symbol="k",
    unit="",
    help="The part of the saturation that back-calculation feeds back each step. Other schemes ignore it.",
    low=0.0,
    high=1.0,
)
SCHEME_NAMES = {key: f"{key} · {scheme.name}" for key, scheme in SCHEMES.items()}
MEASURE_NAMES = {name: measure.label for name, measure in MEASURES.items()}


def _simulated(name: str, default: float) -> float:
    field_of_it: float = typed(default, quantity_of(SimulationParams, name))
    return field_of_it


@dataclass(frozen=True, slots=True)
class MapState:
    """Everything a link to the view restores.

    Attributes:
        x, y: the two parameters, names of axes of a sweep; the present value of each marks a cell.
        measure: what is mapped, a key of MEASURES.
        noise: a key of NOISES.
        scheme: a letter of SCHEMES.
        run: token of a run whose recorded gradients are mapped in place of simulated ones, see `replay_link`.
        reading: how its file is read where that is not as proposed, as on Replay.
        sweep: token of the folder of a stored sweep, below that of the logs.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    x: str = "beta"
    y: str = "floor"
    measure: str = "settle"
    beta: float = _simulated("beta", 0.99)
    floor: float = _simulated("floor", 0.05)
    sigma: float = _simulated("sigma", 0.05)
    ratio: float = typed(500.0, RATIO)
    drift: float = typed(1.0, DRIFT)
    k: float = typed(0.1, FEEDBACK)
    warmup_steps: int = typed(100, quantity_of(SimulationParams, "warmup_steps"))
    epochs: int = typed(200, quantity_of(SimulationParams, "epochs"))
    steps_per_epoch: int = typed(49, quantity_of(SimulationParams, "steps_per_epoch"))
    noise: str = "gaussian"
    scheme: str = "A"
    run: str = ""
    reading: str = ""
    sweep: str = ""

    def __post_init__(self) -> None:
        check_numbers(self)
        for name in ("x", "y"):
            check_choice(name, getattr(self, name), dict.fromkeys(NAMES))
        check_choice("measure", self.measure, MEASURES)
        check_choice("noise", self.noise, NOISES)
        check_choice("scheme", self.scheme, SCHEMES)
        if self.x == self.y:
            raise ParameterError(f"x and y must be two different parameters; got {self.x} for both.")
        most = MOST_OF_ALL_SCHEMES if "scheme" in (self.x, self.y) else MOST_STEPS
        if self.epochs * self.steps_per_epoch > most:
            raise ParameterError(
                f"epochs must make at most {most} steps in all; got {self.epochs} epochs of "
                f"{self.steps_per_epoch} steps."
            )

    @property
    def numbers(self) -> tuple[str, ...]:
        """Names of the numbers that this setting has."""
        reads_k = self.scheme == "D" or bool({"scheme", "k"} & {self.x, self.y})
        return tuple(f.name for f in quantities(type(self)) if f.name != "k" or reads_k)

    @property
    def surface(self) -> MapState:
        """What the surface depends on: the same without the place of the marked cell, and any measure."""
        plain = MapState()
        fixed = {name: getattr(plain, name) for name in (self.x, self.y)}
        return replace(self, measure="settle", **fixed)

    @property
    def base(self) -> SimulationParams:
        """The simulation that is varied."""
        first = self.ratio * SMALL_NORM
        return SimulationParams(
            beta=self.beta,
            floor=self.floor,
            warmup_steps=self.warmup_steps,
            norms=(first, SMALL_NORM),
            norms_end=None if self.drift == 1.0 else (first * self.drift, SMALL_NORM),
            noise=self.noise,  # type: ignore[arg-type]  # checked by SimulationParams itself
            sigma=self.sigma,
            seeds=(0,),
            epochs=self.epochs,
            steps_per_epoch=self.steps_per_epoch,
        )
