"""What a run has written so far, as the next start goes on with it; None of it where anything is damaged."""

from __future__ import annotations

import io
import json
import math
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaba_core.runs.npz_arrays import BROKEN, Archive

LOG_NAME, STEPS_NAME, RUN_NAME = "convergence_log.json", "steps.npz", "run.json"
Arrays = dict[str, NDArray[Any]]


@dataclass
class Earlier:
    """What a run that is resumed has written: its records, its step arrays, its ``run.json``."""

    records: list[dict[str, Any]] = field(default_factory=list)
    steps: Arrays = field(default_factory=dict)
    run: dict[str, Any] = field(default_factory=dict)

    @property
    def next_step(self) -> int:
        """The step after the last one on record."""
        return self.records[-1].get("step", -1) + 1 if self.records else 0

    @property
    def tasks(self) -> int | None:
        """How many tasks the step arrays have; None where there are none."""
        return self.steps["norms"].shape[1] if self.steps else None

    def before_step(self, step: int) -> Earlier:
        """The same without the epochs and steps from this step on."""
        retained = [record for record in self.records if record.get("step", -1) < step]
        return Earlier(retained, _until(self.steps, step), self.run)


def read_earlier(folder: Path) -> Earlier | None:
    """What the folder's run has written up to its last whole epoch; None where it cannot be gone on with.

    Raises:
        OSError: a file is there and cannot be read.
    """
    try:
        records = json.loads((folder / LOG_NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, RecursionError):
        return None
    if not (isinstance(records, list) and records and all(map(_is_record, records))):
        return None
    try:
        steps = _arrays((folder / STEPS_NAME).read_bytes())
    except FileNotFoundError:
        steps = {}
    if steps is None:
        return None
    found = Earlier(records, steps, _described(read_object(folder / RUN_NAME) or {}))
    return Earlier(found.records, _until(steps, found.next_step), found.run)


def read_object(path: Path) -> dict[str, Any] | None:
    """The object that a JSON file holds; None where it holds none or cannot be read."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _is_record(record: Any) -> bool:
    """Whether an entry has an epoch, and a step where it has one, to count on from."""
    if not isinstance(record, dict):
        return False
    return all(type(value) is int for value in (record.get("epoch"), record.get("step", -1)))


def _described(run: dict[str, Any]) -> dict[str, Any]:
    """The entries of ``run.json`` that are carried on, where they are what they must be."""
    kinds: dict[str, type | tuple[type, ...]] = {
        "started": str,
        "steps_per_epoch": int,
        "resumed": list,
        "seconds": (int, float),
    }
    found = {name: run[name] for name, kind in kinds.items() if isinstance(run.get(name), kind)}
    if not math.isfinite(found.get("seconds", 0.0)):
        del found["seconds"]
    return found


def _arrays(data: bytes) -> Arrays | None:
    """The step arrays, of one length and of the shapes of one number of tasks; None where they are not."""
    try:
        archive = Archive(io.BytesIO(data), STEPS_NAME)
        found = {name: archive.read(name, archive.header(name)) for name in archive.names}
    except BROKEN:
        return None
    step, norms = found.get("step"), found.get("norms")
    if step is None or norms is None or step.ndim != 1 or norms.ndim != 2:
        return None
    count, tasks = len(step), norms.shape[1]
    names = ("state", "weights", "norms", "losses", "update_dots")
    shapes: dict[str, tuple[int, ...]] = dict.fromkeys(names, (count, tasks))
    shapes |= {"gramians": (count, tasks * (tasks + 1) // 2), "update_norm": (count,), "step": (count,)}
    fits = all(values.shape == shapes.get(name, values.shape) for name, values in found.items())
    numbers = all(np.issubdtype(values.dtype, np.number) for values in found.values())
    whole = np.issubdtype(step.dtype, np.integer) and all(v.shape[:1] == (count,) for v in found.values())
    return found if fits and numbers and whole else None


def _until(steps: Arrays, end: int) -> Arrays:
    """The step arrays up to a step; a killed writer may have left those of an epoch that has no record."""
    if not steps:
        return {}
    retained = steps["step"] < end
    return {name: values[retained] for name, values in steps.items()}
