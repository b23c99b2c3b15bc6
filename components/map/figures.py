"""The picture of the Map view: a surface in colours with isolines, and the cell of the setting."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.number_text import number, percent
from gaba_core.sweep import MEASURES

from ..layout import theme
from ..plotting.isolines import isoline
from ..plotting.lines import QUIET, line, points
from ..plotting.png import CLEAR, png, shades
from ..plotting.ticks import even_ticks, log_ticks
from .axes import Axis, marked_cell
from .state import MapState
from .surface import Shown

SHADES = 254
WIDE = 512  # pixels of a side, about: a browser that smooths pictures keeps the edges of the cells
DECADES = 30.0  # largest over smallest value from which on colours go by the logarithm
MOST_LINES = 8
STAGGERED = (0.4, 0.55, 0.7)  # of an isoline: where its value is written
LABEL = {"name": "unlisted", "showarrow": False, "font": {"size": theme.SMALL}}
APART = (0.09, 0.06)  # of the picture, across and upwards: nearer labels would cover each other
MARGIN = {"l": 74, "r": 108, "t": 22, "b": 52}
SHARES = ("smallest_share", "failure_rate")
BAR = {"x": 1.035, "sizex": 0.035}


class Scale(NamedTuple):
    """How values become colours.

    Attributes:
        low, high: ends.
        log: whether the logarithm is what is even.
        levels: values of the isolines, which are the ticks of the scale.
    """

    low: float
    high: float
    log: bool
    levels: list[float]

    def part(self, values: Any) -> FloatArray:
        """Return where values lie between the ends, 0 to 1."""
        ends = np.array([self.low, self.high])
        if self.log:
            with np.errstate(divide="ignore", invalid="ignore"):
                values, ends = np.log(values), np.log(ends)
        width = ends[1] - ends[0]
        if not width:
            return np.full(np.shape(values), 0.5)
        found: FloatArray = (np.asarray(values) - ends[0]) / width
        return found


def scale_of(values: FloatArray, measure: str) -> Scale | None:
    """Return the scale of a surface; None where it holds no number."""
    there = values[np.isfinite(values)]
    if not there.size:
        return None
    low, high = (0.0, 1.0) if measure == "failure_rate" else (float(there.min()), float(there.max()))
    log = low > 0.0 and high / low > DECADES
    levels = log_ticks(low, high) if log else even_ticks(low, high)
    while len(levels) > MOST_LINES:
        levels = levels[::2]
    return Scale(low, high, log, levels)


def shown(value: float, measure: str) -> str:
    """Return a value of a measure with its unit."""
    if not np.isfinite(value):
        return "never" if MEASURES[measure].unit == "steps" else "none"
    if measure in SHARES:
        return percent(value)
    unit = MEASURES[measure].unit
    return f"{number(value)} {unit}" if unit else number(value)


def _bare(value: float, measure: str) -> str:
    return shown(value, measure).removesuffix(f" {MEASURES[measure].unit}")


def surface_picture(state: MapState, surface: Shown, text: dict[str, str]) -> dict[str, Any]:
    """The surface, its isolines and scale, and the marked cell.

    Args:
        state: the view's state.
        surface: as far as it is computed.
        text: read-outs that change with the picture.

    Returns:
        key (same key, same colours), data, layout and text.
    """
    values = surface.values(state.measure)
    scale = scale_of(values, state.measure)
    on_x, on_y = (_centres(count) for count in reversed(values.shape))
    levels = [] if scale is None else scale.levels
    lines = [isoline(on_x, on_y, values, level) for level in levels]
    across, up = (np.concatenate([np.empty(0), *(one[i] for one in lines)]) for i in range(2))
    data = [
        line("under-isolines", across, up, "isolines", theme.ISOLINE_EDGE, width=2.8) | QUIET,
        line("isolines", across, up, "isolines", theme.ON_LINE, width=1.2) | QUIET,
        *_cell(state, surface),
        *_recommended(surface),
    ]
    labels = [] if scale is None else _labels(lines, scale, state.measure)
    return {
        "key": f"{surface.key} {state.measure}",
        "data": data,
        "layout": {
            "uirevision": "surface",
            "margin": MARGIN,
            "hovermode": False,
            "dragmode": False,
            "showlegend": False,
            "xaxis": _axis(surface.axes[0], values.shape[1]),
            "yaxis": _axis(surface.axes[1], values.shape[0]),
            "images": _images(values, scale),
            "annotations": labels + ([] if scale is None else _bar_ticks(scale, state.measure)),
        },
        "text": text,
    }


def _centres(count: int) -> FloatArray:
    return (np.arange(count) + 0.5) / count


def _axis(axis: Axis, count: int) -> dict[str, Any]:
    at, names = axis.ticks(count)
    return {
        "title": {"text": axis.title},
        "range": [0.0, 1.0],
        "fixedrange": True,
        "tickvals": at,
        "ticktext": names,
        "showgrid": False,
        "tickangle": 0,
    }


def _cell(state: MapState, surface: Shown) -> list[dict[str, Any]]:
    """The outline of the cell that the setting lies in."""
    counts = [len(values) for values in surface.ends]
    cell = marked_cell(state, surface.axes, surface.ends)
    left, low = (at / count for at, count in zip(cell, counts, strict=True))
    right, high = left + 1.0 / counts[0], low + 1.0 / counts[1]
    corners = [left, right, right, left, left], [low, low, high, high, low]
    return [
        line("under-cell", *corners, "cell", theme.ON_LINE, width=5.0) | QUIET,
        line("cell", *corners, "cell", theme.PLAYHEAD, width=2.6) | QUIET,
    ]


def _recommended(surface: Shown) -> list[dict[str, Any]]:
    """A ring where the recommended setting lies."""
    if surface.marks is None:
        return []
    x, y = (
        [axis.place(value, len(own))]
        for axis, value, own in zip(surface.axes, surface.marks, surface.ends, strict=True)
    )
    ring = points("recommended", x, y, "recommended", theme.ON_LINE, color=theme.RECOMMENDED, size=15.0)
    return [ring | QUIET]


def _images(values: FloatArray, scale: Scale | None) -> list[dict[str, Any]]:
    if scale is None:
        return []
    colors = shades(theme.SURFACE, SHADES)
    part = np.nan_to_num(np.clip(scale.part(values), 0.0, 1.0), nan=0.0)
    index = np.where(np.isfinite(values), 1 + np.rint(part * (SHADES - 1)), CLEAR).astype(np.uint8)
    bar = np.arange(SHADES, 0, -1, dtype=np.uint8)[:, None]
    whole = {"x": 0.0, "y": 1.0, "sizex": 1.0, "sizey": 1.0, "sizing": "stretch", "layer": "below"}
    pixels = max(1, WIDE // max(values.shape))
    return [
        {**whole, "source": png(index[::-1], colors, pixels), "xref": "x", "yref": "y"},
        {**whole, **BAR, "source": png(bar, colors), "xref": "paper", "yref": "paper"},
    ]


def _bar_ticks(scale: Scale, measure: str) -> list[dict[str, Any]]:
    unit = MEASURES[measure].unit
    places = scale.part(np.array(scale.levels)).tolist()
    place = {"xref": "paper", "yref": "paper", "xanchor": "left", "bgcolor": theme.CLEAR, **LABEL}
    ticks = [
        {**place, "x": BAR["x"] + BAR["sizex"], "xshift": 4, "y": at, "text": _bare(level, measure)}
        for level, at in zip(scale.levels, places, strict=True)
    ]
    above = {**place, "x": BAR["x"], "y": 1.0, "yanchor": "bottom", "text": unit}
    return [*ticks, above] if unit else ticks


def _labels(lines: list[Any], scale: Scale, measure: str) -> list[dict[str, Any]]:
    """The value of each isoline, about in the middle: side by side they would cover each other."""
    found: list[dict[str, Any]] = []
    for i, ((across, up), level) in enumerate(zip(lines, scale.levels, strict=True)):
        if not across.size:
            continue
        middle = int(len(across) / 3 * STAGGERED[i % len(STAGGERED)]) * 3
        x, y = float(across[middle]), float(up[middle])
        if all(abs(x - one["x"]) > APART[0] or abs(y - one["y"]) > APART[1] for one in found):
            found.append({"x": x, "y": y, "text": _bare(level, measure), **LABEL})
    return found
