"""Lists of lists: a head with its rows, TensorBoard's JSON download, what pandas writes as `split`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.text import shown
from gaba_core.runs.formats.values import table_of
from gaba_core.runs.table import Table

FORMAT, SCALARS = "table of rows", "TensorBoard scalars (JSON)"
STAMPS = 1e8  # a time of the calendar in seconds is larger


def table_of_lists(rows: Sequence[Sequence[Any]], source: str) -> Table | None:
    """Return the table of rows, the first of which may name the columns; None where they are no rows.

    Raises:
        LogFormatError: a row is longer or shorter than the others.
    """
    width = len(rows[0])
    if not width:
        return None
    if all(isinstance(name, str) for name in rows[0]) and len(rows) > 1:
        return table_of_rows([str(name) for name in rows[0]], rows[1:], source)
    if not all(len(row) == width for row in rows):
        return None
    if width == 3 and all(type(v) in (int, float) for row in rows for v in row) and are_scalars(rows):
        return table_of_rows(["Wall time", "Step", "Value"], rows, source, SCALARS)
    names = [f"column {i}" for i in range(1, width + 1)]
    said = "There is no line of names: the columns are numbered."
    return table_of_rows(names, rows, source, notes=(said,))


def table_of_rows(
    names: Sequence[str],
    rows: Sequence[Any],
    source: str,
    format_name: str = FORMAT,
    *,
    around: Mapping[str, Any] | None = None,
    notes: tuple[str, ...] = (),
) -> Table:
    """Return the table of rows under names.

    Raises:
        LogFormatError: a row is no list, or longer or shorter than the names.
    """
    for i, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(names):
            got = f"{len(row)} values" if isinstance(row, list) else shown(row)
            raise LogFormatError(f"{source}, row {i} must hold {len(names)} values, one a name; got {got}.")
    if not rows:
        raise LogFormatError(f"{source} must hold at least one row of values; got the names alone.")
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    return table_of(columns, source, format_name, around=around, notes=notes)


def are_scalars(rows: Sequence[Sequence[float]]) -> bool:
    """Whether rows are wall time, step and value."""
    steps = [row[1] for row in rows]
    return min(row[0] for row in rows) > STAMPS and all(step == int(step) for step in steps)
