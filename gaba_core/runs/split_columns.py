"""Rows of training and of validation in one table, told apart by a column: a column for each of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs.table import Bools, Codes, Table
from gaba_core.runs.time_columns import SPLIT_NAMES, counts_time, last_part
from gaba_core.runs.time_roles import time_roles
from gaba_core.runs.weight_question import listed


def splits_apart(table: Table) -> Table:
    """Return a table whose rows say of which part of the data they are, the parts in columns of their own.

    What only one part logs keeps its name; `loss` of two becomes `train/loss` and `val/loss`. Any other table
    is returned as it is.
    """
    by = next((name for name in table.labels if last_part(name) in SPLIT_NAMES), None)
    if by is None:
        return table
    texts = np.array(table.labels[by])
    rows = {split: texts == split for split in dict.fromkeys(table.labels[by])}
    times = time_roles(table)
    columns: dict[str, FloatArray] = {}
    unlogged: dict[str, Bools] = {}
    nonfinite: dict[str, Codes] = {}
    parted: list[str] = []
    for name, column in table.columns.items():
        logged = table.logged(name)
        held = {split: mask & logged for split, mask in rows.items() if bool((mask & logged).any())}
        if name in times or counts_time(name) or len(held) < 2:
            held = {"": logged}
        else:
            parted.append(name)
        for split, mask in held.items():
            own = f"{split}/{name}" if split else name
            columns[own] = np.where(mask, column, np.nan)
            if not mask.all():
                unlogged[own] = ~mask
            if name in table.nonfinite:
                nonfinite[own] = np.where(mask, table.nonfinite[name], 0).astype(np.int8)
    if not parted:
        return table
    words = "is" if len(parted) == 1 else "are"
    note = f"{listed(parted)} {words} read apart by {by}: {', '.join(rows)}."
    return replace(
        table,
        columns=columns,
        unlogged=unlogged,
        nonfinite=nonfinite,
        labels={name: held for name, held in table.labels.items() if name != by},
        left_out={name: why for name, why in table.left_out.items() if name != by},
        notes=(*table.notes, note),
    )
