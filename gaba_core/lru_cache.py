"""The cache of the house: what was used last stays, as many values and as large as there is room for."""

from __future__ import annotations

import functools
import sys
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable, Mapping
from dataclasses import fields, is_dataclass
from threading import Lock
from typing import Any, Final, Generic, ParamSpec, TypeVar, overload

import numpy as np

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")
Default = TypeVar("Default")
Arguments = ParamSpec("Arguments")


class Missing:
    """What stands for a value that is not there."""


MISSING: Final = Missing()
LEAVES = frozenset({float, int, bool, str, bytes, type(None)})  # hold nothing more


class LruCache(Generic[Key, Value]):
    """Values by key, the least recently used of which go first. Safe to share between threads.

    Args:
        limit: bytes that all of it may take.
        entries: how many values are cached.
        size: bytes of a value; None for those of key and value as `size_of` finds them.
        keeps_newest: the value put last stays whatever it takes; else one above the limit is never cached.
    """

    def __init__(
        self,
        limit: int,
        entries: int = sys.maxsize,
        *,
        size: Callable[[Value], int] | None = None,
        keeps_newest: bool = False,
    ) -> None:
        self.limit, self.entries = limit, entries
        self.nbytes = 0
        self._size, self._least = size, int(keeps_newest)
        self._held: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, key: object) -> bool:
        """Whether there is a value; asking is no use of it."""
        return key in self._held

    @overload
    def get(self, key: Key) -> Value | None: ...
    @overload
    def get(self, key: Key, default: Default) -> Value | Default: ...
    def get(self, key: Key, default: Any = None) -> Any:
        """Return the value cached under key, the default where there is none."""
        with self._lock:
            found = self._held.get(key)
            if found is None:
                return default
            self._held.move_to_end(key)
            return found[0]

    def put(self, key: Key, value: Value) -> None:
        """Keep a value in place of what was there, and let go of what is now too much."""
        size = size_of(key, value) if self._size is None else self._size(value)
        with self._lock:
            self._drop(key)
            if size > self.limit and not self._least:
                return
            self._held[key] = value, size
            self.nbytes += size
            while len(self._held) > self._least and (
                self.nbytes > self.limit or len(self._held) > self.entries
            ):
                self._drop(next(iter(self._held)))

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._held.clear()
            self.nbytes = 0

    def discard(self, unwanted: Callable[[Key], bool]) -> None:
        """Forget the values whose keys are unwanted."""
        with self._lock:
            for key in [key for key in self._held if unwanted(key)]:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        if key in self._held:
            self.nbytes -= self._held.pop(key)[1]


OF_SETTINGS: Final = LruCache[Any, Any](48 * 2**20, keeps_newest=True)
"""One limit for all that is computed from settings alone: there is no end of settings."""


class Section(Generic[Key, Value]):
    """The part of a cache that one function has, under the limit of the whole."""

    def __init__(self, whole: LruCache[Any, Any]) -> None:
        self.whole = whole

    def __contains__(self, key: object) -> bool:
        """Whether there is a value; asking is no use of it."""
        return (self, key) in self.whole

    def get(self, key: Key) -> Value | Missing:
        """Return the value cached under key, MISSING where there is none."""
        found: Value | Missing = self.whole.get((self, key), MISSING)
        return found

    def put(self, key: Key, value: Value) -> None:
        """Keep a value in place of what was there; those of other functions may have to go."""
        self.whole.put((self, key), value)

    def clear(self) -> None:
        """Forget the values of this function."""
        self.whole.discard(lambda key: key[0] is self)


class CachedFunction(Generic[Arguments, Value]):
    """A function with its cache; what `cached` makes."""

    def __init__(self, function: Callable[Arguments, Value], cache: Section[Hashable, Value]) -> None:
        functools.update_wrapper(self, function)
        self._function, self.cache = function, cache

    def __call__(self, *args: Arguments.args, **kwargs: Arguments.kwargs) -> Value:
        """Return the function's value; two threads that miss at once both compute it."""
        key = (args, tuple(kwargs.items())) if kwargs else args
        found = self.cache.get(key)
        if not isinstance(found, Missing):
            return found
        value = self._function(*args, **kwargs)
        self.cache.put(key, value)
        return value

    def cache_clear(self) -> None:
        """Forget every value."""
        self.cache.clear()


def section(limit: int | LruCache[Any, Any], entries: int = sys.maxsize) -> Section[Any, Any]:
    """Return a section of a cache, for a limit in bytes of one that nobody else has."""
    return Section(limit if isinstance(limit, LruCache) else LruCache(limit, entries, keeps_newest=True))


def cached(
    limit: int | LruCache[Any, Any], entries: int = sys.maxsize
) -> Callable[[Callable[Arguments, Value]], CachedFunction[Arguments, Value]]:
    """Return a decorator like `functools.lru_cache` that counts the bytes of arguments and value.

    The value computed last stays whatever it takes: of a run of any size it is asked for again and again.
    A cache in place of a limit is shared with others.
    """
    return lambda function: CachedFunction(function, section(limit, entries))


def size_of(*values: object) -> int:
    """Return the bytes of values and all that they hold: each object once, a view as the whole of it."""
    seen: set[int] = set()
    waiting: list[object] = list(values)
    total = 0
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        if isinstance(one, np.ndarray):
            if one.base is not None:
                waiting.append(one.base)
            else:
                total += one.nbytes
        else:
            total += one.nbytes if isinstance(one, memoryview) else sys.getsizeof(one)
            waiting += _parts(one)
    return total


def _parts(one: object) -> Collection[Any]:
    kind = type(one)
    if kind in LEAVES:
        return ()
    if kind in (tuple, list):
        return one  # type: ignore[return-value]  # nearly all are these: tests for abstract classes take longer
    if isinstance(one, Mapping):
        return [*one.keys(), *one.values()]
    if isinstance(one, (tuple, list, set, frozenset)):
        return one
    return [getattr(one, name, None) for name in _field_names(kind)] if is_dataclass(kind) else ()


@functools.lru_cache(maxsize=1024)
def _field_names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
