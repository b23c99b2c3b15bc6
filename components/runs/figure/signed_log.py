"""Weights far below 0, on a scale that is even around 0 and logarithmic beyond: none is clipped."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from gaba_core import number_text
from gaba_core.checks import FloatArray

from ...plotting.arrays import packed, unpacked
from ...plotting.traces import Trace
from .axis_ranges import WILD, Span

EVEN = 0.2  # up to about this size the scale is even


def is_needed(span: Span | None) -> bool:
    """Whether weights reach so far below 0 that an even scale would flatten those between 0 and 1."""
    return span is not None and span.low < -WILD


def placed(values: FloatArray | float) -> Any:
    """Return where values lie on the scale."""
    return np.arcsinh(np.asarray(values, dtype=np.float64) / EVEN)


def on_the_scale(trace: Trace) -> Trace:
    """Return a line of the weights on the scale; next to a pointer it says the value all the same."""
    if trace.get("yaxis", "y") != "y":
        return trace
    values = unpacked(trace["y"]).astype(np.float64)
    moved: Trace = trace | {"y": packed(placed(values))}
    if trace.get("hovertemplate") and "customdata" not in trace:
        moved |= {"customdata": packed(values), "hovertemplate": "%{customdata:.5f}"}
    return moved


def axis_on_the_scale(axis: dict[str, Any], span: Span) -> dict[str, Any]:
    """Return the axis with its range and ticks on the scale."""
    ticks = _ticks(span.low, span.high)
    return axis | {
        "range": [float(end) for end in placed(np.array([span.low, span.high]))],
        "tickvals": [float(place) for place in placed(np.array(ticks))],
        "ticktext": [number_text.number(tick, 3) for tick in ticks],
    }


def _ticks(low: float, high: float) -> Sequence[float]:
    """0, 0.2 and 1, and powers of ten beyond, some six of them on either side."""
    last = math.ceil(math.log10(max(abs(low), abs(high))))
    decades = range(1, last + 1, max(1, last // 3))
    sizes = [EVEN, 1.0, *(10.0**decade for decade in decades)]
    return [t for t in (*(-size for size in reversed(sizes)), 0.0, *sizes) if low <= t <= high]
