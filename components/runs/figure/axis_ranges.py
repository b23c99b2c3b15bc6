"""Ranges of the upright axes of the Runs picture: all fits, unless a stray run would flatten the rest."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray

from ...plotting.traces import Trace

WIDEST = 3.4e38  # what is drawn is float32
STRAY_LOG, STRAY = 1e6, 100.0  # times the median: beyond this a value does not stretch the axis


@dataclass(frozen=True, slots=True)
class Span:
    """Range of an axis; `cut` where values lie outside it."""

    low: float
    high: float
    cut: bool = False


def weight_span(traces: Sequence[Trace]) -> Span:
    """Return the unit interval or its lower half where all weights lie in it, else what holds them.

    A run whose weights left [0, 2] (raw GradNorm on SGD can throw them to 1e5) does not flatten the others.
    """
    every = [values for values in map(_finite, traces) if values.size]
    calm = [values for values in every if values.min() >= 0.0 and values.max() <= 2.0]
    if not every:
        return Span(0.0, 1.0)
    values = np.concatenate(calm or every)
    low, high = float(values.min()), float(values.max())
    cut = bool(calm) and len(calm) < len(every)
    if low >= 0.0 and high <= 1.0 + 1e-6:
        return Span(0.0, 0.56 if high <= 0.52 else 1.03, cut)
    room = 0.05 * (high - low) or 0.05 * abs(high)
    return Span(low - room if low < 0.0 else 0.0, high + room, cut)


def metric_span(traces: Sequence[Trace], log: bool, *, one_run: bool = False) -> Span | None:
    """Return the range of the lower axis with some room; None where there is nothing to draw.

    A logarithmic axis holds all of a single run: there is no other that it could flatten.
    """
    values = np.concatenate([np.empty(0), *map(_finite, traces)])
    values = values[values > 0.0] if log else values
    if not values.size:
        return None
    low, high, middle = float(values.min()), float(values.max()), float(np.median(values))
    limit = middle * (STRAY_LOG if log else STRAY)
    cut = low >= 0.0 and middle > 0.0 and high > limit and not (log and one_run)
    high = limit if cut else high
    if log:
        room = max((high / low) ** 0.06, 1.02)
        return Span(low / room, high * room, cut)
    margin = 0.07 * (high - low) or 0.05 * abs(high) or 1.0
    return Span(max(low - margin, -WIDEST), min(high + margin, WIDEST), cut)


def extent(traces: Sequence[Trace], *, log: bool) -> tuple[float, float] | None:
    """Return the range that holds every value, strays included; exponents of ten where it is logarithmic."""
    values = np.concatenate([np.empty(0), *map(_finite, traces)])
    values = np.log10(values[values > 0.0]) if log else values
    if not values.size:
        return None
    low, high = float(values.min()), float(values.max())
    room = 0.05 * (high - low) or 0.05 * abs(high) or 1.0
    return low - room, high + room


def _finite(trace: Trace) -> FloatArray:
    values = np.frombuffer(base64.b64decode(trace["y"]["bdata"]), dtype=np.float32).astype(np.float64)
    return values[np.isfinite(values)]
