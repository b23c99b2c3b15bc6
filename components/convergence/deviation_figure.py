"""Second picture of the Convergence view: where the seeds leave the theory, and each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..layout import theme
from ..plotting.arrays import packed
from ..plotting.traces import area, trace
from .sampling import Drawn, key

STEPS = (1.0, 2.0, 5.0)


def deviation_picture(drawn: Drawn) -> dict[str, Any]:
    """Weight of the RUL task of every seed minus the theory's, over time, with the theory's band of +-2 sd.

    At 5 % noise the seeds differ by less than 1e-4: as weights they are one line, here they come apart.
    """
    run, x = drawn.run, drawn.axis.xs(drawn.run.steps)
    theory = drawn.theory
    off = run.weights[:, :, 0] - theory.weights
    low, high = theory.low - theory.weights, theory.high - theory.weights
    data, across = [area("theory-band", x, low, high, theme.THEORY_FILL)], packed(x)
    for i, seed in enumerate(run.params.seeds):
        style = theme.seed_style(seed)
        line = {"color": style.color, "width": 1.3, "dash": style.dash}
        looks = {"name": f"seed {seed}", "line": line, "showlegend": False, "hovertemplate": "%{y:.2e}"}
        data.append(trace(f"seed-{seed}", across, off[i]) | looks)
    top = _ceiling(max(float(np.abs(off).max()), float(np.abs(low).max()), float(np.abs(high).max()), 1e-12))
    layout = {
        "uirevision": f"{drawn.state.x}/{drawn.state.window}",
        "margin": {"l": 62, "r": 18, "t": 16, "b": 44},
        "hovermode": "x unified",
        "xaxis": drawn.axis.layout(),
        "yaxis": {
            "title": {"text": "w_rul − theory"},
            "range": [-top, top],
            "exponentformat": "power",
            "nticks": 5,
        },
    }
    return {"key": key(drawn.state), "data": data, "layout": layout, "text": {}}


def _ceiling(value: float) -> float:
    """The next of 1, 2, 5 times a power of ten: a scale that holds still while a control is dragged."""
    decade = 10.0 ** np.floor(np.log10(value))
    return float(next((s * decade for s in STEPS if s * decade >= value), 10.0 * decade))
