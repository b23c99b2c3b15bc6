"""The one way to open a file that a run consists of: a regular file, inside its root, of a bounded size.

Nothing that is opened here can block, run on for ever or lie outside the root: a path is resolved first, then
opened folder by folder below the root without following any link, and what was opened is looked at again.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from gaba_core.errors import LogFormatError
from gaba_core.runs.legible_names import legible, shortened

LIMIT_VARIABLE = "GABA_MAX_LOG_MIB"  # environment: MiB that a log may have
DEFAULT_LIMIT = 1024  # MiB
SHARES = {"log": 1, "steps": 2, "info": 64}  # a log may have the whole limit, the files beside it a part

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a FIFO"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)
_FLAGS = os.O_RDONLY | sum(
    getattr(os, name, 0) for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_CLOEXEC", "O_NOCTTY", "O_BINARY")
)
_FOLDER = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC"))
_SLACK = 1 << 16  # bytes by which a log may grow while it is read


class MissingFileError(LogFormatError):
    """There is no such file."""


def size_limit(kind: str = "log") -> int:
    """Return the bytes that a file of a run may have: of its "log", "steps" (inflated) or "info"."""
    stated = os.environ.get(LIMIT_VARIABLE, "")
    mebibytes = int(stated) if stated.isascii() and stated.isdecimal() and len(stated) < 10 else DEFAULT_LIMIT
    return (mebibytes << 20) // SHARES[kind]


def open_regular(path: Path | str, named: str, *, root: Path | str | None = None) -> BinaryIO:
    """Return a file opened for reading.

    Args:
        path: of the file.
        named: what messages call it.
        root: folder that the file must lie in, links resolved; None where the reader named the file itself.

    Raises:
        MissingFileError: there is none.
        LogFormatError: it is no regular file, lies outside the root or cannot be opened.
    """
    named = shortened(legible(named))
    try:
        real = os.path.realpath(path, strict=True)
        start = None if root is None else os.path.realpath(root)
        inside = None if start is None else _below(start, real)
        if inside == "":
            raise LogFormatError(f"{named} must lie in its folder of logs; got a link that leads out of it.")
        _check_kind(os.stat(real), named)
        descriptor = os.open(real, _FLAGS) if start is None or inside is None else _opened(start, inside)
    except FileNotFoundError as error:
        lost = os.path.islink(path)
        reason = "a link that leads nowhere" if lost else f"{error.strerror}"
        kind = LogFormatError if lost else MissingFileError
        raise kind(f"{named} must be a file that can be read; got: {reason}.") from error
    except (OSError, ValueError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:  # no file can have that name
            raise MissingFileError(
                f"{named} must be a file that can be read; got: {error.strerror}."
            ) from error
        raise _refused(named, error) from error
    try:
        _check_kind(os.fstat(descriptor), named)
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def read_regular(path: Path | str, named: str, *, root: Path | str | None = None, kind: str = "log") -> bytes:
    """Return the content of a file of a run, holes left out.

    Args:
        path: of the file.
        named: what messages call it.
        root: as `open_regular` takes it.
        kind: of the file, for the limit of its size.

    Raises:
        MissingFileError: there is none.
        LogFormatError: as `open_regular`; or it is larger than the limit, or holds nothing but zero bytes.
    """
    with open_regular(path, named, root=root) as stream:
        status = os.fstat(stream.fileno())
        check_size(status.st_size, named, kind)
        try:
            if 1024 * getattr(status, "st_blocks", status.st_size) < status.st_size:
                content = b"".join(_extents(stream))
            else:
                content = stream.read(status.st_size + _SLACK)
        except OSError as error:
            raise _refused(shortened(legible(named)), error) from error
    if status.st_size and content[:1] in (b"", b"\0") and content.count(b"\0") == len(content):
        raise LogFormatError(
            f"{shortened(legible(named))} must hold a log; got {_size(status.st_size)} of zero bytes."
        )
    return content


def check_size(size: int, named: str, kind: str = "log") -> None:
    """Raise the LogFormatError that states the limit where so many bytes are above it."""
    limit = size_limit(kind)
    if size > limit:
        raise LogFormatError(
            f"{shortened(legible(named))} must be at most {limit >> 20} MiB; got {size >> 20} MiB. "
            f"{LIMIT_VARIABLE}={-(-size * SHARES[kind] >> 20)} in the environment allows it."
        )


def is_inside(path: Path | str, root: Path | str) -> bool:
    """Whether a path lies in a folder once links are resolved."""
    try:
        return _below(os.path.realpath(root), os.path.realpath(path)) != ""
    except (OSError, ValueError):
        return False


def head_of(path: Path | str, size: int, *, root: Path | str) -> bytes | None:
    """Return the first bytes of a file, those behind its first hole where it begins with one.

    None where it cannot be opened.
    """
    try:
        with open_regular(path, "", root=root) as stream:
            head = stream.read(size)
            if head and not head.strip(b"\0"):
                head = next(_extents(stream), head)[:size]
            return head
    except (LogFormatError, OSError):
        return None


def tail_of(path: Path | str, size: int, *, root: Path | str) -> bytes | None:
    """Return the last bytes of a file; None where it cannot be opened."""
    try:
        with open_regular(path, "", root=root) as stream:
            stream.seek(-min(size, os.fstat(stream.fileno()).st_size), os.SEEK_END)
            return stream.read(size)
    except (LogFormatError, OSError):
        return None


def _below(root: str, real: str) -> str:
    """Return the path below a root; empty where it leads elsewhere."""
    start = root if root.endswith(os.sep) else root + os.sep
    return real[len(start) :] if real.startswith(start) else ""


def _opened(root: str, inside: str) -> int:
    """Return the descriptor of a file below a root, reached without following a link."""
    if os.open not in os.supports_dir_fd:
        return os.open(os.path.join(root, inside), _FLAGS)
    *folders, name = inside.split(os.sep)
    at = os.open(root, _FOLDER)
    try:
        for folder in folders:
            inner = os.open(folder, _FOLDER, dir_fd=at)
            os.close(at)
            at = inner
        return os.open(name, _FLAGS, dir_fd=at)
    finally:
        os.close(at)


def _extents(stream: BinaryIO) -> Iterator[bytes]:
    """Yield what a sparse file holds between its holes."""
    at = 0
    while True:
        try:
            at = os.lseek(stream.fileno(), at, os.SEEK_DATA)
            end = os.lseek(stream.fileno(), at, os.SEEK_HOLE)
        except OSError:  # no data behind the last hole
            return
        stream.seek(at)
        yield stream.read(end - at)
        at = end


def _check_kind(status: os.stat_result, named: str) -> None:
    if not stat.S_ISREG(status.st_mode):
        found = next((words for is_kind, words in _KINDS if is_kind(status.st_mode)), "something else")
        raise LogFormatError(f"{named} must be a regular file; got {found}.")


def _refused(named: str, error: OSError | ValueError) -> LogFormatError:
    if isinstance(error, LogFormatError):
        return error
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return LogFormatError(f"{named} must be a file that can be read; got: {reason}.")


def _size(size: int) -> str:
    return f"{size >> 20} MiB" if size >> 20 else f"{size} bytes"
