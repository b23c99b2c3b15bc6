"""Floor, exact bound and equilibrium, what the lines are called where they end, and the time constant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gaba_core import readouts as core
from gaba_core.equilibrium import equilibrium
from gaba_core.step_response import time_constant

from ...layout import theme
from ...plotting.line_names import marked
from ...plotting.traces import QUIET, Trace, trace
from ..sampling import Drawn
from .axes import ACROSS, Heights

HANDLE_AT = 0.055  # of the width: where the floor's line is held
GAP = 0.068  # of the row's height, between the names of two lines
BELOW_BRACKET = 0.045  # of the row's height: the name of the time constant
UNSEEN = 0.02  # of the gap to close: a bracket over less shows nothing
AWAY = -4.0  # of the row's height: what is there is not drawn

Name = tuple[str, float, str]  # words, level, colour


def levels(drawn: Drawn, heights: Heights) -> list[Trace]:
    """Return bound, equilibrium and floor; as traces, not shapes, they move without a relayout."""
    xs = [0.0, HANDLE_AT, 1.0]
    traces = []
    for uid, name, level, color, dash in (
        ("bound", "exact lower bound", core.lower_bound(drawn.params), theme.BOUND, "dot"),
        ("equilibrium", "equilibrium", _rest(drawn), theme.EQUILIBRIUM, "solid"),
        ("floor", "floor", drawn.params.floor, theme.FLOOR, "dash"),
    ):
        looks = {"name": name, "line": {"color": color, "width": 1.6, "dash": dash}, **ACROSS}
        shown = max(level, heights.low)
        traces.append(trace(uid, xs, [shown] * 3) | QUIET | looks | {"showlegend": True})
    marker = {
        "size": [0, 15, 0],
        "opacity": 1,
        "color": theme.FLOOR,
        "line": {"width": 2, "color": theme.ON_LINE},
    }
    traces[-1] |= {"mode": "lines+markers", "marker": marker}
    return traces


def _rest(drawn: Drawn) -> float:
    return float(equilibrium(drawn.params)[drawn.task])


def ends(drawn: Drawn, heights: Heights, more: Sequence[Name]) -> Trace:
    """Return the names of the lines, each where it ends; those that would overlap are moved apart."""
    names: list[Name] = [
        ("↕ floor", drawn.params.floor, theme.FLOOR),
        ("equilibrium", _rest(drawn), theme.EQUILIBRIUM),
        ("exact bound", core.lower_bound(drawn.params), theme.BOUND),
        *more,
    ]
    places = spread([heights.fraction(at) for _, at, _ in names], GAP)
    looks = {
        "mode": "text",
        "text": [marked(words, color) for words, _, color in names],
        "textposition": "middle right",
        "textfont": {"size": 12},
        "cliponaxis": False,
        **ACROSS,
    }
    return trace("ends", [1.0] * len(names), [heights.at(place) for place in places]) | QUIET | looks


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Return the places, in their order and inside 0 to 1, at least a gap from each other."""
    order = sorted(range(len(places)), key=lambda i: places[i])
    groups: list[tuple[int, float]] = []  # how many stand together, and about where
    for i in order:
        count, middle = 1, _inside(places[i], gap / 2.0)
        while groups and middle - groups[-1][1] < gap * (count + groups[-1][0]) / 2.0:
            before, at = groups.pop()
            middle, count = (middle * count + at * before) / (count + before), count + before
            middle = _inside(middle, gap * count / 2.0)
        groups.append((count, middle))
    spots = [middle + gap * (rank - (count - 1) / 2.0) for count, middle in groups for rank in range(count)]
    return [spot for _, spot in sorted(zip(order, spots, strict=True))]


def _inside(place: float, margin: float) -> float:
    return min(max(place, margin), 1.0 - margin)


def bracket(drawn: Drawn, heights: Heights) -> list[Trace]:
    """Return the time constant: from the end of the warm-up to where 63.2 % of the way are behind."""
    params, axis = drawn.params, drawn.axis
    begin, tau = params.warmup_steps, time_constant(params.beta)
    at, level = drawn.after(begin + tau), heights.at(AWAY)
    start, rest = 1.0 / params.tasks, _rest(drawn)
    if at is not None and abs(rest - start) > UNSEEN * start:
        level = float(at)
    low, high = axis.range()
    left, right = (max(axis.place(max(axis.x(step), axis.low)), low) for step in (begin, begin + tau))
    middle = (left + right) / 2.0 if right <= high else low + AWAY * (high - low)
    line: dict[str, Any] = {"line": {"color": theme.THEORY, "width": 1.4, "dash": "dot"}}
    name = heights.at(heights.fraction(level) - BELOW_BRACKET)
    words = {"mode": "text", "text": ["τ"], "textfont": {"size": 12}}
    ends_of_it = [axis.placed(left), axis.placed(right)]
    return [
        trace("tau", ends_of_it, [level, level]) | QUIET | line,
        trace("tau-name", [axis.placed(middle)], [name]) | QUIET | words,
    ]
