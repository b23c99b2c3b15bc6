"""Files that are whole at every moment: written beside, flushed to disk, then moved into place."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

Writer = Callable[[BinaryIO], object]


def write_atomically(path: Path, write: Writer) -> None:
    """Replace ``path`` by what ``write`` puts into the stream; a reader sees the old file or the new one."""
    write_all(path.parent, {path.name: write})


def write_all(folder: Path, contents: Mapping[str, Writer]) -> None:
    """Replace several files of a folder: all are on disk before the first is moved, in their order.

    Raises:
        OSError: one could not be written; no temporary file is left where that can be helped.
    """
    places = {name: folder / f".{name}.{os.getpid()}.tmp" for name in contents}
    try:
        for name, write in contents.items():
            with places[name].open("wb") as stream:
                write(stream)
                stream.flush()
                os.fsync(stream.fileno())
        for name, temporary in places.items():
            os.replace(temporary, folder / name)
    finally:
        for temporary in places.values():
            with suppress(OSError):
                temporary.unlink(missing_ok=True)


def remove_temporary(folder: Path, names: tuple[str, ...]) -> None:
    """Remove what a killed writer of these files left behind."""
    for name in names:
        for left in folder.glob(f".{name}.*.tmp"):
            left.unlink(missing_ok=True)


def move_aside(folder: Path, log: str, sidecars: tuple[str, ...]) -> int:
    """The number by which a log and the files beside it are called now: the first that is free for all.

    NAME.json becomes NAME.1.json, run.json beside it NAME.1.run.json, where a reader looks for it.
    """
    stem, suffix = Path(log).stem, Path(log).suffix
    number = 1
    while any(folder.glob(f"{stem}.{number}.*")):
        number += 1
    for name, ending in ((log, suffix), *((name, f".{name}") for name in sidecars)):
        with suppress(FileNotFoundError):
            (folder / name).rename(folder / f"{stem}.{number}{ending}")
    return number
