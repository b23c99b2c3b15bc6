"""Siblings that lie beside runs and were not given with them: what the dashboard would compare them with."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from gaba_core.runs.commands.options import Stated
from gaba_core.runs.path_labels import path_labels
from gaba_core.runs.reading import read_run
from gaba_core.runs.schema import Run

MOST = 16  # siblings of a run: more seeds would cost time and say no more
LOOKED_AT = 4_096  # names of a folder


def siblings_of(runs: Mapping[Path, Run], by: Stated) -> dict[Path, Run]:
    """Return the logs beside runs that their paths call other seeds of the same, read as it is stated.

    Searched are the folder of a log and those beside it, and no others.
    """
    found: dict[Path, Run] = {}
    places = {path.resolve() for path in runs}
    for place in {
        (*path_labels(place.as_posix())[:2], place.parent.parent): place for place in places
    }.values():
        for other in itertools.islice(_others(place), MOST):
            if other in places or other in found:
                continue
            with suppress(Exception):  # what cannot be read is no sibling
                found[other] = by.read(read_run(other))
    return found


def _others(place: Path) -> Iterator[Path]:
    """Yield the logs beside one that are called another seed of its subset and method, sorted."""
    subset, method, seed = path_labels(place.as_posix())
    if method is None or seed is None:
        return
    same_folder = (place.parent / name for name in _names(place.parent) if name.endswith(place.suffix))
    sisters = (place.parent.parent / name / place.name for name in _names(place.parent.parent))
    for other in sorted({*same_folder, *sisters}):
        also = path_labels(other.as_posix())
        if also[:2] == (subset, method) and also[2] not in (None, seed) and other.is_file():
            yield other


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in itertools.islice(entries, LOOKED_AT)]
    except OSError:
        return []
