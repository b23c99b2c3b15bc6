"""Picture of the Recovery panel: output and state of the schemes around the switch."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core.anti_windup import SCHEMES, Recovery

from ...layout import theme
from ...plotting.arrays import packed
from ...plotting.line_names import Named, line_names
from ...plotting.lines import QUIET, STAYS, Trace, line, words
from ...plotting.traces import area
from ..panels.frame import spots
from .state import RecoveryState, recoveries

POINTS = 300
RUNGS = (0.08, 0.16, 0.32, 0.65, 1.3)  # tops of the upright axis, so that it holds while the target moves
NAMES = 168  # pixels right of the picture for the names of the lines


def recovery_picture(state: RecoveryState, text: dict[str, str]) -> dict[str, Any]:
    """The first task's output before renormalising, solid, and its state, dotted, scheme by scheme.

    Args:
        state: the panel's state.
        text: read-outs that change with the picture.

    Returns:
        key (same key, same traces), data, layout and text.
    """
    left, right = window(state)
    at = samples(state, left, right)
    heights = _heights(state)
    found = recoveries(state)
    data: list[Trace] = [
        *_stuck(state, found["A"], heights[1]),
        line("floor", [left, right], [state.floor] * 2, "floor", theme.FLOOR, width=1.4, dash="dash"),
        line("target", [0, right], [state.after] * 2, "new target", theme.EQUILIBRIUM, width=1.4),
        line("switch", [0, 0], heights, "switch", theme.THEORY, width=1.2, dash="dash") | QUIET,
    ]
    steps = packed(at - state.steps_before)
    for key in drawn_schemes(state):
        color = theme.SEED_STYLES[list(SCHEMES).index(key)].color
        if state.shows.state:
            inner = line(
                f"state-{key}", steps, found[key].state[at], f"{key} state", color, width=1.8, dash="dot"
            )
            data.append(_round(inner) | {"showlegend": False})
        dash = "dash" if key == "N" else "solid"  # it lies on A
        outer = line(
            f"output-{key}", steps, found[key].output[at], f"{key} {SCHEMES[key].name}", color, dash=dash
        )
        data.append(_round(outer))
    data += [_letters(state, found), *_names(state, found, right, heights[1])]
    return {
        "key": "/".join([",".join(drawn_schemes(state)), state.window, ",".join(state.show)]),
        "data": data,
        "layout": {
            "uirevision": state.window,
            "hovermode": "x unified",
            "margin": {"l": 62, "r": NAMES, "t": 12, "b": 44},
            "showlegend": False,
            "xaxis": {
                "title": {"text": "steps since the switch"},
                "range": [left, right],
                "hoverformat": "d",
            },
            "yaxis": {"title": {"text": "first task, before renormalising"}, "range": heights},
        },
        "text": {**text, "spots": spots(_bracket(state, found["A"], heights[1]))},
    }


def _round(drawn: Trace) -> Trace:
    """The line with every point of it: Plotly would leave out so many that a bend shows corners."""
    return drawn | {"line": drawn["line"] | {"simplify": False}}


def drawn_schemes(state: RecoveryState) -> list[str]:
    """Return the letters of the schemes drawn, in the order of SCHEMES."""
    return [key for key in SCHEMES if key in state.schemes]


def window(state: RecoveryState) -> tuple[float, float]:
    """Return the ends of the time axis, in steps since the switch."""
    if state.window == "whole":
        return -float(state.steps_before), float(state.steps_after)
    return -min(float(state.steps_before), 0.12 * state.steps_after), float(state.steps_after)


def samples(state: RecoveryState, left: float, right: float) -> npt.NDArray[np.int64]:
    """Return the steps drawn, from 0 on: evenly spread, those on either side of the switch among them."""
    first, last = state.steps_before + int(left), state.steps_before + state.steps_after - 1
    evenly = np.linspace(max(first, 0), last, POINTS).astype(np.int64)
    near = np.clip(np.array([-1, 0, 1]) + state.steps_before, 0, last)
    return np.unique(np.concatenate([evenly, near]))


def _heights(state: RecoveryState) -> list[float]:
    top = max(state.after, state.floor)
    if state.window == "whole":
        top = max(top, 0.5)
    return [0.0, next(rung for rung in RUNGS if 1.25 * top <= rung)]


def _stuck(state: RecoveryState, gaba: Recovery, top: float) -> list[Trace]:
    """The stretch after the switch in which GABA's output sits on the floor, shaded and bracketed."""
    if "A" not in state.schemes:
        return []
    end, y, tick = float(gaba.release_delay), _bracket_height(state, top), 0.02 * top
    fill, x = theme.REGIME_FILLS["floor activation"], np.array([0.0, end])
    shade = area("stuck", x, np.zeros(2), np.full(2, top), fill, "GABA stuck on the floor")
    ends = [0.0, 0.0, end, end], [y + tick, y, y, y + tick]
    return [shade, line("bracket", *ends, "stuck", theme.FLOOR, width=1.6) | QUIET]


def _bracket(state: RecoveryState, gaba: Recovery, top: float) -> dict[str, tuple[float, float, int]]:
    """Where the length of that stretch is written."""
    middle = 0.5 * gaba.release_delay if "A" in state.schemes else -1e6
    return {"stuck": (middle, _bracket_height(state, top), 14)}


def _bracket_height(state: RecoveryState, top: float) -> float:
    """Below the floor where there is room, above it where it lies on the ground."""
    below = state.floor - 0.06 * top
    return below if below > 0.1 * top else state.floor + 0.06 * top


def _letters(state: RecoveryState, found: dict[str, Recovery]) -> Trace:
    """The letter of each scheme on its output, spread over the time in which they differ."""
    shown = drawn_schemes(state)
    spots = [max(1, int((0.04 + 0.05 * i) * state.steps_after)) for i in range(len(shown))]
    height = [found[key].output[state.steps_before + spot] for key, spot in zip(shown, spots, strict=True)]
    return words("letters", spots, height, [f"<b>{key}</b>" for key in shown], textposition="top center") | {
        "meta": STAYS
    }


def _names(state: RecoveryState, found: dict[str, Recovery], right: float, top: float) -> list[Trace]:
    colors = {key: style.color for key, style in zip(SCHEMES, theme.SEED_STYLES, strict=False)}
    ends = {
        key: Named(f"{key} {SCHEMES[key].name}", colors[key], float(found[key].output[-1]))
        for key in drawn_schemes(state)
    }
    return line_names(ends, right, (0.0, top))
