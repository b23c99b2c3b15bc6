"""Picture of the Convergence view: plain dicts, cheap enough to make at every position of a slider."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from components import theme
from components.convergence_state import ConvergenceState
from components.figures.arrays import log_ticks, packed
from gaba_core import convergence as core
from gaba_core.equilibrium import equilibrium
from gaba_core.parameters import SimulationParams
from gaba_core.published import best_epochs
from gaba_core.regimes import Regime
from gaba_core.simulation import Trajectories, simulate

POINTS = 250  # drawn on a line at most, unless each point is an epoch
LADDER = (5, 10, 15, 25, 40, 60, 100, 150, 250, 400)  # epochs a transient window may span
SHORTEST_LABEL = 0.055  # of the window's width; a narrower band keeps its name to itself

Trace = dict[str, Any]
Curve = npt.NDArray[np.float64]


def weights_picture(state: ConvergenceState, text: dict[str, str]) -> dict[str, Any]:
    """Weight of the RUL task of every seed over time, with regimes, floor, bound and equilibrium.

    Args:
        state: the view's state.
        text: read-outs that change with the picture.

    Returns:
        key (same key, same traces), data, layout and text.
    """
    params = state.params()
    regimes = core.regimes(params)
    window = _window(state, params, regimes)
    every = params.steps_per_epoch if _by_epoch(state) else max(1, -(-window[1] // POINTS))
    run = _cut(simulate(params, every=every), window[1])
    axis = _TimeAxis(state, window)
    heights = _heights(state, run)
    data = [
        *_bands(regimes, axis, heights),
        *_theory(state, params, axis),
        *_mean(state, run, axis),
        *_seeds(state, run, axis),
        *_levels(params, axis),
        *_best(state, run, axis),
        _names(regimes, axis, heights),
    ]
    key = "/".join([state.x, state.window, ",".join(sorted(state.show)), ",".join(map(str, state.seeds))])
    return {"key": key, "data": data, "layout": _layout(state, axis, heights), "text": text}


def _by_epoch(state: ConvergenceState) -> bool:
    """A point an epoch, as the reference program samples, wherever the transient is not looked at closely."""
    return state.x == "epochs" and state.window == "whole"


class _TimeAxis:
    """Steps to drawn x, and the range of the axis."""

    def __init__(self, state: ConvergenceState, window: tuple[int, int]) -> None:
        self.unit = state.steps_per_epoch if state.x == "epochs" else 1
        self.log = state.window == "log"
        self.title = "epoch" if state.x == "epochs" else "step"
        self.low, self.high = (self.x(step) for step in window)

    def x(self, step: float) -> float:
        return step / self.unit

    def clipped(self, steps: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        return np.maximum(steps / self.unit, self.low) if self.log else steps / self.unit

    def xs(self, steps: npt.NDArray[np.int64]) -> dict[str, str]:
        return packed(self.clipped(steps))

    def range(self) -> list[float]:
        return [float(np.log10(self.low)), float(np.log10(self.high))] if self.log else [self.low, self.high]


def _window(
    state: ConvergenceState, params: SimulationParams, regimes: tuple[Regime, ...]
) -> tuple[int, int]:
    if state.window == "log":
        return max(1, params.steps_per_epoch // 2), max(params.steps, 2)
    if state.window == "whole":
        return 0, params.steps
    settled = next((r.start for r in regimes if r.name == "equilibrium"), params.steps)
    epochs = 1.4 * max(settled, params.warmup_steps) / params.steps_per_epoch
    fitting = next((e for e in LADDER if e >= epochs), params.epochs)
    return 0, min(fitting, params.epochs) * params.steps_per_epoch


def _cut(run: Trajectories, last: int) -> Trajectories:
    keep = int(np.searchsorted(run.steps, last, side="right"))
    return Trajectories(run.params, run.steps[:keep], run.weights[:, :keep], run.state[:, :keep])


def _heights(state: ConvergenceState, run: Trajectories) -> tuple[float, float]:
    top = 1.03 if "health" in state.show or state.ratio < 1.0 else 0.56
    if "logy" not in state.show:
        return 0.0, top
    drawn = run.state if "state" in state.show else run.weights
    least = max(float(drawn[:, :, 0].min()), 1e-6)
    return float(10.0 ** (np.floor(2.0 * np.log10(least) - 0.1) / 2.0)), top * 1.5  # down to half a decade


def _bands(regimes: tuple[Regime, ...], axis: _TimeAxis, heights: tuple[float, float]) -> list[Trace]:
    spans: dict[str, Regime] = {r.name: r for r in regimes}
    low, high = heights
    traces: list[Trace] = []
    for name, fill in theme.REGIME_FILLS.items():
        left, right = _span(spans.get(name), axis)
        x, ones = np.array([left, right]), np.ones(2)
        traces.append(_area(f"band-{name.replace(' ', '-')}", x, low * ones, high * ones, fill))
    return traces


def _span(regime: Regime | None, axis: _TimeAxis) -> tuple[float, float]:
    if regime is None:
        return axis.low, axis.low
    end = axis.high if regime.end is None else axis.x(regime.end)
    low, high = np.clip([axis.x(regime.start), end], axis.low, axis.high).tolist()
    return low, high


def _names(regimes: tuple[Regime, ...], axis: _TimeAxis, heights: tuple[float, float]) -> Trace:
    """The regimes' names, each over the middle of its band; that of a band too narrow lies out of sight."""
    low, high = axis.range()
    spans: dict[str, tuple[float, float]] = {r.name: _span(r, axis) for r in regimes}
    xs: list[float] = []
    for name in theme.REGIME_FILLS:
        left, right = spans.get(name, (axis.low, axis.low))
        if axis.log:
            left, right = float(np.log10(left)), float(np.log10(right))
        middle = (left + right) / 2.0
        wide = (right - left) / (high - low) > SHORTEST_LABEL + 0.006 * len(name)
        hidden = 2.0 * low - high
        middle = middle if wide else hidden
        xs.append(10.0**middle if axis.log else middle)
    y = heights[1] * 0.965 if heights[0] == 0.0 else heights[1] * 0.85
    text = [name.capitalize() for name in theme.REGIME_FILLS]
    return _line("names", xs, [y] * len(xs)) | {
        "mode": "text",
        "text": text,
        "textfont": {"size": 12},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def _theory(state: ConvergenceState, params: SimulationParams, axis: _TimeAxis) -> list[Trace]:
    if "theory" not in state.show:
        return []
    end = min(round(axis.high * axis.unit), params.steps - 1)
    evenly, early = np.linspace(0, end, POINTS // 2), np.geomspace(1, end + 1, POINTS // 2) - 1
    steps = np.unique(np.concatenate([evenly, early]).astype(np.int64))
    curve = core.theory(params, steps)
    line = {"color": theme.THEORY, "width": 5}
    return [
        _area("theory-band", axis.clipped(steps), curve.low, curve.high, theme.THEORY_FILL),
        _trace("theory", axis.xs(steps), packed(curve.weights))
        | {
            "name": "theory ± 2 sd",
            "line": line,
            "opacity": 0.45,
            "hoverinfo": "skip",
        },
    ]


def _mean(state: ConvergenceState, run: Trajectories, axis: _TimeAxis) -> list[Trace]:
    if "mean" not in state.show:
        return []
    weights = run.weights[:, :, 0]
    mean = weights.mean(axis=0)
    sd = weights.std(axis=0, ddof=1) if len(weights) > 1 else np.zeros_like(mean)
    return [
        _area("mean-band", axis.clipped(run.steps), mean - sd, mean + sd, theme.MEAN_FILL),
        _trace("mean", axis.xs(run.steps), packed(mean))
        | {"name": "mean ± sd", "line": {"color": theme.MEAN, "width": 3}},
    ]


def _seeds(state: ConvergenceState, run: Trajectories, axis: _TimeAxis) -> list[Trace]:
    x = axis.xs(run.steps)
    traces = []
    for i, seed in enumerate(run.params.seeds):
        style = theme.seed_style(seed)
        if "health" in state.show:
            line = {"color": style.color, "width": 1.5, "dash": "dash"}
            traces.append(
                _trace(f"health-{seed}", x, packed(run.weights[i, :, 1]))
                | {"name": "w_health", "line": line, "showlegend": i == 0}
            )
        if "state" in state.show:
            line = {"color": style.color, "width": 1.5, "dash": "dot"}
            traces.append(
                _trace(f"state-{seed}", x, packed(run.state[i, :, 0]))
                | {"name": "EMA state", "line": line, "showlegend": i == 0}
            )
        line = {"color": style.color, "width": 2.2, "dash": style.dash}
        traces.append(
            _trace(f"seed-{seed}", x, packed(run.weights[i, :, 0])) | {"name": f"seed {seed}", "line": line}
        )
    return traces


def _levels(params: SimulationParams, axis: _TimeAxis) -> list[Trace]:
    """Floor, exact lower bound and equilibrium; as traces, not shapes, they move without a relayout."""
    lines = (
        ("floor", "floor", params.floor, theme.FLOOR, "dash"),
        ("bound", "exact lower bound", core.lower_bound(params), theme.BOUND, "dot"),
        ("equilibrium", "equilibrium", float(equilibrium(params)[0]), theme.EQUILIBRIUM, "solid"),
    )
    return [
        _line(uid, [axis.low, axis.high], [level, level])
        | {"name": name, "line": {"color": color, "width": 1.4, "dash": dash}}
        for uid, name, level, color, dash in lines
    ]


def _best(state: ConvergenceState, run: Trajectories, axis: _TimeAxis) -> list[Trace]:
    """The published best epochs, each on its seed's curve."""
    traces = []
    for show, subset in (("fd002", "FD002"), ("fd004", "FD004")):
        if show not in state.show:
            continue
        epochs = best_epochs(subset)
        found = [(i, epochs[seed]) for i, seed in enumerate(run.params.seeds) if seed in epochs]
        steps = np.array([epoch * run.params.steps_per_epoch for _, epoch in found], dtype=np.int64)
        at = np.clip(np.searchsorted(run.steps, steps), 0, run.steps.size - 1)
        inside = steps <= axis.high * axis.unit
        y = [run.weights[i, k, 0] if ok else np.nan for (i, _), k, ok in zip(found, at, inside, strict=True)]
        marker = {
            "size": 12,
            "symbol": "circle" if show == "fd002" else "square",
            "color": [theme.seed_style(run.params.seeds[i]).color for i, _ in found],
            "line": {"width": 1.5, "color": theme.THEORY},
        }
        traces.append(
            _trace(f"best-{show}", axis.xs(steps), packed(y))
            | {"mode": "markers", "name": f"published best epoch {subset}", "marker": marker}
        )
    return traces


def _trace(uid: str, x: dict[str, str], y: dict[str, str]) -> Trace:
    return {
        "type": "scatter",
        "mode": "lines",
        "uid": uid,
        "name": uid,
        "x": x,
        "y": y,
        "hovertemplate": "%{y:.5f}",
    }


def _area(uid: str, x: Curve, low: Curve, high: Curve, fill: str) -> Trace:
    """What lies between two curves, as one closed polygon."""
    edge = _trace(uid, packed(np.concatenate([x, x[::-1]])), packed(np.concatenate([low, high[::-1]])))
    quiet = {"line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    return edge | quiet | {"fill": "toself", "fillcolor": fill}


def _line(uid: str, x: list[float], y: list[float]) -> Trace:
    return _trace(uid, packed(x), packed(y))


def _layout(state: ConvergenceState, axis: _TimeAxis, heights: tuple[float, float]) -> dict[str, Any]:
    log = "logy" in state.show
    return {
        "uirevision": f"{state.x}/{state.window}/{log}",
        "margin": {"l": 62, "r": 18, "t": 12, "b": 8},
        "hovermode": "x unified",
        "xaxis": {
            "title": {"text": axis.title},
            "type": "log" if axis.log else "linear",
            "range": axis.range(),
            "hoverformat": ".4~g",
            **(log_ticks(axis.low, axis.high) if axis.log else {}),
        },
        "yaxis": {
            "title": {"text": "weight of the RUL task, w_rul"},
            "type": "log" if log else "linear",
            "range": [float(np.log10(h)) for h in heights] if log else list(heights),
            **(log_ticks(*heights) if log else {}),
        },
        "legend": {"orientation": "h", "y": -0.16, "yanchor": "top", "x": 0, "traceorder": "normal"},
    }
