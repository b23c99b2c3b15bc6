"""Indices in running text, set as indices."""

from __future__ import annotations

import re
from typing import Any

from dash import html

_INDEXED = re.compile(r"(?<=\w)_(min|max)\b")


def subscripts(text: str) -> Any:
    """Return a text with each `λ_min` in it set with a lowered index; as it is where there is none."""
    first, *rest = _INDEXED.split(text)
    if not rest:
        return text
    children: list[Any] = [first]
    for index, after in zip(rest[::2], rest[1::2], strict=True):
        children += [html.Sub(index), after]
    return children
