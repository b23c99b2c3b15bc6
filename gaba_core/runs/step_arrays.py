"""The arrays of `steps.npz` as a trace of steps, each judged by its header first."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaba_core.checks import FloatArray
from gaba_core.errors import LogFormatError
from gaba_core.runs.npz_arrays import Archive
from gaba_core.runs.schema import STEPS_FILE, StepTrace, frozen


def trace_of(archive: Archive, tasks: int) -> tuple[StepTrace, list[str]]:
    """Return the steps of a run of K tasks, and notes on arrays that were left out.

    `step`, `norms` and `losses` must be there; `state` and `weights` are not where a probe recorded a
    training that is balanced by other means, and what a probe measures is not where there was none.

    Raises:
        LogFormatError: one of the first five is not what it must be.
    """
    head = archive.header("step")
    count = head.shape[0] if head.shape else 0
    if len(head.shape) != 1 or not count or not np.issubdtype(head.dtype, np.integer):
        raise LogFormatError(
            f"{STEPS_FILE}, array 'step' must be (N,) whole numbers; got {head.dtype} {head.shape}."
        )
    each = (count, tasks)
    optional = {name: _table(archive, name, each) for name in ("state", "weights") if name in archive.names}
    norms, losses = _table(archive, "norms", each), _table(archive, "losses", each)
    measured, notes = _measured(archive, count, tasks)
    trace = StepTrace(
        step=frozen(archive.read("step", head).astype(np.int64)),
        state=optional.get("state"),
        weights=optional.get("weights"),
        norms=norms,
        losses=losses,
        gramians=None if "gramians" not in measured else _squares(measured["gramians"], tasks),
        update_norm=measured.get("update_norm"),
        update_dots=measured.get("update_dots"),
    )
    return trace, notes


def _measured(archive: Archive, steps: int, tasks: int) -> tuple[dict[str, FloatArray], list[str]]:
    """Return what a probe measured, by name; one of a wrong shape is left out with a note."""
    shapes = {
        "gramians": (steps, tasks * (tasks + 1) // 2),
        "update_norm": (steps,),
        "update_dots": (steps, tasks),
    }
    found: dict[str, FloatArray] = {}
    notes = []
    for name, shape in shapes.items():
        if name not in archive.names:
            continue
        try:
            found[name] = _table(archive, name, shape)
        except LogFormatError as error:
            notes.append(f"One array was left out: {error}")
    return found, notes


def _squares(triangles: FloatArray, tasks: int) -> FloatArray:
    """Return (N, K, K) symmetric matrices of (N, K (K + 1) / 2) upper triangles, row by row."""
    row, column = np.triu_indices(tasks)
    squares = np.empty((len(triangles), tasks, tasks))
    squares[:, row, column] = squares[:, column, row] = triangles
    frozen(squares)
    return squares


def _table(archive: Archive, name: str, shape: tuple[int, ...]) -> FloatArray:
    found = archive.header(name)
    if found.shape != shape or not np.issubdtype(found.dtype, np.floating):
        raise LogFormatError(
            f"{STEPS_FILE}, array '{name}' must be {shape} numbers; got {found.dtype} {found.shape}."
        )
    values: NDArray[Any] = archive.read(name, found)
    table: FloatArray = values.astype(np.float64)
    table[~np.isfinite(table)] = np.nan
    return frozen(table)
