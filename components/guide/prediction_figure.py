"""The picture of a prediction: two markers that are dragged, and the curve once it is asked for."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaba_core import simulate

from ..layout import theme
from ..plotting.lines import line, words
from ..plotting.traces import QUIET
from .examples import EPOCHS, EXAMPLES
from .figures import EVERY, HIGH, LOW, MARGIN
from .prediction import setting, verdict
from .state import GuideState

MET, REST = "guess-met", "guess-rest"
ENDS = (LOW / 10, 10.0)  # a marker goes through the whole picture


def prediction_picture(state: GuideState) -> dict[str, Any]:
    """Return the picture: key (same key, same traces), data, layout and text."""
    params = EXAMPLES[state.example]
    mark = theme.SEED_STYLES[3].color
    across = [0.0, float(EPOCHS)]
    data = [
        line("floor-2", across, [params.floor] * 2, "floor", theme.FLOOR, width=2, dash="dash") | QUIET,
        words("name-floor-2", across[1:], [params.floor], [" floor"], textposition="top right")
        | {"cliponaxis": False},
        line(MET, [state.met] * 2, ENDS, "floor met", mark, width=2.5, dash="dot") | QUIET,
        line(REST, across, [state.rest] * 2, "settles", mark, width=2.5, dash="dot") | QUIET,
        words("name-met", [state.met], [0.6], [" floor met "], textposition=_side(state)),
        words("name-rest", across[1:], [state.rest], [" settles"], textposition="bottom right")
        | {"cliponaxis": False},
    ]
    if state.shown == "curve":
        data += _curve(state)
    return {
        "key": f"{state.example}/{state.shown}",
        "data": data,
        "layout": {
            "uirevision": "guess",
            "margin": MARGIN,
            "hovermode": "x unified",
            "showlegend": False,
            "xaxis": {"title": {"text": "epoch"}, "range": across, "hoverformat": ".2f"},
            "yaxis": {
                "title": {"text": "weight of the RUL loss"},
                "type": "log",
                "range": [float(np.log10(LOW)), float(np.log10(HIGH))],
                "tickvals": [0.001, 0.01, 0.05, 0.1, 0.5],
            },
        },
        "text": {"setting": setting(state), "verdict": verdict(state)},
    }


def _side(state: GuideState) -> str:
    return "middle left" if state.met > EPOCHS / 2 else "middle right"


def _curve(state: GuideState) -> list[dict[str, Any]]:
    params = EXAMPLES[state.example]
    run = simulate(params, every=EVERY)
    epochs = np.asarray(run.steps, dtype=np.float64) / params.steps_per_epoch
    weight, inner = (np.maximum(np.asarray(one)[0, :, 0], LOW / 10) for one in (run.weights, run.state))
    return [
        line("state-2", epochs, inner, "EMA state", theme.SEED_STYLES[2].color, width=2, dash="dot"),
        line("weight-2", epochs, weight, "weight of the RUL loss", theme.SEED_STYLES[0].color, width=3.5),
    ]
