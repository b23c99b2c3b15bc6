"""Layout of the Runs picture: panels one above the other, their axes and ranges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ...layout import theme
from ...plotting.ticks import log_ticks
from ...run_source.styles import escaped
from ..state import RunsState
from ..zoom import context, shows_all
from .axis_ranges import Span
from .panels import WEIGHTS, Board, Panel

WEIGHTS_SHARE, GAP = 1.58, 0.19  # heights, in those of a panel below the weights

FAR = 1000.0  # times what a weight is as a rule


def domains(panels: int, *, weighted: bool = True) -> list[list[float]]:
    """Return where each panel lies, from the bottom up as shares of the picture; the weights on top."""
    below = panels - 1 if weighted else panels
    whole = WEIGHTS_SHARE + below * (1.0 + GAP) if weighted else below * (1.0 + GAP) - GAP
    found = [[(whole - WEIGHTS_SHARE) / whole, 1.0]] if weighted else []
    for k in range(below):
        top = (below - k) + (below - 1 - k) * GAP
        found.append([(top - 1.0) / whole, top / whole])
    return found


def layout(board: Board, state: RunsState, spans: Mapping[str, Span | None], *, crowded: bool) -> Any:
    """Return the layout; `spans` holds each panel's range by its axis."""
    places = domains(len(board.panels), weighted=board.panels[0].name == WEIGHTS)
    axes: dict[str, Any] = {}
    notes = []
    for panel, domain in zip(board.panels, places, strict=True):
        span = spans[panel.yaxis]
        key = f"yaxis{panel.yaxis[1:]}"
        axes[key] = {
            "title": {"text": escaped(panel.title)},
            "domain": domain,
            "anchor": "x",
            "zeroline": board.baseline is not None,
            "exponentformat": "power",
            "separatethousands": True,
            **_upright(span or Span(0.0, 1.0), log=is_log(board, state, panel) and span is not None),
        }
        where = context(panel.title, axes[key]["type"])
        if span is not None and span.cut and not shows_all(panel.yaxis, where, state.zoom):
            notes.append(_cut_note(domain[1]))
    kinds = [f"{p.name}{axes[f'yaxis{p.yaxis[1:]}']['type']}" for p in board.panels]
    base = "" if board.baseline is None else board.baseline.key
    return {
        "uirevision": f"{board.axis.title}/{state.window}/{'/'.join(kinds)}/{base}",
        "margin": {"l": 64, "r": 14, "t": 10, "b": 46},
        "hovermode": "closest" if crowded else "x unified",
        "hoversubplots": "axis",
        "hoverlabel": {"namelength": -1},
        "showlegend": False,
        "annotations": notes,
        "xaxis": {
            "title": {"text": board.axis.title},
            "type": "log" if board.axis.log else "linear",
            "range": board.axis.span(),
            "tickvals": _time_ticks(board),
            "anchor": board.panels[-1].yaxis,
            "hoverformat": ",.6~g",
            "unifiedhovertitle": {"text": board.axis.pointed},
            "showspikes": True,
            "spikemode": "across",
            "spikesnap": "hovered data" if not crowded else "cursor",
            "spikethickness": 1,
            "spikecolor": theme.THEORY,
            "spikedash": "solid",
        },
        **axes,
    }


def is_log(board: Board, state: RunsState, panel: Panel) -> bool:
    """Whether a panel is drawn on a logarithmic scale: of metrics above 0 where that is asked for.

    Weights above 0 are drawn so where they reach far beyond 1: on an even scale such a run is one spike.
    """
    if board.baseline is not None or (panel.name != WEIGHTS and not state.shows.logy):
        return False
    if panel.name == WEIGHTS and not _spans_decades(panel):
        return False
    return not any(bool((curve.y <= 0.0).any()) for _, curves in panel.runs for curve in curves)


def _spans_decades(panel: Panel) -> bool:
    values = [curve.y[np.isfinite(curve.y)] for _, curves in panel.runs for curve in curves]
    known = np.concatenate([np.empty(0), *values])
    return bool(known.size and (known > 0.0).all() and known.max() > FAR * max(1.0, float(known.min())))


def _upright(span: Span, *, log: bool) -> dict[str, Any]:
    if not log:
        return {"type": "linear", "range": [span.low, span.high], "tickvals": None, "minexponent": 5}
    ends = [float(np.log10(v)) for v in (span.low, span.high)]
    return {"type": "log", "range": ends, "tickvals": log_ticks(span.low, span.high), "minexponent": 3}


def _time_ticks(board: Board) -> list[float] | None:
    axis = board.axis
    return log_ticks(axis.low, axis.end) if axis.log and axis.end > axis.low > 0.0 else None


def _cut_note(top: float) -> dict[str, Any]:
    return {
        "text": "Some values lie outside: double-click to see all",
        "name": "on-screen",  # of no use in a figure for print
        "xref": "paper",
        "yref": "paper",
        "x": 0.995,
        "y": top,
        "xanchor": "right",
        "yanchor": "top",
        "yshift": -18,
        "showarrow": False,
        "font": {"size": 12},
    }
