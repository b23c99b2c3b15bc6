"""Traces as plain dicts: a line, and the area between two curves."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core.checks import FloatArray

from .arrays import Packed, packed

Trace = dict[str, Any]
QUIET = {"hoverinfo": "skip", "hovertemplate": None, "showlegend": False}  # a template would be shown


def trace(uid: str, x: npt.ArrayLike | Packed, y: npt.ArrayLike | Packed) -> Trace:
    """A line; its uid is its name on the drag path and must hold no blank."""
    drawn = {"x": packed(x), "y": packed(y)}
    return {"type": "scatter", "mode": "lines", "uid": uid, "name": uid, "hovertemplate": "%{y:.5f}", **drawn}


def area(uid: str, x: FloatArray, low: FloatArray, high: FloatArray, fill: str, legend: str = "") -> Trace:
    """What lies between two curves, as one closed polygon; `legend` names it in a figure for print."""
    edge = trace(uid, np.concatenate([x, x[::-1]]), np.concatenate([low, high[::-1]]))
    looks = {"line": {"width": 0}, "fill": "toself", "fillcolor": fill}
    return edge | QUIET | looks | ({"meta": {"legend": legend}} if legend else {})
