"""Which runs of the folder are a run's siblings."""

from __future__ import annotations

from collections.abc import Iterable

from gaba_core.runs import LibraryEntry

SIBLINGS = 16  # more seeds would cost time and say no more


Families = dict[tuple[str | None, str | None], list[LibraryEntry]]


def families_of(entries: Iterable[LibraryEntry]) -> Families:
    """Return the readable runs by subset and method."""
    found: Families = {}
    for entry in entries:
        if entry.error is None:
            found.setdefault((entry.subset, entry.method), []).append(entry)
    return found


def siblings_in(own: LibraryEntry, families: Families) -> tuple[LibraryEntry, ...]:
    """Return the other readable runs of the same subset and method, SIBLINGS at most."""
    if own.method is None or (own.subset is None and own.seed is None):
        return ()
    alike = families.get((own.subset, own.method), [])[: SIBLINGS + 1]
    return tuple([entry for entry in alike if entry.key != own.key][:SIBLINGS])


def siblings_of(own: LibraryEntry, entries: Iterable[LibraryEntry]) -> tuple[LibraryEntry, ...]:
    """Return the same of entries that were not sorted into families."""
    return siblings_in(own, families_of(entries))
