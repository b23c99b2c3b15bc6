"""Lines of the Runs picture that come from a log: weights, EMA state, metrics."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs import peak_keeping

from ...plotting.arrays import packed
from ...plotting.traces import Trace
from ...run_source.selected_run import Shown
from ...run_source.styles import MEAN_OF_ALL, by_color, escaped, faded, run_style, uid_of
from ..groups import Group
from ..labels import GROUPS, metric_label
from ..state import NAMED
from .curves import RunCurve
from .panels import WEIGHTS, Board, Panel
from .zoom_detail import detailed

POINTS = 1000  # drawn on a line at most
EVENLY = 300  # of them at even distances on a logarithmic axis, where a plain choice would starve its start
MARKED = 12  # symbols on a line at most: they tell the runs apart where colours look alike
LARGEST = 3e38  # what is drawn is float32
AROUND = {"legend": "5th to 95th percentile of an epoch"}  # of the steps' gradient ratios
FAINT = 0.35
BEHIND = 0.6  # of the lines behind a mean
TASK_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_SHORT = {"ratio": "gradient ratio,", "norms": "gradient norm", "losses": "loss"}


def panel_lines(board: Board, panel: Panel) -> list[Trace]:
    """Every line of the panel's runs, faint where they stand behind the means of their groups."""
    colors = {
        s.key: run_style(_behind_style(group, s)).color for group in board.groups for s in group.members
    }
    traces = []
    for s, curves in panel.runs:
        for curve in (detailed(one, board.axis) for one in curves):
            if board.groups:
                traces.append(_behind(s, panel, _thinned(curve, board), colors[s.key]))
            elif panel.name == WEIGHTS:
                traces.append(_weight_line(s, panel, _thinned(curve, board), board))
            else:
                traces += _metric_lines(s, panel, curve, board)
    return traces if len(panel.runs) <= NAMED else [_plain(trace) for trace in traces if _is_own(trace)]


def _is_own(trace: Trace) -> bool:
    """Whether a trace is still drawn among many runs: a line, not what stands around or behind it."""
    return not trace["uid"].startswith(("raw-", "band-"))


def _plain(trace: Trace) -> Trace:
    """A line among many: without symbols."""
    return {name: value for name, value in trace.items() if name != "marker"} | {"mode": "lines"}


def _behind_style(group: Group, s: Shown) -> int:
    """The style of a run behind a mean: its own where all runs are one group, else that of its group."""
    return s.style if group.style == MEAN_OF_ALL else group.style


def hover(board: Board, digits: str) -> str:
    """Return how a value is written next to the pointer: with its sign where it is a difference."""
    return f"%{{y:{digits if board.baseline is None else '+,.6~g'}}}"


def words_of(panel: Panel, curve: Any) -> str:
    """Return the name of a line without its run."""
    if panel.name == WEIGHTS:
        return f"{'EMA state' if curve.kind == 'state' else 'weight'} {curve.what}"
    return f"{_SHORT[panel.name]} {curve.what}" if panel.name in GROUPS else metric_label(panel.name)


def _weight_line(s: Shown, panel: Panel, curve: RunCurve, board: Board) -> Trace:
    """Applied weight solid, EMA state dotted; several tasks by width."""
    applied = curve.kind == "applied"
    width = (2.4 if applied else 1.6) * 0.75 ** board.tasks.index(curve.what)
    uid, name = f"{curve.kind}-{curve.index}", f"{words_of(panel, curve)}, {s.label}"
    dash = "solid" if applied or len(panel.runs) > NAMED else "dot"
    text = hover(board, ".5f")
    return _line(uid, s, curve.x, curve.y, name, panel.yaxis, width, dash, text, None, curve.breaks)


