"""Picture of the Convergence view: plain dicts, cheap enough to make at every position of a slider."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaba_core import readouts as core
from gaba_core.contribution import gradient_share
from gaba_core.equilibrium import equilibrium
from gaba_core.published import best_epochs
from gaba_core.regimes import Regime
from gaba_core.simulation import Trajectories

from ..layout import theme
from ..plotting.arrays import packed
from ..plotting.ticks import decade_ticks
from ..plotting.traces import QUIET, Trace, area, trace
from .sampling import Drawn, SampleAxis, key, sampled
from .state import ConvergenceState

SHORTEST_LABEL = 0.055  # of the window's width; a narrower band keeps its name to itself


def weights_picture(drawn: Drawn, text: dict[str, str]) -> dict[str, Any]:
    """Weight of the RUL task of every seed over time, with regimes, floor, bound and equilibrium.

    Args:
        drawn: what is drawn.
        text: read-outs that change with the picture.

    Returns:
        key (same key, same traces), data, layout and text.
    """
    heights = _heights(drawn.state, drawn.run)
    data = [
        *_bands(drawn, heights),
        *_theory(drawn),
        *_ghost(drawn),
        *_mean(drawn),
        *_seeds(drawn),
        *_levels(drawn),
        *_best(drawn),
        _names(drawn, heights),
    ]
    layout = _layout(drawn.state, drawn.axis, heights)
    return {"key": key(drawn.state), "data": data, "layout": layout, "text": text}


def _heights(state: ConvergenceState, run: Trajectories) -> tuple[float, float]:
    tall = state.shows.health or state.shows.share or min(state.ratio, state.ratio * state.drift) < 1.0
    top = 1.03 if tall else 0.56
    if not state.shows.logy:
        return 0.0, top
    drawn = run.state if state.shows.state else run.weights
    least = max(float(drawn[:, :, 0].min()), 1e-6)
    return float(10.0 ** (np.floor(2.0 * np.log10(least) - 0.1) / 2.0)), top * 1.5  # down to half a decade


def _bands(drawn: Drawn, heights: tuple[float, float]) -> list[Trace]:
    spans: dict[str, Regime] = {r.name: r for r in drawn.regimes}
    low, high = heights
    traces: list[Trace] = []
    for name, fill in theme.REGIME_FILLS.items():
        x, ones = np.array(_span(spans.get(name), drawn.axis)), np.ones(2)
        traces.append(area(f"band-{name.replace(' ', '-')}", x, low * ones, high * ones, fill))
    return traces


def _span(regime: Regime | None, axis: SampleAxis) -> tuple[float, float]:
    if regime is None:
        return axis.low, axis.low
    end = axis.high if regime.end is None else axis.x(regime.end)
    return min(max(axis.x(regime.start), axis.low), axis.high), min(max(end, axis.low), axis.high)


def _names(drawn: Drawn, heights: tuple[float, float]) -> Trace:
    """The regimes' names, each over the middle of its band; that of a band too narrow is left out."""
    axis = drawn.axis
    low, high = axis.range()
    spans: dict[str, tuple[float, float]] = {r.name: _span(r, axis) for r in drawn.regimes}
    xs: list[float] = []
    for name in theme.REGIME_FILLS:
        left, right = spans.get(name, (axis.low, axis.low))
        if axis.log:
            left, right = float(np.log10(left)), float(np.log10(right))
        wide = (right - left) / (high - low) > SHORTEST_LABEL + 0.006 * len(name)
        middle = (left + right) / 2.0 if wide else 2.0 * low - high
        xs.append(10.0**middle if axis.log else middle)
    y = heights[1] * (0.965 if heights[0] == 0.0 else 0.85)
    text = [name.capitalize() for name in theme.REGIME_FILLS]
    looks = {"mode": "text", "text": text, "textfont": {"size": 12}}
    return trace("names", xs, [y] * len(xs)) | QUIET | looks


def _theory(drawn: Drawn) -> list[Trace]:
    if not drawn.state.shows.theory:
        return []
    curve, x = drawn.curve, drawn.axis.xs(drawn.curve.steps)
    looks = {"line": {"color": theme.THEORY_LINE, "width": 5}, "hoverinfo": "skip"}
    return [
        area("theory-band", x, curve.low, curve.high, theme.THEORY_FILL),
        trace("theory", x, curve.weights) | {"name": "theory ± 2 sd"} | looks,
    ]


def _ghost(drawn: Drawn) -> list[Trace]:
    """The pinned setting's mean over its seeds, on the same axis."""
    pinned = drawn.state.pinned()
    if pinned is None:
        return []
    unit = pinned.steps_per_epoch if drawn.state.x == "epochs" else 1
    window = round(drawn.axis.low * unit), round(drawn.axis.high * unit)
    axis = SampleAxis(unit, window, drawn.axis.log, drawn.axis.title)
    run = sampled(drawn.state, pinned.params, axis)
    looks = {"name": "pinned, mean over seeds", "line": {"color": theme.GHOST, "width": 3, "dash": "dashdot"}}
    return [trace("ghost", axis.xs(run.steps), run.weights[:, :, 0].mean(axis=0)) | looks]


