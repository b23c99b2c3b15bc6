"""The numbers behind the Runs picture: one row a record, for the table and the CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs import Run

from ..run_source.selected_run import Shown


def record_table(shown: Sequence[Shown], limit: int | None = None) -> tuple[list[str], list[list[object]]]:
    """Return the head and the rows of every record of the runs; a gap is None.

    Args:
        shown: the runs, in order.
        limit: rows at most; None for all.
    """
    per_run = [_columns(s.run) for s in shown]
    names = list(dict.fromkeys(name for found in per_run for name in found))
    rows: list[list[object]] = []
    for s, found in zip(shown, per_run, strict=True):
        count = len(s.run.epochs) if limit is None else min(len(s.run.epochs), limit - len(rows))
        columns = [_plain(found.get(name), count) for name in names]
        epochs = s.run.epochs[:count].tolist()
        rows += [[s.label, *row] for row in zip(epochs, *columns, strict=True)]
    return ["run", "epoch", *names], rows


def as_csv(shown: Sequence[Shown]) -> str:
    """Return every record of the runs as CSV with a head line; a gap is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    head, rows = record_table(shown)
    writer.writerow(head)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return out.getvalue()


def _columns(run: Run) -> dict[str, FloatArray]:
    found: dict[str, FloatArray] = {}
    for prefix, table in (("weight", run.weights), ("ema_state", run.state), ("grad", run.norms)):
        if table is not None:
            found |= {f"{prefix}_{task}": table[:, k] for k, task in enumerate(run.tasks)}
    return found | dict(run.metrics)


def _plain(values: FloatArray | None, count: int) -> list[float | None]:
    if values is None:
        return [None] * count
    return [None if np.isnan(v) else v for v in values[:count].tolist()]
