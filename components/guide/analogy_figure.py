"""The picture of a field that runs: its actuator with and without a cure, and what was asked of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..layout import theme
from ..plotting.lines import line
from ..plotting.traces import QUIET
from .analogies import run_of
from .figures import MARGIN
from .state import GuideState

POINTS = 400


def analogy_picture(state: GuideState) -> dict[str, Any]:
    """Return the picture: key (same key, same traces), data, layout and text."""
    run = run_of(state)
    at = np.unique(np.linspace(0, len(run.time) - 1, POINTS).astype(np.int64))
    time = run.time[at]
    ends = [float(time[0]), float(time[-1])]
    low, high = (float(f(np.concatenate([run.output, run.cured]))) for f in (np.min, np.max))
    room = 0.25 * (high - low)
    blue, teal = theme.SEED_STYLES[0].color, theme.SEED_STYLES[2].color
    data = [
        line("limit", ends, [run.limit] * 2, "limit", theme.FLOOR, width=2, dash="dash") | QUIET,
        line("switch", [0, 0], [low - room, high + room], "end", theme.THEORY, width=1, dash="dash") | QUIET,
        line("command", time, run.command[at], "asked for", teal, width=1.8, dash="dot"),
        line("output", time, run.output[at], run.actuator, blue, width=3),
        line("cured", time, run.cured[at], "with the state held", theme.EQUILIBRIUM, width=2),
    ]
    unit = f" ({run.unit})" if run.unit else ""
    return {
        "key": state.field,
        "data": data,
        "layout": {
            "uirevision": state.field,
            "margin": MARGIN | {"r": 16, "t": 34},
            "hovermode": "x unified",
            "showlegend": True,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "xaxis": {
                "title": {"text": f"{run.time_unit} since the disturbance ended"},
                "range": ends,
                "hoverformat": ".3~g",
            },
            "yaxis": {"title": {"text": f"{run.actuator}{unit}"}, "range": [low - room, high + room]},
        },
        "text": run.text,
    }
