"""Picture of the Monte Carlo panel: a histogram of the smallest weight, cut at the floor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core.bounds_check import BINS
from gaba_core.projection import weight_bounds

from ...layout import theme
from ...plotting.lines import Trace, line, words
from ...plotting.traces import QUIET, area
from .state import MonteCarloState, bins_of, check_of, window_of


def monte_carlo_picture(state: MonteCarloState, text: dict[str, str]) -> dict[str, Any]:
    """How many draws have which smallest weight, with the floor and the exact bound.

    Args:
        state: the panel's state.
        text: read-outs that change with the picture.

    Returns:
        key (same key, same traces), data, layout and text.
    """
    floor, exact = state.legal_floor, weight_bounds(state.tasks, state.legal_floor)[0]
    left, right = bins_of(state)
    edges = np.concatenate([np.linspace(left, floor, BINS + 1), np.linspace(floor, right, BINS + 1)[1:]])
    counts = check_of(state).counts.astype(np.float64)
    top = _round_up(max(1.0, float(counts.max())))
    peak = int(counts.argmax())
    data = [
        line("nominal", [floor, floor], [0.0, top], "published bound = floor", theme.FLOOR, dash="dash"),
        line("exact", [exact, exact], [0.0, top], "exact bound", theme.BOUND, dash="dot"),
        *_steps(
            "below", edges[: BINS + 1], counts[:BINS], (theme.BELOW, theme.BELOW_EDGE), "below the floor"
        ),
        *_steps("above", edges[BINS:], counts[BINS:], (theme.SAFE, theme.SAFE_EDGE), "at the floor or above"),
        words("peak", [0.5 * (edges[peak] + edges[peak + 1])], [counts[peak]], ["most draws"])
        | {"textposition": "top center" if 0 < peak < BINS else "top right"},
    ]
    for drawn in data[:2]:
        drawn["hovertemplate"] = "%{x:.6f}"
    return {
        "key": state.window,
        "data": data,
        "layout": {
            "uirevision": state.window,
            "hovermode": "closest",
            "margin": {"l": 70, "r": 18, "t": 12, "b": 8},
            "xaxis": {
                "title": {"text": "smallest weight of a draw"},
                "hoverformat": ".6f",
                "range": list(window_of(state)),
            },
            "yaxis": {"title": {"text": "draws"}, "range": [0.0, 1.08 * top]},
            "legend": {"orientation": "h", "y": -0.18, "yanchor": "top", "x": 0},
        },
        "text": text,
    }


def _steps(
    uid: str,
    edges: npt.NDArray[np.float64],
    counts: npt.NDArray[np.float64],
    colors: tuple[str, str],
    name: str,
) -> list[Trace]:
    """A histogram as one area and its outline, by which a bar of less than a pixel is seen too."""
    x, y = np.repeat(edges, 2)[1:-1], np.repeat(counts, 2)
    fill, edge = colors
    filled = area(uid, x, np.zeros_like(y), y, fill) | QUIET | {"name": name, "showlegend": True}
    return [filled, line(f"{uid}-edge", x, y, name, edge, width=2.5) | QUIET]


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10 ... so that the axis stays while the counts change a little."""
    decade = 10.0 ** math.floor(math.log10(value))
    return next(m * decade for m in (1.0, 1.5, 2.0, 3.0, 5.0, 7.0, 10.0) if m * decade >= value)
