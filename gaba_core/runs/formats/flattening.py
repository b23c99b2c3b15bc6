"""Records with objects and lists inside to records of plain values, named `outer/inner`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from gaba_core.runs.formats.values import ABSENT, HOLDS_LISTS, HOLDS_OBJECTS, NONFINITE

DEEPEST = 12  # objects within one another; what lies deeper is left out
WIDEST = 64  # numbers of a list that become columns of their own
MOST = 4096  # columns that a log may have after its lists are taken apart
SAME_LIST, TOO_DEEP = "holds the same list in every entry", f"lies more than {DEEPEST} objects deep"
TOO_WIDE = f"holds lists of more than {WIDEST} numbers"
_WEIGHTS = re.compile(r"weight|lambda|alpha|coef|log_?var|sigma|balanc|(?:^|[/_])ws?$", re.IGNORECASE)
_PLAIN = (int, float, type(None))


def speaks_of_weights(name: str) -> bool:
    """Whether a field's name says that it may hold weights: then a list counts though it never changes."""
    return _WEIGHTS.search(name) is not None


def is_nested(records: Sequence[dict[str, Any]]) -> bool:
    """Whether a record holds an object or a list."""
    return any(type(v) in (dict, list) for record in records for v in record.values())


def flattened(records: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Return the records with plain values, and what had to be left out and why.

    An object within a record gives fields `outer/inner`, at any depth. A list of numbers that is as long in
    every record gives `name/0`, `name/1` and so on; one that is the same in every record says nothing of the
    training, unless its name speaks of weights.
    """
    left_out: dict[str, str] = {}
    if not is_nested(records):
        return list(records), left_out
    rows = [without_objects(record, left_out) for record in records]
    lists = {name for row in rows for name, value in row.items() if type(value) is list and name != NONFINITE}
    room = MOST - len({name for row in rows for name in row})
    order = {name: i for i, name in enumerate(dict.fromkeys(n for row in rows for n in row))}
    for name in sorted(lists, key=order.__getitem__):
        values = [row[name] for row in rows if row.get(name) is not None]
        if any(type(value) is not list for value in values):
            continue  # a list among numbers is an entry that is no number
        reason, width = _spread(name, values)
        if not reason and width > room:
            reason = TOO_WIDE
        if reason:
            left_out[name] = reason
        else:
            room -= width
        rows = [_apart(row, name, drop=bool(reason)) for row in rows]
    return rows, left_out


def without_objects(record: dict[str, Any], left_out: dict[str, str], depth: int = 0) -> dict[str, Any]:
    """Return a record with its objects as fields `outer/inner`; adds what lies too deep to `left_out`."""
    if not any(type(value) is dict for value in record.values()):
        return record
    flat: dict[str, Any] = {}
    for name, value in record.items():
        if type(value) is not dict:
            flat[name] = value
        elif depth >= DEEPEST:
            left_out[name] = TOO_DEEP
        else:
            inner = without_objects(value, left_out, depth + 1)
            flat |= {f"{name}/{key}": v for key, v in inner.items()}
    return flat


def lists_apart(columns: dict[str, list[Any]], left_out: dict[str, str]) -> dict[str, list[Any]]:
    """Return columns (R,) with each list of numbers as columns of its own, as `flattened` has them.

    Args:
        columns: by name; ABSENT where a record has no such field.
        left_out: takes the fields that had to be left out, and why.
    """
    room = MOST - len(columns)
    found: dict[str, list[Any]] = {}
    for name, column in columns.items():
        values = [v for v in column if v is not None and v is not ABSENT]
        if name == NONFINITE or not values or any(type(v) is not list for v in values):
            found[name] = column
            continue
        reason, width = _spread(name, values)
        if not reason and width > room:
            reason = TOO_WIDE
        if reason:
            left_out[name] = reason
            continue
        room -= width
        bare = [_bare(v) if type(v) is list else None for v in column]
        found |= {f"{name}/{i}": [ABSENT if v is None else v[i] for v in bare] for i in range(width)}
    return found


def _spread(name: str, values: Sequence[list[Any]]) -> tuple[str, int]:
    """Return why the lists of a field cannot become columns, empty where they can, and how many these are."""
    lists = [_bare(value) for value in values]
    if any(type(v) is dict for value in lists for v in value):
        return HOLDS_OBJECTS, 0
    numbers = all(type(v) in _PLAIN or _is_word(v) for value in lists for v in value)
    widths = Counter(map(len, lists))
    if not numbers or len(widths) > 1 or not lists[0]:
        return HOLDS_LISTS if numbers else "holds lists of what are no numbers", 0
    if len(lists[0]) > WIDEST:
        return TOO_WIDE, 0
    same = len(lists) > 1 and all(value == lists[0] for value in lists[1:])
    return (SAME_LIST if same and not speaks_of_weights(name) else ""), len(lists[0])


def _apart(row: dict[str, Any], name: str, *, drop: bool) -> dict[str, Any]:
    if type(row.get(name)) is not list:
        return {key: v for key, v in row.items() if key != name} if name in row else row
    apart: dict[str, Any] = {}
    for key, value in row.items():
        if key != name:
            apart[key] = value
        elif not drop:
            apart |= {f"{name}/{i}": v for i, v in enumerate(_bare(value))}
    return apart


def _bare(value: Any) -> list[Any]:
    """Return the inner list of a list of one list, as a tensor of shape (1, K) is written."""
    while type(value) is list and len(value) == 1 and type(value[0]) is list:
        value = value[0]
    found: list[Any] = value
    return found


def _is_word(value: Any) -> bool:
    return type(value) is str and value.strip().lower().lstrip("+-") in ("nan", "inf", "infinity")
