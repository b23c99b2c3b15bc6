"""The picture as a whole: the weights on the upper row, the seeds magnified on the lower one."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaba_core import readouts as core
from gaba_core.checks import FloatArray
from gaba_core.equilibrium import equilibrium

from ...layout import theme
from ..names import weight_name
from ..sampling import Drawn, key
from . import axes, levels, lines, regimes
from .deviation import deviations


def weights_picture(drawn: Drawn, text: dict[str, str]) -> dict[str, Any]:
    """Weights over time with regimes, floor, bound and equilibrium; below them, what theory leaves over.

    Args:
        drawn: what is drawn.
        text: read-outs that change with the picture.

    Returns:
        key (same key, same traces), data, layout and text.
    """
    heights = axes.heights_of(drawn, _held(drawn))
    magnified, top = deviations(drawn)
    data = [
        *regimes.bands(drawn, heights),
        *lines.theory(drawn, heights),
        *lines.ghost(drawn, heights),
        *lines.mean(drawn, heights),
        *lines.curves(drawn, heights),
        *levels.bracket(drawn, heights),
        *levels.levels(drawn, heights),
        *lines.best(drawn, heights),
        *magnified,
        *regimes.names(drawn),
        levels.ends(drawn, heights, _ends(drawn)),
    ]
    layout = axes.layout(drawn, heights, top, _heads(drawn))
    return {"key": key(drawn.state), "data": data, "layout": layout, "text": text}


def _held(drawn: Drawn) -> list[FloatArray]:
    """Everything that the upper row must hold."""
    seen, params = slice(drawn.seen), drawn.params
    marks = [params.floor, core.lower_bound(params), float(equilibrium(params)[drawn.task])]
    held = [np.array([mark for mark in marks if mark > 0.0] or [1.0 / params.tasks])]
    for curve in drawn.curves:
        held.append(curve.weights[seen])
        held += [values[seen] for _, _, values, _, _ in lines.extra_lines(drawn, curve)]
    if drawn.state.shows.theory:
        held += [edge[seen] for course in drawn.theories for edge in (course.low, course.high)]
    if drawn.state.shows.mean:
        held.append(lines.mean_and_band(drawn)[2][seen])
    return held


def _ends(drawn: Drawn) -> list[levels.Name]:
    """Names of the further lines, each at the mean level where it ends."""
    last = max(drawn.seen - 1, 0)
    if not drawn.of_seeds:
        styles = [theme.SEED_STYLES[curve.style].color for curve in drawn.curves]
        return [
            (c.name, float(c.weights[last]), style) for c, style in zip(drawn.curves, styles, strict=True)
        ]
    found: dict[str, levels.Name] = {}
    for curve in drawn.curves:
        for kind, name, values, color, _ in lines.extra_lines(drawn, curve):
            found.setdefault(kind, (name, float(values[last]), color))
    return list(found.values())


def _heads(drawn: Drawn) -> list[dict[str, Any]]:
    """What stands above the rows; above the lower one whose lines they are."""
    scale = ", log scale" if drawn.state.shows.logy else ""
    weights = (
        weight_name(drawn.task, drawn.params.tasks)
        if drawn.of_seeds
        else f"Weight of every task, seed {drawn.params.seeds[0]}"
    )
    keys = "  ".join(
        f'<span style="color:{theme.SEED_STYLES[curve.style].color}">■</span> {curve.number}'
        for curve in drawn.curves
    )
    whose = "Seeds" if drawn.of_seeds else "Tasks"
    return [
        axes.head(f"{weights}{scale}", axes.NAMES, 0),
        axes.head(f"{whose} minus theory, magnified  {keys}", axes.LOWER, 3),
    ]
