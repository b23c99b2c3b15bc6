"""Fields that the states of several views declare alike, and the checks that all of them make."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import Field, field, fields, replace
from functools import lru_cache
from typing import Any, TypeVar

from gaba_core.errors import ParameterError
from gaba_core.parameters import Quantity, Scale, SimulationParams, quantities, quantity_of

T = TypeVar("T")
SMALL_NORM = 0.2  # published gradient norm of the health task: only the ratio to it matters
NOISES = {"gaussian": "Gaussian", "lognormal": "Log-normal"}
RATIO = Quantity(
    label="Gradient ratio",
    symbol="",
    unit=": 1",
    help="How many times larger the RUL task's gradient is than the health task's. Published: about 500.",
    low=0.0001,
    high=1e6,
    scale=Scale(1.0, 10_000.0, 0.02, "log"),
)
DRIFT = Quantity(
    label="Drift of the ratio",
    symbol="",
    unit="×",
    help="How much the ratio has changed by the final step (geometric). 1 means no drift.",
    low=0.0001,
    high=10_000.0,
    scale=Scale(0.01, 100.0, 0.02, "log"),
)


def quantity_field(default: Any, what: Quantity) -> Any:
    """A field that holds a quantity which several views declare alike."""
    return field(default=default, metadata={"quantity": what})


def typed(default: Any, what: Quantity) -> Any:
    """The same without a slider, for a number that is typed: what it moves takes longer than a frame."""
    return quantity_field(default, replace(what, scale=None))


def like_simulation(name: str, default: Any = None) -> Any:
    """A field with the range, slider and help that SimulationParams states for `name`, and its default."""
    declared: Field[Any] = next(f for f in fields(SimulationParams) if f.name == name)
    own = declared.default if default is None else default
    return field(default=own, metadata={"quantity": quantity_of(SimulationParams, name)})


def check_numbers(state: Any) -> None:
    """Check every quantity of a state.

    Raises:
        ParameterError: names parameter, rule and value.
    """
    for f in quantities(type(state)):
        f.metadata["quantity"].check(f.name, getattr(state, f.name))


def check_choice(name: str, value: str, allowed: Mapping[str, object]) -> None:
    """Check that a value is one of the keys offered.

    Raises:
        ParameterError: it is not.
    """
    if value not in allowed:
        raise ParameterError(f"{name} must be one of {', '.join(allowed)}; got {value!r}.")


def check_choices(name: str, values: Iterable[str], allowed: Mapping[str, object]) -> None:
    """Check each of several values, as `check_choice`."""
    for value in values:
        check_choice(name, value, allowed)


def switches(cls: type[T], on: tuple[str, ...]) -> T:
    """Return a frozen dataclass of booleans in which those that are named are true."""
    found: T = _switches(cls, on)  # type: ignore[arg-type]  # a class is hashable; mypy 2.4 says not
    return found


@lru_cache(maxsize=1024)  # a picture asks a score of times
def _switches(cls: Any, on: tuple[str, ...]) -> Any:
    return cls(**{f.name: f.name in on for f in fields(cls)})
