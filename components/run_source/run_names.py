"""What tells runs of one name apart: the part of their paths in which they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

from gaba_core.runs.path_labels import RESERVED as DROPPED

DIGITS = 6  # of the digest of a dropped file


def marks_of(names: Sequence[Hashable], keys: Sequence[str]) -> list[str]:
    """Return for each run what tells it from the others of its name; empty where no other has its name.

    Args:
        names: what the page would call each run.
        keys: of the runs.
    """
    same: dict[Hashable, list[int]] = defaultdict(list)
    for i, name in enumerate(names):
        same[name].append(i)
    found = [""] * len(keys)
    for group in same.values():
        if len(group) > 1:
            for i, mark in zip(group, _differences([keys[i] for i in group]), strict=True):
                found[i] = mark
    return found


def _differences(keys: Sequence[str]) -> list[str]:
    """Return of each key the parts between those that all begin with and those that all end with."""
    if any(key.startswith(DROPPED) for key in keys):
        return [_digest(key) or key for key in keys]
    parts = [key.split("/") for key in keys]
    shortest = min(map(len, parts))
    first = next((i for i in range(shortest) if len({p[i] for p in parts}) > 1), shortest)
    last = next((i for i in range(shortest - first) if len({p[-1 - i] for p in parts}) > 1), shortest - first)
    return ["/".join(p[first : len(p) - last]) or key for p, key in zip(parts, keys, strict=True)]


def _digest(key: str) -> str:
    if not key.startswith(DROPPED):
        return ""
    return f"#{key.rpartition(' #')[2][:DIGITS]}"
