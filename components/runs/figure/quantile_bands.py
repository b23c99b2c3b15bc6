"""Very many runs as bands: median, middle half, and all but a twentieth at either end."""

from __future__ import annotations

import numpy as np

from gaba_core import number_text
from gaba_core.runs.ensemble import Quantiles, quantiles

from ...plotting.arrays import packed
from ...plotting.traces import Trace, area
from ...run_source.styles import escaped, faded, run_style, uid_of
from .curves import RunCurve
from .lines import LARGEST, hover, words_of
from .panels import WEIGHTS, Board, Panel

LEVELS = (0.95, 0.75, 0.5, 0.25, 0.05)
NAMES = ("95th percentile", "75th percentile", "median", "25th percentile", "5th percentile")
OUTER, INNER = 0.16, 0.3  # how much of what lies below a band covers


def band_lines(board: Board, panel: Panel) -> list[Trace]:
    """Two bands and a median for each quantity of the panel; a name says over how many of the runs."""
    found: dict[tuple[str, str], list[RunCurve]] = {}
    for _, curves in panel.runs:
        for curve in curves:
            found.setdefault((curve.kind, curve.what), []).append(curve)
    traces = []
    for index, lines in enumerate(found.values()):
        over = quantiles([(line.x, line.y) for line in lines], LEVELS)
        traces += _traces(board, panel, index, lines, over)
    return traces


def _traces(board: Board, panel: Panel, index: int, curves: list[RunCurve], over: Quantiles) -> list[Trace]:
    color = run_style(index).color
    top, upper, middle, lower, bottom = np.clip(over.values, -LARGEST, LARGEST)
    key = f"{index}-{panel.yaxis}"
    every = number_text.count(len(panel.runs))
    digits = ".5f" if panel.name == WEIGHTS else ",.6~g"
    ends = [f"%{{customdata[{i}]:{digits}}}" for i in range(4)]
    words = (
        f"{hover(board, digits)}, middle half {ends[2]} to {ends[1]}, 90 % {ends[3]} to {ends[0]} "
        f"(%{{customdata[4]:,d}} of {every} runs)"
    )
    about = np.stack([top, upper, lower, bottom, over.count], axis=1)
    median: Trace = {
        "type": "scatter",
        "mode": "lines",
        "uid": uid_of(f"median-{key}"),
        "x": packed(over.x),
        "y": packed(middle),
        "yaxis": panel.yaxis,
        "name": escaped(f"{words_of(panel, curves[0])}, median of {number_text.count(len(curves))} runs"),
        "legendgroup": key,
        "showlegend": True,
        "line": {"color": color, "width": 2.4, "dash": "solid"},
        "customdata": packed(about) | {"shape": f"{over.x.size}, 5"},
        "hovertemplate": words,
    }
    bands = [
        area(uid_of(f"band-{name}-{key}"), over.x, low, high, faded(color, part), said)
        | {"yaxis": panel.yaxis}
        for name, low, high, part, said in (
            ("outer", bottom, top, OUTER, "90 % of the runs"),
            ("inner", lower, upper, INNER, "middle half of the runs"),
        )
    ]
    return [*bands, median]
