"""Gaps of the Runs picture: where a log holds no finite value, a small cross at the foot of the panel."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from gaba_core.checks import FloatArray

from ...plotting.arrays import packed
from ...plotting.traces import Trace
from ...run_source.selected_run import Shown
from ...run_source.styles import escaped, run_style, uid_of
from .axis_ranges import Span
from .panels import Board, Panel

MARKS = 200  # of a run in a panel at most


def gap_marks(board: Board, spans: dict[str, Span | None]) -> list[Trace]:
    """One trace for each run and panel that has gaps; their first and last are always marked."""
    return [
        _marks(panel, s, places, (spans[panel.yaxis] or Span(0.0, 1.0)).low)
        for panel in board.panels
        for s, places in _gaps(panel)
    ]


def _gaps(panel: Panel) -> Iterator[tuple[Shown, FloatArray]]:
    for s, curves in panel.runs:
        found = [curve.x[np.isnan(curve.raw) & np.isfinite(curve.x)] for curve in curves]
        places = np.unique(np.concatenate([np.empty(0), *found]))
        if places.size > MARKS:
            places = places[np.unique(np.linspace(0, places.size - 1, MARKS).astype(np.int64))]
        if places.size:
            yield s, places


def _marks(panel: Panel, s: Shown, places: FloatArray, foot: float) -> Trace:
    look = {"symbol": "x-thin", "size": 7, "line": {"width": 1.4, "color": run_style(s.style).color}}
    return {
        "type": "scatter",
        "mode": "markers",
        "uid": uid_of(f"gap-{panel.yaxis}", s.key),
        "x": packed(places),
        "y": packed(np.full(places.size, foot)),
        "yaxis": panel.yaxis,
        "name": escaped(f"no finite value, {s.label}"),
        "showlegend": False,
        "cliponaxis": False,
        "marker": look,
        "hovertemplate": "gap",
    }
