"""Parameters drawn from one half of their ranges, and the log that a generator makes of them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Half = Literal["tuned", "unseen"]
T = TypeVar("T")
CELLS = 8  # a range is cut into so many cells: rules were tuned on the even ones, the odd ones are unseen
NAMES = (("rul", "health"), ("seg", "depth", "normals", "edges"), ("a", "b", "c", "d", "e", "f", "g", "h"))


class Draw:
    """Random parameters of one log.

    Args:
        seed: of the log; the same seed gives the same log.
        half: "tuned" draws every number from the even cells of its range, "unseen" from the odd ones.
    """

    def __init__(self, seed: int, half: Half) -> None:
        self.rng = np.random.default_rng(seed)
        self._odd = half == "unseen"

    def between(self, low: float, high: float) -> float:
        """A number of the half's cells of [low, high]."""
        cell = 2 * int(self.rng.integers(CELLS // 2)) + self._odd
        return low + (high - low) * (cell + self.rng.random()) / CELLS

    def log(self, low: float, high: float) -> float:
        """The same on a logarithmic scale."""
        return math.exp(self.between(math.log(low), math.log(high)))

    def whole(self, low: float, high: float) -> int:
        """A whole number, on a logarithmic scale."""
        return min(int(high), max(math.ceil(low), round(self.log(low, high))))

    def choose(self, options: Sequence[T]) -> T:
        """One of a few options; these are not halved."""
        return options[int(self.rng.integers(len(options)))]

    def noise(self, n: int) -> Floats:
        """Standard normal numbers, (n,)."""
        return self.rng.standard_normal(n)

    def correlated(self, n: int, a: float) -> Floats:
        """A stationary first-order autoregression with unit variance, (n,)."""
        out = self.noise(n)
        for i in range(1, n):
            out[i] = a * out[i - 1] + math.sqrt(1.0 - a * a) * out[i]
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Log:
    """A log and what may be said of it.

    Attributes:
        columns: (E,) each; None in a cell says that the row does not log it.
        right: balancer codes that are right.
        open: whether the log is too short or too strange to decide, so that "cannot tell" is right as well.
        wrong: codes that are wrong where `right` is empty: then everything else is right.
        truth: figures of the generator for the limits, such as the drift in standard errors.
    """

    columns: Mapping[str, Sequence[Any]]
    right: frozenset[str]
    open: bool = False
    wrong: frozenset[str] = frozenset()
    around: Mapping[str, Any] = field(default_factory=dict)
    truth: Mapping[str, float] = field(default_factory=dict)

    @property
    def records(self) -> int:
        """E."""
        return len(next(iter(self.columns.values())))

    def rows(self) -> list[dict[str, Any]]:
        """The records as a logger writes them; a cell of None is left out."""
        names = list(self.columns)
        cells = zip(*(_plain(column) for column in self.columns.values()), strict=True)
        return [
            {"epoch": e} | {n: v for n, v in zip(names, row, strict=True) if v is not None}
            for e, row in enumerate(cells)
        ]

    def text(self) -> bytes:
        """The log as bytes: a list of records, or an object around them."""
        rows: Any = self.rows()
        return json.dumps({"history": rows} | dict(self.around) if self.around else rows).encode()

    def outcome(self, code: str) -> Literal["right", "wrong", "cannot tell"]:
        """Judge a verdict's code."""
        if code in self.right:
            return "right"
        if code in ("unknown", "too-short"):
            return "right" if self.open or not self.right else "cannot tell"
        return "wrong" if self.right or code in self.wrong else "right"


def _plain(column: Sequence[Any]) -> list[Any]:
    return column.tolist() if isinstance(column, np.ndarray) else list(column)


def columns_of(d: Draw, first: Floats, tasks: int = 2, prefix: str = "lambda_") -> dict[str, Floats]:
    """Return the weights of all tasks: the first as given, the others share what is left of 1 in fixed parts.

    Two logs in three are rounded, to 4 to 9 digits.
    """
    parts = d.rng.dirichlet(np.full(tasks - 1, 8.0))
    names = d.choose([n for n in NAMES if len(n) >= tasks])[:tasks]
    digits = d.choose((None, None, 4, 5, 6, 9))
    table = {names[0]: first} | {n: (1.0 - first) * p for n, p in zip(names[1:], parts, strict=True)}
    return {prefix + n: (v if digits is None else v.round(digits)) for n, v in table.items()}


def codes(*names: str) -> frozenset[str]:
    """Return a set of codes."""
    return frozenset(names)
