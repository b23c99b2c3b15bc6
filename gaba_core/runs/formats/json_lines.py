"""JSON Lines, and JSON values written one behind the other: what breaks off or is no record is named."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass, field
from typing import Any

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.text import is_torn, loads, shown

NAMED = 3  # lines that are named one by one
TRACEBACK = 60  # lines that a program may leave behind its last record
LONGEST = 1 << 16  # characters of a line that is read as Python writes it


@dataclass(frozen=True, slots=True)
class Lines:
    """Records of JSON Lines.

    Attributes:
        records: every value that could be read, most of them objects.
        torn: the last line, counted from 1, where it breaks off.
        notes: which other lines were left out.
    """

    records: list[Any]
    torn: int | None = None
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    records: list[Any] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    strange: list[tuple[int, str]] = field(default_factory=list)
    first_error: tuple[int, int, json.JSONDecodeError] | None = None
    torn: int | None = None
    last: int = 0
    is_python: bool = False


def json_lines(text: str, source: str) -> Lines | None:
    """Return the records of JSON Lines; None where the text has another form.

    A last line that breaks off is what a log looks like while it is appended to. A line in the middle that
    breaks off was left by a kill, one that is no record by another program: they are left out and named, as
    long as most lines are records.

    Raises:
        LogFormatError: more lines are broken than whole, or one nests too deeply; names it.
    """
    lines = [(n, line) for n, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if len(lines) < 2:
        return None
    if not any(line.lstrip().startswith("{") for _, line in lines[:20]):
        return None
    found = _Found()
    for n, line in lines:
        _read_line(found, n, line, source, is_end=n == lines[-1][0] and not text.endswith("\n"))
    if not any(type(record) is dict for record in found.records):
        return None
    behind = [line for n, line in found.strange if n > found.last and not line.startswith("{")]
    # A traceback at the end is one thing that is wrong.
    more = len(behind) - 1 if 0 < len(behind) <= TRACEBACK and len(found.records) > 1 else 0
    bad = len(found.broken) + len(found.strange) - more
    if bad > len(found.records):
        _refuse(found, lines[0][1], source)
        return None
    return Lines(found.records, found.torn, tuple(_notes(found)))


def json_values(text: str) -> list[Any] | None:
    """Return the lists or objects of a text that holds several behind one another; None where it does not."""
    decoder, values, at = json.JSONDecoder(), [], 0
    while at < len(text):
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at == len(text):
            break
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            return None
        if not isinstance(value, (list, dict)):
            return None
        values.append(value)
    return values if len(values) > 1 else None


def _read_line(found: _Found, n: int, line: str, source: str, *, is_end: bool) -> None:
    try:
        value = _python(line) if line.lstrip().startswith("{'") else loads(line)
        found.is_python |= line.lstrip().startswith("{'")
    except json.JSONDecodeError as error:
        if is_end and is_torn(line, error):
            found.torn = n
            return
        several = json_values(line) if error.msg == "Extra data" else None
        if several is not None and all(type(one) is dict for one in several):  # appended without a line end
            found.records += several
            found.last = n
            return
        found.first_error = found.first_error or (len(found.records), n, error)
        tail = _tail(line)
        if tail is not None:
            found.records.append(tail)
            found.last = n
        if tail is not None or is_torn(line, error):
            found.broken.append(n)
        else:
            found.strange.append((n, line.strip()))
        return
    except (ValueError, RecursionError) as error:
        reason = "nests too deeply" if isinstance(error, RecursionError) else "has too long a number"
        place = f"{source}, entry {len(found.records)}"
        raise LogFormatError(
            f"{place} must be JSON that can be read; got line {n}, which {reason}."
        ) from error
    if type(value) is dict:
        found.records.append(value)
        found.last = n
    else:
        found.strange.append((n, line.strip()))


def _python(line: str) -> Any:
    """Return the dictionary that a line holds as Python prints it.

    Raises:
        JSONDecodeError: it holds none; it is no JSON either.
    """
    if len(line) <= LONGEST:
        try:
            value = ast.literal_eval(re.sub(r"\b(?:nan|inf)\b(?!['\"])", "None", line.strip()))
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            value = None
        if type(value) is dict and all(type(name) is str for name in value):
            return value
    return loads(line)


def _tail(line: str) -> dict[str, Any] | None:
    """Return the whole record that stands behind a broken one in the same line: a resume without a break."""
    at = line.rfind('{"')
    if at <= 0:
        return None
    try:
        value = loads(line[at:])
    except (ValueError, RecursionError):
        return None
    return value if type(value) is dict and len(value) > 1 else None


def _refuse(found: _Found, first: str, source: str) -> None:
    if found.first_error is None or not first.lstrip().startswith("{"):
        return
    entry, n, error = found.first_error
    raise LogFormatError(
        f"{source}, entry {entry} must be JSON; got an error at line {n}, column {error.colno}: {error.msg}."
    ) from error


def _notes(found: _Found) -> list[str]:
    notes = ["Each line is a dictionary as Python prints it."] if found.is_python else []
    if found.broken:
        words = "s {} break off and were" if len(found.broken) > 1 else " {} breaks off and was"
        notes.append(f"Line{words.format(_numbers(found.broken))} left out.")
    notes += [f"Line {n} is no record and was left out: {shown(line)}." for n, line in found.strange[:NAMED]]
    if len(found.strange) > NAMED:
        notes.append(f"{len(found.strange) - NAMED} more lines are no records and were left out.")
    return notes


def _numbers(lines: list[int]) -> str:
    said = ", ".join(map(str, lines[:NAMED]))
    return said if len(lines) <= NAMED else f"{said} and {len(lines) - NAMED} more"
