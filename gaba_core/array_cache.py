"""A cache for large arrays that forgets the least recently used ones before it grows past its size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock

from gaba_core.checks import FloatArray


class ArrayCache:
    """Read-only arrays by key, at most `entries` of them and `limit` bytes; safe to share between threads.

    An array larger than the limit is computed every time and never kept.
    """

    def __init__(self, limit: int, entries: int = 1024) -> None:
        self.limit, self.entries = limit, entries
        self._arrays: OrderedDict[Hashable, FloatArray] = OrderedDict()
        self._lock = Lock()

    @property
    def nbytes(self) -> int:
        """Bytes held at the moment."""
        return sum(array.nbytes for array in self._arrays.values())

    def get(
        self,
        key: Hashable,
        compute: Callable[[], FloatArray],
        suits: Callable[[FloatArray], bool] | None = None,
    ) -> FloatArray:
        """Return the array kept under key, computing it where there is none or where it does not suit.

        Two threads that miss at once both compute; the later one is kept.
        """
        with self._lock:
            kept = self._arrays.get(key)
            if kept is not None and (suits is None or suits(kept)):
                self._arrays.move_to_end(key)
                return kept
        array = compute()
        array.flags.writeable = False
        with self._lock:
            self._arrays.pop(key, None)
            if array.nbytes <= self.limit:
                self._arrays[key] = array
                while self.nbytes > self.limit or len(self._arrays) > self.entries:
                    self._arrays.popitem(last=False)
        return array

    def peek(self, key: Hashable) -> FloatArray | None:
        """Return the array kept under key, if there is one."""
        with self._lock:
            return self._arrays.get(key)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._arrays.clear()
