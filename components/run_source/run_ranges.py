"""Many runs in one link: keys that differ in their last number only are written once, with their numbers.

`city/gaba/seed_0**99*120` are a hundred seeds and one more. `assets/run_ranges.mjs` writes the same; a key as
the state holds it has no asterisk of its own, see `runs_link.quoted`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

MOST = 2000  # keys that a text may stand for
SHORTEST = 3  # numbers in a row that are written as a range
_NUMBERED = re.compile(r"(.*?)([0-9]{1,15})([^0-9]*)", re.DOTALL)
_RANGED = re.compile(r"(.*?)([0-9]{1,15}(?:\*{1,2}[0-9]{1,15})+)([^0-9]*)", re.DOTALL)


def expanded(items: Sequence[str]) -> tuple[str, ...]:
    """Return each key that items of a link stand for, MOST at most; what is no such text stays as it is."""
    found: list[str] = []
    for item in items:
        parts = _RANGED.fullmatch(item)
        if parts is None:
            found.append(item)
        else:
            head, numbers, tail = parts.groups()
            found += (f"{head}{number}{tail}" for number in _numbers(numbers))
        if len(found) > MOST:
            break
    return tuple(found[:MOST])


def ranged(items: Sequence[str]) -> tuple[str, ...]:
    """Return keys as a link holds them."""
    found: list[tuple[str, list[str], str]] = []
    for item in items:
        parts = _NUMBERED.fullmatch(item)
        head, number, tail = parts.groups() if parts else (item, "", "")
        if number and found and found[-1][1] and (found[-1][0], found[-1][2]) == (head, tail):
            found[-1][1].append(number)
        else:
            found.append((head, [number] if number else [], tail))
    return tuple(f"{head}{_text(numbers)}{tail}" for head, numbers, tail in found)


def _after(number: str) -> str:
    return f"{int(number) + 1:0{len(number)}d}"


def _text(numbers: Sequence[str]) -> str:
    rows: list[list[str]] = []
    for number in numbers:
        if rows and _after(rows[-1][-1]) == number:
            rows[-1].append(number)
        else:
            rows.append([number])
    return "*".join("*".join(row) if len(row) < SHORTEST else f"{row[0]}**{row[-1]}" for row in rows)


def _numbers(text: str) -> Iterator[str]:
    before = ""
    for stars, number in re.findall(r"(\**)([0-9]+)", text):
        last = min(int(number), int(before) + MOST) if stars == "**" else 0
        while stars == "**" and int(before) + 1 < last:
            before = _after(before)
            yield before
        before = number
        yield number
