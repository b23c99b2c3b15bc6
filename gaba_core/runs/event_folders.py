"""TensorBoard event files that are one run: a resumed writer's, and the folders that `add_scalars` makes.

A writer opens a new file each time it starts; what it writes again supersedes what the older file holds from
that step on, as TensorBoard reads it. `add_scalars("loss", {"seg": ..})` writes to a folder of its own,
`loss_seg`, under the tag `loss`. Keras writes to `train` and `validation`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.events import STEP, WALL, read_event_rows
from gaba_core.runs.table import Bools, Table

PREFIX = "events.out.tfevents."
SPLITS = frozenset(("train", "validation", "val", "valid", "test", "eval"))
Read = Callable[[str], bytes]


def is_event_file(name: str) -> bool:
    """Whether a file is called as TensorBoard's writers call theirs."""
    return name.startswith(PREFIX)


def joined_events(files: Sequence[tuple[str, str]], read: Read, source: str) -> Table:
    """Return the table of event files that are one run.

    Args:
        files: path of each file and the folder below the run's own in which it lies, empty for its own.
        read: reads a file.
        source: what messages call the run.

    Raises:
        LogFormatError: none holds a scalar, or one is no event file.
    """
    tables, empty = [], 0
    for path, below in sorted(files, key=lambda item: _started(os.path.basename(item[0]))):
        try:
            table = read_event_rows(read(path), f"{source}, {os.path.basename(path)}")
        except LogFormatError as error:
            if "at least one scalar" not in str(error):
                raise
            empty += 1
            continue
        tables.append(_named(table, below))
    if not tables:
        raise LogFormatError(f"{source} must hold at least one scalar; got {empty} event files without any.")
    return tables[0] if len(tables) == 1 and not empty else _stacked(tables)


def _started(name: str) -> tuple[float, str]:
    match = re.match(re.escape(PREFIX) + r"(\d+)", name)
    return (float(match[1]) if match else 0.0), name


def _named(table: Table, below: str) -> Table:
    """Return the table of a file with its tags as they are known in the run."""
    if not below:
        return table
    tags = [name for name in table.columns if name not in (STEP, WALL)]
    names = {tag: f"{below}/{tag}" for tag in tags}
    for tag in tags:
        start = f"{tag.replace('/', '_')}_"
        if below.startswith(start):
            names[tag] = f"{tag}/{below.removeprefix(start)}"

    def renamed(held: object) -> dict[str, object]:
        return {names.get(name, name): value for name, value in dict(held).items()}  # type: ignore[call-overload]

    return replace(
        table,
        columns=renamed(table.columns),  # type: ignore[arg-type]
        unlogged=renamed(table.unlogged),  # type: ignore[arg-type]
        nonfinite=renamed(table.nonfinite),  # type: ignore[arg-type]
    )


def _stacked(tables: Sequence[Table]) -> Table:
    """Return the rows of all tables by step; what a later one holds again counts."""
    names = list(dict.fromkeys(name for table in tables for name in table.columns))
    columns: dict[str, FloatArray] = {}
    unlogged: dict[str, Bools] = {}
    superseded = 0
    steps = np.concatenate([table.columns[STEP] for table in tables])
    owner = np.concatenate([np.full(table.rows, i) for i, table in enumerate(tables)])
    for name in names:
        parts = [table.columns.get(name, np.full(table.rows, np.nan)) for table in tables]
        held = [table.logged(name) & (name in table.columns) for table in tables]
        column, logged = np.concatenate(parts), np.concatenate(held)
        if name not in (STEP, WALL):
            for i in range(1, len(tables)):
                again = steps[logged & (owner == i)]
                old = logged & (owner < i) & (steps >= again.min()) if again.size else np.zeros_like(logged)
                superseded += int(old.sum())
                logged = logged & ~old
        columns[name], unlogged[name] = np.where(logged, column, np.nan), ~logged
    spoken = np.logical_or.reduce([~unlogged[name] for name in names if name not in (STEP, WALL)])
    order = np.flatnonzero(spoken)[np.argsort(steps[spoken], kind="stable")]
    notes = [f"{len(tables)} event files are one run, read by step."]
    if superseded:
        notes.append(
            f"{superseded} values of older files were left out: a resumed one wrote their steps again."
        )
    return replace(
        tables[0],
        columns={name: column[order] for name, column in columns.items()},
        unlogged={name: absent[order] for name, absent in unlogged.items() if absent[order].any()},
        notes=(*dict.fromkeys(note for table in tables for note in table.notes), *notes),
        nonfinite={},
    )
