"""The Runs picture as a report carries it: with its legend, for either colour scheme, without a playhead."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...layout import theme
from ...run_source.selected_run import Shown
from ..figure.figure import runs_picture
from ..state import RunsState

FONT = theme.FONT
TEMPLATES = theme.TEMPLATES
ONE, EACH, LEGEND = 330, 190, 26  # pixels: the weights, a panel below them, a line of the legend


def report_picture(shown: Sequence[Shown], state: RunsState) -> tuple[dict[str, Any], int]:
    """Return data and layout of the picture, and its height in pixels."""
    picture = runs_picture(shown, state, merges=False)
    data = [trace for trace in picture["data"] if not trace["uid"].startswith("playhead")]
    layout: dict[str, Any] = dict(picture["layout"])
    panels = sum(name.startswith("yaxis") for name in layout) - 1
    lines = -(-sum(trace.get("showlegend", True) for trace in data) // 3)
    height = ONE + EACH * panels + LEGEND * lines
    legend = {"orientation": "h", "x": 0, "yref": "container", "y": 0, "yanchor": "bottom"}
    margin = {**layout.get("margin", {}), "b": 56 + LEGEND * lines, "t": 34}
    layout |= {"showlegend": True, "legend": legend, "margin": margin}
    return {"data": data, "layout": layout}, height
