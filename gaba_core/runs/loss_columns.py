"""The columns that hold the losses of tasks, named alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from gaba_core.runs.column_families import plain
from gaba_core.runs.legible_names import sought
from gaba_core.runs.roles import Role

_LOSSES = (
    r"loss(?:es)?[/_.](?P<task>.+)",
    r"(?P<task>.+)[/_.]loss(?:_epoch|_step)?",
    r"loss_?(?P<task>\d+)",
    r"(?P<task>[a-z0-9]+)Loss",
)
_SPLIT = r"(?P<split>(?:(?:train|training|val|valid|validation|dev|eval|test)[/_.])?)"
_NO_TASK = frozenset(
    (
        *("train", "training", "val", "valid", "validation", "dev", "eval", "test", "total", "mean", "avg"),
        *("average", "sum", "best", "running", "final", "epoch", "step", "min", "max", "overall", "scale"),
    )
)


def loss_tasks(names: Sequence[str]) -> frozenset[str]:
    """Return the tasks that losses are named by, as `plain` names them."""
    return frozenset(plain(task) for pattern in _LOSSES for held in _matched(pattern, names) for task in held)


def _matched(pattern: str, names: Iterable[str]) -> list[dict[str, str]]:
    """Return the names that match, by task, one dictionary for each split of the data they belong to."""
    splits: dict[str, dict[str, str]] = {}
    for name in sought(names):
        match = re.fullmatch(_SPLIT + pattern, name, re.IGNORECASE if "Loss" not in pattern else 0)
        if match and match["task"].lower() not in _NO_TASK:
            splits.setdefault(match["split"], {}).setdefault(match["task"], name)
    return list(splits.values())


def losses_of(tasks: Sequence[str], names: Sequence[str]) -> dict[str, Role]:
    """Return the loss of each task; of a log without tasks those of the first two or more named alike."""
    if not tasks:
        return _losses(names)
    exact = {f"loss_{task}": Role("loss", task) for task in tasks if f"loss_{task}" in names}
    if exact:
        return exact
    known = {plain(task): task for task in tasks}
    every = (held for pattern in _LOSSES for held in _matched(pattern, names))
    named = ({plain(task): name for task, name in held.items()} for held in every)
    found = next((held for held in named if known.keys() <= held.keys()), {})
    return {name: Role("loss", known[task]) for task, name in found.items() if task in known}


def _losses(names: Sequence[str]) -> dict[str, Role]:
    """Return the losses of a log without weights, of the first two tasks or more that are named alike."""
    found = next((f for pattern in _LOSSES for f in _matched(pattern, names) if len(f) >= 2), {})
    return {name: Role("loss", task) for task, name in found.items()}
