"""The parts of a link that name nothing on its page: they are said, not dropped in silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

LONGEST = 40  # characters of a name that are worth repeating


def names_of(states: Iterable[type[Any]]) -> frozenset[str]:
    """The names that a link to a view with these states may hold."""
    return frozenset(f.name for state in states for f in fields(state) if f.init)


def unknown_parts(query: Mapping[str, str], known: frozenset[str]) -> tuple[str, ...]:
    """Return one sentence for each part of a link that is no setting of its page."""
    names = [name if len(name) <= LONGEST else f"{name[:LONGEST]}…" for name in query if name not in known]
    return tuple(f"“{name}” is not a setting of this page." for name in names)
