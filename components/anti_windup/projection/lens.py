"""Which part of the Projection picture is magnified: in steps, so that it holds still under the hand."""

from __future__ import annotations

import numpy as np

from gaba_core.checks import FloatArray

from .readouts import landings
from .state import ProjectionState

SIDES = (0.08, 0.16, 0.32, 0.55, 1.1)  # of the lens, as a part of the picture


def _side(least: float) -> float:
    """Return the next of the sides that is not shorter."""
    return next(size for size in SIDES if least <= size)


def on_line(state: ProjectionState) -> tuple[float, float]:
    """Return what the lens shows of the number line: the end that the raw point is nearer to."""
    size = _side(1.5 * state.legal_floor)
    return (0.0, size) if state.x1 <= 0.5 else (1.0 - size, 1.0)


def on_triangle(state: ProjectionState, corners: FloatArray) -> tuple[list[float], float]:
    """Return lower left corner and side of the part of the triangle that the lens shows."""
    found = landings(state)
    raw, projected = found["raw"] @ corners, found["projected"] @ corners
    apart = float(np.abs(raw - projected).max())
    size = _side(max(1.5 * state.legal_floor, apart / 0.72))
    step = size / 4.0
    lower: list[float] = (np.round(0.5 * (raw + projected) / step) * step - size / 2.0).tolist()
    return lower, size
