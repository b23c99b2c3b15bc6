"""What has to be said of the columns of a log: those left out, gaps, columns of some rows only, its order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gaba_core.checks import FloatArray
from gaba_core.runs.table import NOT_FINITE, Table

FEW = 3  # columns with the same remark from which they share one
Axis = NDArray[np.float64] | NDArray[np.int64]


def column_notes(table: Table, epochs: Axis, unit: str) -> Iterator[str]:
    """Yield a sentence on each column without numbers, each gap, and on columns of some rows only."""
    for reason, names in _grouped(table.left_out).items():
        for some in _shared(names):
            yield _left_out(some, reason)
    for some in _shared([name for name in table.texts if name in table.columns]):
        one = len(some) == 1
        yield f"{_listed(some)} {'is a number' if one else 'are numbers'} written as text, read as such."
    gaps: dict[tuple[int, int, str], list[str]] = defaultdict(list)
    for name, column in table.columns.items():
        missing = np.flatnonzero(np.isnan(column) & (table.logged(name) | (not table.sparse)))
        if missing.size:
            gaps[missing.size, int(missing[0]), _said(table, name)].append(name)
    rows = {"entry": "entries"}.get(table.row, f"{table.row}s")
    for (count, first, said), names in gaps.items():
        for some in _shared(names):
            has, gap = ("has", "a gap") if len(some) == 1 else ("have", "gaps")
            yield (
                f"{_listed(some)} {has} no finite value in {count} of {table.rows} {rows} "
                f"(first at {unit} {epochs[first]:.12g}{said}): left as {gap}."
            )
    if table.unlogged and table.sparse:
        counts = {name: int(table.rows - mask.sum()) for name, mask in table.unlogged.items()}
        least = min(counts, key=lambda name: counts[name])
        yield (
            f"{len(counts)} of {len(table.columns)} columns hold values in some {rows} only "
            f"(fewest: {least}, {counts[least]} of {table.rows})."
        )


def order_notes(epochs: Axis, unit: str, row: str, order: FloatArray) -> list[str]:
    """Return what is unusual in the order of the records.

    Args:
        epochs: (E,) the time axis.
        unit: what it counts.
        row: what the format calls a row.
        order: (E,) what tells a restart: the step where it is known, else the axis itself.
    """
    if bool((np.diff(epochs) > 0).all()):
        return []
    notes = []
    backward = np.flatnonzero(np.diff(order) < 0)
    if backward.size:
        i = int(backward[0])
        what = f"{unit.capitalize()} {epochs[i + 1]:.12g} stands after {unit} {epochs[i]:.12g}"
        more = "" if backward.size == 1 else f", the first of {backward.size} such places"
        notes.append(
            f"{what} ({row} {i + 1}{more}): the run was restarted or the log is unsorted. "
            "Entries are kept in file order."
        )
    seen, counts = np.unique(epochs, return_counts=True)
    again = np.flatnonzero(counts > 1)
    if again.size:
        notes.append(
            f"{again.size} {unit}{'s stand' if again.size > 1 else ' stands'} more than once "
            f"(first: {unit} {seen[again[0]]:.12g}, {counts[again[0]]} times). All entries are kept."
        )
    return notes


def _left_out(names: Sequence[str], reason: str) -> str:
    one = len(names) == 1
    verb, _, rest = reason.partition(" ")
    plural = {"holds": "hold", "is": "are", "lies": "lie", "counts": "count"}.get(verb, verb)
    words = reason if one else f"{plural} {rest}"
    return f"{_listed(names)} {words} and {'was' if one else 'were'} left out."


def _said(table: Table, name: str) -> str:
    """What the log says in place of a number: "; 2 NaN, 1 Infinity"; empty where it says nothing."""
    codes = table.nonfinite.get(name)
    counts = {} if codes is None else {word: int((codes == code).sum()) for code, word in NOT_FINITE.items()}
    said = ", ".join(f"{count} {word}" for word, count in counts.items() if count)
    return f"; {said}" if said else ""


def _grouped(reasons: Mapping[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for name, reason in reasons.items():
        groups[reason].append(name)
    return groups


def _shared(names: Sequence[str]) -> list[Sequence[str]]:
    return [[name] for name in names] if len(names) <= FEW else [names]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:FEW])
    return shown if len(names) <= FEW else f"{shown} and {len(names) - FEW} more"
