"""The content of a log, with what a database has in files beside it: a write-ahead log or rollback journal.

Both are copied into a folder of their own and put together there, so that nothing is written beside the log
and no row is missed. Files that a writer changed while they were read do not fit each other: they are read
again.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.sqlite_store import is_sqlite
from gaba_core.runs.opening import MissingFileError, read_regular

JOURNALS = ("-wal", "-journal")
ALIKE = (*JOURNALS, "-shm")
TRIES = 4  # reads of a database that is being written


def read_content(path: Path | str, named: str, *, root: Path | str | None = None) -> bytes:
    """Return what `read_regular` returns; of a database as it stands once its journals are played back.

    Raises:
        LogFormatError: as `read_regular`; or a database and its journal do not fit, or change all the time.
    """
    for _ in range(TRIES):
        before = _marks(path)
        data = read_regular(path, named, root=root)
        if not is_sqlite(data):
            return data
        journals = dict(_journals(path, named, root))
        if _marks(path) == before:
            return _played_back(data, journals, named) if journals else data
    raise LogFormatError(f"{named} must rest while it is read; it was written {TRIES} times meanwhile.")


def _marks(path: Path | str) -> list[tuple[int, int] | None]:
    """Return when a database and its journals were written last, and their sizes."""
    found: list[tuple[int, int] | None] = []
    for ending in ("", *JOURNALS):
        try:
            status = os.stat(f"{path}{ending}")
            found.append((status.st_mtime_ns, status.st_size))
        except (OSError, ValueError):
            found.append(None)
    return found


def _journals(path: Path | str, named: str, root: Path | str | None) -> Iterator[tuple[str, bytes]]:
    for ending in JOURNALS:
        if not os.path.lexists(f"{path}{ending}"):
            continue
        try:
            content = read_regular(f"{path}{ending}", f"{named}{ending}", root=root or Path(path).parent)
        except MissingFileError:  # played back by its writer since
            continue
        except LogFormatError as error:
            if "of zero bytes" in str(error):  # a journal that was reset
                continue
            raise
        if content:
            yield ending, content


def _played_back(data: bytes, journals: dict[str, bytes], named: str) -> bytes:
    with tempfile.TemporaryDirectory(prefix="gaba-") as folder:
        copy = Path(folder, "copy.db")
        copy.write_bytes(data)
        for ending, content in journals.items():
            Path(folder, f"copy.db{ending}").write_bytes(content)
        try:
            with closing(sqlite3.connect(copy)) as connection:
                connection.execute("PRAGMA trusted_schema = OFF")
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return copy.read_bytes()
        except sqlite3.Error as error:
            raise LogFormatError(
                f"{named} must be a database that fits the journal beside it; got: {error}."
            ) from error
