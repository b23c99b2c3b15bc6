"""Marks of the Runs picture: regimes, best epochs, floor and bound, playhead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from gaba_core.runs import Run, regimes_of, values_at

from ...layout import theme
from ...plotting.arrays import packed
from ...plotting.traces import Trace
from ...run_source.selected_run import Shown
from ...run_source.styles import escaped, run_style, uid_of
from ..playhead import playhead
from ..state import RunsState
from ..time_axis import TimeAxis
from .axis_ranges import Span
from .lines import LARGEST
from .panels import Board, Panel

SHORTEST_LABEL = 0.06  # of the axis; a narrower band keeps its name to itself


def regime_bands(run: Run, axis: TimeAxis, heights: Span) -> list[Trace]:
    """The first run's regimes, each a filled stretch with its name where it is wide enough."""
    low, high = heights.low, heights.high
    traces, xs, names = [], [], []
    for regime in regimes_of(run):
        ends = [regime.start, regime.start if regime.end is None else regime.end]
        edges = axis.moments(run, ends, regime.unit)
        if edges is None:
            return []
        left = max(float(edges[0]), axis.low)
        right = axis.high if regime.end is None else float(edges[1])
        if right <= left:
            continue
        fill = {"fill": "toself", "fillcolor": theme.REGIME_FILLS[regime.name], "line": {"width": 0}}
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "uid": uid_of(f"regime-{regime.name}"),
                "x": packed([left, left, right, right, left]),
                "y": packed([low, high, high, low, low]),
                "hoverinfo": "skip",
                "showlegend": False,
            }
            | fill
        )
        width, middle = _seen(axis, left, right)
        if width > SHORTEST_LABEL + 0.006 * len(regime.name):
            xs.append(middle)
            names.append(regime.name.capitalize())
    if names:
        traces.append(
            {
                "type": "scatter",
                "mode": "text",
                "uid": "regime-names",
                "x": packed(xs),
                "y": packed([low + 0.955 * (high - low)] * len(xs)),
                "text": names,
                "textfont": {"size": 12},
                "hoverinfo": "skip",
                "showlegend": False,
            }
        )
    return traces


def _seen(axis: TimeAxis, left: float, right: float) -> tuple[float, float]:
    """What part of the time axis a stretch takes, and the place that looks like its middle."""
    if axis.log:
        whole = np.log(axis.end / axis.low)
        return float(np.log(right / left) / whole), float(np.sqrt(left * right))
    return (right - left) / (axis.end - axis.low), (left + right) / 2.0


def best_rings(board: Board) -> list[Trace]:
    """The best epoch of each run, ringed in every panel on what was logged."""
    rings = [ring for k, panel in enumerate(board.panels) for ring in _rings(board, k, panel)]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "uid": uid_of(f"best-{k}", s.key),
            "x": packed([x]),
            "y": packed([np.clip(y, -LARGEST, LARGEST)]),
            "yaxis": yaxis,
            "name": escaped(f"best epoch, {s.label}"),
            "showlegend": False,
            "hoverinfo": "skip",
            "marker": {
                "symbol": "circle-open",
                "size": 15,
                "color": run_style(s.style).color,
                "line": {"width": 2.5},
            },
        }
        for k, s, x, y, yaxis in rings
    ]


def _rings(board: Board, place: int, panel: Panel) -> Iterator[tuple[str, Shown, float, float, str]]:
    for s, curves in panel.runs:
        index = s.run.best_index
        if index is None:
            continue
        x = float(board.axis.records(s.run)[index])
        applied = [c for c in curves if c.kind != "state"] or curves
        for n, curve in enumerate(applied):
            y = float(values_at([x], (curve.x, curve.raw))[0])
            yield f"{place}{f'-{n}' if n else ''}", s, x, y, panel.yaxis


class SharedFloor(NamedTuple):
    """The floor of runs that have one and the same, and what its line is called."""

    floor: float
    tasks: int
    name: str


def shared_floor(shown: Sequence[Shown]) -> SharedFloor | None:
    """Return the floor that every floored run has, by its log or its reader; None where they differ."""
    floored = [s.run for s in shown if s.run.floor]
    found = {(run.floor, len(run.tasks)) for run in floored}
    if len(found) != 1:
        return None
    floor, tasks = found.pop()
    if floor is None or tasks < 2 or floor > 1.0 / tasks:
        return None
    is_logged = any(run.info is not None and run.info.floor is not None for run in floored)
    return SharedFloor(floor, tasks, "floor" if is_logged else "floor as stated, not recorded")


def level_lines(shown: Sequence[Shown], axis: TimeAxis) -> list[Trace]:
    """Floor and exact lower bound, where all runs share one floor."""
    shared = shared_floor(shown)
    if shared is None:
        return []
    bound = shared.floor / (1.0 + (shared.tasks - 1) * shared.floor)
    lines = (
        ("floor", shared.name, shared.floor, theme.FLOOR, "dash"),
        ("exact lower bound", "exact lower bound", bound, theme.BOUND, "dot"),
    )
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "uid": uid_of(key),
            "name": name,
            "x": packed([axis.low, axis.high]),
            "y": packed([level, level]),
            "line": {"color": color, "width": 1.3, "dash": dash},
            "hoverinfo": "skip",
        }
        for key, name, level, color, dash in lines
    ]


def playhead_lines(shown: Sequence[Shown], state: RunsState, spans: Mapping[str, Span | None]) -> list[Trace]:
    """An upright line in each panel; the browser moves them. A shape would cost a relayout."""
    head = playhead(shown, state)
    if not head["xs"]:
        return []
    x = head["xs"][head["best"]]
    ends = {yaxis: span or Span(0.0, 1.0) for yaxis, span in spans.items()}
    return [
        {
            "type": "scatter",
            "mode": "lines",
            "uid": f"playhead-{yaxis}",
            "x": packed([x, x]),
            "y": packed([one.low, one.high]),
            "yaxis": yaxis,
            "line": {"color": theme.PLAYHEAD, "width": 1.6},
            "hoverinfo": "skip",
            "showlegend": False,
        }
        for yaxis, one in ends.items()
    ]
