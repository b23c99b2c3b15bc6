"""The folder of a run while it is written: what an earlier start left, one writer, and nothing lost."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Mapping
from pathlib import Path

from gaba_core.errors import ParameterError
from gaba_core.training.earlier_run import LOG_NAME, RUN_NAME, STEPS_NAME, Earlier, read_earlier, read_object
from gaba_core.training.files import Writer, move_aside, remove_temporary, write_all
from gaba_core.training.folder_lock import FolderLock

NAMES = (LOG_NAME, RUN_NAME, STEPS_NAME)


class LogWarning(UserWarning):
    """The log of a training could not be written; the training goes on."""


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
            raise _not_writable(path, error) from error

    def earlier_than(self, step: int) -> Earlier:
        """What is gone on with by a balancer that stands at this step; 0 is one that starts anew.

        Epochs on record that it has yet to do again are kept in a copy moved aside.

        Raises:
            ParameterError: the copy cannot be written.
        """
        if 0 < step < self.earlier.next_step:
            try:
                move_aside(self.path, LOG_NAME, (RUN_NAME, STEPS_NAME))
            except OSError as error:
                raise _not_writable(self.path, error) from error
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
            self._lock.renew()
            write_all(self.path, contents)
        except (OSError, ParameterError) as error:
            is_news, self._is_failing = not self._is_failing, True
            if is_news:
                reason = str(error).rstrip(".")
                _warn(
                    f"The log in {self.path} could not be written ({reason}). The training goes on; {stake} "
                    "will be lost if it ends before the log can be written. Each epoch tries again."
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


def _warn(text: str) -> None:
    """Say it as a warning, also where warnings are errors: a log must not end the training it is of."""
    try:
        warnings.warn(text, LogWarning, stacklevel=5)
    except LogWarning:
        with warnings.catch_warnings():
            warnings.simplefilter("always", LogWarning)
            warnings.warn(text, LogWarning, stacklevel=5)


def _not_writable(path: Path, error: OSError) -> ParameterError:
    return ParameterError(f"folder must be one that can be written; got {path}: {error}.")


def is_finished(folder: Path) -> bool:
    """Whether the folder holds a run that came to its own end (one that was interrupted did not)."""
    run = read_object(folder / RUN_NAME)
    return run is not None and run.get("finished") is not None
