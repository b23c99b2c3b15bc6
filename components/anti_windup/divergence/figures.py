"""Pictures of the Divergence panel: weights, gradient shares, and failure rates against noise."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core.comparators import COMPARATORS, LABELS, FailureKind, FailureRates, Failures
from gaba_core.comparators.failures import FAR
from gaba_core.projection import weight_bounds

from ...layout import theme
from ...plotting.arrays import Packed, packed
from ...plotting.line_names import Named, line_names
from ...plotting.lines import QUIET, Trace, line
from ...plotting.traces import trace
from .curves import Curves, drawn_steps
from .state import KINDS, KINDS_OF, RATE_SIGMAS, DivergenceState

RIGHT = 168  # pixels for the names of the lines
FAINT = 0.35  # opacity of what stands beside the chosen method
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
    state: DivergenceState, curves: dict[str, Curves], failures: dict[str, Failures], text: dict[str, str]
) -> dict[str, dict[str, Any]]:
    """The share of the weights that the first task has, and the share of the gradient that the second has.

    Args:
        state: the panel's state.
        curves: of each method.
        failures: what failed in it.
        text: read-outs that change with the pictures.

    Returns:
        Two pictures by name, each with key (same key, same traces), data, layout and text.
    """
    bound, across = weight_bounds(2, state.floor)[0], packed([0.0, float(state.steps)])
    above, below = _range(curves), [-0.03, 1.03]
    first = [
        line("bound", across, [bound] * 2, "exact lower bound", theme.BOUND, width=1.4, dash="dot"),
        *(_edge(f"edge-{y:g}", across, y) for y in (0.0, 1.0)),
        *_lines(state, {method: each.weights for method, each in curves.items()}),
        *(_marks(kind, curves, failures) for kind in ("left", "non-finite", "weight-starved")),
        *_names(state, {method: each.weight_end for method, each in curves.items()}, above),
    ]
    starved = [FAR / 2.0] * 2
    second = [
        line("starved", across, starved, "gradient-starved below", theme.GHOST, width=1.4, dash="dot"),
        line("even", across, [0.5] * 2, "balanced", theme.EQUILIBRIUM, width=1.4),
        *_lines(state, {method: each.pulls for method, each in curves.items()}),
        _marks("gradient-starved", curves, failures),
        *_names(state, {method: each.pull_end for method, each in curves.items()}, below),
    ]
    return {
        "weights": _picture(state, first, "w / Σw of the first task", above, text),
        "pulls": _picture(state, second, "second task’s share of Σ w g", below, text),
    }


def rates_picture(state: DivergenceState, found: FailureRates | None, text: dict[str, str]) -> dict[str, Any]:
    """Share of the seeds that fail against noise, method by method; no curves before it was run."""
    data: list[Trace] = []
    ends: dict[str, float] = {}
    for method in state.shown:
        rate = np.full(len(RATE_SIGMAS), -1e4)
        if found is not None:
            rate = 100.0 * np.max([found.rates[method][kind] for kind in KINDS_OF[state.kind]], axis=0)
        ends[method] = float(rate[-1])
        data.append(_curve(state, f"rate-{method}", np.array(RATE_SIGMAS), rate, method))
        data[-1]["hovertemplate"] = "%{y:.1f} %"
    heights = [-3.0, 103.0]
    if found is not None:
        data += _names(state, ends, heights, RATE_SIGMAS[-1])
    picture = _picture(state, data, f"seeds that fail, %: {KINDS[state.kind].lower()}", heights, text)
    picture["key"] += "" if found is None else "/found"
    picture["layout"]["xaxis"] = {"title": {"text": "noise σ", "standoff": 4}, "range": [0.0, 3.0]}
    return picture


def _lines(state: DivergenceState, drawn: dict[str, tuple[Packed, ...]]) -> list[Trace]:
    _, steps = drawn_steps(state.steps)
    return [
        _curve(state, f"{method}-{seed}", steps, y, method)
        for method, rows in drawn.items()
        for seed, y in zip(state.seeds, rows, strict=True)
    ]


def _curve(
    state: DivergenceState, uid: str, x: npt.ArrayLike | Packed, y: npt.ArrayLike | Packed, method: str
) -> Trace:
    style = theme.METHOD_STYLES[list(COMPARATORS).index(method)]
    stands_out = state.chosen in ("", method)
    width = 2.6 if state.chosen == method else 1.7
    drawn = line(uid, x, y, LABELS[method], style.color, width=width, dash=style.dash)
    return drawn | {"opacity": 1.0 if stands_out else FAINT}


def _names(
    state: DivergenceState, ends: dict[str, float], heights: list[float], x: float | None = None
) -> list[Trace]:
    """The name of each method where its line, that of the first seed, ends."""
    low, high = heights
    named = {
        method: Named(LABELS[method], theme.METHOD_STYLES[list(COMPARATORS).index(method)].color, end)
        for method, end in ends.items()
    }
    return line_names(named, float(state.steps) if x is None else x, (low, high))


def _marks(kind: FailureKind, curves: dict[str, Curves], failures: dict[str, Failures]) -> Trace:
    """One mark a method and seed, on the curve where it first fails in this way."""
    xs, ys = [], []
    for method, found in failures.items():
        for seed, step in enumerate(found.first[kind].tolist()):
            xs.append(step if step >= 0 else AWAY)
            ys.append(curves[method].height(seed, step, kind) if step >= 0 else 0.0)
    symbol, color = SYMBOLS[kind]
    marker = {"symbol": symbol, "color": color, "size": 11, "line": {"width": 1.2, "color": theme.THEORY}}
    return trace(f"mark-{kind}", xs, ys) | {
        "mode": "markers",
        "name": WORDS[kind],
        "marker": marker,
        "cliponaxis": False,
    }


def _edge(uid: str, across: Packed, y: float) -> Trace:
    return line(uid, across, [y, y], uid, theme.THEORY, width=1) | QUIET


def _range(curves: dict[str, Curves]) -> list[float]:
    """Room for every curve, in steps of a tenth, so that the axis stays while they move a little."""
    low = min([0.0, *(each.lowest for each in curves.values())])
    high = max([0.55, *(each.highest for each in curves.values())])
    return [math.floor(10.0 * low - 0.2) / 10.0, math.ceil(10.0 * high + 0.2) / 10.0]


def _picture(
    state: DivergenceState, data: list[Trace], title: str, heights: list[float], text: dict[str, str]
) -> dict[str, Any]:
    across = [0.0, float(state.steps)]
    return {
        "key": "/".join([",".join(state.shown), ",".join(map(str, state.seeds)), state.kind, state.cell]),
        "data": data,
        "layout": {
            "uirevision": title,
            "hovermode": "x unified",
            "margin": {"l": 62, "r": RIGHT, "t": 12, "b": 44},
            "showlegend": False,
            "xaxis": {"title": {"text": "step", "standoff": 4}, "range": across, "hoverformat": "d"},
            "yaxis": {"title": {"text": title}, "range": heights},
        },
        "text": text,
    }
