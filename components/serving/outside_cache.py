"""A cache outside this process, which may be gone, hang, be flushed, or hold what others wrote there."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from typing import Any, Protocol

DIGEST = 16  # bytes in front of a value
PAUSE_S = 10.0  # for which a backend that failed is not asked again

log = logging.getLogger(__name__)


class Backend(Protocol):
    """What is asked of a backend: bytes by key."""

    def get(self, key: str) -> Any:
        """Return what is stored, None where there is nothing."""

    def set(self, key: str, value: Any) -> Any:
        """Store a value."""


class OutsideCache:
    """Values in a backend, each behind a digest of itself and its key: what does not fit it is computed anew.

    Args:
        backend: of flask-caching.
        clock: seconds that only grow.
    """

    def __init__(self, backend: Backend, clock: Callable[[], float] = time.monotonic) -> None:
        self._backend, self._clock, self._asks_from = backend, clock, -PAUSE_S

    def cached(self, key: str, compute: Callable[[], bytes]) -> bytes:
        """Return the value of a key, from the backend where that holds it. Fails where compute does."""
        found = self._ask(lambda: self._backend.get(key))
        if isinstance(found, bytes) and found[:DIGEST] == _digest(key, found[DIGEST:]):
            return found[DIGEST:]
        value = compute()
        self._ask(lambda: self._backend.set(key, _digest(key, value) + value))
        return value

    def _ask(self, question: Callable[[], Any]) -> Any:
        if self._clock() < self._asks_from:
            return None
        try:
            return question()
        except Exception as error:  # each backend has errors of its own; none is worth one of ours
            self._asks_from = self._clock() + PAUSE_S
            log.warning("The cache does not answer; it is done without for %.0f s: %s", PAUSE_S, error)
            return None


def _digest(key: str, value: bytes) -> bytes:
    own = hashlib.sha256(key.encode(errors="surrogatepass")).digest()
    return hashlib.blake2b(value, digest_size=DIGEST, key=own).digest()
