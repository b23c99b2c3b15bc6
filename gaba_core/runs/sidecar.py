"""The files beside a log, `run.json` and `steps.npz`: optional, so a broken one is a note, no error."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.text import decoded, loads, refuse_json, shown
from gaba_core.runs.legible_names import legible, shortened, valid_values
from gaba_core.runs.npz_arrays import BROKEN, Archive
from gaba_core.runs.opening import MissingFileError, open_regular, read_regular
from gaba_core.runs.schema import INFO_FILE, STEPS_FILE, RunInfo, StepTrace
from gaba_core.runs.step_arrays import trace_of

LONGEST = 240  # characters of a note's reason
_CONTROLLER = ("beta", "floor", "warmup_steps")
_COUNTS = ("window", "stride", "batch", "warmup_steps", "steps_per_epoch", "best_epoch", "epochs", "seed")


def read_info(path: Path, root: Path | None = None) -> tuple[RunInfo | None, list[str]]:
    """Return what a `run.json` says and notes on what it should not say; (None, notes) where it is broken.

    Args:
        path: of the file.
        root: folder that it must lie in, links resolved; None for its own.
    """
    name = legible(path.name)
    try:
        text = decoded(read_regular(path, name, root=root or path.parent, kind="info"), name)
        try:
            value = loads(text)
        except json.JSONDecodeError as error:
            refuse_json(text, error, name)
        if not isinstance(value, dict):
            raise LogFormatError(f"{name} must be an object; got {shown(value)}.")
        return info_from(valid_values(value))
    except MissingFileError:
        needed = path.name == INFO_FILE
        words = f"There is no {INFO_FILE} beside the log: the run's own parameters are not known."
        return None, [words] if needed else []
    except MemoryError:
        return None, [f"{name} was left out: it takes more memory than there is."]
    except (ValueError, RecursionError) as error:
        return None, [f"{name} was left out: {shortened(str(error), LONGEST)}"]


def info_from(entries: Mapping[str, Any]) -> tuple[RunInfo, list[str]]:
    """Return the entries as RunInfo; one of a wrong kind is left None with a note, an unknown one is kept."""
    flat = {k: v for k, v in entries.items() if k != "controller"}
    controller = entries.get("controller")
    if isinstance(controller, dict):
        flat |= {k: v for k, v in controller.items() if k in _CONTROLLER}
    notes = []
    if controller is not None and not isinstance(controller, dict):
        notes.append(f"{INFO_FILE}, field 'controller' must be an object; got {shown(controller)}.")
    known = {f.name for f in fields(RunInfo)} - {"extra"}
    values: dict[str, Any] = {}
    for name in known & flat.keys():
        if flat[name] is None:
            continue
        wanted = _unfit(name, flat[name])
        if wanted:
            notes.append(f"{INFO_FILE}, field '{name}' must be {wanted}; got {shown(flat[name])}.")
        else:
            values[name] = flat[name]
    extra = {k: v for k, v in flat.items() if k not in known}
    return RunInfo(**values, extra=MappingProxyType(extra)), sorted(notes)


def _is_finite(value: float) -> bool:
    """Whether a number is one that a float holds."""
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer of hundreds of digits
        return False


def _unfit(name: str, value: Any) -> str:
    """Return what the field must be where the value is not, else an empty text."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and _is_finite(value)
    if name in _COUNTS:
        whole = number and isinstance(value, int) and 0 <= value < 2**63
        return "" if whole else "a whole number of at least 0"
    if name == "beta":
        return "" if number and 0.0 <= value < 1.0 else "a number in [0, 1)"
    if name == "floor":
        return "" if number and 0.0 <= value <= 0.5 else "a number in [0, 1/K]"
    if name == "seconds":
        return "" if number and value >= 0.0 else "a number of at least 0"
    if name == "stopped":
        return "" if isinstance(value, (str, bool)) else "a text"
    return "" if isinstance(value, str) else "a text"


def read_steps(path: Path, tasks: int, root: Path | None = None) -> tuple[StepTrace | None, list[str]]:
    """Return the step arrays of a run; (None, notes) where there are none or they are broken.

    Args:
        path: of the archive.
        tasks: K.
        root: folder that it must lie in, links resolved; None for its own.
    """
    try:
        with open_regular(path, STEPS_FILE, root=root or path.parent) as stream:
            trace, notes = trace_of(Archive(stream, STEPS_FILE), tasks)
    except MissingFileError:
        return None, []
    except BROKEN as error:
        reason = str(error) or "it takes more memory than there is."
        return None, [f"{STEPS_FILE} was left out: {shortened(reason, LONGEST)}"]
    if bool((np.diff(trace.step) <= 0).any()):
        notes.append(f"The steps of {STEPS_FILE} do not ascend: the run was restarted. File order is kept.")
    return trace, notes
