"""Two tasks: one number line with three marks on it, and its interesting end magnified below."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...layout import theme
from ...plotting.lines import QUIET, Trace, line, words
from ...plotting.traces import area, trace
from .lens import on_line
from .marks_figure import LENS, marks
from .readouts import bounds, landings
from .state import ProjectionState

LINE = 1.0  # height of the number line in both pictures, 0 to 2
EDGES = [0.0, 2.0]
ABOVE = "both shares above the floor"  # what is shaded
LABELS = {"clamped": 1.62, "projected": 0.42, "raw": 0.08}  # heights of what is written at the marks


def bar(state: ProjectionState) -> list[Trace]:
    """The number line from 0 to 1, and the lens."""
    first, last = on_line(state)
    box = [first, last, last, first, first], [0.25, 0.25, 1.75, 1.75, 0.25]
    window = trace("window", *box) | QUIET | {"line": {"color": theme.THEORY, "width": 1.2}}
    return [*_line(state, ""), window, *_line(state, LENS), *_names(state)]


def spots(state: ProjectionState) -> dict[str, tuple[float, float, int]]:
    """Where the lens shows what is written at each mark: x, y, and pixels below."""
    return {name: (float(w[0]), LABELS[name], 0) for name, w in landings(state).items()}


def _line(state: ProjectionState, lens: str) -> list[Trace]:
    limits, found = bounds(state), landings(state)
    ends, axes = np.array(EDGES), {"xaxis": "x2", "yaxis": "y2"} if lens else {}
    low, high = limits["nominal"]
    data = [
        area(
            f"{lens}safe", np.array([low, high]), np.full(2, ends[0]), np.full(2, ends[1]), theme.SAFE, ABOVE
        ),
        line(f"{lens}rail", [0.0, 1.0], [LINE, LINE], "weight of task 1", theme.THEORY, width=2) | QUIET,
    ]
    for name, color, dash in (("nominal", theme.FLOOR, "dash"), ("exact", theme.BOUND, "dot")):
        for side, at in zip(("low", "high"), limits[name], strict=True):
            drawn = line(
                f"{lens}{name}-{side}", [at, at], EDGES, f"{name} bound", color, width=1.6, dash=dash
            )
            data.append(drawn | {"hovertemplate": f"{name} bound %{{x:.5f}}<extra></extra>"})
    places = {name: (float(found[name][0]), LINE) for name in LABELS}
    if lens:
        data.extend(_stem(name, x) for name, (x, _) in places.items())
    data.extend(marks(places, lens, "%{x:.5f}"))
    return [drawn | axes for drawn in data]


def _stem(name: str, x: float) -> Trace:
    """From a mark to what is written at it."""
    return line(f"stem-{name}", [x, x], [LINE, LABELS[name]], name, theme.THEORY, width=1) | QUIET


def _names(state: ProjectionState) -> list[Trace]:
    """The names of both bounds at the end that the lens shows."""
    limits, side = bounds(state), 0 if on_line(state)[0] == 0.0 else 1
    at = [limits["exact"][side], limits["nominal"][side]]
    placed = ["middle left", "middle right"] if side == 0 else ["middle right", "middle left"]
    text = ["exact bound ", " floor"] if side == 0 else [" exact bound", "1 − floor "]
    return [words("names", at, [1.9, 1.9], text, textposition=placed) | {"xaxis": "x2", "yaxis": "y2"}]


def bar_layout(state: ProjectionState) -> dict[str, Any]:
    """Axes of the line and of the lens below it."""
    upright = {"range": EDGES, "visible": False, "fixedrange": True}
    return {
        "margin": {"l": 24, "r": 24, "t": 8, "b": 44},
        "showlegend": False,
        "xaxis": {"range": [-0.02, 1.02], "fixedrange": True, "anchor": "y"},
        "yaxis": {**upright, "domain": [0.76, 1.0]},
        "xaxis2": {
            "title": {"text": "weight of task 1, the boxed end magnified"},
            "range": list(on_line(state)),
            "fixedrange": True,
            "anchor": "y2",
        },
        "yaxis2": {**upright, "domain": [0.0, 0.62]},
    }
