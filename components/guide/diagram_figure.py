"""The signal of the first task at each stage of the controller, as numbers at rest and as lines over time."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gaba_core import SimulationParams, simulate, time_constant
from gaba_core.equilibrium import expected_shares
from gaba_core.number_text import fixed, number, percent
from gaba_core.projection import clamp
from gaba_core.step_response import noise_gain

from ..layout import theme
from ..plotting.lines import line
from ..plotting.traces import QUIET
from .figures import EVERY, MARGIN
from .state import EPOCHS, GuideState

LOWEST, TOP = 1e-4, 1.0


def stages(state: GuideState) -> dict[str, str]:
    """Return what comes out of each stage at rest, by its name."""
    shares = expected_shares(state.noisy)
    raised = np.maximum(shares, state.floor)
    weights = clamp(shares, state.floor)
    beta = state.beta
    return {
        "norms": f"{number(state.ratio)} : 1",
        "share": f"r = {fixed(shares[0], 4)}",
        "average": f"x → {fixed(shares[0], 4)}, τ {number(time_constant(beta)) if beta else 0} steps",
        "clamped": f"u = {fixed(raised[0], 4)}",
        "weight": f"w = {fixed(raised[0], 4)} / {fixed(raised.sum(), 4)} = {fixed(weights[0], 4)}",
        "trio": (
            f"The filter lets {percent(noise_gain(beta))} of white noise through; the clamp lifts the first "
            f"task by {fixed(raised[0] - shares[0], 4)}, and nothing of that returns to the average or "
            "to the rule."
        ),
    }


def trio_picture(state: GuideState) -> dict[str, Any]:
    """Return the picture: key (same key, same traces), data, layout and text."""
    params = state.noisy
    run = simulate(params, every=EVERY)
    raw = simulate(_unfiltered(state), every=EVERY)
    epochs = np.asarray(run.steps, dtype=np.float64) / params.steps_per_epoch
    average = np.asarray(run.state)[0, :, 0]
    signals = (
        ("r-signal", np.asarray(raw.state)[0, :, 0], "raw share r", theme.THEORY, 1.0, "solid"),
        ("x-signal", average, "average x", theme.SEED_STYLES[2].color, 2.5, "dot"),
        ("u-signal", np.maximum(average, state.floor), "clamped u", theme.FLOOR, 2.0, "dash"),
        ("w-signal", np.asarray(run.weights)[0, :, 0], "weight w", theme.SEED_STYLES[0].color, 2.5, "solid"),
    )
    data = [
        line(uid, epochs, np.maximum(values, LOWEST / 10), name, color, width=width, dash=dash)
        for uid, values, name, color, width, dash in signals
    ]
    floor = max(state.floor, LOWEST / 10)
    data.append(line("floor-3", [0, EPOCHS], [floor] * 2, "floor", theme.FLOOR, width=1) | QUIET)
    return {
        "key": "trio",
        "data": data,
        "layout": {
            "uirevision": "trio",
            "margin": MARGIN | {"r": 16, "t": 34},
            "hovermode": "x unified",
            "showlegend": True,
            "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
            "xaxis": {"title": {"text": "epoch"}, "range": [0.0, float(EPOCHS)], "hoverformat": ".2f"},
            "yaxis": {
                "title": {"text": "first task"},
                "type": "log",
                "range": [float(np.log10(LOWEST)), float(np.log10(TOP))],
                "tickvals": [0.0001, 0.001, 0.01, 0.1, 1.0],
            },
        },
        "text": stages(state),
    }


def _unfiltered(state: GuideState) -> SimulationParams:
    return replace(state.noisy, beta=0.0, floor=0.0, warmup_steps=0)
