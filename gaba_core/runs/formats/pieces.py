"""A long log of records or rows in pieces: what is parsed at a time is small, whatever the file is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TypeVar

from gaba_core.abandoning import stop_if_abandoned

PIECE = 1 << 18  # bytes: Python's objects take up to forty times as many
TRIES = 8  # places at which a list is cut where the first of them lie within a record
_BETWEEN = re.compile(rb"\}\s*,\s*(?=\{)")
T = TypeVar("T")


def list_pieces(content: bytes, parse: Callable[[bytes], T]) -> Iterator[T]:
    """Yield what a parser makes of a JSON list of records, as lists of some of them.

    A list is cut where one object ends and another begins. Where that is within a record, the piece is no
    JSON: the parser raises, and the list is cut further on.

    Raises:
        Exception: what the parser raises at the last try.
    """
    at, end = content.find(b"[") + 1, content.rfind(b"]")
    if content[:at].strip() != b"[" or content[end + 1 :].strip() or end < at:
        yield parse(content)
        return
    since, tries = at + PIECE, 0
    while True:
        stop_if_abandoned(at / len(content))
        found = _BETWEEN.search(content, since, end)
        stop = end if found is None else found.start() + 1
        try:
            records = parse(b"[" + content[at:stop] + b"]")
        except Exception:
            tries += 1
            if found is None or tries == TRIES:
                raise
            since = found.end()
            continue
        yield records
        if found is None:
            return
        at, tries = found.end(), 0
        since = at + PIECE


def line_pieces(content: bytes) -> Iterator[bytes]:
    """Yield whole lines, some of them at a time."""
    at = 0
    while at < len(content):
        stop_if_abandoned(at / len(content))
        end = content.find(b"\n", at + PIECE) + 1 or len(content)
        yield content[at:end]
        at = end
