"""The fast way to read records: decoded by msgspec into typed fields, as the first record names them.

It reads what is regular and gives up on everything else: NaN and Infinity, a field the first record has not,
a text where a number was. The standard parser then reads the log, or says where and why it cannot.
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

from gaba_core.runs.formats.values import ABSENT
from gaba_core.runs.schema import Floats

HEAD = 1 << 18  # bytes in which the first record must end
BOM = b"\xef\xbb\xbf"
_NUMBER = float | None | msgspec.UnsetType
_GIVEN_UP = (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError)


@dataclass(frozen=True, slots=True, eq=False)
class TypedRecords:
    """Fields of regular records: (R,) numbers, or a list where a value is missing or no number."""

    fields: Mapping[str, Sequence[Any] | Floats]
    around: Mapping[str, Any]
    lines: bool = False


def typed_records(data: bytes) -> TypedRecords | None:
    """Return the fields of a list of records, of such a list under `history`, or of JSON Lines; else None."""
    content = data.removeprefix(BOM)
    start = content[:HEAD].lstrip()[:1]
    try:
        if start == b"[":
            return _found(content, content, {}, lines=False)
        if start != b"{":
            return None
        around = _raw_object(content)
        if around is None:
            return _found(content, content, {}, lines=True)
        history = around.pop("history", None)
        if history is None:
            return None
        rest = {name: json.loads(bytes(raw)) for name, raw in around.items()}
        return _found(bytes(history), content, rest, lines=False)
    except _GIVEN_UP:
        return None


def _raw_object(content: bytes) -> dict[str, msgspec.Raw] | None:
    """Return the entries of the one object that is the whole text, unread; None where it is more than one."""
    try:
        return msgspec.json.decode(content, type=dict[str, msgspec.Raw])
    except msgspec.DecodeError:
        return None


def _found(content: bytes, whole: bytes, around: Mapping[str, Any], *, lines: bool) -> TypedRecords | None:
    first = _first_record(content)
    if not first:
        return None
    kinds = [
        _NUMBER if value is None or type(value) in (int, float) else Any | msgspec.UnsetType
        for value in first.values()
    ]
    keys = [f"f{i}" for i in range(len(first))]
    record = msgspec.defstruct(
        "Record",
        [(key, kind, msgspec.UNSET) for key, kind in zip(keys, kinds, strict=True)],
        rename=dict(zip(keys, first, strict=True)),
        forbid_unknown_fields=True,
        gc=False,
    )
    if lines:
        records = msgspec.json.Decoder(record).decode_lines(content)
    else:
        records = msgspec.json.Decoder(list[record]).decode(content)  # type: ignore[valid-type]
    fields = {
        name: _values(records, key, numeric=kind == _NUMBER)
        for key, kind, name in zip(keys, kinds, first, strict=True)
    }
    return TypedRecords(fields, around, lines)


def _first_record(content: bytes) -> dict[str, Any]:
    """Return the first object of the text; empty where none ends within its head."""
    head = content[:HEAD].decode("utf-8", "ignore")
    start = head.find("{")
    value = json.JSONDecoder().raw_decode(head, start)[0] if start >= 0 else {}
    return value if isinstance(value, dict) else {}


def _values(records: Sequence[Any], key: str, *, numeric: bool) -> Sequence[Any] | Floats:
    """Return (R,) numbers, or the values as they stand where one is missing or no number."""
    get = attrgetter(key)
    if numeric:
        with suppress(TypeError):
            return np.fromiter(map(get, records), np.float64, len(records))
    return [ABSENT if value is msgspec.UNSET else value for value in map(get, records)]
