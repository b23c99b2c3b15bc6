"""Lines of a list of runs that were made before, in a file of the cache: only what changed is read again.

The file lies in a folder of its owner's alone, never beside the logs. One that is torn, of another version or
of other code is not used, and the folder of runs is read anew; one that cannot be written is done without.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

from gaba_core.runs.library_entry import LibraryEntry
from gaba_core.runs.tailing.folder_scan import Stamp

Lines = dict[str, tuple[LibraryEntry, ...]]  # of each file the lines of its runs, by the key of the first


class _Content(msgspec.Struct):
    code: str
    lines: Lines


class EntryIndex:
    """What several processes know of one folder of runs.

    Args:
        folder: of the runs.
        cache: folder that is made where it is not there.
    """

    def __init__(self, folder: Path | str, cache: Path | str) -> None:
        place = os.path.realpath(folder).encode("utf-8", "surrogateescape")
        name = hashlib.blake2b(place, digest_size=12).hexdigest()
        self._path = Path(cache) / "listings" / f"{name}.msgpack"
        self._code = _code()
        self._lines: Lines = {}
        self._mark: tuple[int, int, int] | None = None
        self._lock: int | None = None

    def get(self, key: str, stamp: Stamp) -> tuple[LibraryEntry, ...] | None:
        """Return the lines of a file's runs where it is known and has not changed."""
        known = self._lines.get(key)
        return known if known and known[0].stamp == stamp else None

    def load(self) -> None:
        """Take over what is in the file, where another process or an earlier one has written it."""
        with suppress(OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            status = os.stat(self._path)
            mark = status.st_mtime_ns, status.st_size, status.st_ino
            if mark == self._mark:
                return
            self._mark = mark
            content = msgspec.msgpack.decode(self._path.read_bytes(), type=_Content)
            if content.code == self._code:
                self._lines = content.lines

    def lead(self) -> bool:
        """Return whether this process reads for all; each does where that cannot be settled."""
        if self._lock is not None or fcntl is None:
            return True
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(
                self._path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
            )
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.resign()
            return False
        except OSError:  # a folder that cannot be written to, or a disk without locks
            self.resign()
        return True

    def resign(self) -> None:
        """Leave it to another process to read."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def save(self, lines: Mapping[str, tuple[LibraryEntry, ...]]) -> None:
        """Write what is known now, in one piece."""
        self._lines = dict(lines)
        temporary = None
        try:
            content = msgspec.msgpack.encode(_Content(self._code, self._lines))
            folder = self._path.parent
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if stat.S_IMODE(folder.stat().st_mode) & 0o077:
                return  # others could write what this process believes
            descriptor, temporary = tempfile.mkstemp(dir=folder, prefix=".", suffix=".tmp")
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
            os.replace(temporary, self._path)
        except (OSError, ValueError, msgspec.MsgspecError):  # a full disk, or a name that is no UTF-8
            if temporary is not None:
                with suppress(OSError):
                    os.unlink(temporary)


def _code() -> str:
    """Return what tells the code that made a line from code that may make another one."""
    newest = max(path.stat().st_mtime_ns for path in Path(__file__).parent.rglob("*.py"))
    return f"{','.join(LibraryEntry.__dataclass_fields__)} {newest}"
