"""The fast way to read records: decoded by msgspec into typed fields, as the first record names them.

It reads what is regular and gives up on everything else: a field the first record has not, a text where a
number was. The standard parser then reads the log, or says where and why it cannot.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import msgspec
import numpy as np

from gaba_core.runs.formats.nonfinite import MARKED, MARKS, holds_mark, marked
from gaba_core.runs.formats.pieces import line_pieces, list_pieces
from gaba_core.runs.formats.text import torn_line
from gaba_core.runs.formats.values import ABSENT, Numbers, numbers

HEAD = 1 << 18  # bytes in which the first record must end
BOM = b"\xef\xbb\xbf"
_NUMBER = float | None | msgspec.UnsetType
_CUT = "Input data was truncated"  # what msgspec says
_GIVEN_UP = (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError)


class Truncated(Exception):
    """A list of records of nothing but numbers breaks off; all before its end is as it should be."""


@dataclass(frozen=True, slots=True, eq=False)
class TypedRecords:
    """Fields of regular records: (R,) numbers, or a list where a value is missing or no number.

    Attributes:
        around: entries of the object around the records.
        lines: whether they stand one a line.
        torn: the last line, counted from 1, where it breaks off.
    """

    fields: Mapping[str, Sequence[Any] | Numbers]
    around: Mapping[str, Any]
    lines: bool = False
    torn: int | None = None


def typed_records(data: bytes) -> TypedRecords | None:
    """Return the fields of a list of records, of such a list under `history`, or of JSON Lines; else None.

    Raises:
        Truncated: the list breaks off.
    """
    content = data.removeprefix(BOM)
    start = content[:HEAD].lstrip()[:1]
    if start not in (b"[", b"{"):
        return None
    torn = torn_line(content) if start == b"{" else None
    if torn is not None:
        content = content[: content.rfind(b"\n") + 1]
    with_marks = marked(content)
    if with_marks is not None:
        with suppress(*_GIVEN_UP):
            return _records(with_marks, start, torn, _NUMBER | MARKS)
    with suppress(*_GIVEN_UP):
        return _records(content, start, torn, _NUMBER)
    return None


def _records(content: bytes, start: bytes, torn: int | None, number: Any) -> TypedRecords | None:
    if start == b"[":
        try:
            return TypedRecords(_fields(content, number), {})
        except msgspec.DecodeError as error:
            first = _first_record(content)
            if str(error) == _CUT and all(_is_number(v) and "{" not in name for name, v in first.items()):
                raise Truncated from error
            raise
    around = _raw_object(content)
    if around is None or torn is not None:
        return TypedRecords(_fields(content, number, lines=True), {}, lines=True, torn=torn)
    history = around.pop("history", None)
    if history is None or any(holds_mark(name.encode() + bytes(raw)) for name, raw in around.items()):
        return None
    rest = {name: json.loads(bytes(raw)) for name, raw in around.items()}
    return TypedRecords(_fields(bytes(history), number), rest)


def _raw_object(content: bytes) -> dict[str, msgspec.Raw] | None:
    """Return the entries of the one object that is the whole text, unread; None where it is more than one."""
    try:
        return msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return None


def _fields(content: bytes, number: Any, *, lines: bool = False) -> dict[str, Sequence[Any] | Numbers]:
    """Return every field of the records.

    Raises:
        ValueError: there is no first record, one that holds others, or a later one is another.
    """
    first = _first_record(content)
    if any(type(value) in (dict, list) for value in first.values()):
        raise ValueError("a record that holds others")
    kinds = [number if _is_number(value) else Any | msgspec.UnsetType for value in first.values()]
    keys = [f"f{i}" for i in range(len(first))]
    record = msgspec.defstruct(
        "Record",
        [(key, kind, msgspec.UNSET) for key, kind in zip(keys, kinds, strict=True)],
        rename=dict(zip(keys, first, strict=True)),
        forbid_unknown_fields=True,
        gc=False,
    )
    read: Any = msgspec.json.Decoder(record).decode_lines
    if not lines:
        read = msgspec.json.Decoder(list[record]).decode  # type: ignore[valid-type]
    parts: dict[str, list[Sequence[Any] | Numbers]] = {name: [] for name in first}
    for records in map(read, line_pieces(content)) if lines else list_pieces(content, read):
        for key, kind, name in zip(keys, kinds, first, strict=True):
            parts[name].append(_values(records, key, numeric=kind is number))
    return {name: _joined(parts.pop(name)) for name in first}


def _joined(parts: list[Sequence[Any] | Numbers]) -> Sequence[Any] | Numbers:
    """Return the values of a field, piece by piece, as one."""
    if len(parts) == 1:
        return parts[0]
    plain = [part for part in parts if isinstance(part, Numbers)]
    if len(plain) < len(parts):
        return [v for part in parts for v in (_entries(part) if isinstance(part, Numbers) else part)]
    column = np.concatenate([part.column for part in plain])
    if all(part.codes is None for part in plain):
        return Numbers(column)
    none = [np.zeros(part.column.size, np.int8) if part.codes is None else part.codes for part in plain]
    return Numbers(column, np.concatenate(none))


def _entries(part: Numbers) -> list[float | None]:
    """Return numbers entry by entry, as a log says them: None, NaN and infinities told apart."""
    codes = np.zeros(part.column.size, np.int8) if part.codes is None else part.codes
    said = {1: float("nan"), 2: float("inf"), 3: float("-inf")}
    pairs = zip(part.column.tolist(), codes.tolist(), strict=True)
    return [said.get(code) if code or value != value else value for value, code in pairs]


def _first_record(content: bytes) -> dict[str, Any]:
    """Return the first object of the text, which must end within its head.

    Raises:
        ValueError: there is none.
    """
    head = content[:HEAD].decode("utf-8", "ignore")
    value = json.JSONDecoder().raw_decode(head, head.index("{"))[0]
    if not value or not MARKED.isdisjoint(value):
        raise ValueError("a record without names, or with one that is no text")
    found: dict[str, Any] = value
    return found


def _is_number(value: Any) -> bool:
    return value is None or type(value) in (int, float) or (type(value) is str and value in MARKED)


def _values(records: Sequence[Any], key: str, *, numeric: bool) -> Sequence[Any] | Numbers:
    """Return (R,) numbers, or the values as they stand where one is missing or no number."""
    get = attrgetter(key)
    if numeric:
        with suppress(TypeError):
            column = np.fromiter(map(get, records), np.float64, len(records))
            return numbers(column, lambda i: get(records[i]))
    return [_plain(value) for value in map(get, records)]


def _plain(value: Any) -> Any:
    if value is msgspec.UNSET:
        return ABSENT
    return float(value) if type(value) is str and value in MARKED else value
