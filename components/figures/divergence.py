"""Pictures of the Divergence panel: weights, gradient shares, and failure rates against noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from components import theme
from components.anti_windup.divergence_state import KINDS, KINDS_OF, RATE_SIGMAS, DivergenceState
from components.figures.lines import QUIET, Trace, line
from components.figures.traces import trace
from gaba_core.comparators import COMPARATORS, LABELS, Divergence, FailureKind, FailureRates, Failures
from gaba_core.comparators.failures import FAR
from gaba_core.projection import weight_bounds

POINTS = 250
EDGES = (-0.3, 1.3)  # of what is drawn of a weight's share; a failure beyond is marked, not drawn
SMOOTHED = 25  # steps over which a share of the gradient is averaged; single batches hide the level
AWAY = -1e4  # where a mark lies that there is no failure for
SYMBOLS: dict[FailureKind, tuple[str, str]] = {
    "left": ("x", theme.BOUND),
    "non-finite": ("star", theme.BOUND),
    "weight-starved": ("triangle-down", theme.FLOOR),
    "gradient-starved": ("triangle-up", theme.GHOST),
}
WORDS: dict[FailureKind, str] = {
    "left": "left [0, 1]",
    "non-finite": "not finite",
    "weight-starved": "first weight-starved",
    "gradient-starved": "first gradient-starved",
}


def divergence_pictures(
    state: DivergenceState, result: Divergence, failures: dict[str, Failures], text: dict[str, str]
) -> dict[str, dict[str, Any]]:
    """The share of the weights that the first task has, and the share of the gradient that the second has.

    Args:
        state: the panel's state.
        result: its experiment.
        failures: what failed in it.
        text: read-outs that change with the pictures.

    Returns:
        Two pictures by name, each with key (same key, same traces), data, layout and text.
    """
    bound, across = weight_bounds(2, state.floor)[0], [0.0, float(state.steps)]
    weights = {method: _shares(found)[..., 0] for method, found in result.weights.items()}
    pulls = {
        method: _smoothed(_shares(np.abs(found) * result.norms)[..., 1])
        for method, found in result.weights.items()
    }
    first = [
        line("bound", across, [bound] * 2, "exact lower bound", theme.BOUND, width=1.4, dash="dot"),
        *(_edge(f"edge-{y:g}", across, y) for y in (0.0, 1.0)),
        *_curves(weights, state),
        *_marks(state, weights, failures, ("left", "non-finite", "weight-starved")),
    ]
    second = [
        line(
            "starved", across, [FAR / 2.0] * 2, "gradient-starved below", theme.GHOST, width=1.4, dash="dot"
        ),
        line("even", across, [0.5] * 2, "balanced", theme.EQUILIBRIUM, width=1.4),
        *_curves(pulls, state),
        *_marks(state, pulls, failures, ("gradient-starved",)),
    ]
    low, high = _range(weights)
    return {
        "weights": _picture(state, first, "w / Σw of the first task", [low, high], text),
        "pulls": _picture(state, second, "second task’s share of Σ w g", [-0.03, 1.03], text),
    }


def rates_picture(state: DivergenceState, found: FailureRates | None, text: dict[str, str]) -> dict[str, Any]:
    """Share of the seeds that fail against noise, method by method; no curves before it was run."""
    data: list[Trace] = []
    for method in state.shown:
        rate = np.full(len(RATE_SIGMAS), -1.0)
        if found is not None:
            rate = np.max([found.rates[method][kind] for kind in KINDS_OF[state.kind]], axis=0)
        data.append(_curve(f"rate-{method}", np.array(RATE_SIGMAS), 100.0 * rate, method))
        data[-1]["hovertemplate"] = "%{y:.1f} %"
    picture = _picture(state, data, "seeds that fail, %", [-3.0, 103.0], text)
    picture["layout"]["xaxis"] = {"title": {"text": "noise σ"}, "range": [0.0, 3.0]}
    picture["layout"]["title"] = {"text": KINDS[state.kind], "font": {"size": 13}, "x": 0.01}
    picture["layout"]["margin"]["t"] = 34
    return picture


def _shares(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    with np.errstate(all="ignore"):
        shares: npt.NDArray[np.float64] = values / values.sum(axis=-1, keepdims=True)
    return shares


def _smoothed(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Mean of the last SMOOTHED values of each row, of fewer at its beginning."""
    sums = np.cumsum(np.stack([_held(row) for row in values]), axis=-1)
    steps = np.arange(1, values.shape[-1] + 1)
    before = np.zeros_like(sums)
    before[:, SMOOTHED:] = sums[:, :-SMOOTHED]
    return np.asarray((sums - before) / np.minimum(steps, SMOOTHED))


