"""Pictures of the Step response view: the response in time and the gain over frequency."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core.filter_study import half_power_frequency, study_response
from gaba_core.step_response import frequency_response, time_constant

from ..layout import theme
from ..plotting.lines import QUIET, Trace, line, points, words
from ..plotting.ticks import decade_ticks
from .state import StepState, style_slot

POINTS = 250
SLOWEST = 1e-5  # cycles a step
FREQUENCIES = np.geomspace(SLOWEST, 0.5, 160)
RUNGS = (0.06, 0.12, 0.3, 0.58, 1.16)  # tops of the upright axis, so that it holds while a level moves
DEEPEST = -62.0  # decibel
MARGIN = {"l": 62, "r": 18, "t": 14, "b": 8}
LEGEND = {"orientation": "h", "y": -0.22, "yanchor": "top", "x": 0, "traceorder": "normal"}


def response_picture(state: StepState, text: dict[str, str]) -> dict[str, Any]:
    """The step response of every chosen beta, closed form with the recursion on top of it.

    Args:
        state: the view's state.
        text: read-outs that change with the picture.

    Returns:
        key (same key, same traces), data, layout and text.
    """
    steps = _drawn_steps(state.steps)
    high = max(state.start, state.target)
    top = next(rung for rung in RUNGS if 1.1 * high <= rung)
    heights = [-0.02 * top, top]
    data = [*_marks(state, heights), *_targets(state), *_responses(state, steps)]
    return {
        "key": _key(state),
        "data": data,
        "layout": {
            "uirevision": "response",
            "margin": MARGIN,
            "hovermode": "x unified",
            "xaxis": {"title": {"text": "step"}, "range": [0.0, float(state.steps)], "hoverformat": ".4~g"},
            "yaxis": {"title": {"text": "moving average, y"}, "range": heights},
            "legend": LEGEND,
        },
        "text": text,
    }


def frequency_picture(state: StepState, text: dict[str, str]) -> dict[str, Any]:
    """The gain of every chosen beta over frequency, in decibel, with its half-power point."""
    data: list[Trace] = [
        line("half-power", [SLOWEST, 0.5], [_HALF, _HALF], "−3 dB", theme.THEORY, width=1.4, dash="dash")
    ]
    for i, beta in enumerate(state.drawn):
        gain = 20.0 * np.log10(frequency_response(beta, 2.0 * np.pi * FREQUENCIES))
        data.append(_like_beta(f"gain-{i}", FREQUENCIES, gain, i, beta) | {"hovertemplate": "%{y:.2f} dB"})
    at = [half_power_frequency(beta) for beta in state.drawn]
    data.append(
        points(
            "half-points",
            [SLOWEST / 10.0 if one is None else one for one in at],
            [_HALF] * len(at),
            "half of the power",
            theme.FLOOR,
            color=[_style(i, beta).color for i, beta in enumerate(state.drawn)],
            size=9,
        )
        | {"hovertemplate": "%{x:.3g} cycles/step"}
    )
    return {
        "key": _key(state),
        "data": data,
        "layout": {
            "uirevision": "frequency",
            "margin": {**MARGIN, "b": 46},
            "hovermode": "closest",
            "xaxis": {
                "title": {"text": "frequency, cycles/step"},
                "type": "log",
                "range": [float(np.log10(SLOWEST)), float(np.log10(0.5))],
                "exponentformat": "power",
                **decade_ticks(SLOWEST, 0.5),
            },
            "yaxis": {"title": {"text": "gain, dB"}, "range": [DEEPEST, 3.0]},
            "showlegend": False,
        },
        "text": text,
    }


@lru_cache(maxsize=64)
def _drawn_steps(count: int) -> npt.NDArray[np.int64]:
    """Which of so many steps are drawn."""
    return np.unique(np.linspace(0, count - 1, POINTS).astype(np.int64))


_HALF = float(10.0 * np.log10(0.5))


def _key(state: StepState) -> str:
    return "/".join([",".join(map(str, state.betas)), ",".join(sorted(state.show))])


def _style(i: int, beta: float) -> theme.Style:
    return theme.SEED_STYLES[0 if i == 0 else style_slot(beta)]


def _like_beta(uid: str, x: npt.ArrayLike, y: npt.ArrayLike, i: int, beta: float) -> Trace:
    """A line in the style of the i-th beta; that of the dragged one, the first, is heavier and unnamed."""
    name = "β of the slider" if i == 0 else f"β {beta:g}"
    style = _style(i, beta)
    return line(uid, x, y, name, style.color, width=4 if i == 0 else 1.8, dash=style.dash)


def _responses(state: StepState, steps: npt.NDArray[np.int64]) -> list[Trace]:
    data = []
    for i, beta in reversed(list(enumerate(state.drawn))):
        study = study_response(beta, state.start, state.target, state.steps)
        data.append(_like_beta(f"analytic-{i}", steps, study.analytic[steps], i, beta))
        if i == 0 and state.shows.simulated:
            data.append(
                line(
                    "simulated",
                    steps,
                    study.simulated[steps],
                    "simulated",
                    theme.FLOOR,
                    width=4,
                    dash="2px,9px",
                )
                | {"hovertemplate": "%{y:.5f}"}
            )
    return data


def _targets(state: StepState) -> list[Trace]:
    across = [0.0, float(state.steps)]
    return [
        line("target", across, [state.target] * 2, "target", theme.EQUILIBRIUM, width=1.4)
        | {"hoverinfo": "skip"}
    ]


def _marks(state: StepState, heights: list[float]) -> list[Trace]:
    """Vertical lines at tau, 3 tau and 5 tau of the dragged beta; those past the end are left out."""
    if not state.shows.marks:
        return []
    tau = time_constant(state.beta)
    at = [times * tau if times * tau <= state.steps else -state.steps for times in (1, 3, 5)]
    top = heights[1] - 0.06 * (heights[1] - heights[0])
    marks = [
        line(f"mark-{i}", [x, x], heights, "mark", theme.THEORY, width=1.2, dash="dash") | QUIET
        for i, x in enumerate(at)
    ]
    names = words(
        "mark-names", at, [top] * 3, ["\u2002τ", "\u20023τ", "\u20025τ"], textposition="middle right"
    )
    return [*marks, names]
