"""What one entry of a column says: a number, a number written as text, nothing, or something else."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

EMPTY = frozenset(("", "null", "none", "na", "n/a", "-", "--", "<na>", "nil", "nat", "?"))
_WORDS = {"nan": float("nan"), "inf": float("inf"), "infinity": float("inf")}
_DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?\s?(?:Z|UTC|[+-]\d\d:?\d\d)?)?", re.ASCII
)
_DURATION = re.compile(r"(?:(\d+) days?,? )?(\d+):([0-5]?\d)(?::([0-5]?\d(?:\.\d+)?))?", re.ASCII)
NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
# How Python prints a number of PyTorch, NumPy or JAX.
_WRAPPED = re.compile(
    r"(?:tensor|[Aa]rray|(?:np|numpy)\.\w+)\(\s*([^\s,()\[\]]{1,40})\s*(?:,[^()]*(?:\(\)[^()]*)?)?\)"
)


class Silent:
    """An entry says nothing."""


SILENT: Final = Silent()


def number_of(text: str) -> float | Silent | None:
    """Return the number a text writes, SILENT where it says nothing, None where it is something else."""
    plain = text.strip()
    if NUMBER.fullmatch(plain):
        return float(plain)
    word = plain.lower()
    if word in EMPTY:
        return SILENT
    sign, bare = (-1.0, word[1:]) if word[:1] == "-" else (1.0, word.removeprefix("+"))
    known = _WORDS.get(bare)
    if known is None and plain.endswith(")"):
        match = _WRAPPED.fullmatch(plain)
        return number_of(match[1]) if match else None
    return None if known is None else sign * known


def seconds_of(text: str) -> float | None:
    """Return the seconds since 1970 of a date with its time, or those of a duration such as 1:02:03."""
    plain = text.strip()
    if _DATE.fullmatch(plain):
        iso = plain.replace(",", ".").replace("UTC", "+00:00").replace(" +", "+").replace(" Z", "Z")
        try:
            found = datetime.fromisoformat(iso)
        except ValueError:
            return None
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()
    match = _DURATION.fullmatch(plain)
    if match is None:
        return None
    days, first, second, third = match.groups()
    if third is None:
        return 60.0 * float(first) + float(second) if days is None else None
    return 86400.0 * float(days or 0) + 3600.0 * float(first) + 60.0 * float(second) + float(third)