def _curves(drawn: dict[str, npt.NDArray[np.float64]], state: DivergenceState) -> list[Trace]:
    steps = np.unique(np.linspace(0, state.steps - 1, POINTS).astype(np.int64))
    data = []
    for method, shares in drawn.items():
        for i, seed in enumerate(state.seeds):
            held = np.clip(_held(shares[i]), *EDGES)[steps]
            curve = _curve(f"{method}-{seed}", steps.astype(np.float64), held, method)
            data.append(curve | {"showlegend": i == 0, "legendgroup": method})
    return data


def _held(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Values with each that is not finite replaced by the last finite one before it."""
    finite = np.isfinite(values)
    last = np.maximum.accumulate(np.where(finite, np.arange(values.size), -1))
    return np.where(last >= 0, np.where(finite, values, 0.0)[last], 0.0)


def _curve(uid: str, x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], method: str) -> Trace:
    style = theme.METHOD_STYLES[list(COMPARATORS).index(method)]
    width = 2.6 if method == "gaba" else 1.7
    return line(uid, x, y, LABELS[method], style.color, width=width, dash=style.dash)


def _marks(
    state: DivergenceState,
    drawn: dict[str, npt.NDArray[np.float64]],
    failures: dict[str, Failures],
    kinds: tuple[FailureKind, ...],
) -> list[Trace]:
    """One mark a method, seed and kind of failure, on the curve where it happens first."""
    data = []
    for kind in kinds:
        xs, ys = [], []
        for method, shares in drawn.items():
            for i, first in enumerate(failures[method].first[kind].tolist()):
                xs.append(float(first) if first >= 0 else AWAY)
                ys.append(float(np.clip(_held(shares[i])[first], *EDGES)) if first >= 0 else 0.0)
        symbol, color = SYMBOLS[kind]
        marker = {"symbol": symbol, "color": color, "size": 11, "line": {"width": 1.2, "color": theme.THEORY}}
        data.append(
            trace(f"mark-{kind}", xs, ys)
            | {"mode": "markers", "name": WORDS[kind], "marker": marker, "cliponaxis": False}
        )
    return data


def _edge(uid: str, across: list[float], y: float) -> Trace:
    return line(uid, across, [y, y], uid, theme.THEORY, width=1) | QUIET


def _range(drawn: dict[str, npt.NDArray[np.float64]]) -> tuple[float, float]:
    """Room for every curve, in steps of a tenth, so that the axis stays while they move a little."""
    held = [np.clip(_held(one), *EDGES) for shares in drawn.values() for one in shares]
    low = min([0.0, *(float(one.min()) for one in held)])
    high = max([0.55, *(float(one.max()) for one in held)])
    return float(np.floor(10.0 * low - 0.2) / 10.0), float(np.ceil(10.0 * high + 0.2) / 10.0)


def _picture(
    state: DivergenceState, data: list[Trace], title: str, heights: list[float], text: dict[str, str]
) -> dict[str, Any]:
    return {
        "key": "/".join([",".join(state.shown), ",".join(map(str, state.seeds)), state.kind]),
        "data": data,
        "layout": {
            "uirevision": title,
            "hovermode": "x unified",
            "margin": {"l": 62, "r": 18, "t": 12, "b": 8},
            "xaxis": {"title": {"text": "step"}, "range": [0.0, float(state.steps)], "hoverformat": "d"},
            "yaxis": {"title": {"text": title}, "range": heights},
            "legend": {"orientation": "h", "y": -0.2, "yanchor": "top", "x": 0},
        },
        "text": text,
    }
