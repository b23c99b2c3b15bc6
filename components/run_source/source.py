"""Where the Runs view gets its runs: the folder of logs, and what a reader dropped on the page."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import current_app

from gaba_core.abandoning import while_awaited
from gaba_core.errors import GabaError, LogFormatError, ParameterError
from gaba_core.lru_cache import cached
from gaba_core.runs import LibraryEntry, Run, RunLibrary, read_again, read_run
from gaba_core.runs.legible_names import legible
from gaba_core.runs.library_entry import entry_of, labels_of
from gaba_core.runs.path_labels import RESERVED
from gaba_core.runs.shared_files import base_of, parts
from gaba_core.runs.shared_reading import read_alike
from gaba_core.runs.tailing.log_status import Status

from ..serving.browser_cookie import browser_name
from ..serving.dropped_files import DroppedFiles, default_folder
from .run_names import marks_of
from .selected_run import Shown
from .siblings import families_of, siblings_in
from .styles import slots_of

DROPPED = RESERVED
AT_ONCE = 0.3  # s of a request that go into listing a large folder; the next look goes on
AGAIN = "Drop the file here."
RUNS = 128 * 2**20  # bytes of dropped runs in memory, and as many of runs that are read by another mapping
STATUS_NOTES: dict[Status, str] = {
    "complete": "",
    "growing": "live",
    "quiet": "not finished",
    "torn": "incomplete",
    "truncated": "cut",
    "deleted": "deleted",
    "returned": "came back",
}


def library() -> RunLibrary:
    """The library over the app's folder of logs; one for each app."""
    extensions = current_app.extensions
    if "gaba_runs" not in extensions:
        logs = Path(current_app.config["GABA_LOGS"])
        extensions["gaba_runs"] = RunLibrary(logs, at_once=AT_ONCE, cache=_cache_folder())
    found: RunLibrary = extensions["gaba_runs"]
    return found


def dropped_files() -> DroppedFiles:
    """The files that browsers dropped on the app."""
    extensions = current_app.extensions
    if "gaba_dropped" not in extensions:
        extensions["gaba_dropped"] = DroppedFiles(_cache_folder() / "dropped")
    found: DroppedFiles = extensions["gaba_dropped"]
    return found


def _cache_folder() -> Path:
    return Path(current_app.config.get("GABA_CACHE_FOLDER") or default_folder())


def drop(name: str, contents: str) -> LibraryEntry:
    """Keep a dropped file and return the entry of its first run.

    Raises:
        LogFormatError: the file is no log.
    """
    return drop_all(name, contents)[0]


def drop_all(name: str, contents: str) -> list[LibraryEntry]:
    """Keep a dropped file that came as a data URL and return an entry for each of its runs.

    Raises:
        LogFormatError: the file is no log.
    """
    try:
        data = base64.b64decode(contents.partition(",")[2], validate=True)
    except binascii.Error as error:
        raise LogFormatError(f"{legible(name)} must be a file the browser can send; got {error}.") from error
    return taken(name, data)


def taken(name: str, data: bytes) -> list[LibraryEntry]:
    """Keep a dropped file and return an entry for each of its runs; the browser that dropped it can ask.

    Raises:
        LogFormatError: the file is no log.
    """
    name = legible(name)
    run = read_run(data, name, restarts=True)
    digest = hashlib.sha256(data).hexdigest()[:24]
    dropped_files().put(browser_name(), digest, data)
    held = [(name, run), *parts(name, run)]
    for called, one in held:  # they are asked for next: not to be read a second time
        _dropped.cache.put((called, digest, browser_name()), one)
    return [entry_of(f"{DROPPED}{called} #{digest}", one) for called, one in held]


def dropped_entries(keys: Sequence[str]) -> list[LibraryEntry]:
    """Return the entries of dropped runs that this browser can ask for; other keys are left out."""
    found = []
    for key in keys:
        if key.startswith(DROPPED):
            with suppress(GabaError):  # gone, or of another browser: the picture says so
                found.append(entry_of(key, _run(key)))
    return found


def shown(
    keys: Sequence[str], readings: Mapping[str, str] | None = None
) -> tuple[tuple[Shown, ...], tuple[str, ...]]:
    """Return the runs that can be drawn and one sentence for each that cannot.

    Args:
        keys: of the runs.
        readings: changes to how a run's file is read, by key; where they do not fit it is read as proposed.
    """
    runs: list[tuple[str, Run]] = []
    problems = []
    for key in while_awaited(keys):
        try:
            runs.append((key, _run(key)))
            changes = (readings or {}).get(key)
            if changes:
                runs[-1] = (key, _read_again(runs[-1][1], changes))
        except GabaError as error:
            problems.append(str(error))
    return shown_of(runs, _siblings(runs)), tuple(problems)


def shown_of(runs: Sequence[tuple[str, Run]], siblings: Sequence[tuple[str, Run]] = ()) -> tuple[Shown, ...]:
    """Return runs as the page shows them: named apart, in colours of their own, read alike.

    Args:
        runs: with their keys.
        siblings: other runs that help to decide how these are read.
    """
    alike = _alike(tuple(runs), tuple(siblings))
    styles = slots_of([labels_of(key, run.info)[2] for key, run in alike])
    labels = labels_apart([key for key, _ in alike], [label(key, run) for key, run in alike])
    return tuple(Shown(key, labels[key], run, style) for (key, run), style in zip(alike, styles, strict=True))


