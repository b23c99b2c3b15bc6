"""Lines of the Runs picture that come from a log: weights, EMA state, metric, mean over runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from components import theme
from components.figures.arrays import packed
from components.figures.runs_axis import TimeAxis, Trace, escaped, run_style, uid_of
from components.runs_shown import Shown
from components.runs_state import RunsState
from components.runs_text import GROUPS, members, metric_label
from gaba_core.runs import peak_keeping, spread
from gaba_core.runs.schema import Floats

POINTS = 1000  # drawn on a line at most
MARKED = 12  # symbols on a line at most: they tell the runs apart where colours look alike
LARGEST = 3e38  # what is drawn is float32
TASK_DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
_SHORT = {"ratio": "gradient ratio,", "norms": "gradient norm", "losses": "loss"}


def weight_lines(s: Shown, state: RunsState, axis: TimeAxis, tasks: Sequence[str]) -> list[Trace]:
    """Applied weight solid, EMA state dotted; several tasks by width."""
    run, traces = s.run, []
    source = run.steps if axis.in_steps and run.steps is not None else run
    x = axis.records(run) if source is run else axis.steps(run, run.steps.step)  # type: ignore[union-attr]
    kinds = [("state", "EMA state", source.state, "dot"), ("applied", "weight", source.weights, "solid")]
    for kind, words, table, dash in kinds:
        if kind not in state.show or table is None or x is None:
            continue
        for k, task in enumerate(run.tasks):
            if task not in tasks:
                continue
            width = (2.4 if kind == "applied" else 1.6) * 0.75 ** tasks.index(task)
            name = f"{words} {task}, {s.label}"
            traces.append(_line(f"{kind}-{k}", s, x, table[:, k], name, "y", width, dash))
    return traces


def metric_lines(s: Shown, axis: TimeAxis, metric: str) -> list[Trace]:
    """The metric, or every line of a group of metrics; the gradient ratio with a band around its median."""
    run, x = s.run, axis.records(s.run)
    lines = members(run, metric)
    traces = []
    if metric == "ratio" and lines:
        low, high = run.metrics["ratio_p05"], run.metrics["ratio_p95"]
        good = np.isfinite(low) & np.isfinite(high)
        outline = np.concatenate([high[good], low[good][::-1]])
        band = _line("band", s, np.concatenate([x[good], x[good][::-1]]), outline, "", "y2", 0.0, "solid")
        band |= {"fill": "toself", "fillcolor": run_style(s.style).color, "opacity": 0.2, "hoverinfo": "skip"}
        traces.append(band | {"mode": "lines", "hovertemplate": None})
    for k, (words, values) in enumerate(lines.items()):
        what = metric_label(metric) if metric not in GROUPS else f"{_SHORT[metric]} {words}"
        dash = TASK_DASHES[k % len(TASK_DASHES)]
        traces.append(_line(f"metric-{k}", s, x, values, f"{what}, {s.label}", "y2", 1.8, dash, hover=".5~g"))
    return traces


def mean_lines(
    shown: Sequence[Shown], state: RunsState, axis: TimeAxis, tasks: Sequence[str], metric: str | None
) -> list[Trace]:
    """Mean ± sd over the runs of the applied weight (else EMA state) of each task, and of the metric."""
    lines: list[tuple[str, str, list[tuple[Floats, Floats]]]] = []
    for task in tasks:
        name, found = f"weight {task}", []
        for s in shown:
            table = s.run.weights if "applied" in state.show else s.run.state
            if table is not None and task in s.run.tasks:
                found.append((axis.records(s.run), table[:, s.run.tasks.index(task)]))
        lines.append((name, "y", found))
    if metric:
        names = dict.fromkeys(n for s in shown for n in members(s.run, metric))
        for n in names:
            found = [
                (axis.records(s.run), members(s.run, metric)[n]) for s in shown if n in members(s.run, metric)
            ]
            lines.append((n, "y2", found))
    return [trace for name, yaxis, found in lines for trace in _mean(name, yaxis, found)]


def _mean(name: str, yaxis: str, lines: list[tuple[Floats, Floats]]) -> list[Trace]:
    found = spread([(x, y) for x, y in lines if np.isfinite(x).all()])
    if not found.x.size:
        return []
    common = {"type": "scatter", "mode": "lines", "yaxis": yaxis, "x": packed(found.x), "showlegend": False}
    faint = common | {"line": {"width": 0}, "hoverinfo": "skip"}
    return [
        faint | {"uid": uid_of(f"mean-low-{yaxis}", name), "y": packed(found.mean - found.sd)},
        faint
        | {"uid": uid_of(f"mean-high-{yaxis}", name), "y": packed(found.mean + found.sd)}
        | {"fill": "tonexty", "fillcolor": theme.MEAN_FILL},
        common
        | {
            "uid": uid_of(f"mean-{yaxis}", name),
            "y": packed(found.mean),
            "name": escaped(f"mean ± sd, {name}"),
        }
        | {"line": {"color": theme.MEAN, "width": 3}, "hovertemplate": "%{y:.5~g}"},
    ]


def _line(
    uid: str,
    s: Shown,
    x: Floats,
    y: Floats,
    name: str,
    yaxis: str,
    width: float,
    dash: str,
    hover: str = ".5f",
) -> Trace:
    keep = peak_keeping(y, POINTS)
    style = run_style(s.style)
    return {
        "type": "scatter",
        "uid": uid_of(uid, s.key),
        "mode": "lines+markers" if width else "lines",
        "x": packed(x[keep]),
        "y": packed(np.clip(y[keep], -LARGEST, LARGEST)),
        "yaxis": yaxis,
        "name": escaped(name),
        "legendgroup": s.key,
        "showlegend": False,
        "line": {"color": style.color, "width": width, "dash": dash},
        "marker": {"symbol": style.symbol, "size": 6, "color": style.color, "maxdisplayed": MARKED},
        "hovertemplate": f"%{{y:{hover}}}",
    }
