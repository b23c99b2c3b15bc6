"""One cache for what is worth keeping between requests: bytes, by frozen parameters.

flask-caching's own `memoize` keys on `str(args)`, which shortens long arrays: two different ones collide. And
its backends pickle what they keep: whoever can write there can then run code here. So only functions of
frozen dataclasses and plain values are cached, by their full `repr`, and only bytes are stored, as they are.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import IO, Any

from cachelib.serializers import BaseSerializer
from flask import Flask, current_app
from flask_caching import Cache
from flask_caching.backends.base import BaseCache

from gaba_core.lru_cache import LruCache

from .outside_cache import OutsideCache

ENTRIES = 2000
BYTES = 64 * 2**20
OWN = f"{__name__}.MemoryCache"
ANSWERS_IN = 0.5  # seconds after which a Redis is taken for gone

cache = Cache()


class MemoryCache(BaseCache):
    """Bytes in this process; the least recently used go first once they are too many or too large."""

    def __init__(self, entries: int = ENTRIES, limit: int = BYTES) -> None:
        super().__init__(default_timeout=0)
        self._values: LruCache[str, bytes] = LruCache(limit, entries, size=len)

    @classmethod
    def factory(
        cls, app: Flask, config: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
    ) -> MemoryCache:
        """Return the cache that the configuration describes, as flask-caching asks for it."""
        return cls(config["CACHE_THRESHOLD"])

    def __len__(self) -> int:
        return len(self._values)

    @property
    def nbytes(self) -> int:
        """Bytes of all values."""
        return self._values.nbytes

    def get(self, key: str) -> bytes | None:
        """Return what is cached under key, None where there is nothing."""
        return self._values.get(key)

    def set(self, key: str, value: bytes, timeout: Any = None) -> bool:
        """Cache a value, for good: what is computed from its key never ages. False where it is too large."""
        self._values.put(key, value)
        return key in self._values

    def clear(self) -> bool:
        """Forget everything."""
        self._values.clear()
        return True


class Plain(BaseSerializer):
    """Bytes, and the whole numbers that backends count with, for backends outside this process: no pickle."""

    def dumps(self, value: bytes | int, *_: Any) -> bytes:
        """Return the value as bytes that say what it was."""
        return b"=" + value if isinstance(value, bytes) else str(int(value)).encode()

    def loads(self, text: bytes | None) -> bytes | int | None:
        """Return the value again; None where it is not of ours."""
        if text is None or text[:1] == b"=":
            return None if text is None else text[1:]
        return int(text) if text.isdigit() else None

    def dump(self, value: bytes | int, file: IO[bytes], *_: Any) -> None:
        """Write the value to a file."""
        file.write(self.dumps(value))

    def load(self, file: IO[bytes]) -> bytes | int | None:
        """Read the value from a file."""
        return self.loads(file.read())


def init_app(server: Flask) -> None:
    """Attach the cache; GABA_CACHE_TYPE names another flask-caching backend, as in "RedisCache".

    What that backend needs comes from variables of its own: CACHE_REDIS_URL, CACHE_DIR.
    """
    kind = os.environ.get("GABA_CACHE_TYPE", OWN)
    config: dict[str, Any] = {name: value for name, value in os.environ.items() if name.startswith("CACHE_")}
    config |= {"CACHE_TYPE": kind, "CACHE_THRESHOLD": ENTRIES, "CACHE_DEFAULT_TIMEOUT": 0}
    if kind != OWN:
        config["CACHE_SERIALIZER"] = Plain
    if "redis" in kind.casefold():
        config["CACHE_OPTIONS"] = {"socket_timeout": ANSWERS_IN, "socket_connect_timeout": ANSWERS_IN}
    cache.init_app(server, config=config)
    server.extensions["gaba_outside_cache"] = None if kind == OWN else OutsideCache(cache)


def cached(function: Callable[[Any], bytes], argument: Any) -> bytes:
    """Return function(argument), from the cache where it is there; bytes only, so nothing is ever unpickled.

    A backend outside this process may be gone, or hold what others wrote there: then it is computed anew.

    Args:
        function: a pure function, identified by its qualified name.
        argument: a frozen dataclass or a tuple of plain values.
    """
    key = f"{function.__module__}.{function.__qualname__}:{argument!r}"
    outside: OutsideCache | None = current_app.extensions["gaba_outside_cache"]
    if outside is not None:
        return outside.cached(key, lambda: function(argument))
    found = cache.get(key)
    if not isinstance(found, bytes):
        found = function(argument)
        cache.set(key, found)
    return found
