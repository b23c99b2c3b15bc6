"""Picture of the Runs view: weights above, a metric below, one time axis; plain dicts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from components.figures.arrays import packed
from components.figures.runs_axis import TimeAxis, Trace, escaped
from components.figures.runs_lines import mean_lines, metric_lines, weight_lines
from components.figures.runs_marks import best_rings, level_lines, playhead_lines, regime_bands
from components.figures.runs_ranges import Span, log_ticks, metric_span, weight_span
from components.runs_shown import Shown
from components.runs_state import RunsState
from components.runs_text import first_with_regimes, metric_label, metric_of, tasks_of

UPPER, LOWER = [0.43, 1.0], [0.0, 0.36]
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
    "annotations": [{"text": "Tick a run in the list to draw it.", "showarrow": False, "font": {"size": 14}}],
}
CROWDED = 5  # more runs than this, and the hover box shows one point at a time


def runs_picture(shown: Sequence[Shown], state: RunsState) -> dict[str, Any]:
    """Return key, data, layout and text of the picture of the runs."""
    if not shown:
        return {"key": "empty", "data": [_NOTHING], "layout": _EMPTY, "text": {}}
    axis = TimeAxis(shown, state)
    tasks, metric = tasks_of(shown, state), metric_of(shown, state)
    weights = [t for s in shown for t in weight_lines(s, state, axis, tasks)]
    metrics = [t for s in shown for t in metric_lines(s, axis, metric)] if metric else []
    heights, span = weight_span(weights), metric_span(metrics, "logy" in state.show)
    banded = first_with_regimes(shown)
    data = [
        *(regime_bands(banded.run, axis, heights) if banded and "regimes" in state.show else []),
        *metrics,
        *weights,
        *(mean_lines(shown, state, axis, tasks, metric) if "mean" in state.show else []),
        *(best_rings(shown, axis, tasks, metric) if "best" in state.show else []),
        *level_lines(shown, axis),
        *playhead_lines(shown, state, heights, span),
    ]
    layout = _layout(state, axis, tasks, metric, heights, span, crowded=len(shown) > CROWDED)
    drawn = "".join(f"{t['uid']}{t['x']['bdata']}{t['y']['bdata']}" for t in data)
    _name_runs(weights or metrics)
    key = hashlib.sha256((drawn + repr(layout)).encode()).hexdigest()
    return {"key": key, "data": data, "layout": layout, "text": {}}


def _name_runs(traces: Sequence[Trace]) -> None:
    """Name each run's strongest line in the legend of an exported picture, and the first EMA state."""
    best: dict[str, Trace] = {}
    for trace in traces:
        held = best.get(trace["legendgroup"])
        if held is None or trace["line"]["width"] > held["line"]["width"]:
            best[trace["legendgroup"]] = trace
    dotted = [trace for trace in traces if trace["line"]["dash"] == "dot"]
    for trace in (*best.values(), *dotted[:1]):
        trace["showlegend"] = True


def _layout(
    state: RunsState,
    axis: TimeAxis,
    tasks: Sequence[str],
    metric: str | None,
    heights: Span,
    span: Span | None,
    *,
    crowded: bool,
) -> dict[str, Any]:
    log = "logy" in state.show and span is not None
    pair = span or Span(0.0, 1.0)
    weight = f"weight, {tasks[0]}" if len(tasks) == 1 else "weights"
    margin = 0.012 * (axis.end - axis.low)
    return {
        "uirevision": f"{axis.title}/{state.window}/{metric}/{log}",
        "margin": {"l": 64, "r": 14, "t": 10, "b": 46},
        "hovermode": "closest" if crowded else "x unified",
        "hoversubplots": "axis",
        "hoverlabel": {"namelength": -1},
        "showlegend": False,
        "annotations": [_cut_note(top) for top, s in ((UPPER[1], heights), (LOWER[1], pair)) if s.cut],
        "xaxis": {
            "title": {"text": axis.title},
            "range": [axis.low - margin, axis.end + margin],
            "anchor": "y2",
            "hoverformat": ".6~g",
        },
        "yaxis": {"title": {"text": escaped(weight)}, "domain": UPPER, "range": [heights.low, heights.high]},
        "yaxis2": {
            "title": {"text": escaped(_axis_title(metric))},
            "domain": LOWER,
            "anchor": "x",
            "type": "log" if log else "linear",
            "range": [float(np.log10(v)) for v in (pair.low, pair.high)] if log else [pair.low, pair.high],
            "tickvals": log_ticks(pair.low, pair.high) if log else None,
        },
    }


def _cut_note(top: float) -> dict[str, Any]:
    return {
        "text": "Some values lie outside: double-click to see all",
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


def _axis_title(metric: str | None) -> str:
    if metric is None:
        return ""
    return (
        {"ratio": "gradient ratio", "norms": "gradient norm", "losses": "loss"}.get(
            metric, metric_label(metric)
        )
        .replace(", last window", "")
        .replace(", all windows", "")
    )
