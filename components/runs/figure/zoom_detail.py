"""Full detail where the reader looks: a line is thinned less where it is visible than where it is not."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any, TypeVar

import numpy as np

from gaba_core.runs import peak_keeping

from ..time_axis import TimeAxis
from .curves import Mean, RunCurve

AROUND = 200  # points of a line outside the visible part, to be seen while the picture is moved

Line = TypeVar("Line", RunCurve, Mean)


def detailed(line: Line, axis: TimeAxis) -> Line:
    """Return the line whole where it is visible with one point to either side, and thinned elsewhere."""
    if axis.view is None:
        return line
    low, high = axis.view
    inside = (line.x >= low) & (line.x <= high)
    near = inside.copy()
    near[1:] |= inside[:-1]
    near[:-1] |= inside[1:]
    outside = np.flatnonzero(~near)
    rows = np.sort(np.concatenate([np.flatnonzero(near), outside[peak_keeping(line.y[outside], AROUND)]]))
    if rows.size == line.x.size:
        return line
    arrays: dict[str, Any] = {
        f.name: getattr(line, f.name)[rows] for f in fields(line) if f.name in ("x", "y", "sd", "count")
    }
    arrays["raw"] = arrays["y"] if line.raw is line.y else line.raw[rows]
    if isinstance(line, RunCurve) and line.around is not None:
        arrays["around"] = line.around[0][rows], line.around[1][rows]
    return replace(line, **arrays)
