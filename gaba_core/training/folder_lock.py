"""One writer in a folder at a time: a lock file that names its process and host."""

from __future__ import annotations

import errno
import os
import socket
import time
from pathlib import Path
from typing import TYPE_CHECKING

from gaba_core.errors import ParameterError

if TYPE_CHECKING:
    import fcntl
else:
    try:
        import fcntl
    except ImportError:  # Windows
        fcntl = None

NAME = ".writer.lock"

STALE = 3600.0
"""Seconds without an epoch after which another host's lock counts as left behind."""

_HELD = (errno.EWOULDBLOCK, errno.EACCES)


class FolderLock:
    """The lock of a folder, held until ``release`` or the end of the process, however that comes.

    The operating system's own lock on the file decides; where a file system has none, what the file says
    does: a process of this host that lives, or another host that touched it within the last hour.

    Args:
        folder: it must exist.

    Raises:
        ParameterError: another writer lives; the message names it.
        OSError: the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self._owner = os.getpid()
        self._file = self._acquired(folder)

    def touch(self) -> None:
        """Show that the writer lives."""
        try:
            os.utime(self.path)
        except OSError:
            return  # the folder is gone or read-only: the log says so

    def renew(self) -> None:
        """Take the lock again where its file is gone, as from a folder that was deleted and made anew.

        Raises:
            ParameterError: another writer came first.
            OSError: the folder cannot be written.
        """
        if self._file >= 0 and os.getpid() == self._owner and not _is_same(self._file, self.path):
            taken = self._acquired(self.path.parent)
            os.close(self._file)
            self._file = taken

    def release(self) -> None:
        """Let the next writer in; a process forked from the owner does not."""
        if self._file < 0 or os.getpid() != self._owner:
            return
        try:
            if _is_same(self._file, self.path):
                self.path.unlink()
        except OSError:
            pass  # what cannot be removed is stale from now on
        os.close(self._file)
        self._file = -1

    def _acquired(self, folder: Path) -> int:
        while True:
            file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
            holder = os.pread(file, 400, 0).decode(errors="replace")
            locked = _lock(file)
            if locked is True and not _is_same(file, self.path):
                os.close(file)  # its last owner removed it between the two calls
            elif locked is True or (locked is None and not _lives(holder, self.path)):
                os.ftruncate(file, 0)
                os.pwrite(file, f"{os.getpid()} {socket.gethostname()}\n".encode(), 0)
                return file
            elif locked is False and _is_dead(holder):
                os.close(file)  # held by a child that outlived the writer
                self.path.unlink(missing_ok=True)
            else:
                os.close(file)
                raise ParameterError(
                    f"folder must have one writer at a time; got {folder}, written by {_named(holder)}. "
                    "End it or choose another folder."
                )


def _lock(file: int) -> bool | None:
    """Whether the lock was taken; None where the file system or the operating system has none."""
    if fcntl is None:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return False if error.errno in _HELD else None
    return True


def _is_same(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), path.stat())
    except FileNotFoundError:
        return False


def _parts(holder: str) -> tuple[int, str] | None:
    pid, _, host = holder.strip().partition(" ")
    return (int(pid), host) if pid.isdecimal() and host else None


def _named(holder: str) -> str:
    found = _parts(holder)
    return "another process" if found is None else f"process {found[0]} on {found[1]}"


def _is_dead(holder: str) -> bool:
    """Whether the holder is a process of this host that is no more."""
    found = _parts(holder)
    if found is None or found[1] != socket.gethostname() or found[0] == os.getpid():
        return False
    try:
        os.kill(found[0], 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _lives(holder: str, path: Path) -> bool:
    found = _parts(holder)
    if found is None or _is_dead(holder):
        return False
    if found[1] == socket.gethostname():
        return True
    try:
        return time.time() - path.stat().st_mtime < STALE
    except OSError:
        return False
