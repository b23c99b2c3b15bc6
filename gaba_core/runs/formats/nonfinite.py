"""Bare NaN and Infinity, which JSON has not and Python writes: as texts that a strict parser takes.

Each becomes a text that reads as the same number and that the log itself holds nowhere. Were the word part of
a text (a name, a note), the mark would end that text at its quote and leave a figure space behind, which
stands nowhere in JSON but in a text: what the parser takes is the log, number by number.
"""

from __future__ import annotations

from typing import Literal, get_args

MARKS = Literal["\u2007nan", "\u2007-inf", "\u2007inf"]  # float() passes over the figure space
MARKED = frozenset(get_args(MARKS))
_SIGN = "\u2007"
# Each with its rarest byte: a single byte is found many times faster than a word.
_OWN = ((b"\xe2", _SIGN.encode()), (b"\\", b"\\u2007"))  # how a log itself would write the figure space
_WORDS = ((b"N", b"NaN", "nan"), (b"I", b"-Infinity", "-inf"), (b"I", b"Infinity", "inf"))


def marked(content: bytes) -> bytes | None:
    """Return JSON text with a mark for every NaN and Infinity in it; None where there are none."""
    if any(byte in content and written in content for byte, written in _OWN):
        return None
    found = content
    for byte, word, mark in _WORDS:
        if byte in content:
            found = found.replace(word, f'"{_SIGN}{mark}"'.encode())
    return None if found is content else found


def holds_mark(content: bytes) -> bool:
    """Whether marked text, or a part of it, holds a mark."""
    return _SIGN.encode() in content
