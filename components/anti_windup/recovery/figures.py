"""Picture of the Recovery panel: output and state of the schemes around the switch."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core.anti_windup import SCHEMES, Recovery

from ...layout import theme
from ...plotting.arrays import packed
from ...plotting.lines import QUIET, Trace, line, words
from .state import RecoveryState, recoveries

POINTS = 300
LEGEND = {
    "orientation": "h",
    "y": -0.16,
    "yanchor": "top",
    "x": 0,
    "traceorder": "normal",
    "entrywidth": 1 / 3,  # in columns: else it is placed before its rows are counted, and covers the axis
    "entrywidthmode": "fraction",
}


def recovery_picture(state: RecoveryState, text: dict[str, str]) -> dict[str, Any]:
    """The first task's output before renormalising, solid, and its state, dotted, scheme by scheme.

    Args:
        state: the panel's state.
        text: read-outs that change with the picture.

    Returns:
        key (same key, same traces), data, layout and text.
    """
    left, right = _window(state)
    at = _samples(state, left, right)
    heights = _heights(state)
    found = recoveries(state)
    data: list[Trace] = [
        line("floor", [left, right], [state.floor] * 2, "floor", theme.FLOOR, width=1.4, dash="dash"),
        line("target", [0, right], [state.after] * 2, "new target", theme.EQUILIBRIUM, width=1.4),
        line("switch", [0, 0], heights, "switch", theme.THEORY, width=1.2, dash="dash") | QUIET,
    ]
    steps = packed(at - state.steps_before)
    for key in _shown(state):
        color = theme.SEED_STYLES[list(SCHEMES).index(key)].color
        if state.shows.state:
            inner = line(
                f"state-{key}", steps, found[key].state[at], f"{key} state", color, width=1.8, dash="dot"
            )
            data.append(_round(inner) | {"showlegend": False})
        outer = line(f"output-{key}", steps, found[key].output[at], f"{key} {SCHEMES[key].name}", color)
        data.append(_round(outer))
    data.append(_letters(state, found))
    return {
        "key": "/".join([",".join(_shown(state)), state.window, ",".join(state.show)]),
        "data": data,
        "layout": {
            "uirevision": state.window,
            "hovermode": "x unified",
            "margin": {"l": 62, "r": 18, "t": 12, "b": 8},
            "xaxis": {
                "title": {"text": "steps since the switch"},
                "range": [left, right],
                "hoverformat": "d",
            },
            "yaxis": {"title": {"text": "first task, before renormalising"}, "range": heights},
            "legend": LEGEND,
        },
        "text": text,
    }


def _round(drawn: Trace) -> Trace:
    """The line with every point of it: Plotly would leave out so many that a bend shows corners."""
    return drawn | {"line": drawn["line"] | {"simplify": False}}


def _shown(state: RecoveryState) -> list[str]:
    return [key for key in SCHEMES if key in state.schemes]


def _window(state: RecoveryState) -> tuple[float, float]:
    if state.window == "whole":
        return -float(state.steps_before), float(state.steps_after)
    return -min(float(state.steps_before), 0.12 * state.steps_after), float(state.steps_after)


def _samples(state: RecoveryState, left: float, right: float) -> npt.NDArray[np.int64]:
    """Indices drawn: evenly spread, the steps on either side of the switch among them."""
    first, last = state.steps_before + int(left), state.steps_before + state.steps_after - 1
    evenly = np.linspace(max(first, 0), last, POINTS).astype(np.int64)
    near = np.clip(np.array([-1, 0, 1]) + state.steps_before, 0, last)
    return np.unique(np.concatenate([evenly, near]))


def _heights(state: RecoveryState) -> list[float]:
    top = max(state.after, state.floor)
    if state.window == "whole":
        top = max(top, 0.5)
    return [0.0, round(1.25 * top + 0.005, 3)]


def _letters(state: RecoveryState, found: dict[str, Recovery]) -> Trace:
    """The letter of each scheme on its output, spread over the time in which they differ."""
    shown = _shown(state)
    spots = [max(1, int((0.04 + 0.05 * i) * state.steps_after)) for i in range(len(shown))]
    height = [found[key].output[state.steps_before + spot] for key, spot in zip(shown, spots, strict=True)]
    return words("letters", spots, height, [f"<b>{key}</b>" for key in shown], textposition="top center")
