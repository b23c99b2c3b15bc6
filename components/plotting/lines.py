"""Named lines, points and words: traces with the looks that most pictures want."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy.typing as npt

from .arrays import Packed
from .traces import QUIET, Trace, trace

__all__ = ["QUIET", "STAYS", "Trace", "line", "points", "words"]
STAYS = "stays"  # `meta` of words that a phone shows too


def line(
    uid: str,
    x: npt.ArrayLike | Packed,
    y: npt.ArrayLike | Packed,
    name: str,
    color: str,
    *,
    width: float = 2.0,
    dash: str = "solid",
) -> Trace:
    """A line in one colour."""
    return trace(uid, x, y) | {"name": name, "line": {"color": color, "width": width, "dash": dash}}


def points(
    uid: str, x: npt.ArrayLike, y: npt.ArrayLike, name: str, edge: str, *, color: Any, size: float = 10.0
) -> Trace:
    """Points, each with its own colour or all with one, ringed by the edge."""
    marker = {"color": color, "size": size, "line": {"color": edge, "width": 1.5}}
    return trace(uid, x, y) | {"mode": "markers", "name": name, "marker": marker}


def words(uid: str, x: npt.ArrayLike, y: npt.ArrayLike, text: Sequence[str], **more: Any) -> Trace:
    """Words in the picture; they take no part in hovering."""
    return trace(uid, x, y) | QUIET | {"mode": "text", "text": list(text), "textfont": {"size": 12}} | more
