"""Three tasks: the triangle of all weights, and the region of the landings magnified beside it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from ...layout import theme
from ...plotting.lines import QUIET, Trace, line, words
from ...plotting.traces import trace
from .lens import on_triangle
from .marks_figure import INK, LENS, marks
from .readouts import bounds, landings
from .state import ProjectionState

HEIGHT = math.sqrt(3.0) / 2.0
CORNERS = np.array([[0.5, HEIGHT], [0.0, 0.0], [1.0, 0.0]])  # of tasks 1, 2 and 3
BELOW = {"clamped": 26, "projected": -26, "raw": 52}  # pixels from a mark to what is written at it


def triangle(state: ProjectionState) -> list[Trace]:
    """The triangle and the lens."""
    corners = place(np.array([[1.06, -0.03, -0.03], [-0.05, 1.09, -0.04], [-0.05, -0.04, 1.09]]))
    text = [f"all weight<br>on task {i}" for i in (1, 2, 3)]
    named = words("corners", corners[:, 0], corners[:, 1], text)
    (left, bottom), side = on_triangle(state, CORNERS)
    x, y = np.array([0, side, side, 0, 0]) + left, np.array([0, 0, side, side, 0]) + bottom
    window = trace("window", x, y) | QUIET | {"line": {"color": theme.THEORY, "width": 1.2}}
    return [*_shapes(state, ""), named, window, *_shapes(state, LENS)]


def spots(state: ProjectionState) -> dict[str, tuple[float, float, int]]:
    """Where the lens shows what is written at each mark: x, y, and pixels below."""
    at = {name: place(weights).tolist() for name, weights in landings(state).items()}
    return {name: (x, y, BELOW[name]) for name, (x, y) in at.items()}


def place(weights: npt.NDArray[np.float64]) -> Any:
    """Where weights (..., 3) lie in the triangle, (..., 2)."""
    return weights @ CORNERS


def _shapes(state: ProjectionState, lens: str) -> list[Trace]:
    limits, found = bounds(state), landings(state)
    axes = {"xaxis": "x2", "yaxis": "y2"} if lens else {}
    _, side = on_triangle(state, CORNERS)
    inner = [
        _outline(f"{lens}safe", _inner(limits["nominal"][0]), "floor", theme.FLOOR, "dash")
        | {"fill": "toself", "fillcolor": theme.SAFE},
        _outline(f"{lens}simplex", np.eye(3), "all weights", theme.THEORY, "solid"),
        _outline(f"{lens}exact", _inner(limits["exact"][0]), "exact bound", theme.BOUND, "dot"),
        _outline(
            f"{lens}reach", _reachable(*limits["reachable"]), "exact and reachable", theme.GHOST, "longdash"
        ),
    ]
    at = {name: place(weights) for name, weights in found.items()}
    scale = side if lens else 1.0
    arrows = [
        _arrow(f"{lens}arrow-{name}", at["raw"], at[name], INK[name], scale) for name in at if name != "raw"
    ]
    data = [drawn | {"showlegend": not lens} for drawn in inner]
    data += [*arrows, *(drawn | {"showlegend": False} for drawn in marks(at, lens, ""))]
    return [drawn | axes for drawn in data]


def _inner(low: float) -> npt.NDArray[np.float64]:
    """Corners of {w : w >= low}."""
    return low + (1.0 - 3.0 * low) * np.eye(3)


def _reachable(low: float, high: float) -> npt.NDArray[np.float64]:
    """Corners of {w : low <= w <= high}, once round."""
    rest = 1.0 - low - high
    order = [
        (high, low, rest),
        (high, rest, low),
        (rest, high, low),
        (low, high, rest),
        (low, rest, high),
        (rest, low, high),
    ]
    return np.array(order)


def _outline(uid: str, corners: npt.NDArray[np.float64], name: str, color: str, dash: str) -> Trace:
    x, y = place(np.concatenate([corners, corners[:1]])).T
    return line(uid, x, y, name, color, width=1.6, dash=dash) | {"hoverinfo": "skip", "hovertemplate": ""}


def _arrow(uid: str, start: Any, end: Any, color: str, scale: float) -> Trace:
    """An arrow as one stroke, so that it moves as a line does; `scale`: how much of the picture is drawn."""
    tail, tip = np.array(start), np.array(end)
    along = tip - tail
    length = float(np.hypot(*along))
    head = min(0.035 * scale, 0.4 * length) * (along / length if length > 0.0 else along)
    side = 0.4 * np.array([-head[1], head[0]])
    stroke = np.array([tail, tip, tip - head + side, tip, tip - head - side])
    return trace(uid, *stroke.T) | QUIET | {"line": {"color": color, "width": 2.2}}


def triangle_layout(state: ProjectionState) -> dict[str, Any]:
    """Axes of the triangle and of the lens beside it."""
    bare = {"visible": False, "fixedrange": True, "constrain": "domain"}
    framed = {"fixedrange": True, "showticklabels": False, "ticks": "", "showgrid": False, "mirror": True}
    (left, bottom), side = on_triangle(state, CORNERS)
    return {
        "margin": {"l": 10, "r": 10, "t": 10, "b": 8},
        "showlegend": True,
        "xaxis": {**bare, "range": [-0.24, 1.24], "domain": [0.0, 0.5]},
        "yaxis": {**bare, "range": [-0.09, 0.99], "scaleanchor": "x"},
        "xaxis2": {
            **framed,
            "title": {"text": "the box magnified"},
            "range": [left, left + side],
            "domain": [0.53, 1.0],
            "anchor": "y2",
        },
        "yaxis2": {
            **framed,
            "range": [bottom, bottom + side],
            "scaleanchor": "x2",
            "constrain": "domain",
            "anchor": "x2",
        },
        "legend": {"orientation": "h", "y": -0.06, "yanchor": "top", "x": 0},
    }
