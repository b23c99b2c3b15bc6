"""The visible ranges of the Runs picture: the reader's zoom, or the whole of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ...plotting.ticks import log_ticks
from ...plotting.traces import Trace
from ..state import RunsState
from ..zoom import context, shows_all, zoomed
from .axis_ranges import extent
from .panels import Board


def visible_ranges(
    layout: dict[str, Any], board: Board, state: RunsState, drawn: Mapping[str, Sequence[Trace]]
) -> dict[str, Any]:
    """Return the layout with the reader's zoom in place of its ranges.

    Its `meta` tells the browser, by axis, what a zoom there is called and the range without any.

    Args:
        layout: with the ranges without a zoom.
        board: what is drawn.
        state: holds the zoom.
        drawn: the lines on each upright axis, which "all" of it has to hold.
    """
    named = {"xaxis": ("x", board.axis.context)}
    for panel in board.panels:
        key = f"yaxis{panel.yaxis[1:]}"
        named[key] = panel.yaxis, context(panel.title, layout[key]["type"])
    meta, axes = {}, {}
    for key, (name, where) in named.items():
        whole = layout[key]
        meta[key] = {"name": f"{name}:{where}", "whole": whole["range"]}
        found = zoomed(name, where, state.zoom)
        if shows_all(name, where, state.zoom):
            found = (
                board.axis.everything() if name == "x" else extent(drawn[name], log=whole["type"] == "log")
            )
        if found is not None:
            axes[key] = whole | {"range": list(found), "tickvals": _ticks(whole, found)}
    return layout | axes | {"meta": {"zoom": meta}}


def _ticks(axis: dict[str, Any], ends: tuple[float, float]) -> list[float] | None:
    """Ticks of a logarithmic axis; one that shows hundreds of decades gets Plotly's own."""
    if axis["type"] != "log" or max(map(abs, ends)) > 300.0:
        return None
    low, high = (float(10.0**end) for end in ends)
    return log_ticks(low, high) or None
