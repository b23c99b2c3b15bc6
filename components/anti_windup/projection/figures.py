"""Picture of the Projection panel: a bar for two tasks, a triangle for three."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from ...layout import theme
from ...plotting.lines import QUIET, Trace, line, points, words
from ...plotting.traces import area, trace
from .readouts import bounds, landings
from .state import ProjectionState

HEIGHT = math.sqrt(3.0) / 2.0
CORNERS = np.array([[0.5, HEIGHT], [0.0, 0.0], [1.0, 0.0]])  # of tasks 1, 2 and 3
ROWS = {"clamped": 2.0, "raw": 1.0, "projected": 0.0}
EDGES = [-0.55, 2.55]
NAMES = {"raw": "raw point", "clamped": "floor + renormalise", "projected": "exact projection"}
INK = {"raw": theme.MEAN, "clamped": theme.FLOOR, "projected": theme.EQUILIBRIUM}
SYMBOLS = {"raw": "circle", "clamped": "diamond", "projected": "square"}


def projection_picture(state: ProjectionState, text: dict[str, str]) -> dict[str, Any]:
    """The raw point, where both projections take it, the safe region and the bounds.

    Args:
        state: the panel's state.
        text: read-outs that change with the picture.

    Returns:
        key (same key, same traces), data, layout and text, the raw point's place in the picture among them.
    """
    flat = state.count == 2
    data, layout = (_bar(state), _bar_layout()) if flat else (_triangle(state), _triangle_layout())
    x, y = (state.x1, ROWS["raw"]) if flat else place(np.array(state.point))
    return {
        "key": state.tasks,
        "data": data,
        "layout": {"uirevision": state.tasks, "hovermode": "closest", "dragmode": False, **layout},
        "text": {**text, "spot": f"{x:.6f} {y:.6f}"},
    }


def place(weights: npt.NDArray[np.float64]) -> Any:
    """Where weights (..., 3) lie in the triangle, (..., 2)."""
    return weights @ CORNERS


def _bar(state: ProjectionState) -> list[Trace]:
    limits, found = bounds(state), landings(state)
    ends = np.array(EDGES)
    low, high = limits["nominal"]
    data = [
        area("safe", np.array([low, high]), np.full(2, ends[0]), np.full(2, ends[1]), theme.SAFE)
        | {"name": "nominal band", "showlegend": True}
    ]
    for name, color, dash in (("nominal", theme.FLOOR, "dash"), ("exact", theme.BOUND, "dot")):
        for side, at in zip(("low", "high"), limits[name], strict=True):
            drawn = line(f"{name}-{side}", [at, at], EDGES, f"{name} bound", color, width=1.6, dash=dash)
            data.append(drawn | {"hovertemplate": "%{x:.5f}", "showlegend": side == "low"})
    for name, row in ROWS.items():
        data.append(line(f"rail-{name}", [0.0, 1.0], [row, row], name, theme.THEORY, width=1) | QUIET)
    spots = {name: (float(found[name][0]), row) for name, row in ROWS.items()}
    data.extend(_arrow(name, spots["raw"], spots[name], (1.0, 6.0)) for name in ("clamped", "projected"))
    data.extend(_points(spots))
    return data


def _triangle(state: ProjectionState) -> list[Trace]:
    limits, found = bounds(state), landings(state)
    data = [
        _outline("safe", _inner(limits["nominal"][0]), "nominal region", theme.FLOOR, "dash")
        | {"fill": "toself", "fillcolor": theme.SAFE},
        _outline("simplex", np.eye(3), "all weights", theme.THEORY, "solid"),
        _outline("exact", _inner(limits["exact"][0]), "exact bound", theme.BOUND, "dot"),
        _outline("reach", _reachable(*limits["reachable"]), "exact and reachable", theme.GHOST, "longdash"),
    ]
    at = {name: place(weights) for name, weights in found.items()}
    data.extend(_arrow(name, at["raw"], at[name], (1.0, 1.0)) for name in ("clamped", "projected"))
    data.extend(_points(at))
    corners = place(np.array([[1.06, -0.03, -0.03], [-0.05, 1.09, -0.04], [-0.05, -0.04, 1.09]]))
    text = [f"task {i} has all" for i in (1, 2, 3)]
    data.append(words("corners", corners[:, 0], corners[:, 1], text))
    return data


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


def _points(at: dict[str, Any]) -> list[Trace]:
    return [
        points(name, [at[name][0]], [at[name][1]], NAMES[name], INK[name], color=INK[name], size=13)
        | {"marker": {"color": INK[name], "size": 13, "symbol": SYMBOLS[name]}, "hoverinfo": "name"}
        | {"hovertemplate": "%{x:.5f}<extra></extra>" if isinstance(at[name], tuple) else NAMES[name]}
        for name in ("clamped", "projected", "raw")
    ]


def _arrow(name: str, start: Any, end: Any, unit: tuple[float, float]) -> Trace:
    """An arrow as one stroke, so that it moves as a line does; `unit`: axis units that look equally long."""
    scale = np.array(unit)
    tail, tip = np.array(start) / scale, np.array(end) / scale
    along = tip - tail
    length = float(np.hypot(*along))
    head = min(0.035, 0.4 * length) * (along / length if length > 0.0 else along)
    side = 0.4 * np.array([-head[1], head[0]])
    stroke = np.array([tail, tip, tip - head + side, tip, tip - head - side]) * scale
    return trace(f"arrow-{name}", *stroke.T) | QUIET | {"line": {"color": INK[name], "width": 2.2}}


def _bar_layout() -> dict[str, Any]:
    rows = {NAMES[name]: row for name, row in ROWS.items()}
    return {
        "margin": {"l": 24, "r": 24, "t": 12, "b": 8},
        "xaxis": {"title": {"text": "weight of task 1"}, "range": [-0.02, 1.02], "fixedrange": True},
        "yaxis": {
            "range": EDGES,
            "tickvals": list(rows.values()),
            "ticktext": list(rows),
            "showgrid": False,
            "automargin": True,
            "fixedrange": True,
        },
        "legend": {"orientation": "h", "y": -0.2, "yanchor": "top", "x": 0},
    }


def _triangle_layout() -> dict[str, Any]:
    bare = {"visible": False, "fixedrange": True, "constrain": "domain"}
    return {
        "margin": {"l": 10, "r": 10, "t": 10, "b": 8},
        "xaxis": {**bare, "range": [-0.24, 1.24]},
        "yaxis": {**bare, "range": [-0.09, 0.96], "scaleanchor": "x"},
        "legend": {"orientation": "h", "y": -0.02, "yanchor": "top", "x": 0},
    }
