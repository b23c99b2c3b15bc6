"""Runs of a store as one table: a row a step of each run, told apart by the column `run`."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.text import TORN
from gaba_core.runs.formats.values import ABSENT, table_of
from gaba_core.runs.table import Table

RUN = "run"
STEPS = ("step", "_step")
ROOM = 1 << 20  # bytes or cells that any store may take, beside what its size allows


@dataclass(slots=True)
class StoredRun:
    """One run of a store: its name, what groups it with others, its parameters and rows."""

    name: str
    group: str = ""
    deleted: bool = False
    params: dict[str, Any] = field(default_factory=dict)
    rows: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _at: dict[int, dict[str, Any]] = field(default_factory=dict)

    def add(self, step: int, key: str, value: Any, seconds: float | None) -> None:
        """Add a metric to the row of its step; one that comes again begins another row."""
        row = self._at.get(step)
        name = f"{key} (metric)" if key in ("step", "timestamp", RUN) else key
        if row is None or name in row:
            row = {"step": step, "timestamp": seconds}
            self._at[step] = row
            self.rows.append(row)
        row[name] = value


@dataclass(slots=True)
class Damage:
    """What of a store could not be read."""

    size: int = 0
    stopped: str = ""
    unread: int = 0
    notes: Sequence[str] = ()

    def rows(self, connection: sqlite3.Connection, query: str) -> Iterator[Any]:
        """Yield the rows of a query up to where the database is damaged.

        Pages that point to one another can hold more than the file has bytes: such rows are not read.
        """
        left = ROOM + 4 * self.size
        try:
            for row in connection.execute(query):
                left -= sum(len(cell) if isinstance(cell, (str, bytes)) else 4 for cell in row)
                if left < 0:
                    self.stopped = self.stopped or "it holds more than its size allows"
                    return
                yield row
        except sqlite3.DatabaseError as error:
            self.stopped = self.stopped or str(error)

    def said(self) -> Iterator[str]:
        """Yield what has to be said."""
        yield from self.notes
        if self.stopped:
            yield f"The database is damaged ({self.stopped}), what could be reached was read: {TORN}."
        if self.unread:
            yield f"{self.unread} row{'s' if self.unread > 1 else ''} held no metrics that can be read."


def table_of_runs(runs: Sequence[StoredRun], source: str, kind: str, damage: Damage) -> Table:
    """Return the rows of the runs that were not deleted, in order of step within a run.

    Raises:
        LogFormatError: no run holds a row.
    """
    held = [run for run in runs if run.rows and not run.deleted]
    if not held:
        said = f"; {damage.stopped}" if damage.stopped else ""
        raise LogFormatError(
            f"{source} must hold a run with metrics; got {len(runs)} runs without any{said}."
        )
    labels = _labels(held)
    rows = [row for run in held for row in sorted(run.rows, key=lambda row: row["step"])]
    names = tuple(label for run, label in zip(held, labels, strict=True) for _ in run.rows)
    values, more = columns_of(rows, damage.size)
    params = {label: run.params for run, label in zip(held, labels, strict=True)}
    around = held[0].params if len(held) == 1 else {"runs": params}
    gone = sum(run.deleted for run in runs)
    notes = [
        *damage.said(),
        *more,
        *([f"{gone} deleted run{'s' if gone > 1 else ''} left out."] if gone else []),
    ]
    table = table_of(values, source, kind, around=around, notes=tuple(notes), sparse=True)
    if len(held) == 1:
        return table
    return replace(table, labels={**table.labels, RUN: names}, runs_by=RUN)


def columns_of(rows: Sequence[dict[str, Any]], size: int) -> tuple[dict[str, list[Any]], list[str]]:
    """Return rows as columns, and a note where there are too many to fill: the rarest are then left out.

    Args:
        rows: of a store of which most hold every metric.
        size: bytes that they were read from; a table may have a fifth as many cells, and a million more.
    """
    counts = Counter(name for row in rows for name in row)
    room = max(len(STEPS), (ROOM + size // 5) // max(1, len(rows)))
    retained = list(counts)
    if len(retained) > room:
        first = [name for name in STEPS if name in counts]
        retained = list(dict.fromkeys([*first, *(name for name, _ in counts.most_common(room))]))[:room]
    lost = len(counts) - len(retained)
    said = f"{lost} of {len(counts)} metrics are logged in few of the {len(rows)} rows and were left out."
    return {name: [row.get(name, ABSENT) for row in rows] for name in retained}, [said] if lost else []


def _labels(runs: Sequence[StoredRun]) -> list[str]:
    """Return names that tell the runs apart; a run keeps its name whatever runs come after it.

    One whose name is taken is called with its group too, else with a number.
    """
    found: dict[str, None] = {}
    counts = Counter[str]()
    for run in runs:
        grouped = f"{run.group}/{run.name}" if run.group else run.name
        name = grouped if run.name in found else run.name
        while name in found:
            counts[grouped] += 1
            name = f"{grouped} ({counts[grouped] + 1})"
        found[name] = None
    return list(found)
