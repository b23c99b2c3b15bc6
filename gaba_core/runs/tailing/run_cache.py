"""Runs that stay in memory: the ones asked for last, as many and as large as there is room for."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import fields
from threading import Lock
from typing import Any

import numpy as np

from gaba_core.runs.schema import Run
from gaba_core.runs.tailing.log_status import Followed


class Kept:
    """Followed runs by key, for several threads; the least recently used go first, the one put last stays."""

    def __init__(self, keep: int, limit: int) -> None:
        self.keep, self.limit = keep, limit
        self.nbytes = 0
        self._held: OrderedDict[str, tuple[Followed, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: str) -> Followed | None:
        """Return what is kept under key, None where there is nothing."""
        with self._lock:
            if key not in self._held:
                return None
            self._held.move_to_end(key)
            return self._held[key][0]

    def put(self, key: str, followed: Followed) -> None:
        """Keep it, and drop what is now too much."""
        size = sum(nbytes_of(run) for run in (followed.run, followed.pending) if run is not None)
        with self._lock:
            self._drop(key)
            self._held[key] = followed, size
            self.nbytes += size
            while len(self._held) > 1 and (len(self._held) > self.keep or self.nbytes > self.limit):
                self._drop(next(iter(self._held)))

    def _drop(self, key: str) -> None:
        self.nbytes -= self._held.pop(key, (None, 0))[1]


def nbytes_of(run: Run) -> int:
    """Return the bytes of a run's arrays, its file's columns and its file's other runs, each counted once."""
    return sum(array.nbytes for one in (run, *run.others) for array in _arrays(one))


def _arrays(run: Run) -> list[np.ndarray[Any, Any]]:
    arrays = [run.epochs, run.weights, run.state, run.norms, *run.metrics.values(), *run.unlogged.values()]
    if run.reading is not None:
        arrays += [*run.reading.table.columns.values(), *run.reading.table.unlogged.values()]
        arrays += run.reading.table.nonfinite.values()
    if run.steps is not None:
        arrays += [getattr(run.steps, f.name) for f in fields(run.steps)]
    return list({id(array): array for array in arrays if isinstance(array, np.ndarray)}.values())
