"""Picture of the Projection panel: a number line for two tasks, a triangle for three, each with a lens."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..panels.frame import spots
from . import bar_figure as bar
from . import triangle_figure as triangle
from .bar_figure import LINE
from .state import ProjectionState


def projection_picture(state: ProjectionState, text: dict[str, str]) -> dict[str, Any]:
    """The raw point, where both projections take it, the safe region and the bounds.

    Args:
        state: the panel's state.
        text: read-outs that change with the picture.

    Returns:
        key (same key, same traces), data, layout and text; in it the place of the raw point's handle in the
        picture, and of what is written at the marks in the lens.
    """
    flat = state.count == 2
    data, layout = (
        (bar.bar(state), bar.bar_layout(state))
        if flat
        else (triangle.triangle(state), triangle.triangle_layout(state))
    )
    x, y = (state.x1, LINE) if flat else triangle.place(np.array(state.point))
    return {
        "key": state.tasks,
        "data": data,
        "layout": {"uirevision": state.tasks, "hovermode": "closest", "dragmode": False, **layout},
        "text": {
            **text,
            "spot": f"{x:.6f} {y:.6f}",
            "spots": spots((bar if flat else triangle).spots(state)),
        },
    }
