"""How the runs' files are read, as the Runs page holds it: changes to what the reader proposed, by run."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

import numpy as np

from gaba_core import number_text
from gaba_core.errors import ParameterError
from gaba_core.runs import Run
from gaba_core.runs.roles import KINDS, QUANTITIES, REPEATS, TASK_KINDS, Role, task_guess
from gaba_core.runs.roles import Mapping as ColumnMapping

BETWEEN = "|"  # in an entry of `RunsState.reading`, a run's key and its changes
LABELS = {kind: label.removesuffix(" of") for kind, label in KINDS.items()}
_KINDS = {label: kind for kind, label in LABELS.items()}
_FIRST = ("epoch", "step", "seconds", "weight", "state", "either", "norm", "loss")  # the order of the list


def readings_of(entries: Sequence[str]) -> dict[str, str]:
    """Return the changes of each run by its key.

    Raises:
        ParameterError: an entry has no key.
    """
    found = {}
    for entry in entries:
        key, bar, text = entry.partition(BETWEEN)
        if not bar:
            raise ParameterError(f"reading must be KEY{BETWEEN}CHANGES; got {entry!r}.")
        found[unquote(key)] = text
    return found


def with_reading(entries: Sequence[str], key: str, text: str) -> tuple[str, ...]:
    """Return the entries with those of one run replaced; without changes it has none."""
    entries_left = {k: t for k, t in readings_of(entries).items() if k != key} | ({key: text} if text else {})
    return tuple(f"{quote(k, safe='/ ')}{BETWEEN}{t}" for k, t in entries_left.items())


def rows(run: Run) -> list[dict[str, Any]]:
    """Return a line for each column of a run's file: what it holds, what it is read as, what was proposed.

    Times and quantities of tasks stand first, as a file of many metrics would bury them.
    """
    if run.reading is None:
        return []
    table, mapping, proposed = run.reading.table, run.reading.mapping, run.reading.proposed
    found: list[dict[str, Any]] = []
    for name, column in table.columns.items():
        role, was = mapping.role(name), proposed.role(name)
        logged = table.logged(name)
        found.append(
            {
                "name": name,
                "rows": "all" if logged.all() else _of(int(logged.sum()), table.rows),
                "range": _range(column[logged]),
                "kind": LABELS[role.kind],
                "task": role.task,
                "was": "" if role == was else " ".join(filter(None, (LABELS[was.kind], was.task))),
                "place": _FIRST.index(role.kind) if role.kind in _FIRST else len(_FIRST),
                "fixed": False,
            }
        )
    found.sort(key=lambda row: row["place"])
    left = {"rows": "", "range": "no numbers", "kind": LABELS["out"], "task": "", "was": "", "fixed": True}
    return [*found, *({"name": name, "place": len(_FIRST)} | left for name in table.left_out)]


def with_cell(run: Run, row: Mapping[str, Any], field: str) -> ColumnMapping:
    """Return the run's mapping after a cell of its list was changed; a new quantity gets a likely task.

    Raises:
        ParameterError: the column cannot be that.
    """
    mapping, name = _reading(run), str(row["name"])
    kind = _KINDS.get(str(row.get("kind")), "")
    task = str(row.get("task") or "").strip()
    if field == "task" and kind not in TASK_KINDS:
        return mapping
    role = Role(kind, (task or task_guess(name)) if kind in TASK_KINDS else "")
    return mapping.with_role(name, role)


def with_rules(
    run: Run, repeats: str | None, quantity: str | None, floor: float | str | None
) -> ColumnMapping:
    """Return the run's mapping with other rules; None, or an empty floor, states nothing.

    Raises:
        ParameterError: the floor is out of range.
    """
    mapping = _reading(run)
    stated = float(floor) if isinstance(floor, (int, float)) and math.isfinite(floor) else None
    return replace(
        mapping,
        repeats=mapping.repeats if repeats is None else repeats,
        quantity=mapping.quantity if quantity is None else quantity,
        floor=stated,
    )


def changes(run: Run, mapping: ColumnMapping | None = None) -> str:
    """Return the short text of a mapping for the run's own file; by itself, of the one it is read by."""
    reading = run.reading
    return "" if reading is None else (mapping or reading.mapping).changes(reading.proposed)


def changes_in_words(run: Run, most: int = 3) -> str:
    """Return in words what the reader changed in how a run's file is read; empty where nothing."""
    if run.reading is None:
        return ""
    mapping, proposed = run.reading.mapping, run.reading.proposed
    found = [
        f"{name} as {_within(KINDS[role.kind])} {role.task}".strip()
        for name, role in mapping.roles
        if role != proposed.role(name)
    ]
    if mapping.quantity != proposed.quantity:
        fields = "w_*" if run.origins.judged is None else run.origins.judged.fields
        found.append(f"{fields} as {_within(QUANTITIES[mapping.quantity])}")
    if mapping.floor != proposed.floor and mapping.floor is not None:
        found.append(f"floor {number_text.number(mapping.floor, 6)}")
    if mapping.repeats != proposed.repeats:
        found.append(_within(REPEATS[mapping.repeats].partition(":")[0]))
    return ", ".join(found[:most]) + (f" and {len(found) - most} more" if len(found) > most else "")


def _within(label: str) -> str:
    """Return a label as it stands within a sentence; an abbreviation keeps its capitals."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _reading(run: Run) -> ColumnMapping:
    if run.reading is None:
        raise ParameterError(f"run must be one that was read from a file; got {run.name}.")
    return run.reading.mapping


def _of(part: int, whole: int) -> str:
    return f"{number_text.count(part)} of {number_text.count(whole)}"


def _range(values: Any) -> str:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return "no finite value"
    low, high = float(finite.min()), float(finite.max())
    return _figure(low) if low == high else f"{_figure(low)} to {_figure(high)}"


def _figure(value: float) -> str:
    return number_text.number(value, 4)
