"""The lower row: where the seeds leave the theory, and each other."""

from __future__ import annotations

import numpy as np

from ...layout import theme
from ...plotting.arrays import packed
from ...plotting.traces import Trace, area, trace
from ..sampling import Drawn
from .axes import ceiling
from .lines import EXPECTED

LEAST = 1e-12


def deviations(drawn: Drawn) -> tuple[list[Trace], float]:
    """Return every seed's weight minus the theory's, with a band of two sd, and how far they reach.

    At 5 % noise the seeds differ by less than 1e-4: as weights they are one line, here they come apart.
    """
    x, reach = drawn.axis.xs(drawn.run.steps), LEAST
    data, across = [], packed(x)
    for i, curve in enumerate(drawn.curves):
        course = drawn.theories[0 if drawn.of_seeds else i]
        off = curve.weights - course.weights
        low, high = course.low - course.weights, course.high - course.weights
        if i == 0 or not drawn.of_seeds:
            end = "" if drawn.of_seeds else f"-{curve.number}"
            data.append(area(f"off-band{end}", x, low, high, theme.THEORY_FILL, EXPECTED))
        style = theme.SEED_STYLES[curve.style]
        line = {"color": style.color, "width": 1.3, "dash": style.dash}
        looks = {
            "name": f"{curve.number} − expected",
            "line": line,
            "showlegend": False,
            "hovertemplate": "%{y:.2e}",
        }
        data.append(trace(f"off-{curve.number}", across, off) | looks)
        reach = max(reach, *(float(np.abs(part[: drawn.seen]).max()) for part in (off, low, high)))
    return [each | {"yaxis": "y2"} for each in data], ceiling(reach)
