"""Whether a file may be a log, by its first bytes: what is plainly none is never read whole."""

from __future__ import annotations

import re

HEAD = 1 << 13  # bytes
_NUMBER = r"[+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf|infinity|null|none)"
_CELL = re.compile(rf"\s*\"?(?:{_NUMBER})(?:\s?%|\s?/\s?\d+)?\"?\s*", re.IGNORECASE)
_VALUE = re.compile(r'"\s*:\s*(?:\[\s*)*"?(?:[-+]?[\d.]|NaN|-?Infinity)')
_SPLIT = re.compile(r"[,;\t]|\s+")
_MARKS = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"))
_GZIP = b"\x1f\x8b"
_STORES = (b"SQLite format 3\0", b":W&B")  # which of them hold runs, their readers find
_EVENT = b"brain.Event"  # in the first record of every TensorBoard file
ROWS = 6  # lines below which a table of numbers must have begun


def why_no_log(head: bytes) -> str:
    """Return in words why a file that begins so is no log; empty where it may be one."""
    if not head:
        return "empty"
    if not head.strip(b"\0"):
        return "zero bytes"
    if _EVENT in head[:64]:
        return ""
    if head.startswith(_GZIP):
        return "a gzip file: unpack it"
    if head.startswith(_STORES):
        return ""
    text = _text(head)
    if text is None:
        return "not text"
    start = text.lstrip()[:1]
    if start in ("{", "["):
        return "" if _VALUE.search(text) else "JSON without a number at its begin"
    lines = [line for line in text.splitlines()[: 4 * ROWS] if line.strip() and not line.startswith("#")]
    return "" if any(map(_is_row, lines[:ROWS])) else "text without a row of numbers"


def _text(head: bytes) -> str | None:
    """Return the head as text, padding of zero bytes left out; None where it is binary."""
    mark, encoding = next(((m, e) for m, e in _MARKS if head.startswith(m)), (b"", "utf-8"))
    content = head[len(mark) :]
    if not encoding.startswith("utf-16"):
        content = content.strip(b"\0")
        if b"\0" in content:
            return None
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        if len(content) - error.start < 4:  # a character cut in two by the end of the head
            return content[: error.start].decode(encoding)
    return content.decode("latin-1") if encoding == "utf-8" and _is_printed(content) else None


def _is_printed(content: bytes) -> bool:
    """Whether bytes that are not UTF-8 may be text of a Western encoding: no control character in them."""
    return not re.search(rb"[\x00-\x08\x0e-\x1f\x7f]", content)


def _is_row(line: str) -> bool:
    """Whether half the cells of a line are numbers or empty, and at least one is a number."""
    cells = _SPLIT.split(line.strip())
    numbers = sum(bool(_CELL.fullmatch(cell)) for cell in cells)
    return numbers > 0 and 2 * (numbers + cells.count("")) >= len(cells)
