"""A function whose results are cached, and cost less computed in one batch than one by one."""

from __future__ import annotations

import sys
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import Any, Generic, TypeVar

from gaba_core.lru_cache import LruCache, Missing, Section, section

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class BatchedCache(Generic[Key, Value]):
    """`compute` of one argument or of many at once; the results used last are cached.

    Safe to share between threads; two that miss at once both compute.

    Args:
        compute: returns a result for each of many arguments that are alike.
        limit: bytes of arguments and results that are cached, or a cache that is shared with others.
        entries: how many of them are cached.
        alike: what arguments of one batch agree in; None where any may be.
        weight: of an argument; None for 1.
        at_once: weight of a batch at most, but for a single argument that weighs more.
    """

    def __init__(
        self,
        compute: Callable[[Sequence[Key]], Sequence[Value]],
        limit: int | LruCache[Any, Any],
        entries: int = sys.maxsize,
        *,
        alike: Callable[[Key], Hashable] | None = None,
        weight: Callable[[Key], int] | None = None,
        at_once: int = sys.maxsize,
    ) -> None:
        self._compute = compute
        self.cache: Section[Key, Value] = section(limit, entries)
        self._alike, self._weight, self._at_once = alike, weight, at_once

    def __call__(self, key: Key) -> Value:
        """Return the result for one argument."""
        found = self._cached([key])
        return found[key] if found else self.many([key])[0]

    def many(self, keys: Iterable[Key]) -> list[Value]:
        """Return the result for each argument; those not cached are computed in one call."""
        wanted = list(keys)
        found = self._cached(wanted)
        for group in self._groups([key for key in dict.fromkeys(wanted) if key not in found]):
            for key, value in zip(group, self._compute(group), strict=True):
                found[key] = value
                self.cache.put(key, value)
        return [found[key] for key in wanted]

    def _cached(self, keys: Iterable[Key]) -> dict[Key, Value]:
        """Return what is cached of many; a use of it."""
        found = ((key, self.cache.get(key)) for key in keys)
        return {key: value for key, value in found if not isinstance(value, Missing)}

    def _groups(self, keys: Sequence[Key]) -> Iterator[list[Key]]:
        """Yield what is computed in one batch."""
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
        self.cache.clear()
