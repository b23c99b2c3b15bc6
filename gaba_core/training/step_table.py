"""The steps of a run as arrays, as they are written to ``steps.npz``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from gaba_core.training.step_rows import StepRow

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Steps:
    """Consecutive recorded steps of a run, float32 values after each; None where nothing was recorded.

    Attributes:
        step: (N,) 0-based step numbers.
        state: (N, K) EMA state.
        weights: (N, K) weights that multiplied the losses.
        norms: (N, K) gradient norms.
        losses: (N, K) unweighted losses.
        gramians: (N, K (K + 1) / 2) products of the task gradients, upper triangle row by row.
        update_norm: (N,) norm of the summed gradient before clipping.
        update_dots: (N, K) its product with each task gradient.
    """

    step: NDArray[np.int64]
    state: Floats | None
    weights: Floats | None
    norms: Floats | None
    losses: Floats
    gramians: Floats | None = None
    update_norm: Floats | None = None
    update_dots: Floats | None = None

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What was recorded, by name."""
        found = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: values for name, values in found.items() if values is not None}


def stack_rows(rows: Sequence[StepRow], columns: Sequence[str], last: int, offset: int = 0) -> Steps:
    """The rows as arrays; a step on which something was not measured holds NaN there.

    Args:
        rows: at least one.
        columns: names of their values.
        last: number of steps completed, for rows that carry no number of their own.
        offset: added to every step number.
    """
    values = torch.stack([row.values for row in rows]).cpu().numpy()
    numbers = [last - len(rows) + i if row.step is None else row.step for i, row in enumerate(rows)]
    tables: dict[str, Floats] = dict(zip(columns, np.moveaxis(values, 1, 0), strict=True))
    weights = tables.get("weights")
    update = _optional([row.update for row in rows])
    return Steps(
        step=np.array(numbers, dtype=np.int64) + offset,
        state=tables.get("state"),
        weights=None if weights is None or np.isnan(weights).all() else weights,
        norms=tables.get("norms"),
        losses=tables["losses"],
        gramians=_optional([_triangle(row) for row in rows]),
        update_norm=None if update is None else update[:, 0],
        update_dots=None if update is None else update[:, 1:],
    )


def with_probe(steps: Steps, probe: Steps) -> Steps:
    """The steps with what a probe beside the balancer measured on some of them."""
    _, here, there = np.intersect1d(steps.step, probe.step, return_indices=True)
    found = {}
    for name in ("gramians", "update_norm", "update_dots"):
        values = getattr(probe, name)
        if values is None:
            found[name] = getattr(steps, name)
            continue
        found[name] = np.full((len(steps.step), *values.shape[1:]), np.nan, np.float32)
        found[name][here] = values[there]
    return Steps(steps.step, steps.state, steps.weights, steps.norms, steps.losses, **found)


def join_arrays(parts: Sequence[dict[str, NDArray[Any]]]) -> dict[str, NDArray[Any]]:
    """The arrays of several stretches one after another; NaN where a stretch lacks one."""
    shapes = {name: values.shape[1:] for part in parts for name, values in part.items()}
    return {
        name: np.concatenate(
            [
                part[name] if name in part else np.full((len(part["step"]), *shape), np.nan, np.float32)
                for part in parts
            ]
        )
        for name, shape in shapes.items()
    }


def _triangle(row: StepRow) -> Tensor | None:
    """Upper triangle of the row's Gramian, row by row."""
    if row.gramian is None:
        return None
    tasks = len(row.gramian)
    i, j = torch.triu_indices(tasks, tasks, device=row.gramian.device)
    return row.gramian[i, j]


def _optional(values: Sequence[Tensor | None]) -> Floats | None:
    known = [i for i, value in enumerate(values) if value is not None]
    if not known:
        return None
    found = torch.stack([value for value in values if value is not None]).cpu().numpy()
    table = np.full((len(values), found.shape[1]), np.nan, np.float32)
    table[known] = found
    return table
