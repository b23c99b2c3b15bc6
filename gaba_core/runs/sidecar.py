"""The files beside a log, `run.json` and `steps.npz`: optional, so a broken one is a note, no error."""

from __future__ import annotations

import json
import math
import zipfile
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.text import decoded, loads, refuse_json, shown
from gaba_core.runs.schema import INFO_FILE, STEPS_FILE, Floats, RunInfo, StepTrace, frozen

_CONTROLLER = ("beta", "floor", "warmup_steps")
_COUNTS = ("window", "stride", "batch", "warmup_steps", "steps_per_epoch", "best_epoch", "epochs", "seed")


def read_info(path: Path) -> tuple[RunInfo | None, list[str]]:
    """Return what a `run.json` says and notes on what it should not say; (None, notes) where it is broken."""
    try:
        text = decoded(path.read_bytes(), INFO_FILE)
        try:
            value = loads(text)
        except json.JSONDecodeError as error:
            refuse_json(text, error, INFO_FILE)
        if not isinstance(value, dict):
            raise LogFormatError(f"{INFO_FILE} must be an object; got {shown(value)}.")
    except FileNotFoundError:
        return None, [f"There is no {INFO_FILE} beside the log: the run's own parameters are not known."]
    except (OSError, ValueError, RecursionError) as error:
        return None, [f"{INFO_FILE} was left out: {error}"]
    return info_from(value)


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


def _unfit(name: str, value: Any) -> str:
    """Return what the field must be where the value is not, else an empty text."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
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


def read_steps(path: Path, tasks: int) -> tuple[StepTrace | None, list[str]]:
    """Return the step arrays of a run of K tasks; (None, notes) where there are none or they are broken."""
    try:
        with path.open("rb") as stream:  # np.load itself leaves a broken archive open
            trace = _trace(np.load(stream, allow_pickle=False), tasks)
    except FileNotFoundError:
        return None, []
    except (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile) as error:
        reason = error.args[0] if isinstance(error, KeyError) else error
        return None, [f"{STEPS_FILE} was left out: {reason}"]
    notes = []
    if bool((np.diff(trace.step) <= 0).any()):
        notes.append(f"The steps of {STEPS_FILE} do not ascend: the run was restarted. File order is kept.")
    return trace, notes


def _trace(archive: Any, tasks: int) -> StepTrace:
    if not isinstance(archive, np.lib.npyio.NpzFile):
        raise LogFormatError(f"{STEPS_FILE} must be an archive of arrays; got a single array.")
    step = np.asarray(archive["step"])
    if step.ndim != 1 or not step.size or not np.issubdtype(step.dtype, np.integer):
        raise LogFormatError(
            f"{STEPS_FILE}, array 'step' must be (N,) whole numbers; got {step.dtype} {step.shape}."
        )
    tables = {
        name: _table(archive, name, (step.size, tasks)) for name in ("state", "weights", "norms", "losses")
    }
    return StepTrace(step=frozen(step.astype(np.int64)), **tables)


def _table(archive: Any, name: str, shape: tuple[int, int]) -> Floats:
    values = np.asarray(archive[name])
    if values.shape != shape or not np.issubdtype(values.dtype, np.floating):
        raise LogFormatError(
            f"{STEPS_FILE}, array '{name}' must be {shape} numbers; got {values.dtype} {values.shape}."
        )
    table: Floats = values.astype(np.float64)
    table[~np.isfinite(table)] = np.nan
    return frozen(table)
