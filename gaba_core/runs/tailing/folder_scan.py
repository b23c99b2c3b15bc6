"""What lies in a folder of runs: every log at any depth, with the stamp that tells whether it changed.

Logs are found by their content, whatever they are called: a file of another name than the known ones is a
candidate where its first bytes look like a log. What is no log is passed by, and named with the reason.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gaba_core.runs.database_files import ALIKE, JOURNALS
from gaba_core.runs.legible_names import legible
from gaba_core.runs.opening import head_of, is_inside
from gaba_core.runs.path_labels import RESERVED
from gaba_core.runs.schema import LOG_FILE, RUN_FILES, SIDE_SUFFIX, info_name
from gaba_core.runs.tailing.head_check import HEAD, why_no_log

FOREIGN = ("trainer_state.json", "metrics.csv", "metrics.json", "history.json", "training_history.json")
# Files that no log is called: their heads are not read.
OTHERS = frozenset(
    (
        *("png", "jpg", "jpeg", "gif", "svg", "webp", "pdf", "mp4", "avi", "wav", "ico", "ttf", "woff2"),
        *("pt", "pth", "ckpt", "safetensors", "onnx", "h5", "hdf5", "npy", "npz", "pkl", "pickle", "joblib"),
        *(
            "zip",
            "tar",
            "tgz",
            "xz",
            "bz2",
            "7z",
            "whl",
            "so",
            "o",
            "a",
            "dll",
            "exe",
            "pyc",
            "pyd",
            "parquet",
        ),
        *("py", "ipynb", "js", "mjs", "ts", "css", "html", "md", "rst", "sh", "c", "cc", "cpp", "cu", "h"),
        *("yaml", "yml", "toml", "ini", "cfg", "lock", "xml"),
    )
)
DESCRIBING = ("params", "tags", "inputs", "outputs", "traces")  # beside the metrics of a run of MLflow
Mark = tuple[int, int, int]  # time of the last write in ns, size in bytes, number of the file on its disk
Stamp = tuple[Mark | None, ...]  # one for each file of a run, its log first


@dataclass(frozen=True, slots=True)
class FoundLog:
    """A log, or what may be one.

    Attributes:
        key: path below the folder, made legible: that of its own folder for a `convergence_log.json`, that of
            the file for any other.
        path: of the file.
        stamp: of its files.
        by_name: whether its name says that it is a log: then it is listed even where it cannot be read.
    """

    key: str
    path: str
    stamp: Stamp
    by_name: bool


@dataclass(frozen=True, slots=True)
class PassedBy:
    """A file or folder that was not read: its path below the folder, made legible, and why."""

    name: str
    reason: str


class FolderScan:
    """Looks at a folder again and again, and reads the head of a file once for each state of it."""

    def __init__(self, folder: Path | str) -> None:
        self.folder = os.fspath(folder)
        self._heads: dict[str, tuple[Mark, str]] = {}

    def look(self) -> tuple[list[FoundLog], list[PassedBy]]:
        """Return what may be a log, sorted by key, and what was passed by, sorted by name.

        Folders behind symbolic links are not entered, and a link that leads out of the folder is left alone.
        """
        logs: list[FoundLog] = []
        passed: list[PassedBy] = []
        heads: dict[str, tuple[Mark, str]] = {}
        misleading: list[str] = []
        for below, items, closed in _walk(self.folder):
            if closed:
                passed.append(PassedBy(below or ".", closed))
            if _is_known(below.rpartition("/")[2]):
                misleading.append(below)
            siblings = {item.name: item for item in items}
            for item in items:
                if _is_side(item.name, siblings):
                    continue
                reason = self._reason(item, heads)
                if reason is None:
                    continue
                if reason:
                    passed.append(PassedBy(_joined(below, item.name), reason))
                else:
                    key = (below or ".") if item.name == LOG_FILE else _joined(below, item.name)
                    marks = [_mark(siblings[one]) if one in siblings else None for one in _files(item.name)]
                    logs.append(FoundLog(key, item.path, _stamp(item.name, marks), _is_known(item.name)))
        self._heads = heads
        empty = [one for one in misleading if not any(f"{log.key}/".startswith(f"{one}/") for log in logs)]
        passed += [PassedBy(name, "a folder") for name in empty]
        return _unique(logs), sorted(passed, key=lambda one: one.name)

    def _reason(self, item: os.DirEntry[str], heads: dict[str, tuple[Mark, str]]) -> str | None:
        """Return why a file is passed by: empty where it may be a log, None where nothing is said of it."""
        name = item.name
        if item.is_symlink():
            reason = self._link(item)
            if reason:
                return reason
        mark = _mark(item)
        if mark is None or (
            name.startswith(".") and name.endswith((".tmp", ".lock"))
        ):  # gone, or its writer's
            return None
        if _is_known(name):
            return ""
        if name in RUN_FILES:
            return f"there is no {LOG_FILE} beside it"
        if name.startswith("."):
            return "a hidden file"
        if name.rpartition(".")[2].lower() in OTHERS:
            return "not a log, by its ending"
        if not stat.S_ISREG(item.stat().st_mode):
            return "not a regular file"
        known = self._heads.get(item.path)
        if known is None or known[0] != mark:
            head = head_of(item.path, HEAD, root=self.folder)
            known = mark, "it cannot be opened" if head is None else why_no_log(head)
        heads[item.path] = known
        return known[1]

    def _link(self, item: os.DirEntry[str]) -> str:
        if os.path.isdir(item.path):
            return "a link to a folder"
        if not is_inside(item.path, self.folder):
            return "a link that leads out of the folder"
        return "a link that leads nowhere" if _mark(item) is None else ""


def find(folder: Path | str, key: object) -> str | None:
    """Return the log of a key by walking down the listing, one folder a part; None where there is none."""
    at: str | None = os.fspath(folder)
    parts = key.split("/") if isinstance(key, str) and key else []
    for part in parts:
        if part != ".":
            at = None if at is None else _listed(at, part)
        if at is None:
            return None
    if not parts or at is None:
        return None
    if os.path.isdir(at):
        at = _listed(at, LOG_FILE)
    return at if at and not os.path.isdir(at) and is_inside(at, folder) else None


def is_foreign(name: str) -> bool:
    """Whether a file of this name is a log as another program writes it."""
    return name in FOREIGN or name.endswith((".jsonl", ".wandb")) or name.startswith("events.out.tfevents.")


def _is_known(name: str) -> bool:
    return name == LOG_FILE or is_foreign(name)


def stamp_of(log: Path | str) -> Stamp:
    """Return the stamp of one run; None for each file that is not there, or is not the log's own."""
    folder, name = os.path.split(os.fspath(log))
    return _stamp(name, [_mark(os.path.join(folder, one)) if one else None for one in _files(name)])


