"""What browsers dropped: files in a folder that all workers share, bounded in bytes and in time.

A file is found by the browser that dropped it and by its content, both hashed: neither can be read off the
folder, and who knows a link alone finds nothing. The folder is its owner's alone, and holds no pickle.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from gaba_core.lru_cache import LruCache

FOLDER_VARIABLE = "GABA_CACHE_FOLDER"
DAYS = 7  # since it was last opened
SECONDS = DAYS * 24 * 3600
LIMIT = 512 * 2**20  # bytes in the folder
NOTED = 3600  # seconds after which an opening is noted again: a dragged slider opens sixty times a second
IN_MEMORY = 128 * 2**20  # bytes where there is no folder to write to
SUFFIX = ".dropped"


def default_folder() -> Path:
    """Return the folder that the environment states, else the user's for caches, as XDG has it."""
    if os.environ.get(FOLDER_VARIABLE):
        return Path(os.environ[FOLDER_VARIABLE])
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "gaba-dashboard"


class DroppedFiles:
    """Dropped files by browser and digest; the least recently opened go first. Safe between processes.

    Args:
        folder: where they are kept; made if it is not there. One that others may enter, or that cannot be
            written to, is not used: files are then kept in this process.
        limit: bytes of all files.
        seconds: how long a file is kept that nobody opens.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        folder: Path,
        limit: int = LIMIT,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.folder, self._limit, self._seconds, self._clock = folder, limit, seconds, clock
        self._memory: LruCache[str, bytes] = LruCache(min(limit, IN_MEMORY), size=len)

    def put(self, browser: str, digest: str, data: bytes) -> None:
        """Keep a file for the browser that dropped it."""
        name = self._name_of(browser, digest)
        try:
            self._write(name, data)
        except OSError:  # a full disk, a folder of somebody else
            self._memory.put(name, data)
        self.tidy(spared=name)

    def holds(self, browser: str, digest: str) -> bool:
        """Return whether the file is there; it counts as opened now."""
        return self._found(browser, digest) is not None or self._name_of(browser, digest) in self._memory

    def get(self, browser: str, digest: str) -> bytes | None:
        """Return a file that the browser dropped; None where there is none, or not any more."""
        path = self._found(browser, digest)
        with suppress(OSError):  # another worker may have tidied it away
            return path.read_bytes() if path else self._memory.get(self._name_of(browser, digest), None)
        return None

    def _found(self, browser: str, digest: str) -> Path | None:
        path, now = self.folder / f"{self._name_of(browser, digest)}{SUFFIX}", self._clock()
        with suppress(OSError):
            unopened = now - path.stat().st_mtime
            if self._is_ours() and unopened <= self._seconds:
                if unopened > NOTED:
                    os.utime(path, (now, now))
                return path
        return None

    def tidy(self, spared: str = "") -> None:
        """Delete what was not opened for too long, then the least recently opened until the rest fits."""
        found = []
        with suppress(OSError):
            for path in self.folder.glob(f"*{SUFFIX}*"):
                with suppress(OSError):  # another worker tidies too
                    about = path.lstat()
                    found.append((path.name != f"{spared}{SUFFIX}", about.st_mtime, about.st_size, path))
        room = self._limit
        for _, opened, size, path in sorted(found, key=lambda one: (one[0], -one[1])):
            room -= size
            if room < 0 or self._clock() - opened > self._seconds:
                with suppress(OSError):
                    path.unlink()

    def _write(self, name: str, data: bytes) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._is_ours() or len(data) > self._limit:
            raise PermissionError(f"{self.folder} is no folder of ours alone, or too small.")
        number, unfinished = tempfile.mkstemp(prefix=name, suffix=f"{SUFFIX}.part", dir=self.folder)
        try:
            with os.fdopen(number, "wb") as file:
                file.write(data)
            os.utime(unfinished, (self._clock(), self._clock()))
            os.replace(unfinished, self.folder / f"{name}{SUFFIX}")
        except OSError:
            Path(unfinished).unlink(missing_ok=True)
            raise

    def _is_ours(self) -> bool:
        """Whether the folder is a real one that nobody but its owner, who runs this, may enter."""
        if not hasattr(os, "getuid"):
            return self.folder.is_dir()  # Windows: a folder below the user's profile is the user's
        about = self.folder.lstat()
        ours = about.st_uid == os.getuid() and not about.st_mode & 0o077
        return stat.S_ISDIR(about.st_mode) and ours

    @staticmethod
    def _name_of(browser: str, digest: str) -> str:
        return hashlib.sha256(f"{browser}/{digest}".encode()).hexdigest()[:40]
