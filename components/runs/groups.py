"""Groups of runs on the Runs view: those that share a parameter, drawn as mean and standard deviation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gaba_core import number_text
from gaba_core.runs.run_parameters import Fact, differing, facts

from ..run_source.selected_run import Shown
from ..run_source.styles import MEAN_OF_ALL, slots_of
from .state import ALL_RUNS, RunsState

LABELS = {
    "subset": "Subset",
    "method": "Method",
    "seed": "Seed",
    "device": "Device",
    "beta": "EMA coefficient β",
    "floor": "Floor",
    "warmup_steps": "Warm-up (steps)",
    "window": "Window (cycles)",
    "stride": "Stride (cycles)",
    "batch": "Batch size",
    "steps_per_epoch": "Steps per epoch",
    "torch": "PyTorch",
    "data": "Data",
}
COLUMNS = ("subset", "method", "seed", "device")
UNSAID = "not said"
MOST = 40  # groups; where there were more, runs are drawn each by itself
LONGEST = 40  # characters of a value in a group's name


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Runs that share a value.

    Attributes:
        key: what a link calls the group.
        style: number of its colour and symbol.
    """

    key: str
    label: str
    members: tuple[Shown, ...]
    style: int


def groups_of(shown: Sequence[Shown], state: RunsState) -> tuple[Group, ...]:
    """Return the groups in order of appearance; none where runs are drawn each by itself."""
    if not state.group or not shown:
        return ()
    if state.group == ALL_RUNS:
        return (Group("all runs", "all runs", tuple(shown), MEAN_OF_ALL),)
    found: dict[str, list[Shown]] = {}
    values: list[Fact | None] = []
    for s in shown:
        value = facts(s.run, s.key).get(state.group)
        name = UNSAID if value is None else fact_text(value)
        if name not in found:
            values.append(value)
        found.setdefault(name, []).append(s)
    seeds = [v if isinstance(v, int) and state.group == "seed" else None for v in values]
    if len(found) > MOST:
        return ()
    return tuple(
        Group(f"{state.group} {name}", _named(state.group, name), tuple(runs), style)
        for (name, runs), style in zip(found.items(), slots_of(seeds), strict=True)
    )


def group_options(shown: Sequence[Shown], state: RunsState) -> list[dict[str, str]]:
    """Return what runs can be grouped by: the columns of the list, and what else differs between them."""
    unlike, _ = differing([facts(s.run, s.key) for s in shown])
    more = [name for name in unlike if name not in COLUMNS and "sha256" not in name]
    if state.group and state.group not in (ALL_RUNS, *COLUMNS, *more):
        more.append(state.group)
    named = [{"value": name, "label": fact_label(name)} for name in (*COLUMNS, *more)]
    each = [{"value": "", "label": "No averaging"}]
    return [*each, {"value": ALL_RUNS, "label": "All runs"}, *named]


def fact_label(name: str) -> str:
    """Return a parameter's name as the page writes it."""
    return LABELS.get(name) or name.replace("_", " ").replace("/", ": ")


def fact_text(value: Fact) -> str:
    """Return a parameter's value as the page writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number_text.number(value, 10) if isinstance(value, float) else str(value)


def _named(column: str, value: str) -> str:
    text = value if len(value) <= LONGEST else f"{value[: LONGEST - 1]}…"
    return text if column in ("subset", "method", "device") else f"{fact_label(column)} {text}"
