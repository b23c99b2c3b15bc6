"""What the columns of a log most likely are, from their names and from what is in them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from collections.abc import Mapping as Dict
from dataclasses import dataclass, replace

import numpy as np

from gaba_core.runs.column_families import WEIGHTS, Family, families_of, plain
from gaba_core.runs.epoch_filling import settled
from gaba_core.runs.loss_columns import loss_tasks, losses_of
from gaba_core.runs.roles import METRIC, Mapping, Role
from gaba_core.runs.row_merging import is_lossless, merge_rows
from gaba_core.runs.silent_nulls import without_silent_nulls
from gaba_core.runs.table import Table
from gaba_core.runs.time_roles import time_roles
from gaba_core.runs.weight_evidence import FEWEST, constant_sum, moving
from gaba_core.runs.weight_question import Question, listed, question_of


@dataclass(frozen=True, slots=True)
class Proposal:
    """The most likely mapping, why where names alone do not say it, and what has to be asked."""

    mapping: Mapping
    reasons: tuple[str, ...] = ()
    question: Question | None = None


@dataclass(frozen=True, slots=True)
class _Found:
    roles: Dict[str, Role]
    reasons: tuple[str, ...] = ()
    question: Question | None = None


def propose_mapping(table: Table) -> Mapping:
    """Return the most likely role of every column, and what to do with rows of the same moment."""
    return propose(table).mapping


def propose(table: Table) -> Proposal:
    """Return the most likely mapping of a log with its reasons, or with a question."""
    roles = dict.fromkeys(table.columns, METRIC)
    times = time_roles(table)
    roles |= times
    found = _quantities(table, [name for name, role in roles.items() if role == METRIC])
    roles |= found.roles
    mapping = Mapping(tuple(roles.items()))
    held = {role.kind: name for name, role in times.items()}
    spoken = without_silent_nulls(table)
    repeats = _repeats(settled(spoken, held.get("epoch"), held.get("step")), mapping)
    return Proposal(replace(mapping, repeats=repeats), found.reasons, found.question)


def _quantities(table: Table, names: Sequence[str]) -> _Found:
    losses = loss_tasks(names)
    taken: list[Family] = []
    reasons: list[str] = []
    asked: Family | None = None
    for family in families_of(names):
        if any(family.columns.items() <= one.columns.items() for one in taken):
            continue
        tasks = {plain(task) for f in taken for task in f.columns} if family.kind == "norm" else set()
        family, why = _weighed(table, family, losses | tasks)
        if why is None:
            asked = asked or (family if family.kind in WEIGHTS and len(family.columns) >= 2 else None)
            continue
        taken.append(family)
        if why and not any(family.columns.items() <= f.columns.items() for f in taken[:-1]):
            reasons.append(
                f"{listed(family.columns.values())} were taken for {_PLURALS[family.kind]}: {why}."
            )
    first = next((f for f in taken if f.kind in WEIGHTS), taken[0] if taken else None)
    own = {} if first is None else first.columns
    alike = {plain(task): task for task in own}
    roles: dict[str, Role] = {}
    for family in taken:
        for task, name in family.columns.items():
            known = task if task in own else alike.get(plain(task))
            role = METRIC if known is None else Role(family.kind, known)
            if name not in roles and role not in roles.values() and role != METRIC:
                roles[name] = role
    free = [name for name in names if name not in roles]
    roles |= losses_of(tuple(own), free)
    named = any(role.kind in WEIGHTS for role in roles.values())
    return _Found(roles, tuple(reasons) if roles else (), None if named else question_of(table, names, asked))


DEVIATIONS = ("logvar", "logstd", "std")
_PLURALS = {
    "weight": "weights",
    "either": "weights",
    "state": "EMA states",
    "logvar": "log variances",
    "logstd": "log deviations",
    "std": "deviations",
    "norm": "gradient norms",
}


def _weighed(table: Table, family: Family, losses: Collection[str]) -> tuple[Family, str | None]:
    """Return a family as it is taken, and why where its names do not say it; None where it is not taken."""
    every = {**family.columns, **family.dropped}
    if family.sure and not family.dropped and not _are_numbered(family):
        return family, ""
    fewest = 1 if family.sure else FEWEST
    summed = constant_sum(table, list(every.values()), fewest) if family.kind in (*WEIGHTS, "norm") else None
    named = family.sure and len(family.columns) > 1
    if summed is not None and not named and not moving(table, summed.columns):
        summed = None
    if summed is not None and family.kind not in DEVIATIONS:
        order = {name: i for i, name in enumerate(table.columns)}
        columns = dict(sorted(every.items(), key=lambda item: order[item[1]]))
        sure = family.sure and not family.dropped
        return Family(family.kind, True, columns), "" if sure else f"{summed.sentence}"
    if len(family.columns) < 2:
        return family, None
    shared = [task for task in family.columns if plain(task) in losses]
    if family.sure and not (_are_numbered(family) and _has_negative(table, family) and len(shared) < 2):
        return family, ""
    if len(shared) >= 2:
        return family, f"losses or weights bear the names of the same tasks ({listed(shared)})"
    return family, None


def _are_numbered(family: Family) -> bool:
    return family.kind not in (*DEVIATIONS, "norm") and all(task.isdigit() for task in family.columns)


def _has_negative(table: Table, family: Family) -> bool:
    return any(bool((table.columns[name] < 0.0).any()) for name in family.columns.values())


def _repeats(table: Table, mapping: Mapping) -> str:
    merged = merge_rows(table, mapping.times, mapping.clocks)
    axis = next(iter(mapping.columns("epoch").values()), None)
    if axis is None or axis in table.unlogged:
        return "join" if merged.rows < table.rows else "file"
    repeated = len(np.unique(merged.columns[axis])) < merged.rows
    ascends = bool((np.diff(table.columns[axis]) >= 0).all())
    if (
        repeated
        and ascends
        and table.unlogged
        and is_lossless(table, table.columns[axis], (*mapping.times, *mapping.clocks))
    ):
        return "last"
    return "join" if merged.rows < table.rows else "file"
