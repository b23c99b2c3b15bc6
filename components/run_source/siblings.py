"""Which runs of the folder are a run's siblings."""

from __future__ import annotations

from collections.abc import Iterable

from gaba_core.runs import LibraryEntry

SIBLINGS = 16  # more seeds would cost time and say no more


def siblings_of(own: LibraryEntry, entries: Iterable[LibraryEntry]) -> tuple[LibraryEntry, ...]:
    """Return the other readable runs of the same subset and method, SIBLINGS at most."""
    if own.method is None or (own.subset is None and own.seed is None):
        return ()
    kind = (own.subset, own.method)
    alike = [e for e in entries if (e.subset, e.method) == kind and e.key != own.key and e.error is None]
    return tuple(alike[:SIBLINGS])
