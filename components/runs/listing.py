"""The rows of the list of runs: each called by what differs, those of one method below a row of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from gaba_core import number_text
from gaba_core.runs import LibraryEntry

from ..run_source import source

Row = dict[str, Any]
Family = tuple[bool, str | None, str | None]
ROUNDING = 1e-12  # of a mean: a deviation that sums of equal numbers have
DIFFERING = ("subset", "method", "seed")


def listing(entries: Sequence[LibraryEntry], dropped: Sequence[Row] = ()) -> list[Row]:
    """Return the rows of the list: what was dropped, then the folder's runs, each family below its own row.

    Args:
        entries: of the folder.
        dropped: rows of what was dropped on the page.
    """
    own = source.rows(entries)
    return [*_with_groups([*dropped]), *_with_groups(own)]


def dropped_rows(entries: Sequence[LibraryEntry]) -> list[Row]:
    """Return the plain rows of files that were dropped on the page."""
    return [{**row, "fresh": True} for row in source.rows(entries)]


def _with_groups(rows: list[Row]) -> list[Row]:
    differing = [name for name in DIFFERING if len({row[name] for row in rows if not row["failed"]}) > 1]
    families: dict[Family, list[Row]] = {}
    for row in rows:
        families.setdefault(_family(row), []).append(row)
    found: list[Row] = []
    for family, members in families.items():
        head = [_head(family, members)] if family[2] is not None and len(members) > 1 else []
        found += head
        found += [row | {"name": _name(row, differing)} for row in members]
    return found


def _family(row: Row) -> Family:
    """What the seeds of one set-up share; a file that says neither method nor seed is alone."""
    if row["method"] is None and not (_is_dropped(row) and row["seed"] is not None):
        return _is_dropped(row), row["key"], None
    return _is_dropped(row), None if _is_dropped(row) else row["subset"], row["method"] or ""


def _is_dropped(row: Row) -> bool:
    return str(row["key"]).startswith(source.DROPPED)


def _name(row: Row, differing: Sequence[str]) -> str:
    """The run by what tells it from the others; a file that was dropped, or says nothing, by its own name."""
    if _is_dropped(row) or row["method"] is None:
        return str(row["subset"])
    parts = [str(row[name]) for name in DIFFERING if name in differing and row[name] is not None]
    if differing == ["seed"] and parts:
        return f"seed {parts[0]}"
    return " · ".join(parts) or str(row["subset"])


def _head(family: Family, members: Sequence[Row]) -> Row:
    is_dropped, subset, method = family
    name = " ".join(filter(None, (subset, method))) or "Seeds"
    return {
        "key": f"{source.DROPPED if is_dropped else ''}group {name}",
        "name": name,
        "group": True,
        "failed": True,  # a row that cannot be ticked; a click ticks its members
        "members": [row["key"] for row in members if not row["failed"]],
        "figure": _figure(members),
        "words": " ".join(f"{row['subset']} {row['method']} {row['seed']}" for row in members),
    }


def _figure(members: Sequence[Row]) -> str:
    """Mean and standard deviation of what the runs are judged by, where they are judged alike."""
    field = "rmse" if all(row["rmse"] is not None for row in members) else "at_best"
    values = [row[field] for row in members]
    names = {"RMSE" if field == "rmse" else row["metric"] for row in members}
    if None in values or len(names) != 1:
        return ""
    mean, sd = float(np.mean(values)), float(np.std(values, ddof=1))
    sd = sd if sd > ROUNDING * abs(mean) else 0.0
    return f"{names.pop()} {number_text.number(mean, 4)} ± {number_text.number(sd, 2)}"
