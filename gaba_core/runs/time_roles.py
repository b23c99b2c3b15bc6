"""The columns of a log that count time: epochs, steps, seconds. Whatever it is called, a time ascends."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.epoch_filling import settled
from gaba_core.runs.roles import Role
from gaba_core.runs.table import Table
from gaba_core.runs.time_columns import EPOCH_NAMES, SECONDS_NAMES, STEP_NAMES, last_part, unit_of

BACK = 1.0 / 3.0  # share of its changes by which a time may go back: restarts, and steps counted by epoch
NAMED_SO = ("epoch", "epochs")  # what counts epochs by its name alone, even where it stands still


def time_roles(table: Table) -> dict[str, Role]:
    """Return the columns that count time, by name."""
    epoch = _first(table, EPOCH_NAMES)
    step = _first(table, STEP_NAMES, epoch, but=(epoch,))
    if epoch and step and _starts_over(table, epoch, step):
        step = None
    if epoch and step and table.rows > 1 and _spread(table, epoch) == 0.0 < _spread(table, step):
        epoch = None  # a run of one epoch is told in its steps
    seconds = _first(table, SECONDS_NAMES, but=(epoch, step))
    found = ((epoch, "epoch"), (step, "step"), (seconds, "seconds"))
    return {name: Role(kind) for name, kind in found if name}


def _first(
    table: Table, names: Sequence[str], epoch: str | None = None, but: Sequence[str | None] = ()
) -> str | None:
    """Return the first column of a name that ascends; the whole name counts before its last part does.

    A clock may bear its unit behind its name.
    """
    lowered: dict[str, str] = {}
    parts: dict[str, str] = {}
    clocks: dict[str, str] = {}
    for name in table.columns:
        if name not in but:
            lowered.setdefault(name.strip().lower(), name)
            parts.setdefault(last_part(name), name)
            clocks.setdefault(unit_of(name)[0], name)
    whole = [lowered[name] for name in names if name in lowered]
    inner = [parts[name] for name in names if name in parts and "/" in parts[name]]
    units = [clocks[name] for name in names if name in clocks] if names is SECONDS_NAMES else []
    return next((name for name in (*whole, *inner, *units) if _is_usable(table, name, epoch)), None)


def _is_usable(table: Table, name: str, epoch: str | None) -> bool:
    known = _known(settled(table, epoch, name), name)
    if not known.size or not bool(np.isfinite(known).all()):
        return False
    changes = np.diff(known)
    changes = changes[changes != 0.0]
    if not changes.size or name.strip().lower() in NAMED_SO:
        return True
    return bool((changes < 0.0).mean() <= BACK)


def _known(table: Table, name: str) -> FloatArray:
    known: FloatArray = table.columns[name][table.logged(name)]
    return known


def _spread(table: Table, name: str) -> float:
    return float(np.ptp(_known(table, name)))


def _starts_over(table: Table, epoch: str, step: str) -> bool:
    """Whether the step begins anew with every epoch: then it counts batches and not the run's steps."""
    forward = np.diff(table.columns[epoch]) > 0
    back = np.diff(table.columns[step]) < 0
    return bool(forward.any()) and 2 * int((forward & back).sum()) > int(forward.sum())
