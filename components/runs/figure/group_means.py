"""Means of the Runs picture: each group of runs as one line in a band of one standard deviation."""

from __future__ import annotations

import numpy as np

from gaba_core.runs import peak_keeping

from ...plotting.arrays import packed
from ...plotting.traces import Trace, area
from ...run_source.styles import escaped, faded, run_style, uid_of
from ..groups import Group
from .curves import Mean
from .lines import LARGEST, POINTS, TASK_DASHES, hover, words_of
from .panels import WEIGHTS, Board, Panel
from .zoom_detail import detailed

BAND = 0.2


def mean_lines(board: Board, panel: Panel) -> list[Trace]:
    """The band and the mean of each group; a group of one run has no band."""
    bands = [_band(panel, group, mean) for group, means in panel.means for mean in means]
    lines = [_mean(board, panel, group, mean) for group, means in panel.means for mean in means]
    return [*(band for band in bands if band), *lines]


def _uid(what: str, panel: Panel, group: Group, mean: Mean) -> str:
    return uid_of(f"{what}-{panel.yaxis}", f"{group.key} {mean.kind} {mean.what}")


def _band(panel: Panel, group: Group, mean: Mean) -> Trace | None:
    known = np.isfinite(mean.sd) & np.isfinite(mean.y)
    if not known.any():
        return None
    x, y, sd = mean.x[known], mean.y[known], mean.sd[known]
    chosen = peak_keeping(y, POINTS // 2)
    low, high = (np.clip(edge[chosen], -LARGEST, LARGEST) for edge in (y - sd, y + sd))
    fill = faded(run_style(group.style).color, BAND)
    name = escaped(f"mean ± 1 sd, {group.label}")
    return area(_uid("band", panel, group, mean), x[chosen], low, high, fill, name) | {"yaxis": panel.yaxis}


def _mean(board: Board, panel: Panel, group: Group, mean: Mean) -> Trace:
    mean = detailed(mean, board.axis)
    chosen = peak_keeping(mean.y, POINTS)
    several, size = mean.members > 1, len(group.members)
    held = f"{mean.members} of {size} runs, " if mean.members < size else ""
    about = np.stack([mean.sd[chosen], mean.count[chosen]], axis=1)
    y = hover(board, ".5f" if panel.name == WEIGHTS else ",.6~g")
    text = f"{y} ± %{{customdata[0]:,.3~g}} (n = %{{customdata[1]:d}})" if several else y
    style = run_style(group.style)
    dash = "solid" if panel.name == WEIGHTS else TASK_DASHES[mean.index % len(TASK_DASHES)]
    width = 2.8 * 0.75 ** board.tasks.index(mean.what) if panel.name == WEIGHTS else 2.4
    return {
        "type": "scatter",
        "mode": "lines",
        "uid": _uid("mean", panel, group, mean),
        "x": packed(mean.x[chosen]),
        "y": packed(np.clip(mean.y[chosen], -LARGEST, LARGEST)),
        "yaxis": panel.yaxis,
        "name": escaped(f"{words_of(panel, mean)}, {'mean of ' if several else ''}{held}{group.label}"),
        "legendgroup": group.key,
        "showlegend": False,
        "line": {"color": style.color, "width": width, "dash": dash},
        "customdata": packed(about) | {"shape": f"{chosen.size}, 2"},
        "hovertemplate": text,
    }
