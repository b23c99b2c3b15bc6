"""Lines along which a surface has one value: marching squares."""

from __future__ import annotations

import numpy as np

from gaba_core.checks import FloatArray

Line = tuple[FloatArray, FloatArray]


def isoline(x: FloatArray, y: FloatArray, surface: FloatArray, level: float) -> Line:
    """Return x and y of segments along which the surface is `level`, a gap (NaN) after each.

    Squares with a corner that is no number are left out. Of the two ways through a saddle the one is taken
    that its mean asks for.

    Args:
        x: of the columns, (N,).
        y: of the rows, (M,).
        surface: (M, N).
        level: the value.
    """
    corners = (surface[:-1, :-1], surface[:-1, 1:], surface[1:, 1:], surface[1:, :-1])
    with np.errstate(invalid="ignore"):
        whole = np.isfinite(sum(corners))
        above = [whole & (corner >= level) for corner in corners]
        centre = sum(corners) / 4.0 >= level
    crossings = _crossings(x, y, corners, level)
    crosses = [whole & (above[i] != above[(i + 1) % 4]) for i in range(4)]
    count = np.sum(crosses, axis=0)
    pieces = []
    for first in range(3):
        for second in range(first + 1, 4):
            plain = (count == 2) & crosses[first] & crosses[second]
            if second - first in (1, 3):  # the two edges of one corner, which a saddle can cut off
                corner = second if second - first == 1 else 0
                plain |= (count == 4) & (above[corner] != centre)
            pieces.append(_segments(crossings[first], crossings[second], plain))
    joined = [np.concatenate(parts) for parts in zip(*pieces, strict=True)]
    return joined[0], joined[1]


def _crossings(x: FloatArray, y: FloatArray, corners: tuple[FloatArray, ...], level: float) -> list[Line]:
    """Return where the level lies on each edge of each square, from corner i to the next."""
    shape = corners[0].shape
    left, right = (np.broadcast_to(side[None, :], shape) for side in (x[:-1], x[1:]))
    low, high = (np.broadcast_to(side[:, None], shape) for side in (y[:-1], y[1:]))
    places = ((left, low), (right, low), (right, high), (left, high))
    found = []
    for i in range(4):
        here, there = corners[i], corners[(i + 1) % 4]
        ends = zip(places[i], places[(i + 1) % 4], strict=True)
        with np.errstate(divide="ignore", invalid="ignore"):
            part = (level - here) / (there - here)
            across, up = (a + part * (b - a) for a, b in ends)
        found.append((across, up))
    return found


def _segments(start: Line, end: Line, there: FloatArray) -> Line:
    across, up = (
        np.stack([a[there], b[there], np.full(int(there.sum()), np.nan)], axis=1).ravel()
        for a, b in zip(start, end, strict=True)
    )
    return across, up
