"""Which columns are the balancer's, and whether `w_NAME` is the EMA state or the applied weight.

The reference logger writes the EMA buffer under `w_NAME`, yet its printed sample shows the applied weight.
An applied weight cannot lie below m / (1 + (K-1) m) and sits between there and m while its task is floored;
an EMA state runs through that narrow band and on. Where the values show neither, the logger's word stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from gaba_core.projection import floor_renormalise
from gaba_core.runs.schema import Floats, frozen

REFERENCE_FLOOR = 0.05
_TASK_FAMILIES = ("w_", "lambda_", "raw_weight_", "weight_", "grad_")


@dataclass(frozen=True, slots=True, eq=False)
class Balancer:
    """The balancer's columns, (E, K) each or None; `used` names the fields that went into them."""

    tasks: tuple[str, ...]
    weights: Floats | None
    state: Floats | None
    norms: Floats | None
    used: frozenset[str]
    notes: tuple[str, ...]


def balancer_columns(columns: Mapping[str, Floats], floor: float | None) -> Balancer:
    """Return what the columns say of the balancer; `floor` is the run's own, None where it is not known."""
    families = {prefix: _family(columns, prefix) for prefix in _TASK_FAMILIES}
    tasks = next((tuple(names) for names in families.values() if len(names) >= 2), ())
    if not tasks:
        lone = [key for names in families.values() for key in names.values()]
        reason = f" ({', '.join(lone)} alone: a balancer has two tasks or more)" if lone else ""
        return Balancer((), None, None, None, frozenset(), (f"The log holds no weights{reason}.",))
    tables: dict[str, Floats] = {}
    used: set[str] = set()
    notes: list[str] = []
    for prefix, names in families.items():
        if set(tasks) <= set(names):
            tables[prefix] = np.column_stack([columns[names[task]] for task in tasks])
            used |= {names[task] for task in tasks}
        elif set(names) & set(tasks):
            missing = ", ".join(prefix + task for task in tasks if task not in names)
            notes.append(f"{missing} is missing, so the other {prefix}* fields are kept as metrics only.")
    weights, state, told = _told_apart(tables, floor)
    notes += told
    norms = tables.get("grad_")
    notes += _sum_notes(weights, "applied weights") + _sum_notes(state, "EMA state")
    for table in (weights, state, norms):
        if table is not None:
            frozen(table)
    return Balancer(tasks, weights, state, norms, frozenset(used), tuple(notes))


def applied_weights(state: Floats, floor: float) -> Floats:
    """Return floor + renormalise of each row (E, K); a row with a gap stays one."""
    out = np.full(state.shape, np.nan)
    good = np.isfinite(state).all(axis=1) & (state >= 0.0).all(axis=1) & (state.sum(axis=1) > 0.0)
    out[good] = floor_renormalise(state[good], floor)
    return out


def holds_applied_weights(values: Floats, floor: float) -> bool:
    """Whether the values (E, K) keep the exact bound and at least one sits between the bound and the floor.

    The tolerance is 1e-4 (logs are often rounded to four places), at most 1 % of the bound.
    """
    tasks = values.shape[1]
    low = floor / (1.0 + (tasks - 1) * floor)
    tolerance = min(1e-4, 0.01 * low)
    finite = values[np.isfinite(values).all(axis=1)]
    if not finite.size or floor <= 0.0 or floor >= 1.0 / tasks:
        return False
    smallest = finite.min(axis=1)
    return bool((smallest >= low - tolerance).all() and smallest[-1] < floor)


def _family(columns: Mapping[str, Floats], prefix: str) -> dict[str, str]:
    return {key[len(prefix) :]: key for key in columns if key.startswith(prefix) and key != prefix}


def _told_apart(
    tables: Mapping[str, Floats], floor: float | None
) -> tuple[Floats | None, Floats | None, list[str]]:
    """Return (weights, state, notes) from the tables by prefix: a plain name first, then what w_* can be."""
    applied = next((tables[prefix] for prefix in ("lambda_", "weight_") if prefix in tables), None)
    raw, unnamed = tables.get("raw_weight_"), tables.get("w_")
    if unnamed is None:
        return (applied if applied is not None else _computed(raw, floor)), raw, []
    if applied is not None and raw is not None:
        return applied, raw, ["w_* was left out: the log also names the EMA state and the applied weight."]
    if applied is not None:
        if _is_normalised(unnamed, applied):
            return (
                applied,
                None,
                ["w_* is the applied weight over its sum: there is no EMA state."],
            )
        return applied, unnamed, []
    if raw is not None:
        return unnamed, raw, []
    return _judged(unnamed, floor)


def _is_normalised(values: Floats, applied: Floats) -> bool:
    sums = applied.sum(axis=1, keepdims=True)
    good = (np.isfinite(values).all(axis=1)) & np.isfinite(sums[:, 0]) & (sums[:, 0] > 0.0)
    if not good.any() or np.allclose(sums[good], 1.0, atol=1e-3):
        return False
    return bool(np.allclose(values[good], applied[good] / sums[good], atol=1e-4))


def _judged(values: Floats, floor: float | None) -> tuple[Floats | None, Floats | None, list[str]]:
    """Return (weights, state, notes) for w_* alone."""
    assumed = REFERENCE_FLOOR if floor is None else floor
    if holds_applied_weights(values, assumed):
        which = "the reference floor" if floor is None else "the floor"
        reason = f"its smallest value settles between the exact bound and {which} {assumed:g}, never below"
        return values, None, [f"w_* was taken as the applied weight: {reason}."]
    note = "w_* was taken as the EMA state, as the reference logger writes it"
    weights = _computed(values, floor)
    if weights is None:
        return None, values, [f"{note}; the floor is not known, so the applied weight is not shown."]
    return weights, values, [f"{note}; the applied weight is computed with floor {floor:g}."]


def _computed(state: Floats | None, floor: float | None) -> Floats | None:
    if state is None or floor is None or floor > 1.0 / state.shape[1]:
        return None
    return applied_weights(state, floor)


def _sum_notes(table: Floats | None, what: str) -> list[str]:
    if table is None:
        return []
    sums = table.sum(axis=1)
    off = np.flatnonzero(np.abs(sums - 1.0) > 1e-3)
    if not off.size:
        return []
    return [f"The {what} do not sum to 1 in {off.size} of {len(sums)} entries (first: {sums[off[0]]:g})."]