def _stamp(name: str, marks: Sequence[Mark | None]) -> Stamp:
    """Return the stamp of these files; a database was written last when its journal was."""
    log, *rest = marks
    if log is None or name == LOG_FILE:
        return tuple(marks)
    latest = max(mark[0] for mark in (log, *rest[1:]) if mark is not None)
    return (latest, *log[1:]), *rest


def _files(name: str) -> tuple[str, ...]:
    """Return the names of the files of a run, those of its log first; empty where it has none of a kind."""
    if name == LOG_FILE:
        return RUN_FILES
    return (name, info_name(name), *(f"{name}{ending}" for ending in JOURNALS))


def _walk(folder: str) -> Iterator[tuple[str, list[os.DirEntry[str]], str]]:
    """Yield every folder: its legible path below the first, its files and links, and why it is closed."""
    waiting = [(folder, "")]
    while waiting:
        at, below = waiting.pop()
        files: list[os.DirEntry[str]] = []
        inner: list[os.DirEntry[str]] = []
        try:
            with os.scandir(at) as items:
                for item in items:
                    (inner if item.is_dir(follow_symlinks=False) else files).append(item)
        except OSError as error:  # gone or closed since its parent was listed
            gone = isinstance(error, FileNotFoundError)
            yield below, files, "" if gone else error.strerror or str(error)
        else:
            waiting += [(item.path, _joined(below, item.name)) for item in _entered(inner, files)]
            yield below, files, ""


def _entered(inner: list[os.DirEntry[str]], files: list[os.DirEntry[str]]) -> Iterator[os.DirEntry[str]]:
    """Yield the folders that may hold logs: of a run in MLflow's file store not those that describe it."""
    stored = any(item.name == "meta.yaml" for item in files) and any(one.name == "metrics" for one in inner)
    return (item for item in inner if not (stored and item.name in DESCRIBING))


def _is_side(name: str, siblings: Container[str]) -> bool:
    """Whether a file says something of the log beside it, and is none itself."""
    base, dash, ending = name.rpartition("-")
    if f"{dash}{ending}" in ALIKE and base in siblings:  # a journal of the database beside it
        return True
    return name.endswith(SIDE_SUFFIX) or (name != LOG_FILE and name in RUN_FILES and LOG_FILE in siblings)


def _listed(folder: str, part: str) -> str | None:
    """Return the path of what a folder lists under a legible name; None where it lists no such thing."""
    try:
        with os.scandir(folder) as items:
            return next((item.path for item in items if legible(item.name) == part), None)
    except (OSError, ValueError):
        return None


def _joined(below: str, name: str) -> str:
    """Return the key of something in a folder; `./` tells it from the key of a dropped file."""
    if below:
        return f"{below}/{legible(name)}"
    return f"./{legible(name)}" if name.startswith(RESERVED) else legible(name)


def _unique(logs: Iterable[FoundLog]) -> list[FoundLog]:
    """Return the logs sorted by key, those that look alike told apart by a number."""
    found: dict[str, FoundLog] = {}
    for log in sorted(logs, key=lambda log: (log.key, log.path)):
        key, count = log.key, 1
        while key in found:
            count += 1
            key = f"{log.key} ({count})"
        found[key] = log if key == log.key else replace(log, key=key)
    return list(found.values())


def _mark(file: str | os.DirEntry[str]) -> Mark | None:
    try:
        status = file.stat() if isinstance(file, os.DirEntry) else os.stat(file)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
