"""Text of a log to JSON values; what cannot be read is refused by its place."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from gaba_core.errors import LogFormatError

TORN = "it may still be being written"


def decoded(data: bytes | str, source: str) -> str:
    """Return the text without a byte-order mark.

    Raises:
        LogFormatError: not UTF-8.
    """
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        reason = f"got byte 0x{data[error.start]:02x} at position {error.start}"
        if error.reason == "unexpected end of data":
            reason += f": {TORN}"
        raise LogFormatError(f"{source} must be UTF-8 text; {reason}.") from error


def loads(text: str) -> Any:
    """Return the JSON value; bare NaN and Infinity of other writers are read as floats."""
    return json.loads(text)


def refuse_json(text: str, error: json.JSONDecodeError, source: str) -> NoReturn:
    """Raise the LogFormatError that says where the JSON ends or breaks, and whether it looks torn."""
    place = f"line {error.lineno}, column {error.colno}"
    if is_torn(text, error):
        raise LogFormatError(
            f"{source} must be complete JSON; got a text that ends at {place}: {TORN}."
        ) from error
    raise LogFormatError(f"{source} must be JSON; got an error at {place}: {error.msg}.") from error


def shown(value: Any) -> str:
    """Return what was found, in words short enough for a message."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, str):
        return f"the text {_cut(json.dumps(value, ensure_ascii=False))}"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, dict):
        return f"an object with {_cut(', '.join(map(str, value)))}" if value else "an empty object"
    try:
        return f"the number {_cut(repr(value))}"
    except ValueError:  # an integer beyond Python's limit on digits
        return "a number of thousands of digits"


def _cut(text: str, length: int = 60) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def torn_line(content: bytes) -> int | None:
    """Return the number of the last of several lines where it breaks off, counted from 1; else None."""
    last = content.rfind(b"\n") + 1
    line = content[last:]
    if not last or not line.strip():
        return None
    try:
        loads(line.decode())
    except json.JSONDecodeError as error:
        return content.count(b"\n") + 1 if is_torn(error.doc, error) else None
    except (ValueError, RecursionError):
        return None
    return None


def is_torn(text: str, error: json.JSONDecodeError) -> bool:
    """Whether a text that is no JSON looks as if its end were missing."""
    whole = text.rstrip()
    if whole and not whole.lstrip().startswith(("[", "{")):
        return False
    if error.msg.startswith("Unterminated string") or error.pos >= len(whole):
        return True
    closed = whole.endswith("]" if whole.lstrip().startswith("[") else "}")
    return not closed and error.pos >= len(whole) - 12  # a number, a word or an escape broke off
