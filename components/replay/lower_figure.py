"""The lower picture of the Replay view: differences of the weights, or the recorded norms."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray

from ..layout import theme
from ..plotting.lines import line
from ..plotting.ticks import decade_ticks
from ..plotting.traces import QUIET
from ..run_source.styles import escaped
from .time_axis import ReplayAxis

SMALLEST = 1e-6  # range of the differences: what is smaller is rounding
Layout = Callable[[ReplayAxis, dict[str, Any]], dict[str, Any]]


def apart(
    axis: ReplayAxis,
    elapsed: FloatArray,
    lines: Mapping[str, tuple[FloatArray, str, str, str]],
    layout: Layout,
) -> dict[str, Any]:
    """Return data and layout of differences; `lines` maps a uid to values, name, colour and dash."""
    window = axis.shown(elapsed)
    largest = max((_largest(values[window]) for values, *_ in lines.values()), default=0.0)
    reach = ladder(1.05 * largest)
    data = [line("zero", axis.range, [0.0, 0.0], "", theme.THEORY, width=1.2) | QUIET]
    for uid, (values, name, color, dash) in lines.items():
        drawn = line(uid, [], [], name, color, width=2.2, dash=dash)
        data.append(drawn | axis.coordinates(elapsed, values) | {"hovertemplate": "%{y:.3~g}"})
    names = [name for _, name, *_ in lines.values()]
    title = names[0] if len(names) == 1 else "residual"
    upright = {"title": {"text": title}, "range": [-reach, reach], "exponentformat": "power"}
    return {"data": data, "layout": layout(axis, upright)}


def norms(
    axis: ReplayAxis, elapsed: FloatArray, table: FloatArray, tasks: Sequence[str], layout: Layout
) -> dict[str, Any]:
    """Return data and layout of the recorded gradient norm of each task."""
    positive = np.where(table > 0.0, table, np.nan)
    data = []
    for k, task in enumerate(tasks):
        style = theme.SEED_STYLES[(1 + k) % len(theme.SEED_STYLES)]
        drawn = line(f"norm-{k}", [], [], escaped(task), style.color, width=1.3)
        data.append(drawn | axis.coordinates(elapsed, positive[:, k]) | {"hovertemplate": "%{y:.4~g}"})
    shown = positive[axis.shown(elapsed)]
    known = shown[np.isfinite(shown)]
    low, high = (float(known.min()), float(known.max())) if known.size else (1.0, 10.0)
    upright = {
        "title": {"text": "gradient norm"},
        "type": "log",
        "range": [math.log10(low) - 0.15, math.log10(high) + 0.15],
        "exponentformat": "power",
        **decade_ticks(low, max(high, 10.0 * low)),
    }
    legend = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0.0}
    return {"data": data, "layout": {**layout(axis, upright), "showlegend": True, "legend": legend}}


def ladder(largest: float) -> float:
    """Return the next of 1, 2, 5, 10 ... above a number, so that a range seldom moves while it is dragged."""
    if not math.isfinite(largest) or largest <= SMALLEST:
        return SMALLEST
    decade = 10.0 ** math.floor(math.log10(largest))
    return float(next(m * decade for m in (1.0, 2.0, 5.0, 10.0) if m * decade >= largest * (1.0 - 1e-9)))


def _largest(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(np.abs(known).max()) if known.size else 0.0
