"""The balancer's quantities from the columns that hold them: what was recorded, and what can be computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.projection import floor_renormalise
from gaba_core.runs.ema_or_weight import judged
from gaba_core.runs.provenance import STATE, Judgement, Origins
from gaba_core.runs.roles import KINDS
from gaba_core.runs.roles import Mapping as ColumnMapping
from gaba_core.runs.schema import frozen

_KINDS = (
    "either",
    "weight",
    "state",
    "logvar",
    "logstd",
    "std",
    "norm",
)  # the first that two tasks or more have names the tasks
# The weight by what is logged of a task's uncertainty: Kendall, Gal and Cipolla, CVPR 2018.
_WEIGHTS: Mapping[str, tuple[Callable[[FloatArray], FloatArray], str]] = {
    "logvar": (lambda s: np.exp(-s), "the log variance of each task: its weight is exp(-s)"),
    "logstd": (
        lambda s: np.exp(-2.0 * s),
        "the logarithm of the deviation of each task: its weight is exp(-2 s)",
    ),
    "std": (lambda s: s**-2.0, "the deviation of each task: its weight is 1/s²"),
}
_LONE = ("w_", "lambda_", "raw_weight_", "weight_", "grad_")


@dataclass(frozen=True, slots=True, eq=False)
class Balancer:
    """The balancer's columns, (E, K) each or None.

    `used` names the columns that went into them, `weighing` those of them that hold weights or states.
    """

    tasks: tuple[str, ...]
    weights: FloatArray | None
    state: FloatArray | None
    norms: FloatArray | None
    used: frozenset[str]
    weighing: frozenset[str]
    notes: tuple[str, ...]
    origins: Origins


def balancer_columns(
    columns: Mapping[str, FloatArray], mapping: ColumnMapping, floor: float | None, *, asks: bool = False
) -> Balancer:
    """Return what the columns say of the balancer.

    Args:
        columns: (E,) by name.
        mapping: what they are.
        floor: the run's own, None where it is not known.
        asks: whether columns that are not mapped may be weights, so that it is not said that there are none.
    """
    families = {kind: _present(mapping.columns(kind), columns) for kind in _KINDS}
    tasks = next((tuple(found) for found in families.values() if len(found) >= 2), ())
    if not tasks:
        return Balancer(
            (), None, None, None, frozenset(), frozenset(), () if asks else (_no_weights(columns),), Origins()
        )
    tables: dict[str, FloatArray] = {}
    used: set[str] = set()
    weighing: set[str] = set()
    notes: list[str] = []
    for kind, found in families.items():
        if set(tasks) <= set(found):
            tables[kind] = np.column_stack([columns[found[task]] for task in tasks])
            used |= {found[task] for task in tasks}
            weighing |= {found[task] for task in tasks} if kind != "norm" else set()
        elif found:
            missing = ", ".join(task for task in tasks if task not in found)
            others = ", ".join(found.values())
            notes.append(f"{KINDS[kind]} {missing} is missing, so {others} is kept as a metric only.")
    notes += _from_variances(tables, {kind: families[kind] for kind in _WEIGHTS})
    weights, state, origins, remark = _quantity_by_values(tables, floor, mapping, _label(families["either"]))
    notes += remark
    norms = tables.get("norm")
    notes += _sum_notes(weights, "applied weights") + _sum_notes(state, "EMA state")
    for table in (weights, state, norms):
        if table is not None:
            frozen(table)
    return Balancer(tasks, weights, state, norms, frozenset(used), frozenset(weighing), tuple(notes), origins)


def _from_variances(tables: dict[str, FloatArray], families: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Make the weights of variances where the log names no weights; return a note on it."""
    for kind, (weight_of, words) in _WEIGHTS.items():
        if kind not in tables:
            continue
        logs, fields = tables.pop(kind), _label(families[kind])
        if tables.keys() & {"weight", "either"}:
            return [f"{fields} was left out: the log also names the weights."]
        with np.errstate(over="ignore", divide="ignore"):
            found = weight_of(logs)
        tables["weight"] = np.where(np.isfinite(found), found, np.nan)
        return [f"{fields} was taken as s, {words}."]
    return []


def applied_weights(state: FloatArray, floor: float) -> FloatArray:
    """Return floor + renormalise of each row (E, K); a row with a gap stays one."""
    out = np.full(state.shape, np.nan)
    with np.errstate(over="ignore"):
        good = np.isfinite(state).all(axis=1) & (state >= 0.0).all(axis=1) & (state.sum(axis=1) > 0.0)
        out[good] = floor_renormalise(state[good], floor)
    return out


