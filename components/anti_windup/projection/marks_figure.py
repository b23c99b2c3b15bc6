"""The three marks of the Projection pictures: the raw point and where both projections take it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...layout import theme
from ...plotting.lines import Trace, points

LENS = "lens-"  # before the name of a trace that the lens repeats
NAMES = {"clamped": "floor + renormalise", "projected": "exact projection", "raw": "raw point"}
INK = {
    "clamped": theme.SEED_STYLES[6].color,
    "projected": theme.SEED_STYLES[7].color,
    "raw": theme.MEAN,
}
SYMBOLS = {"clamped": "diamond", "projected": "square", "raw": "circle"}


def marks(at: Mapping[str, Any], lens: str, hover: str) -> list[Trace]:
    """One mark a point; the raw one lies on top."""
    size = 13 if lens else 10
    return [
        points(f"{lens}{name}", [at[name][0]], [at[name][1]], label, INK[name], color=INK[name], size=size)
        | {"marker": {"color": INK[name], "size": size, "symbol": SYMBOLS[name]}}
        | {"hovertemplate": f"{label} {hover}<extra></extra>"}
        for name, label in NAMES.items()
    ]
