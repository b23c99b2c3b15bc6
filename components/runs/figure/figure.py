"""Picture of the Runs view: weights above, what was chosen below, one time axis; plain dicts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from ...plotting.arrays import packed
from ...plotting.traces import Trace
from ...run_source.selected_run import Shown
from ..labels import first_with_regimes
from ..state import LINES, NAMED, RunsState
from . import signed_log
from .axis_ranges import Span, metric_span, weight_span
from .gaps import gap_marks
from .group_means import mean_lines
from .layout import is_log, layout
from .lines import panel_lines
from .marks import best_rings, level_lines, playhead_lines, regime_bands
from .merged_lines import merged
from .panels import WEIGHTS, Board, Panel, board_of
from .quantile_bands import band_lines
from .zoom_ranges import visible_ranges

# A figure without traces is one that the browser takes for not drawn yet.
_NOTHING = {
    "type": "scatter",
    "mode": "markers",
    "uid": "nothing",
    "x": packed([0.0]),
    "y": packed([0.0]),
    "opacity": 0,
    "hoverinfo": "skip",
}
_EMPTY: dict[str, Any] = {
    "xaxis": {"visible": False},
    "yaxis": {"visible": False},
    "annotations": [
        {
            "text": "Tick a run in the list to draw it.",
            "showarrow": False,
            "font": {"size": 14},
            "x": 0.5,
            "y": 0.5,
            "xref": "paper",
            "yref": "paper",
        }
    ],
}
CROWDED = 15  # more lines than this, and the hover box would hide the picture: it shows one point at a time


def runs_picture(shown: Sequence[Shown], state: RunsState, *, merges: bool = True) -> dict[str, Any]:
    """Return key, data, layout and text of the picture of the runs.

    Args:
        shown: the runs: up to NAMED with all their lines, up to LINES a line each, more as bands.
        state: how they are drawn.
        merges: whether lines of many runs become few traces, which only our own pages can draw fast.
    """
    if not shown:
        return {"key": "empty", "data": [_NOTHING], "layout": _EMPTY, "text": {}}
    board = board_of(shown, state)
    drawn = {panel.yaxis: _drawn(board, panel) for panel in board.panels}
    spans = {p.yaxis: _span(board, state, p, drawn[p.yaxis]) for p in board.panels}
    heights = spans.get("y") or Span(0.0, 1.0)
    if len(shown) <= NAMED or board.groups:
        _name_runs(drawn.get("y") or [trace for traces in drawn.values() for trace in traces])
    data = _data(board, state, drawn, spans)
    if merges and NAMED < len(shown) <= LINES:
        data = merged(data)
    is_signed = board.baseline is None and signed_log.is_needed(spans.get("y"))
    if is_signed:
        data = [signed_log.on_the_scale(trace) for trace in data]
        drawn["y"] = [signed_log.on_the_scale(trace) for trace in drawn["y"]]
    read = sum(bool(trace.get("hovertemplate")) for traces in drawn.values() for trace in traces)
    around = layout(board, state, spans, crowded=read > CROWDED)
    if is_signed:
        around["yaxis"] = signed_log.axis_on_the_scale(around["yaxis"], heights)
    whole = visible_ranges(around, board, state, drawn)
    content = "".join(f"{t['uid']}{t['x']['bdata']}{t['y']['bdata']}" for t in data)
    key = hashlib.sha256((content + repr(whole)).encode()).hexdigest()
    return {"key": key, "data": data, "layout": whole, "text": {}}


def _data(
    board: Board, state: RunsState, drawn: dict[str, list[Trace]], spans: dict[str, Span | None]
) -> list[Trace]:
    """Every trace in the order of drawing: regimes behind, the lines, then what is marked on them."""
    shown = [s for s, _ in board.panels[0].runs]
    plain, lines = board.baseline is None, len(shown) <= LINES
    banded = first_with_regimes(shown) if state.shows.regimes and plain and lines else None
    return [
        *(regime_bands(banded.run, board.axis, spans.get("y") or Span(0.0, 1.0)) if banded else []),
        *(trace for p in reversed(board.panels) for trace in drawn[p.yaxis]),
        *(best_rings(board) if state.shows.best and not board.groups and lines else []),
        *(level_lines(shown, board.axis) if plain else []),
        *(gap_marks(board, spans) if plain and not board.groups and lines else []),
        *playhead_lines(shown, state, spans),
    ]


def _drawn(board: Board, panel: Panel) -> list[Trace]:
    if len(panel.runs) <= LINES:
        return [*panel_lines(board, panel), *mean_lines(board, panel)]
    return mean_lines(board, panel) if board.groups else band_lines(board, panel)


def _span(board: Board, state: RunsState, panel: Panel, traces: Sequence[Trace]) -> Span | None:
    if panel.name == WEIGHTS and board.baseline is None:
        log = is_log(board, state, panel)
        return metric_span(traces, log, one_run=True) if log else weight_span(traces)
    log = is_log(board, state, panel)
    return metric_span(traces, log, one_run=len(panel.runs) == 1, best=_at_best(board, panel))


def _at_best(board: Board, panel: Panel) -> list[float]:
    """What each line of the panel is at its run's best epoch, where that is known."""
    found = [
        np.interp(board.axis.records(s.run)[s.run.best_index], curve.x, curve.y)
        for s, curves in panel.runs
        if s.run.best_index is not None
        for curve in curves
        if curve.x.size
    ]
    return [float(value) for value in found if np.isfinite(value)]


def _name_runs(traces: Sequence[Trace]) -> None:
    """Name each run's or group's strongest line in an exported picture's legend, and the first EMA state."""
    best: dict[str, Trace] = {}
    for trace in traces:
        held = best.get(trace.get("legendgroup", ""))
        if trace["name"] and "legendgroup" in trace and _weight(trace) > (_weight(held) if held else 0.0):
            best[trace["legendgroup"]] = trace
    dotted = [trace for trace in traces if trace["line"].get("dash") == "dot"]
    for trace in (*best.values(), *dotted[:1]):
        trace["showlegend"] = True


def _weight(trace: Trace) -> float:
    return float(trace["line"]["width"])