def _present(found: Mapping[str, str], columns: Mapping[str, FloatArray]) -> dict[str, str]:
    return {task: name for task, name in found.items() if name in columns}


def _no_weights(columns: Mapping[str, FloatArray]) -> str:
    lone = [name for name in columns if name.startswith(_LONE) and name not in (*_LONE, "grad_norm")]
    reason = f" ({', '.join(lone)} alone: a balancer has two tasks or more)" if len(lone) == 1 else ""
    return f"No weights were recognised in the log{reason}."


def _label(found: Mapping[str, str]) -> str:
    """Return one name for the fields of a family, such as "w_*"."""
    task, name = next(iter(found.items()), ("", ""))
    before, _, after = name.rpartition(task) if task else ("", "", "")
    return f"{before}*{after}"


def _quantity_by_values(
    tables: Mapping[str, FloatArray], floor: float | None, mapping: ColumnMapping, fields: str
) -> tuple[FloatArray | None, FloatArray | None, Origins, list[str]]:
    """Return (weights, state, origins, notes): by plain names first, then by what the others can be."""
    applied, raw, unnamed = tables.get("weight"), tables.get("state"), tables.get("either")
    both = Origins("recorded", "recorded")
    if unnamed is None or (applied is not None and raw is not None):
        left = f"{fields} was left out: the log also names the EMA state and the applied weight."
        notes = [] if unnamed is None else [left]
        if applied is not None or raw is None:
            origins = Origins(
                "unknown" if applied is None else "recorded", "unknown" if raw is None else "recorded"
            )
            return applied, raw, origins, notes
        return *_with_computed(raw, floor), notes
    if applied is not None:
        if _is_normalised(unnamed, applied):
            remark = f"{fields} is the applied weight over its sum: there is no EMA state."
            return applied, None, Origins("recorded"), [remark]
        return applied, unnamed, both, []
    if raw is not None:
        return unnamed, raw, both, []
    return _judged(unnamed, floor, judged(unnamed, floor, fields, mapping.quantity))


def _is_normalised(values: FloatArray, applied: FloatArray) -> bool:
    with np.errstate(over="ignore", invalid="ignore"):
        sums = applied.sum(axis=1, keepdims=True)
        shares = applied / sums
    good = np.isfinite(values).all(axis=1) & np.isfinite(shares).all(axis=1) & (sums[:, 0] > 0.0)
    if not good.any() or np.allclose(sums[good], 1.0, atol=1e-3):
        return False
    return bool(np.allclose(values[good], shares[good], atol=1e-4))


def _judged(
    values: FloatArray, floor: float | None, found: Judgement
) -> tuple[FloatArray | None, FloatArray | None, Origins, list[str]]:
    """Return (weights, state, origins, notes) for fields that may hold either, once it is known which."""
    if found.quantity != STATE:
        note = f"{found.fields} was taken as the applied weight: {found.why}."
        return values, None, Origins("recorded", "unknown", found), [note]
    habit = ", as it was chosen" if found.sure == "chosen" else ", as the reference logger writes it"
    note = f"{found.fields} was taken as the EMA state{habit}"
    weights, _, origins = _with_computed(values, floor)
    origins = Origins(origins.weights, origins.state, found)
    if weights is None:
        said = f"{note}; the floor is not known, so the applied weight is not shown."
        return None, values, origins, [said]
    return weights, values, origins, [f"{note}; the applied weight is computed with floor {floor:g}."]


def _with_computed(state: FloatArray, floor: float | None) -> tuple[FloatArray | None, FloatArray, Origins]:
    if floor is None or floor > 1.0 / state.shape[1]:
        return None, state, Origins("unknown", "recorded")
    return applied_weights(state, floor), state, Origins("computed", "recorded")


def _sum_notes(table: FloatArray | None, what: str) -> list[str]:
    if table is None:
        return []
    with np.errstate(over="ignore", invalid="ignore"):
        sums = table.sum(axis=1)
        off = np.flatnonzero(np.abs(sums - 1.0) > 1e-3)
    if not off.size:
        return []
    return [f"The {what} do not sum to 1 in {off.size} of {len(sums)} entries (first: {sums[off[0]]:g})."]
