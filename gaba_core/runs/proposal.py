"""What the columns of a log most likely are, from their names and from what is in them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from gaba_core.runs.epoch_filling import settled
from gaba_core.runs.roles import METRIC, OUT, Mapping, Role
from gaba_core.runs.row_merging import is_lossless, joined
from gaba_core.runs.table import Table
from gaba_core.runs.time_roles import time_roles

# A family is one quantity of every task, named alike: the reference's first, then those of other loggers.
REFERENCE_FAMILIES = (
    *(("w_", "either"), ("lambda_", "weight"), ("raw_weight_", "state"), ("weight_", "weight")),
)
_NORMS = ("grad_", "norm")
_FAMILIES: tuple[tuple[str, str], ...] = (
    (r"(?:loss|task|applied)_weights?[/_.](?P<task>.+)", "weight"),
    (r"(?:weights|weight|lambda|lambdas)[/.](?P<task>.+)", "weight"),
    (r"ema_(?:weights?|state)[/_.](?P<task>.+)", "state"),
    (r"raw_weights?[/.](?P<task>.+)", "state"),
    (r"w[/.](?P<task>.+)", "either"),
    (r"(?P<task>.+)_weight", "either"),
    (r"(?:grad_?norms?|gradient_norms?)[/_.](?P<task>.+)", "norm"),
)
_LOSSES = (r"loss(?:es)?[/_.](?P<task>.+)", r"(?P<task>.+)[/_.]loss(?:_epoch|_step)?")
_SPLIT = r"(?P<split>(?:(?:train|training|val|valid|validation|dev|eval|test)[/_.])?)"
_NO_TASK = frozenset(
    (
        *("train", "training", "val", "valid", "validation", "dev", "eval", "test", "total", "mean", "avg"),
        *("average", "sum", "best", "running", "final", "epoch", "step", "min", "max", "overall", "scale"),
    )
)


def propose_mapping(table: Table) -> Mapping:
    """Return the most likely role of every column, and what to do with rows of the same moment."""
    roles = dict.fromkeys(table.columns, METRIC)
    times = time_roles(table)
    roles |= times
    free = [name for name, role in roles.items() if role == METRIC]
    roles |= _quantities(free)
    mapping = Mapping(tuple(roles.items()))
    held = {role.kind: name for name, role in times.items()}
    return replace(mapping, repeats=_repeats(settled(table, held.get("epoch"), held.get("step")), mapping))


def _quantities(names: Sequence[str]) -> dict[str, Role]:
    others = [(kind, found) for pattern, kind in _FAMILIES for found in _matched(pattern, names)]
    families = [*map(partial(_prefixed, names), REFERENCE_FAMILIES), *others, _prefixed(names, _NORMS)]
    tasks = next((tuple(found) for _, found in families if len(found) >= 2), ())
    roles: dict[str, Role] = {}
    for kind, found in families:
        for task in filter(found.__contains__, tasks):
            role = Role(kind, task)
            roles.setdefault(found[task], OUT if role in roles.values() else role)
    free = [name for name in names if name not in roles]
    return roles | (_losses_of(tasks, free) if tasks else _losses(free))


def _prefixed(names: Sequence[str], family: tuple[str, str]) -> tuple[str, dict[str, str]]:
    prefix, kind = family
    held = (name for name in names if name.startswith(prefix) and name not in (prefix, "weight_decay"))
    return kind, {name[len(prefix) :]: name for name in held}


def _matched(pattern: str, names: Iterable[str]) -> list[dict[str, str]]:
    """Return the names that match, by task, one dictionary for each split of the data they belong to."""
    splits: dict[str, dict[str, str]] = {}
    for name in names:
        match = re.fullmatch(_SPLIT + pattern, name, re.IGNORECASE)
        if match and match["task"].lower() not in _NO_TASK:
            splits.setdefault(match["split"], {}).setdefault(match["task"], name)
    return list(splits.values())


def _losses_of(tasks: Sequence[str], names: Sequence[str]) -> dict[str, Role]:
    exact = {f"loss_{task}": Role("loss", task) for task in tasks if f"loss_{task}" in names}
    if exact:
        return exact
    found = next((f for p in _LOSSES for f in _matched(p, names) if set(tasks) <= f.keys()), {})
    return {name: Role("loss", task) for task, name in found.items() if task in tasks}


def _losses(names: Sequence[str]) -> dict[str, Role]:
    """Return the losses of a log without weights, of the first two tasks or more that are named alike."""
    found = next((f for pattern in _LOSSES for f in _matched(pattern, names) if len(f) >= 2), {})
    return {name: Role("loss", task) for task, name in found.items()}


def _repeats(table: Table, mapping: Mapping) -> str:
    together = joined(table, mapping.times, mapping.clocks)
    axis = next(iter(mapping.columns("epoch").values()), None)
    if axis is None or axis in table.unlogged:
        return "join" if together.rows < table.rows else "file"
    repeated = len(np.unique(together.columns[axis])) < together.rows
    ascends = bool((np.diff(table.columns[axis]) >= 0).all())
    if (
        repeated
        and ascends
        and table.unlogged
        and is_lossless(table, table.columns[axis], (*mapping.times, *mapping.clocks))
    ):
        return "last"
    return "join" if together.rows < table.rows else "file"
