"""A function whose results are kept, and cost less computed together than one by one."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Together(Generic[Key, Value]):
    """`compute` of one argument or of many at once; the results used last are kept.

    Safe to share between threads; two that miss at once both compute.

    Args:
        compute: returns a result for each of many arguments that are alike.
        size: how many results are kept.
        alike: what arguments computed together agree in; None where any may be.
        weight: of an argument; None for 1.
        at_once: weight computed together at most, but for a single argument that weighs more.
    """

    def __init__(
        self,
        compute: Callable[[Sequence[Key]], Sequence[Value]],
        size: int,
        *,
        alike: Callable[[Key], Hashable] | None = None,
        weight: Callable[[Key], int] | None = None,
        at_once: int = sys.maxsize,
    ) -> None:
        self._compute, self._size = compute, size
        self._alike, self._weight, self._at_once = alike, weight, at_once
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def __call__(self, key: Key) -> Value:
        """Return the result for one argument."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        return self.many([key])[0]

    def many(self, keys: Iterable[Key]) -> list[Value]:
        """Return the result for each argument; those not kept are computed in one call."""
        wanted = list(keys)
        with self._lock:
            found = {key: self._kept[key] for key in wanted if key in self._kept}
        missing = [key for key in dict.fromkeys(wanted) if key not in found]
        for group in self._groups(missing):
            found |= zip(group, self._compute(group), strict=True)
        with self._lock:
            for key in wanted:
                self._kept[key] = found[key]
                self._kept.move_to_end(key)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return [found[key] for key in wanted]

    def _groups(self, keys: Sequence[Key]) -> Iterator[list[Key]]:
        """Yield what is computed together."""
        kinds: dict[Hashable, list[Key]] = {}
        for key in keys:
            kinds.setdefault(self._alike(key) if self._alike else None, []).append(key)
        for kind in kinds.values():
            group: list[Key] = []
            total = 0
            for key in kind:
                weight = self._weight(key) if self._weight else 1
                if group and total + weight > self._at_once:
                    yield group
                    group, total = [], 0
                group.append(key)
                total += weight
            yield group

    def cache_clear(self) -> None:
        """Forget every result."""
        with self._lock:
            self._kept.clear()
