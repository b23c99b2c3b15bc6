"""The two axes of a map: which values, and how they are spaced and named."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gaba_core.anti_windup import SCHEMES
from gaba_core.number_text import number

from ..plotting.ticks import even_ticks, log_ticks
from .state import MapState

BETAS = (0.5, 0.8, 0.9, 0.97, 0.99, 0.997, 0.999)  # of the ticks: as many as a phone has room for


@dataclass(frozen=True, slots=True)
class Axis:
    """One parameter, swept between two values.

    Attributes:
        name: of the parameter.
        title: with its letter, as a picture writes it.
        letter: the same inside a sentence.
        low, high: ends.
        warp: what is evenly spaced, and how it is undone.
    """

    name: str
    title: str
    letter: str
    low: float
    high: float
    warp: Callable[[float], float] = float
    back: Callable[[float], float] = float

    def values(self, count: int) -> tuple[Any, ...]:
        """Return so many values from end to end; of the schemes, all there are."""
        if self.name == "scheme":
            return tuple(SCHEMES)
        first, last = self.warp(self.low), self.warp(self.high)
        ways = (first + (last - first) * i / (count - 1) for i in range(count))
        return tuple(_written(self.name, self.back(way)) for way in ways)

    def place(self, value: float, count: int) -> float:
        """Return where a value lies on an axis from 0 to 1 with so many cells; outside of it, at its end."""
        first, last = self.warp(self.low), self.warp(self.high)
        way = (self.warp(min(max(value, self.low), self.high)) - first) / (last - first)
        return (way * (count - 1) + 0.5) / count

    def nearest(self, value: Any, values: tuple[Any, ...]) -> int:
        """Return the place of the value that is nearest on the axis."""
        if self.name == "scheme":
            return values.index(value) if value in values else 0
        places = [self.warp(one) for one in values]
        at = self.warp(min(max(float(value), self.low), self.high))
        return min(range(len(places)), key=lambda i: abs(places[i] - at))

    def ticks(self, count: int) -> tuple[list[float], list[str]]:
        """Return where ticks lie on an axis from 0 to 1 with so many cells, and what they say."""
        if self.name == "scheme":
            return [(i + 0.5) / len(SCHEMES) for i in range(len(SCHEMES))], list(SCHEMES)
        marks = [value for value in self._marks() if self.low <= value <= self.high]
        return [self.place(value, count) for value in marks], [number(value, 4) for value in marks]

    def _marks(self) -> list[float]:
        if self.name == "beta":
            return list(BETAS)
        if self.warp is math.log10:
            return log_ticks(self.low, self.high)
        return even_ticks(self.low, self.high)


def _written(name: str, value: float) -> float:
    """Return a value as a person would write it: of beta, three digits of what is missing to 1."""
    if name == "beta":
        return round(1.0 - float(f"{1.0 - value:.3g}"), 10)
    return float(f"{value:.4g}")


def _slowness(beta: float) -> float:
    return -math.log10(1.0 - beta)


def _beta(slowness: float) -> float:
    return 1.0 - math.pow(10.0, -slowness)


def _power(exponent: float) -> float:
    return math.pow(10.0, exponent)


AXES = {
    axis.name: axis
    for axis in (
        Axis("beta", "EMA coefficient β", "β", 0.5, 0.9997, _slowness, _beta),
        Axis("floor", "Floor λ<sub>min</sub>", "floor", 0.0, 0.5),
        Axis("sigma", "Noise σ", "noise σ", 0.0, 3.0),
        Axis("ratio", "Gradient ratio", "ratio", 1.0, 10_000.0, math.log10, _power),
        Axis("drift", "Drift of the ratio", "drift", 0.01, 100.0, math.log10, _power),
        Axis("scheme", "Scheme", "scheme", 0.0, 1.0),
        Axis("k", "Feedback of scheme D, k", "k", 0.0, 1.0),
    )
}
LOWEST_FLOOR = 1e-5
MOST_TICKS = 7


@dataclass(frozen=True, slots=True)
class Listed(Axis):
    """An axis whose values somebody chose.

    Attributes:
        listed: the values, in their order.
    """

    listed: tuple[Any, ...] = ()

    def ticks(self, count: int) -> tuple[list[float], list[str]]:
        """Return ticks on cells of an axis from 0 to 1, and their values."""
        every = range(0, count, -(-count // MOST_TICKS))
        return [(i + 0.5) / count for i in every], [value_text(self, self.listed[i]) for i in every]


def listed(name: str, values: tuple[Any, ...]) -> Axis:
    """Return the axis of a stored sweep."""
    plain = AXES[name]
    numbers = values if name != "scheme" else (0.0, 1.0)
    ends = float(min(numbers)), float(max(numbers))
    return Listed(name, plain.title, plain.letter, *ends, plain.warp, plain.back, values)


def log_floor(tasks: int) -> Axis:
    """Return the floor of a recorded run, by its logarithm: its shares at rest may be tiny."""
    return Axis("floor", AXES["floor"].title, "floor", LOWEST_FLOOR, 1.0 / tasks, math.log10, _power)


NAMES = {
    "beta": "EMA coefficient β",
    "floor": "Floor",
    "sigma": "Noise σ",
    "ratio": "Gradient ratio",
    "drift": "Drift of the ratio",
    "scheme": "Anti-windup scheme",
    "k": "Feedback k of scheme D",
}


def value_text(axis: Axis, value: Any) -> str:
    """Return a value of an axis as a reader sees it."""
    return str(value) if axis.name == "scheme" else number(float(value), 4 if axis.name == "beta" else 3)


def marked_cell(
    state: MapState, axes: tuple[Axis, Axis], ends: tuple[tuple[Any, ...], tuple[Any, ...]]
) -> tuple[int, int]:
    """Return the places on x and y of the cell that is nearest to the setting."""
    across, up = (axis.nearest(getattr(state, axis.name), own) for axis, own in zip(axes, ends, strict=True))
    return across, up
