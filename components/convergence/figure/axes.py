"""The two rows of the picture: how high each is, and how the layout describes them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray

from ...plotting.ticks import lasting_ticks
from ..sampling import Drawn, SampleAxis

# Of the height: names of the regimes, weights, seeds magnified.
NAMES, UPPER, LOWER = [0.94, 1.0], [0.36, 0.94], [0.0, 0.27]
LEAST = 1e-9  # below it nothing is drawn on a logarithmic axis
DEEPEST = 1e-6  # where a logarithmic axis may begin
TALLEST = 1.03
CEILINGS = (1.0, 2.0, 5.0)
FIXED = {"range": [0, 1], "visible": False, "fixedrange": True}
ACROSS = {"xaxis": "x2"}  # x counts from 0 at the left end to 1 at the right one, whatever time is in sight
ABOVE = {"yaxis": "y3"}  # above the weights


@dataclass(frozen=True, slots=True)
class Heights:
    """The ends of the row of weights.

    Attributes:
        log: whether the axis is logarithmic.
    """

    low: float
    high: float
    log: bool

    def range(self) -> list[float]:
        """The ends as Plotly wants them: exponents on a log axis."""
        return [float(np.log10(self.low)), float(np.log10(self.high))] if self.log else [self.low, self.high]

    def at(self, fraction: float) -> float:
        """The weight so far up the row; below 0 and above 1 it lies outside."""
        low, high = self.range()
        value = low + fraction * (high - low)
        return float(10.0**value) if self.log else value

    def fraction(self, weight: float) -> float:
        """How far up the row a weight lies; on a log axis one of 0 lies at its foot."""
        low, high = self.range()
        value = float(np.log10(max(weight, self.low))) if self.log else weight
        return (value - low) / (high - low)

    def drawn(self, weights: FloatArray) -> FloatArray:
        """Weights that the axis can show: a logarithmic one has no 0."""
        return np.maximum(weights, LEAST) if self.log else weights


def heights_of(drawn: Drawn, lines: Iterable[FloatArray]) -> Heights:
    """Return the ends of a row that holds the lines, on a ladder coarse enough to hold still."""
    values = [line for line in lines if line.size]
    top = max(float(line.max()) for line in values)
    high = next((h for h in (1.12 / drawn.params.tasks, 0.8) if 1.04 * top <= h), TALLEST)
    if not drawn.state.shows.logy:
        return Heights(0.0, high, False)
    least = max(min(float(line.min()) for line in values), DEEPEST)
    low = float(10.0 ** (np.floor(2.0 * np.log10(least) - 0.1) / 2.0))  # down to half a decade
    return Heights(low, 1.06 * high, True)


def ceiling(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten: a scale that holds still while a control is dragged."""
    decade = 10.0 ** np.floor(np.log10(value))
    return float(next((s * decade for s in CEILINGS if s * decade >= value), 10.0 * decade))


def layout(drawn: Drawn, heights: Heights, top: float, heads: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the layout of both rows on one time axis.

    Args:
        drawn: what is drawn.
        heights: ends of the row of weights.
        top: upper end of the row of deviations, which reaches as far below 0.
        heads: what stands above each row.
    """
    state = drawn.state
    return {
        "uirevision": f"{state.x}/{state.window}/{heights.log}",
        "margin": {"l": 64, "r": 92, "t": 20, "b": 42},
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "showlegend": False,
        "legend": {"orientation": "h", "y": -0.12, "yanchor": "top", "x": 0, "traceorder": "normal"},
        "xaxis": _across(drawn.axis),
        "yaxis": {
            "domain": UPPER,
            "type": "log" if heights.log else "linear",
            "range": heights.range(),
            **({"tickvals": lasting_ticks(heights.low, heights.high)} if heights.log else {}),
        },
        "yaxis2": {
            "domain": LOWER,
            "anchor": "x",
            "range": [-top, top],
            "exponentformat": "power",
            "nticks": 4,
            "zeroline": True,
        },
        "xaxis2": {**FIXED, "overlaying": "x", "anchor": "y"},
        "yaxis3": {**FIXED, "domain": NAMES, "anchor": "x"},
        "annotations": heads,
    }


def _across(axis: SampleAxis) -> dict[str, Any]:
    digits = ".2f" if axis.title == "epoch" else ",d"
    title = {"text": f"{axis.title} %{{x:{digits}}}"}
    return {**axis.layout(), "anchor": "y2", "unifiedhovertitle": title}


def head(text: str, row: list[float], rise: int) -> dict[str, Any]:
    """A line of words so many pixels above a row, at its left end."""
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": row[1], "xanchor": "left", "yanchor": "bottom"}
    return {
        "text": text,
        "showarrow": False,
        "yshift": rise,
        "font": {"size": 12},
        "bgcolor": "rgba(0,0,0,0)",
        **place,
    }
