"""Diagnosis of each run on the page, compared with its siblings; made again only where a file changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from flask import current_app

from gaba_core.errors import GabaError
from gaba_core.lru_cache import LruCache
from gaba_core.runs import Diagnosis, LibraryEntry, Run, diagnose
from gaba_core.runs.library import labels_of
from gaba_core.runs.roles import Mapping as ColumnMapping

from ...run_source import source
from ...run_source.selected_run import Shown

VERDICTS = 4 * 2**20  # bytes of diagnoses that stay: a link can ask for any mapping of a run
SIBLINGS = 16  # more seeds would cost time and say no more
Judged = tuple[tuple[LibraryEntry, ...], Diagnosis]


def diagnoses(shown: Sequence[Shown]) -> tuple[Diagnosis, ...]:
    """Return the diagnosis of each run, in order; siblings of a dropped log are dropped ones."""
    if not shown:
        return ()
    entries = {entry.key: entry for entry in source.library().entries()}
    return tuple(_diagnosed(s, entries, shown) for s in shown)


def _diagnosed(s: Shown, entries: dict[str, LibraryEntry], shown: Sequence[Shown]) -> Diagnosis:
    own = entries.get(s.key)
    if own is None:
        return diagnose(s.run, [other.run for other in shown if _are_siblings(s, other)])
    judged: LruCache[tuple[str, ColumnMapping | None], Judged] = current_app.extensions.setdefault(
        "gaba_verdicts", LruCache(VERDICTS)
    )
    family = (own, *siblings_of(own, entries.values()))
    asked = (s.key, None if s.run.reading is None else s.run.reading.mapping)
    cached = judged.get(asked)
    if cached is None or cached[0] != family:
        others = (_read(entry.key) for entry in family[1:])
        cached = (family, diagnose(s.run, [other for other in others if other is not None]))
        judged.put(asked, cached)
    return cached[1]


def siblings_of(own: LibraryEntry, entries: Iterable[LibraryEntry]) -> tuple[LibraryEntry, ...]:
    """Return the other readable runs of the same subset and method, SIBLINGS at most."""
    if own.method is None or (own.subset is None and own.seed is None):
        return ()
    kind = (own.subset, own.method)
    alike = [e for e in entries if (e.subset, e.method) == kind and e.key != own.key and e.error is None]
    return tuple(alike[:SIBLINGS])


def _are_siblings(one: Shown, other: Shown) -> bool:
    """Whether two dropped logs are of one subset and method, and of other seeds."""
    if one is other or not other.key.startswith(source.DROPPED):
        return False
    (*kind, seed), (*also, another) = (labels_of(s.key, s.run.info) for s in (one, other))
    return kind == also and kind[1] is not None and None not in (seed, another) and seed != another


def _read(key: str) -> Run | None:
    """The run, or None where it was deleted or broken since it was listed."""
    with suppress(GabaError):
        return source.library().get(key)
    return None
