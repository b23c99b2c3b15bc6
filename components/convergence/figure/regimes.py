"""The regimes as bands behind the weights, each with its name above it."""

from __future__ import annotations

import numpy as np

from gaba_core.regimes import REGIMES, Regime

from ...layout import theme
from ...plotting.traces import QUIET, Trace, area, trace
from ..sampling import Drawn, SampleAxis
from .axes import ABOVE, Heights

LETTER, MARGIN = 0.0095, 0.012  # of the width: of a letter of a name, and beside the name


def bands(drawn: Drawn, heights: Heights) -> list[Trace]:
    """Return an area for each regime, of no width where there is none."""
    spans: dict[str, Regime] = {r.name: r for r in drawn.regimes}
    low, high = heights.at(-0.5), heights.at(1.5)
    traces: list[Trace] = []
    for name, fill in theme.REGIME_FILLS.items():
        x, ones = np.array(_span(spans.get(name), drawn.axis, drawn.axis.end)), np.ones(2)
        traces.append(area(f"band-{name.replace(' ', '-')}", x, low * ones, high * ones, fill))
    return traces


def _span(regime: Regime | None, axis: SampleAxis, last: float) -> tuple[float, float]:
    if regime is None:
        return axis.low, axis.low
    end = last if regime.end is None else axis.x(regime.end)
    return min(max(axis.x(regime.start), axis.low), last), min(max(end, axis.low), last)


def names(drawn: Drawn) -> list[Trace]:
    """Return the names above their bands, and numbers above those too narrow for a name."""
    axis = drawn.axis
    low, high = axis.range()
    spans: dict[str, tuple[float, float]] = {r.name: _span(r, axis, axis.high) for r in drawn.regimes}
    places: dict[str, list[float]] = {"names": [], "numbers": []}
    for name in REGIMES:
        left, right = (axis.place(end) for end in spans.get(name, (axis.low, axis.low)))
        wide = (right - left) / (high - low)
        middle, nowhere = (left + right) / 2.0, 2.0 * low - high
        named = wide > MARGIN + LETTER * len(name)
        places["names"].append(axis.placed(middle if named else nowhere))
        places["numbers"].append(axis.placed(middle if wide > MARGIN and not named else nowhere))
    text = {"names": [n.capitalize() for n in REGIMES], "numbers": ["1", "2", "3", "4"]}
    looks = {"mode": "text", "textfont": {"size": 12}, "cliponaxis": False, **ABOVE}
    return [
        trace(uid, xs, [0.45] * len(xs)) | QUIET | looks | {"text": text[uid]} for uid, xs in places.items()
    ]
