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
WILD = 3.0  # a run with a weight above it does not stretch the axis of the others
EARLY, FALL = 0.1, 2.5  # part of a line that is its start, and by how much that may stretch the axis


@dataclass(frozen=True, slots=True)
class Span:
    """Range of an axis; `cut` where values lie outside it."""

    low: float
    high: float
    cut: bool = False


def weight_span(traces: Sequence[Trace]) -> Span:
    """Return the unit interval or its lower half where all weights lie in it, else what holds them.

    A run whose weights rose far above 1 does not flatten the others. A weight below 0 is always in sight: it
    is what a verdict on a balancer that diverged rests on.
    """
    every = [values for values in map(_finite, traces) if values.size]
    if not every:
        return Span(0.0, 1.0)
    low = min(float(values.min()) for values in every)
    calm = [values for values in every if values.max() <= WILD] if low >= -WILD else every
    high = float(np.concatenate(calm or every).max())
    cut = bool(calm) and len(calm) < len(every)
    if low >= 0.0 and high <= 1.0 + 1e-6:
        return Span(0.0, 0.56 if high <= 0.52 else 1.03, cut)
    room = 0.05 * (high - low) or 0.05 * abs(high)
    return Span(low - room if low < 0.0 else 0.0, high + room, cut)


def metric_span(
    traces: Sequence[Trace], log: bool, *, one_run: bool = False, best: Sequence[float] = ()
) -> Span | None:
    """Return the range of the lower axis with some room; None where there is nothing to draw.

    What a line does in its first records does not flatten what it does in the rest, whose story is told in
    the last few percent. A logarithmic axis otherwise holds all of a single run: there is no other that it
    could flatten.

    Args:
        traces: the lines.
        log: whether the axis is logarithmic.
        one_run: whether all lines are of one run.
        best: values at the best epochs, which are in sight in any case.
    """
    lines = [values[values > 0.0] if log else values for values in map(_finite, traces)]
    values = np.concatenate([np.empty(0), *lines])
    if not values.size:
        return None
    late = np.concatenate([np.empty(0), *(line[_start(line.size) :] for line in lines), np.array(best)])
    low, high = _without_the_start(values, late[late > 0.0] if log else late, log=log)
    middle = float(np.median(values))
    limit = middle * (STRAY_LOG if log else STRAY)
    if low >= 0.0 and middle > 0.0 and high > limit and not (log and one_run):
        high = limit
    cut = low > float(values.min()) or high < float(values.max())
    if log:
        room = max((high / low) ** 0.06, 1.02)
        return Span(low / room, high * room, cut)
    margin = 0.07 * (high - low) or 0.05 * abs(high) or 1.0
    return Span(max(low - margin, -WIDEST), min(high + margin, WIDEST), cut)


def _start(count: int) -> int:
    """How many records are the start of a line; none of a short one."""
    return int(np.ceil(EARLY * count)) if count >= 1.0 / EARLY else 0


def _without_the_start(values: FloatArray, late: FloatArray, *, log: bool) -> tuple[float, float]:
    """The ends of all values, or of the later ones where the start would stretch the axis too far."""
    ends = float(values.min()), float(values.max())
    inner = float(late.min()), float(late.max())
    sizes = [np.log(high / low) if log else high - low for low, high in (ends, inner)]
    return inner if 0.0 < sizes[1] * FALL < sizes[0] else ends


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