def _metric_lines(s: Shown, panel: Panel, curve: RunCurve, board: Board) -> list[Trace]:
    """The line, smoothed where that is asked for, over what was logged; percentiles as a band around it."""
    tail = "" if panel.yaxis == "y2" else f"-{panel.yaxis}"
    name = f"{words_of(panel, curve)}, {s.label}"
    dash = TASK_DASHES[curve.index % len(TASK_DASHES)]
    plain = hover(board, ",.6~g")
    text = plain if curve.raw is curve.y else f"{plain} (logged %{{customdata:,.6~g}})"
    gaps = curve.breaks
    raw = _line(
        f"raw-{curve.index}{tail}", s, curve.x, curve.raw, "", panel.yaxis, 0.0, "solid", "", None, gaps
    )
    look = {"color": faded(run_style(s.style).color, FAINT), "width": 1.2}
    raw |= {"line": look, "hoverinfo": "skip", "hovertemplate": None, "legendgroup": f"logged {s.key}"}
    uid = f"metric-{curve.index}{tail}"
    line = _line(uid, s, curve.x, curve.y, name, panel.yaxis, 1.8, dash, text, curve.raw, gaps)
    if by_color(len(panel.runs[0][1]), len(panel.runs)):
        own = run_style(s.style + curve.index)
        line["line"] |= {"color": own.color, "dash": "solid"}
        line["marker"] |= {"color": own.color, "symbol": own.symbol}
    return [*_band(s, panel, curve, 0.2 if len(panel.runs) == 1 else 0.1), raw, line]


def _band(s: Shown, panel: Panel, curve: RunCurve, depth: float) -> list[Trace]:
    if curve.around is None:
        return []
    low, high = curve.around
    good = np.isfinite(low) & np.isfinite(high)
    x = np.concatenate([curve.x[good], curve.x[good][::-1]])
    outline = np.concatenate([high[good], low[good][::-1]])
    uid = f"band-{panel.yaxis}"
    band = _line(uid, s, x, outline, "", panel.yaxis, 0.0, "solid", "")
    fill = {"fill": "toself", "fillcolor": faded(run_style(s.style).color, depth), "hoverinfo": "skip"}
    return [band | fill | {"hovertemplate": None, "legendgroup": f"band {s.key}", "meta": AROUND}]


def _behind(s: Shown, panel: Panel, curve: RunCurve, color: str) -> Trace:
    """One run behind the mean of its group."""
    uid = f"one-{curve.index}-{panel.yaxis}"
    line = _line(uid, s, curve.x, curve.raw, "", panel.yaxis, 0.0, "solid", "", None, curve.breaks)
    look = {"color": faded(color, BEHIND), "width": 1.3, "dash": "solid"}
    return line | {"line": look, "hoverinfo": "skip", "hovertemplate": None, "legendgroup": f"one {s.key}"}


def _thinned(curve: RunCurve, board: Board) -> RunCurve:
    """The curve with enough points at its start, where a logarithmic axis stretches it."""
    size = curve.x.size
    if not board.axis.log or size <= POINTS:
        return curve
    even = np.unique(np.geomspace(1, size, EVENLY).astype(np.int64)) - 1
    chosen: Sequence[int] = np.unique(np.concatenate([even, peak_keeping(curve.y, POINTS - EVENLY)])).tolist()
    y = curve.y[chosen]
    return RunCurve(curve.kind, curve.what, curve.index, curve.x[chosen], y, y, breaks=curve.breaks)


def _line(
    uid: str,
    s: Shown,
    x: FloatArray,
    y: FloatArray,
    name: str,
    yaxis: str,
    width: float,
    dash: str,
    hovertemplate: str,
    raw: FloatArray | None = None,
    breaks: Sequence[float] = (),
) -> Trace:
    keep = peak_keeping(y, POINTS)
    at = np.searchsorted(x[keep], breaks) if breaks else np.empty(0, dtype=np.int64)
    places, values = (np.insert(column[keep], at, np.nan) if at.size else column[keep] for column in (x, y))
    style = run_style(s.style)
    line = {
        "type": "scatter",
        "uid": uid_of(uid, s.key),
        "mode": "lines+markers" if width else "lines",
        "x": packed(places),
        "y": packed(np.clip(values, -LARGEST, LARGEST)),
        "yaxis": yaxis,
        "name": escaped(name),
        "legendgroup": s.key,
        "showlegend": False,
        "line": {"color": style.color, "width": width, "dash": dash},
        "marker": {"symbol": style.symbol, "size": 6, "color": style.color, "maxdisplayed": MARKED},
        "hovertemplate": hovertemplate,
    }
    if raw is None or raw is y:
        return line
    logged = np.insert(raw[keep], at, np.nan) if at.size else raw[keep]
    return line | {"customdata": packed(np.clip(logged, -LARGEST, LARGEST))}
