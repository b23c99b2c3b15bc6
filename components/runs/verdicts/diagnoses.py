"""Diagnosis of each run on the page, compared with its siblings; made again only where a file changed."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flask import current_app

from gaba_core.abandoning import while_awaited
from gaba_core.errors import GabaError
from gaba_core.lru_cache import LruCache
from gaba_core.runs import Diagnosis, LibraryEntry, Run, diagnose
from gaba_core.runs.judged_metric import stated_metric
from gaba_core.runs.library_entry import labels_of

from ...run_source import source
from ...run_source.selected_run import Shown
from ...run_source.siblings import Families, families_of, siblings_in

VERDICTS = 8 * 2**20  # bytes of diagnoses that stay: a link can ask for any mapping of a run
LONG = 1_000  # records; a run that has more may take a tenth of a second to judge, the longest one second
MANY = 16  # runs that take half a second to judge
JUDGED = 100  # of a selection at most: some ten seconds of a processor
Judged = tuple[tuple[LibraryEntry, ...], Diagnosis]


def is_long(shown: Sequence[Shown]) -> bool:
    """Whether judging these runs takes long enough to let their picture come first."""
    return len(shown) > MANY or any(len(s.run.epochs) > LONG for s in shown)


def diagnoses(shown: Sequence[Shown], judged_by: str = "") -> tuple[Diagnosis, ...]:
    """Return the diagnoses of the first JUDGED runs, in order; siblings of a dropped log are dropped ones.

    Args:
        shown: the runs.
        judged_by: metric and direction, as `stated_metric` reads them; a run that has it not is judged by the
            metric that is found.
    """
    if not shown:
        return ()
    entries = {entry.key: entry for entry in source.library().entries()}
    families = families_of(entries.values())
    judged = while_awaited(shown[:JUDGED])
    return tuple(_diagnosed(s, entries.get(s.key), families, shown, judged_by) for s in judged)


def _diagnosed(
    s: Shown, own: LibraryEntry | None, families: Families, shown: Sequence[Shown], judged_by: str
) -> Diagnosis:
    name, higher = stated_metric(judged_by)
    metric, higher = (name, higher) if name in s.run.metrics else (None, None)
    if own is None:
        dropped = [other for other in shown if other.key.startswith(source.DROPPED)]
        return diagnose(s.run, siblings_among(s, dropped), metric, higher)
    judged: LruCache[tuple[Any, ...], Judged] = current_app.extensions.setdefault(
        "gaba_verdicts", LruCache(VERDICTS)
    )
    family = (own, *siblings_in(own, families))
    reading = None if s.run.reading is None else s.run.reading.mapping
    quantity = None if s.run.origins.judged is None else s.run.origins.judged.quantity
    asked = (s.key, reading, quantity, metric, higher)
    cached = judged.get(asked)
    if cached is None or cached[0] != family:
        others = [other for entry in family[1:] if (other := _read(entry.key)) is not None]
        cached = (family, diagnose(s.run, others, metric, higher))
        judged.put(asked, cached)
    return cached[1]


def siblings_among(s: Shown, others: Sequence[Shown]) -> list[Run]:
    """Return the runs that are of the same subset and method, and of another seed."""
    *kind, seed = labels_of(s.key, s.run.info)
    labels = [(other.run, labels_of(other.key, other.run.info)) for other in others if other is not s]
    return [run for run, (*also, one) in labels if kind == also and None not in (seed, one) and seed != one]


def _read(key: str) -> Run | None:
    """The run, or None where it was deleted or broken since it was listed."""
    with suppress(GabaError):
        return source.library().get(key)
    return None
