"""The numbers behind the Replay pictures, as CSV and as a table on the page."""

from __future__ import annotations

import csv
import io
import itertools
from typing import Any

import dash_mantine_components as dmc
import numpy as np

from gaba_core import number_text
from gaba_core.aggregators import gradient_cosines, harms_any
from gaba_core.checks import FloatArray
from gaba_core.runs.schema import Integers
from gaba_core.runs.simulated_twin import Recorded

from ..layout import cards
from .pictures import found_of
from .state import ReplayState
from .subject import Counterpart, ReplayedRun
from .time_axis import replay_axis

WRITTEN = "cosine_{}_{}", "replayed_harms_a_task"  # names of columns in the CSV, and on the page
READ = "cosine, {} and {}", "harms a task, replayed"
ROWS = 60  # of the table on the page; the CSV has all
KINDS = {"replay": "replayed", "compare": "simulated"}


def as_csv(subject: ReplayedRun, state: ReplayState) -> str:
    """Return one row a step or record: every task's weight and EMA state, recorded and compared.

    Where Gramians were recorded, also each pair's cosine and whether the replayed step harms a task.
    """
    found = found_of(subject, state)
    if isinstance(found, str):
        return f"{found}\n"
    path, counterpart = found
    kind, rows = KINDS[state.mode], _rows(path, counterpart)
    tables = {
        "recorded_weight": path.weights,
        "recorded_state": path.state,
        f"{kind}_weight": counterpart.weights[rows],
        f"{kind}_state": counterpart.state[rows] if state.averages else None,
    }
    known = {
        f"{name}_{task}": table[:, k]
        for name, table in tables.items()
        if table is not None
        for k, task in enumerate(subject.run.tasks)
    } | _conflict(subject, state, path, counterpart, WRITTEN)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["step", *known])
    for i, elapsed in enumerate(path.elapsed):
        values = (column[i] for column in known.values())
        writer.writerow(
            [f"{elapsed - 1:g}", *("" if v != v else str(float(v)).removesuffix(".0") for v in values)]
        )
    return out.getvalue()


def data_table(subject: ReplayedRun, state: ReplayState) -> Any:
    """Return the drawn task's numbers in the drawn window, thinned to what a person reads."""
    found = found_of(subject, state)
    if isinstance(found, str):
        return dmc.Text(found, size="sm", c="dimmed")
    path, counterpart = found
    k, kind, rows = subject.task, KINDS[state.mode], _rows(path, counterpart)
    columns: dict[str, FloatArray | None] = {
        "weight, recorded": None if path.weights is None else path.weights[:, k],
        f"weight, {kind}": counterpart.weights[rows, k],
        "EMA state, recorded": None if path.state is None else path.state[:, k],
        **({f"EMA state, {kind}": counterpart.state[rows, k]} if state.averages else {}),
    }
    if subject.below(state.below) == "cosine":
        columns |= _conflict(subject, state, path, counterpart, READ)
    window = replay_axis(subject, path, state).shown(path.elapsed)
    count = len(path.elapsed[window])
    every = -(-count // ROWS)
    body = [
        dmc.TableTr([dmc.TableTd(cell) for cell in _cells(path.elapsed[i], subject, columns, i)])
        for i in range(0, count, every)
    ]
    note = f"{len(body)} of {len(path.elapsed)} samples; the CSV has them all, of every task."
    table = cards.table(["step", "epoch", *columns], body, "Data table")
    return dmc.Stack([dmc.Text(note, size="sm", c="dimmed"), table], gap="xs")


def _conflict(
    subject: ReplayedRun, state: ReplayState, path: Recorded, counterpart: Counterpart, names: tuple[str, str]
) -> dict[str, FloatArray]:
    """Return the cosine of each pair of tasks, and 1 where the replayed step harms a task; by column name."""
    gramians = None if subject.recording is None else subject.recording.gramians
    if gramians is None or len(gramians) != len(path.elapsed):
        return {}
    cosines, tasks = gradient_cosines(gramians), subject.run.tasks
    pairs = itertools.combinations(range(len(tasks)), 2)
    found = {names[0].format(tasks[i], tasks[j]): cosines[:, i, j] for i, j in pairs}
    if state.mode == "replay":
        found[names[1]] = harms_any(gramians, counterpart.weights).astype(np.float64)
    return found


def _cells(
    elapsed: float, subject: ReplayedRun, columns: dict[str, FloatArray | None], row: int
) -> list[str]:
    values = (float("nan") if table is None else float(table[row]) for table in columns.values())
    epoch = elapsed / subject.per_epoch - 1
    numbers = (number_text.fixed(value, 6) for value in values)
    return [number_text.count(round(elapsed - 1)), number_text.fixed(epoch, 2), *numbers]


def _rows(path: Recorded, counterpart: Counterpart) -> Integers:
    """Return which samples of what is compared with a run stand where the run was recorded."""
    if len(counterpart.elapsed) == len(path.elapsed):
        return np.arange(len(path.elapsed))
    return np.clip(np.round(path.elapsed).astype(np.int64), 1, len(counterpart.elapsed)) - 1
