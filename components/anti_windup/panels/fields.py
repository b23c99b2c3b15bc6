"""Quantities that several panels of the Anti-windup view share, and the check that all of them make."""

from __future__ import annotations

from dataclasses import field
from typing import Any

from gaba_core.errors import ParameterError
from gaba_core.parameters import SimulationParams, quantities, quantity_of


def like_simulation(name: str, default: Any) -> Any:
    """A field with the range, slider and help that SimulationParams states for `name`."""
    return field(default=default, metadata={"quantity": quantity_of(SimulationParams, name)})


def check_numbers(state: Any) -> None:
    """Check every quantity of a state.

    Raises:
        ParameterError: names parameter, rule and value.
    """
    for f in quantities(type(state)):
        f.metadata["quantity"].check(f.name, getattr(state, f.name))


def check_choice(name: str, value: str, allowed: dict[str, str]) -> None:
    """Check that a value is one of the keys offered.

    Raises:
        ParameterError: it is not.
    """
    if value not in allowed:
        raise ParameterError(f"{name} must be one of {', '.join(allowed)}; got {value!r}.")
