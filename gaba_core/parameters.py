"""Parameters of a simulation: default, legal range, slider, unit, label and help of each, stated once."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import Field, dataclass, field, fields
from numbers import Integral, Real
from typing import Any, Literal

from gaba_core.errors import ParameterError

Noise = Literal["gaussian", "lognormal"]
NOISES: tuple[Noise, ...] = ("gaussian", "lognormal")
REFERENCE_SEEDS = (42, 123, 456, 789, 1024)


@dataclass(frozen=True, slots=True)
class Scale:
    """Positions of a slider.

    Attributes:
        kind: "linear" (step is a difference), "log" (step is a fraction of a decade) or "time constant"
            (step is a fraction of a decade of 1 - value, so that .9, .99 and .999 are evenly far apart).
    """

    low: float
    high: float
    step: float
    kind: Literal["linear", "log", "time constant"] = "linear"

    def positions(self) -> tuple[float, ...]:
        """Every value the slider can take, ascending, rounded as a person would write it."""
        if self.kind == "linear":
            count = round((self.high - self.low) / self.step)
            return tuple(round(self.low + i * self.step, 10) for i in range(count + 1))
        if self.kind == "log":
            first, last = math.log10(self.low), math.log10(self.high)
            count = round((last - first) / self.step)
            values = (_significant(10 ** (first + i * self.step), 2) for i in range(count + 1))
            return tuple(dict.fromkeys(values))
        first, last = -math.log10(1.0 - self.low), -math.log10(1.0 - self.high)
        count = round((last - first) / self.step)
        return tuple(
            round(1.0 - _significant(10 ** -(first + i * self.step), 3), 10) for i in range(count + 1)
        )


@dataclass(frozen=True, slots=True)
class Quantity:
    """The values one number may take, and how a person reads and moves it.

    Attributes:
        scale: None for a number that is typed or stepped, not dragged: a seed, a small count.
        high_open: True where `high` itself is not legal.
        integer: True where only whole numbers are legal.
    """

    label: str
    symbol: str
    unit: str
    help: str
    low: float
    high: float
    scale: Scale | None = None
    high_open: bool = False
    integer: bool = False

    def positions(self) -> tuple[float, ...]:
        """Every value its slider can take, ascending; none where it has no slider."""
        return self.scale.positions() if self.scale else ()

    def check(self, name: str, value: Any) -> float:
        """Return the value as a plain Python number.

        Raises:
            ParameterError: not a number, not whole where it must be, not finite, or out of range.
        """
        wanted = "a whole number" if self.integer else "a number"
        if isinstance(value, bool) or not isinstance(value, Integral if self.integer else Real):
            raise ParameterError(f"{name} must be {wanted}; got {value!r}.")
        number: float = int(value) if isinstance(value, Integral) and self.integer else float(value)
        above = number >= self.high if self.high_open else number > self.high
        if not math.isfinite(number) or number < self.low or above:
            word = "of" if math.isinf(self.high) else "in"
            raise ParameterError(f"{name} must be {wanted} {word} {self.legal}; got {value!r}.")
        return number

    @property
    def legal(self) -> str:
        """What it may be, in the words of every page and message: [0, 1) holds 0 and does not hold 1."""
        if math.isinf(self.high):
            return f"at least {self.low:g}"
        return f"[{self.low:g}, {self.high:g}{')' if self.high_open else ']'}"


def quantity(default: Any, **description: Any) -> Any:
    """Declare a dataclass field with a default and the Quantity it holds."""
    return field(default=default, metadata={"quantity": Quantity(**description)})


def quantity_of(cls: type, name: str) -> Quantity:
    """Return the Quantity declared for one field of a dataclass."""
    declared: dict[str, Field[Any]] = vars(cls)["__dataclass_fields__"]  # fields() would build them all
    found: Quantity = declared[name].metadata["quantity"]
    return found


def quantities(cls: type) -> tuple[Field[Any], ...]:
    """Return the fields of a dataclass that hold a Quantity, in order."""
    return tuple(f for f in fields(cls) if "quantity" in f.metadata)


@dataclass(frozen=True, slots=True)
class SimulationParams:
    """Inputs of one simulation; immutable and hashable, so it doubles as a cache key.

    Attributes:
        norms: median (log-normal) or mean (Gaussian) gradient norm of each task, K >= 2 of them; any unit.
        norms_end: norms at the last step, reached geometrically; None keeps `norms` throughout.
        noise: "gaussian" (norm * (1 + sigma z), clipped at 0) or "lognormal" (norm * exp(sigma z)).
        seeds: one simulation each.

    Raises:
        ParameterError: names parameter, rule and value.
    """

    beta: float = quantity(
        0.99,
        label="EMA coefficient",
        symbol="β",
        unit="",
        help="The fraction of the previous value kept at each step. At 0.99 the average forgets over about "
        "100 steps.",
        low=0.0,
        high=1.0,
        high_open=True,
        scale=Scale(0.0, 0.9999, 0.02, "time constant"),
    )
    floor: float = quantity(
        0.05,
        label="Floor",
        symbol="λ_min",
        unit="",
        help="The smallest value a smoothed weight may take before renormalising. At most 1/K.",
        low=0.0,
        high=0.5,
        scale=Scale(0.0, 0.5, 0.002),
    )
    warmup_steps: int = quantity(
        100,
        label="Warm-up",
        symbol="",
        unit="steps",
        help="During warm-up every task is weighted 1/K and the average is frozen.",
        low=0,
        high=math.inf,
        integer=True,
        scale=Scale(0, 1000, 5),
    )
    norms: tuple[float, ...] = (100.0, 0.2)
    norms_end: tuple[float, ...] | None = None
    noise: Noise = "gaussian"
    sigma: float = quantity(
        0.05,
        label="Noise",
        symbol="σ",
        unit="",
        help="Spread of the gradient norms from batch to batch: coefficient of variation if Gaussian, "
        "standard deviation of the logarithm if log-normal.",
        low=0.0,
        high=math.inf,
        scale=Scale(0.0, 3.0, 0.01),
    )
    seeds: tuple[int, ...] = REFERENCE_SEEDS
    epochs: int = quantity(
        200,
        label="Epochs",
        symbol="",
        unit="",
        help="Length of the run. A published run had its best epoch at 310.",
        low=1,
        high=math.inf,
        integer=True,
        scale=Scale(5, 500, 5),
    )
    steps_per_epoch: int = quantity(
        49,
        label="Steps per epoch",
        symbol="",
        unit="",
        help="Batches per epoch. Converts steps to epochs.",
        low=1,
        high=math.inf,
        integer=True,
        scale=Scale(1, 250, 1),
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "norms", _checked_norms("norms", self.norms))
        if self.norms_end is not None:
            object.__setattr__(self, "norms_end", _checked_norms("norms_end", self.norms_end))
            self._check_drift(self.norms_end)
        if self.noise not in NOISES:
            raise ParameterError(f"noise must be one of {', '.join(NOISES)}; got {self.noise!r}.")
        object.__setattr__(self, "seeds", _checked_seeds(self.seeds))
        for f in quantities(type(self)):
            if f.name != "floor":
                checked = f.metadata["quantity"].check(f.name, getattr(self, f.name))
                object.__setattr__(self, f.name, checked)
        object.__setattr__(self, "floor", check_floor(self.floor, self.tasks))

    def _check_drift(self, end: tuple[float, ...]) -> None:
        if len(end) != len(self.norms):
            raise ParameterError(f"norms_end must hold {len(self.norms)} norms as norms does; got {end!r}.")
        if any((a == 0.0) != (b == 0.0) for a, b in zip(self.norms, end, strict=True)):
            raise ParameterError(f"norms_end must be 0 exactly where norms is 0; got {end!r}.")

    @property
    def tasks(self) -> int:
        """Number of tasks K."""
        return len(self.norms)

    @property
    def steps(self) -> int:
        """Number of steps of the whole run."""
        return self.epochs * self.steps_per_epoch


def check_tasks(tasks: Any) -> int:
    """Return K as an int; at least 2.

    Raises:
        ParameterError: anything else.
    """
    if isinstance(tasks, bool) or not isinstance(tasks, Integral) or tasks < 2:
        raise ParameterError(f"tasks must be a whole number of at least 2; got {tasks!r}.")
    return int(tasks)


def check_floor(floor: Any, tasks: int) -> float:
    """Return the floor as a float; legal is 0 <= floor <= 1/K, 1/K included.

    Raises:
        ParameterError: anything else.
    """
    if isinstance(floor, bool) or not isinstance(floor, Real):
        raise ParameterError(f"floor must be a number; got {floor!r}.")
    number = float(floor)
    if not 0.0 <= number <= 1.0 / tasks:
        raise ParameterError(
            f"floor must lie in [0, 1/K] = [0, {1 / tasks:g}] for K = {tasks}; got {floor!r}."
        )
    return number


def check_beta(beta: Any) -> float:
    """Return beta as a float; legal is 0 <= beta < 1.

    Raises:
        ParameterError: anything else.
    """
    return float(quantity_of(SimulationParams, "beta").check("beta", beta))


def _checked_norms(name: str, values: Any) -> tuple[float, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ParameterError(f"{name} must be a sequence of numbers, one for each task; got {values!r}.")
    norms = tuple(values)
    if len(norms) < 2:
        raise ParameterError(
            f"{name} must hold at least 2 gradient norms, one for each task; got {values!r}."
        )
    for i, norm in enumerate(norms):
        number = float(norm) if isinstance(norm, Real) and not isinstance(norm, bool) else math.nan
        legal = math.isfinite(number) and number >= 0.0
        if not legal:
            raise ParameterError(f"{name}[{i}] must be a finite number of at least 0; got {norm!r}.")
    return tuple(float(norm) for norm in norms)


def _checked_seeds(values: Any) -> tuple[int, ...]:
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ParameterError(f"seeds must be a sequence of whole numbers; got {values!r}.")
    seeds = tuple(values)
    if not seeds:
        raise ParameterError("seeds must hold at least one seed; got none.")
    for i, seed in enumerate(seeds):
        if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
            raise ParameterError(f"seeds[{i}] must be a whole number of at least 0; got {seed!r}.")
    return tuple(int(seed) for seed in seeds)


def _significant(value: float, digits: int) -> float:
    return float(f"{value:.{digits}g}")
