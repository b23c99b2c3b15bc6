"""The Guide's picture: the weight of the reference run, with the regime that is read about lit up."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaba_core import predict_regimes, simulate
from gaba_core.regimes import Regime

from ..layout import theme
from ..plotting.lines import line, words
from ..plotting.traces import QUIET, Trace, area
from .reading import reading, sentence
from .state import GuideState

EVERY = 4  # steps between two points that are drawn
LOW, HIGH = 1e-3, 0.8
MARGIN = {"l": 62, "r": 86, "t": 14, "b": 46}
DARK = 0.25  # of the strength of a band that is not read about


def curve_picture(state: GuideState) -> dict[str, Any]:
    """Return the picture: key (same key, same traces), data, layout and text."""
    params = state.params
    run = simulate(params, every=EVERY)
    epochs = np.asarray(run.steps, dtype=np.float64) / params.steps_per_epoch
    weight, inner = (np.maximum(np.asarray(one)[0, :, 0], LOW / 10) for one in (run.weights, run.state))
    end = float(epochs[-1])
    found = reading(state)
    floor = max(state.floor, LOW / 10)
    data = [
        *_bands(state, end),
        line("floor", [0.0, end], [floor] * 2, "floor", theme.FLOOR, width=2, dash="dash") | QUIET,
        line("state", epochs, inner, "EMA state", theme.SEED_STYLES[2].color, width=2, dash="dot"),
        line("weight", epochs, weight, "weight of the RUL loss", theme.SEED_STYLES[0].color, width=3.5),
        words("name-weight", [end], [float(weight[-1])], [" weight"], textposition="bottom right")
        | {"cliponaxis": False},
        words("name-state", [end], [float(inner[-1])], [" EMA state"], textposition="bottom right")
        | {"cliponaxis": False},
        words("name-floor", [end], [floor], [" floor"], textposition="top right") | {"cliponaxis": False},
    ]
    return {
        "key": state.regime,
        "data": data,
        "layout": {
            "uirevision": "curve",
            "margin": MARGIN,
            "hovermode": "x unified",
            "showlegend": False,
            "xaxis": {"title": {"text": "epoch"}, "range": [0.0, end], "hoverformat": ".2f"},
            "yaxis": {
                "title": {"text": "weight of the RUL loss"},
                "type": "log",
                "range": [float(np.log10(LOW)), float(np.log10(HIGH))],
                "tickvals": [0.001, 0.01, 0.05, 0.1, 0.5],
            },
        },
        "text": {
            "says": sentence(state),
            "mechanism": found.mechanism,
            "signature": found.signature,
        },
    }


def _bands(state: GuideState, end: float) -> list[Trace]:
    spans: dict[str, Regime] = {regime.name: regime for regime in predict_regimes(state.params)}
    per = state.params.steps_per_epoch
    bands = []
    for name, fill in theme.REGIME_FILLS.items():
        span = spans.get(name)
        first = end if span is None else min(span.start / per, end)
        last = end if span is None or span.end is None else min(span.end / per, end)
        strong = 1.0 if name == state.regime else DARK
        x, ones = np.array([first, last]), np.ones(2)
        band = area(f"band-{name.replace(' ', '-')}", x, 0.1 * LOW * ones, 10.0 * ones, fill)
        bands.append(band | {"opacity": strong})
    return bands
