"""Names that others chose, as text that can be shown, sent and printed: of files, columns and tasks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any

LONGEST = 120  # characters of a name in a message
LONGEST_NAME = 400  # characters of a name in which patterns are sought
# What reorders or hides text around it: controls of direction, separators, characters without width.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def legible(name: str) -> str:
    r"""Return a name in which every byte that is no text and every unseen character is written out.

    A byte 0xe9 of a file name that is not UTF-8 becomes `\xe9`, a line end `\n`, U+202E `\u202e`.
    """
    if name.isascii() and name.isprintable():
        return name
    return _UNSEEN.sub(lambda found: _written(found[0]), valid(name))


def valid(text: str) -> str:
    """Return a text without lone surrogates, which no encoder takes; each is written out."""
    if text.isascii():
        return text
    return _SURROGATE.sub(lambda found: _written(found[0]), text)


def valid_values(value: Any) -> Any:
    """Return a JSON value with every text in it valid; nested as deep as its parser allows."""
    if isinstance(value, str):
        return valid(value)
    if isinstance(value, list):
        return [valid_values(entry) for entry in value]
    if isinstance(value, dict):
        return {valid(name): valid_values(entry) for name, entry in value.items()}
    return value


def shortened(name: str, length: int = LONGEST) -> str:
    """Return a name short enough for a message: its begin and its end."""
    if len(name) <= length:
        return name
    half = (length - 1) // 2
    return f"{name[:half].rstrip()}…{_from_base(name[-half:])}"


def _from_base(text: str) -> str:
    """Return a text that does not begin with a mark that belongs to the character cut off before it."""
    return text[next((i for i, c in enumerate(text) if not unicodedata.combining(c)), 0) :]


def _written(character: str) -> str:
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # how Python keeps a byte that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    return character.encode("unicode_escape").decode("ascii")


def sought(names: Iterable[str]) -> list[str]:
    """Return the names in which patterns are sought: a text of thousands of characters is nobody's name."""
    return [name for name in names if len(name) <= LONGEST_NAME]
