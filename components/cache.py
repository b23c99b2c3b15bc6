"""One cache for what is worth keeping between requests.

flask-caching's own `memoize` keys on `str(args)`, which shortens long arrays: two different ones collide.
Here only functions of frozen dataclasses and plain values are cached, by their full `repr`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_caching import Cache

cache = Cache()


def init_app(server: Flask) -> None:
    """Attach the cache; GABA_CACHE_TYPE names another flask-caching backend."""
    kind = os.environ.get("GABA_CACHE_TYPE", "SimpleCache")
    cache.init_app(server, config={"CACHE_TYPE": kind, "CACHE_THRESHOLD": 2000, "CACHE_DEFAULT_TIMEOUT": 0})


def cached(function: Callable[[Any], bytes], argument: Any) -> bytes:
    """Return function(argument), from the cache where it is there; bytes only, so nothing is ever unpickled.

    Args:
        function: a pure function, told from others by its qualified name.
        argument: a frozen dataclass or a tuple of plain values.
    """
    key = f"{function.__module__}.{function.__qualname__}:{argument!r}"
    found = cache.get(key)
    if not isinstance(found, bytes):
        found = function(argument)
        cache.set(key, found)
    return found