def _mean(drawn: Drawn) -> list[Trace]:
    if not drawn.state.shows.mean:
        return []
    weights, x = drawn.run.weights[:, :, 0], drawn.axis.xs(drawn.run.steps)
    mean = weights.mean(axis=0)
    sd = weights.std(axis=0, ddof=1) if len(weights) > 1 else np.zeros_like(mean)
    return [
        area("mean-band", x, mean - sd, mean + sd, theme.MEAN_FILL),
        trace("mean", x, mean) | {"name": "mean ± sd", "line": {"color": theme.MEAN, "width": 3}},
    ]


def _seeds(drawn: Drawn) -> list[Trace]:
    run, shows = drawn.run, drawn.state.shows
    x = packed(drawn.axis.xs(run.steps))
    share = gradient_share(run) if shows.share else None
    traces = []
    for i, seed in enumerate(run.params.seeds):
        style = theme.seed_style(seed)
        thin = {"showlegend": i == 0}
        if shows.health:
            looks = {"name": "w_health", "line": {"color": style.color, "width": 1.5, "dash": "dash"}}
            traces.append(trace(f"health-{seed}", x, run.weights[i, :, 1]) | thin | looks)
        if shows.state:
            looks = {"name": "EMA state", "line": {"color": style.color, "width": 1.5, "dash": "dot"}}
            traces.append(trace(f"state-{seed}", x, run.state[i, :, 0]) | thin | looks)
        if share is not None:
            looks = {
                "name": "RUL share of w g",
                "line": {"color": style.color, "width": 1, "dash": "longdash"},
            }
            traces.append(trace(f"share-{seed}", x, share[i, :, 0]) | thin | looks)
        looks = {"name": f"seed {seed}", "line": {"color": style.color, "width": 2.2, "dash": style.dash}}
        traces.append(trace(f"seed-{seed}", x, run.weights[i, :, 0]) | looks)
    return traces


def _levels(drawn: Drawn) -> list[Trace]:
    """Floor, exact lower bound and equilibrium; as traces, not shapes, they move without a relayout."""
    lines = (
        ("floor", "floor", drawn.params.floor, theme.FLOOR, "dash"),
        ("bound", "exact lower bound", core.lower_bound(drawn.params), theme.BOUND, "dot"),
        ("equilibrium", "equilibrium", float(equilibrium(drawn.params)[0]), theme.EQUILIBRIUM, "solid"),
    )
    ends = [drawn.axis.low, drawn.axis.high]
    return [
        trace(uid, ends, [level, level])
        | {"name": name, "line": {"color": color, "width": 1.4, "dash": dash}}
        for uid, name, level, color, dash in lines
    ]


def _best(drawn: Drawn) -> list[Trace]:
    """The published best epochs, each on its seed's curve."""
    run, traces = drawn.run, []
    shows = drawn.state.shows
    for shown, subset, symbol in ((shows.fd002, "FD002", "circle"), (shows.fd004, "FD004", "square")):
        if not shown:
            continue
        epochs = best_epochs(subset)
        found = [(i, epochs[seed]) for i, seed in enumerate(run.params.seeds) if seed in epochs]
        steps = np.array([epoch * run.params.steps_per_epoch for _, epoch in found], dtype=np.int64)
        at = np.clip(np.searchsorted(run.steps, steps), 0, run.steps.size - 1)
        inside = steps <= drawn.axis.window[1]
        y = [run.weights[i, k, 0] if ok else np.nan for (i, _), k, ok in zip(found, at, inside, strict=True)]
        marker = {
            "size": 12,
            "symbol": symbol,
            "color": [theme.seed_style(run.params.seeds[i]).color for i, _ in found],
            "line": {"width": 1.5, "color": theme.THEORY},
        }
        looks = {"mode": "markers", "name": f"published best epoch {subset}", "marker": marker}
        traces.append(trace(f"best-{subset.lower()}", drawn.axis.xs(steps), y) | looks)
    return traces


def _layout(state: ConvergenceState, axis: SampleAxis, heights: tuple[float, float]) -> dict[str, Any]:
    log = state.shows.logy
    return {
        "uirevision": f"{state.x}/{state.window}/{log}",
        "margin": {"l": 62, "r": 18, "t": 12, "b": 8},
        "hovermode": "x unified",
        "xaxis": axis.layout(),
        "yaxis": {
            "title": {"text": "weight of the RUL task, w_rul"},
            "type": "log" if log else "linear",
            "range": [float(np.log10(h)) for h in heights] if log else list(heights),
            **(decade_ticks(*heights) if log else {}),
        },
        "legend": {"orientation": "h", "y": -0.16, "yanchor": "top", "x": 0, "traceorder": "normal"},
    }
