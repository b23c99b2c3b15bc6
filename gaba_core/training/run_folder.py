"""The folder of a run while it is written: what an earlier start left, one writer, and nothing lost."""

from __future__ import annotations

import json
import warnings
import weakref
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaba_core.errors import ParameterError
from gaba_core.training.files import Writer, move_aside, remove_temporary, write_all
from gaba_core.training.folder_lock import FolderLock

LOG_NAME, STEPS_NAME, RUN_NAME = "convergence_log.json", "steps.npz", "run.json"
NAMES = (LOG_NAME, RUN_NAME, STEPS_NAME)


class LogWarning(UserWarning):
    """The log of a training could not be written; the training goes on."""


@dataclass
class Earlier:
    """What a run that is resumed has written: its records, its step arrays, its ``run.json``."""

    records: list[dict[str, Any]] = field(default_factory=list)
    steps: dict[str, NDArray[Any]] = field(default_factory=dict)
    run: dict[str, Any] = field(default_factory=dict)

    @property
    def next_step(self) -> int:
        """The step after the last one on record."""
        return int(self.records[-1].get("step", -1)) + 1 if self.records else 0

    def before_step(self, step: int) -> Earlier:
        """The same without the epochs and steps from this step on."""
        retained = [record for record in self.records if record.get("step", -1) < step]
        return Earlier(retained, _until(self.steps, step), self.run)


class RunFolder:
    """Opens a folder for one writer; a log that an interrupted run left there is resumed or moved aside.

    Args:
        path: made if missing.
        overwrite: replace a finished run.
        resume: go on with the log that is there.

    Raises:
        ParameterError: it holds a finished run, another process writes it, or it cannot be written.
    """

    def __init__(self, path: Path, *, overwrite: bool, resume: bool) -> None:
        self.path = path
        self.earlier = Earlier()
        self._is_failing = False
        if is_finished(path) and not (overwrite or resume):
            raise ParameterError(
                f"folder must not hold a finished run; got {path}. Set overwrite=True to replace it."
            )
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._lock = FolderLock(path)
            self._close = weakref.finalize(self, self._lock.release)
            remove_temporary(path, NAMES)
            self._take_over(resume=resume)
        except OSError as error:
            raise ParameterError(f"folder must be one that can be written; got {path}: {error}.") from error

    def earlier_than(self, step: int) -> Earlier:
        """What is gone on with by a balancer that stands at this step; 0 is one that starts anew.

        Epochs on record that it has yet to do again are kept in a copy moved aside.
        """
        if 0 < step < self.earlier.next_step:
            move_aside(self.path, LOG_NAME, (RUN_NAME, STEPS_NAME))
            self.earlier = self.earlier.before_step(step)
        return self.earlier

    def write(self, contents: Mapping[str, Writer], stake: str) -> bool:
        """Whether the files were written; where not, one warning says what is at stake until they can be.

        Args:
            contents: what writes each file, in the order in which they are moved into place.
            stake: what is lost if the training ends before the next try, such as ``epochs 3 to 5``.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            write_all(self.path, contents)
        except OSError as error:
            is_news, self._is_failing = not self._is_failing, True
            if is_news:
                warnings.warn(
                    f"The log in {self.path} could not be written ({error}). The training goes on; {stake} "
                    "will be lost if it ends before the log can be written. Each epoch tries again.",
                    LogWarning,
                    stacklevel=4,
                )
            return False
        self._is_failing = False
        self._lock.touch()
        return True

    def close(self) -> None:
        """Let another writer in."""
        self._close()

    def _take_over(self, *, resume: bool) -> None:
        if resume:
            found = read_earlier(self.path)
            if found is not None:
                self.earlier = found
                return
        if is_finished(self.path) and not resume:
            for name in NAMES:
                (self.path / name).unlink(missing_ok=True)
        elif (self.path / LOG_NAME).exists():
            move_aside(self.path, LOG_NAME, (RUN_NAME, STEPS_NAME))
        else:
            (self.path / RUN_NAME).unlink(missing_ok=True)
            (self.path / STEPS_NAME).unlink(missing_ok=True)


def is_finished(folder: Path) -> bool:
    """Whether the folder holds a run that came to its own end (one that was interrupted did not)."""
    run = _object(folder / RUN_NAME)
    return run is not None and run.get("finished") is not None


def read_earlier(folder: Path) -> Earlier | None:
    """What the folder's run has written up to its last whole epoch; None where it cannot be gone on with."""
    try:
        records = json.loads((folder / LOG_NAME).read_text(encoding="utf-8"))
        with np.load(folder / STEPS_NAME, allow_pickle=False) as arrays:
            steps = {name: arrays[name] for name in arrays}
    except FileNotFoundError as missing:
        if Path(str(missing.filename)).name != STEPS_NAME:
            return None
        steps = {}
    except (ValueError, EOFError, zipfile.BadZipFile):
        return None
    if not (isinstance(records, list) and records and all(isinstance(one, dict) for one in records)):
        return None
    found = Earlier(records, steps, _object(folder / RUN_NAME) or {})
    return Earlier(found.records, _until(steps, found.next_step), found.run)


def _until(steps: dict[str, NDArray[Any]], end: int) -> dict[str, NDArray[Any]]:
    """The step arrays up to a step; a killed writer may have left those of an epoch that has no record."""
    if "step" not in steps:
        return {}
    retained = steps["step"] < end
    return {name: values[retained] for name, values in steps.items()}


def _object(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
