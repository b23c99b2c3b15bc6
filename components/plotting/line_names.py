"""Names of lines, written where they end, one below the other where they end together."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from .lines import Trace, words

GAP = 0.05  # of the height of the picture, from one name to the next


class Named(NamedTuple):
    """A line's name, its colour, and the height at which it ends."""

    name: str
    color: str
    end: float


def line_names(lines: Mapping[str, Named], x: float, heights: tuple[float, float]) -> list[Trace]:
    """Return one trace of words a line, right of `x`, whatever the lines do in the same order.

    Args:
        lines: by uid.
        x: where the lines end.
        heights: lower and upper end of the upright axis.
    """
    low, high = heights
    gap = GAP * (high - low)
    order = sorted(lines, key=lambda uid: -lines[uid].end)
    places = _apart([lines[uid].end for uid in order], gap, low, high)
    at = dict(zip(order, places, strict=True))
    return [
        words(
            f"name-{uid}",
            [x],
            [at[uid]],
            [f" {marked(line.name, line.color)}"],
            textposition="middle right",
        )
        | {"cliponaxis": False}
        for uid, line in lines.items()
    ]


def marked(name: str, color: str) -> str:
    """Return a name that can be read on any ground, after a mark in the line's colour."""
    return f'<span style="color:{color}">\N{BOX DRAWINGS HEAVY HORIZONTAL}</span> {name}'


def _apart(ends: list[float], gap: float, low: float, high: float) -> list[float]:
    """Return descending heights moved apart to at least `gap`: what touches stays centred."""
    groups: list[tuple[float, int]] = []  # mean of the ends, and how many
    for end in ends:
        mean, size = min(max(end, low), high), 1
        while groups and groups[-1][0] - mean < 0.5 * gap * (groups[-1][1] + size):
            other, many = groups.pop()
            mean, size = (other * many + mean * size) / (many + size), many + size
        groups.append((mean, size))
    found: list[float] = []
    ceiling = math.inf
    for mean, size in groups:
        first = min(mean + 0.5 * gap * (size - 1), ceiling)
        found += [first - gap * i for i in range(size)]
        ceiling = found[-1] - gap
    return found