def _siblings(runs: Sequence[tuple[str, Run]]) -> tuple[tuple[str, Run], ...]:
    """Return the siblings in the folder of runs whose fields may hold either quantity, as last listed."""
    open_runs = [key for key, run in runs if run.origins.judged is not None and not key.startswith(DROPPED)]
    if not open_runs:
        return ()
    entries = {entry.key: entry for entry in library().listed()}
    own = [entries[key] for key in open_runs if key in entries]
    families = families_of(entries.values())
    wanted = dict.fromkeys(entry.key for one in own for entry in siblings_in(one, families))
    drawn = {key for key, _ in runs}
    found: dict[str, Run] = {}
    for key in wanted:
        if key not in drawn:
            with suppress(GabaError):  # deleted or broken since it was listed
                found[key] = library().get(key)
    return tuple(found.items())


@cached(RUNS)
def _alike(runs: tuple[tuple[str, Run], ...], siblings: tuple[tuple[str, Run], ...]) -> list[tuple[str, Run]]:
    """Return the runs with one reading of `w_NAME` for all of one subset and method, siblings among them."""
    families: dict[tuple[str | None, str | None], list[int]] = {}
    every = (*runs, *siblings)
    for place, (key, run) in enumerate(every):
        subset, method, seed = labels_of(key, run.info)
        is_known = method is not None or (seed is not None and key.startswith(DROPPED))  # `run_seed3.csv`
        families.setdefault((subset, method) if is_known else (None, str(place)), []).append(place)
    found = list(every)
    for places in families.values():
        again = read_alike([every[place][1] for place in places])
        for place, run in zip(places, again, strict=True):
            found[place] = (every[place][0], run)
    return found[: len(runs)]


def labels_apart(keys: Sequence[str], labels: Sequence[str]) -> dict[str, str]:
    """Return what the page calls each of several runs, those of one name told apart by their paths."""
    marks = marks_of(labels, keys)
    return {
        key: f"{name} ({mark})" if mark else name for key, name, mark in zip(keys, labels, marks, strict=True)
    }


def label(key: str, run: Run) -> str:
    """What the page calls a run."""
    if key.startswith(DROPPED):
        return dropped_name(key)
    info = run.info
    if info is not None and info.subset and info.method and info.seed is not None:
        return f"{info.subset} {info.method} seed {info.seed}"
    return key


def dropped_name(key: str) -> str:
    """The file name in the key of a dropped file."""
    return key.removeprefix(DROPPED).rpartition(" #")[0]


def rows(entries: Sequence[LibraryEntry]) -> list[dict[str, Any]]:
    """One line of the grid for each entry: GABA first, then by subset, method and seed.

    Runs of one subset, method and seed are told apart by the part of their paths in which they differ.
    """
    ordered = sorted(entries, key=_place)
    names = [_subset(e) for e in ordered]
    same = [(name, e.method, e.seed) for name, e in zip(names, ordered, strict=True)]
    marks = marks_of(same, [e.key for e in ordered])
    return [
        {
            "key": e.key,
            "subset": f"{name} ({mark})" if mark else name,
            "method": e.method,
            "seed": e.seed,
            "device": e.device,
            "epochs": None if e.trained is None else round(e.trained, 2),
            "best_epoch": e.best_epoch,
            "rmse": e.rmse,
            "rmse_uncapped": e.rmse_uncapped,
            "nasa": e.nasa,
            "accuracy": e.accuracy,
            "metric": e.metric,
            "at_best": e.at_best,
            "figures_from": e.figures_from,
            "note": _note(e),
            "failed": e.error is not None,
        }
        for e, name, mark in zip(ordered, names, marks, strict=True)
    ]


def _subset(entry: LibraryEntry) -> str:
    return entry.subset or (dropped_name(entry.key) if entry.key.startswith(DROPPED) else entry.key)


def _place(entry: LibraryEntry) -> tuple[bool, str, str, int, str]:
    seed = -1 if entry.seed is None else entry.seed
    return entry.method != "gaba", entry.subset or "", entry.method or "", seed, entry.key


def _note(entry: LibraryEntry) -> str:
    if entry.error is not None:
        return f"Cannot be read: {entry.error}"
    origin = "dropped on this page" if entry.key.startswith(DROPPED) else STATUS_NOTES[entry.status]
    remarks = f"{entry.notes} remark{'s' if entry.notes > 1 else ''}" if entry.notes else ""
    return ", ".join(filter(None, (origin, remarks)))


def _run(key: str) -> Run:
    if not key.startswith(DROPPED):
        found = library().follow(key)
        if found.run is None:
            raise LogFormatError(found.error or found.sentence)
        return found.run
    name, _, digest = key.removeprefix(DROPPED).rpartition(" #")
    browser = browser_name()
    if not dropped_files().holds(browser, digest):
        raise ParameterError(f"run must be one that the server holds for this browser; got {name}. {AGAIN}")
    return _dropped(name, digest, browser)


@cached(RUNS)
def _read_again(run: Run, changes: str) -> Run:
    """The run by another mapping: the same one each time, so that what was computed of it is found again."""
    return read_again(run, changes)


@cached(RUNS)
def _dropped(name: str, digest: str, browser: str) -> Run:
    data = dropped_files().get(browser, digest)
    if data is None:
        raise ParameterError(f"run must be one that the server holds for this browser; got {name}. {AGAIN}")
    run = read_run(data, base_of(name, {}) if name.endswith("]") else name, restarts=True)
    return next((other for called, other in parts(base_of(name, {}), run) if called == name), run)
