"""An offline run of W&B, `run-*.wandb`: a LevelDB log of `Record` messages, read without the wandb package.

Source: wandb_internal.proto. Read are a record's history (2), summary (3), config (5) and run (17); of these
the items or updates (1, of a run its config, 4), each a key (1) or nested key (2) and a value as JSON (16);
of history the step (2, 1); of a run its display name (8). All else is passed by.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.leveldb_log import Records, records_of
from gaba_core.runs.formats.protobuf import LENGTH, fields, signed
from gaba_core.runs.formats.store_rows import columns_of
from gaba_core.runs.formats.text import TORN
from gaba_core.runs.formats.values import table_of
from gaba_core.runs.table import Table

FORMAT = "W&B offline run"
MARK, START = b":W&B\xe1\xbe", 7
HISTORY, SUMMARY, CONFIG, RUN = 2, 3, 5, 17
STEP = "_step"
OWN = "_wandb"  # what W&B notes of itself in config and summary


def is_wandb(data: bytes) -> bool:
    """Whether bytes begin as an offline run of W&B does."""
    return data.startswith(MARK)


def read_wandb(data: bytes, source: str) -> Table:
    """Return a row for each step of an offline run's history; its config and summary stand around them.

    Raises:
        LogFormatError: names source, record, what was found and what was expected.
    """
    records = records_of(data, START)
    rows: list[dict[str, Any]] = []
    config: dict[str, Any] = {}
    summary: dict[str, Any] = {}
    for i, message in enumerate(records.data):
        try:
            for number, kind, value in fields(message):
                if kind != LENGTH or not isinstance(value, bytes):
                    continue
                if number == HISTORY:
                    rows.append(_row(value))
                elif number in (CONFIG, SUMMARY):
                    (config if number == CONFIG else summary).update(_items(value, 1))
                elif number == RUN:
                    config |= {**_named(value), **dict(_items_of_run(value))}
        except ValueError as error:
            raise LogFormatError(f"{source}, record {i} must be one of W&B; got {error}.") from error
    notes = tuple(_notes(records))
    if not rows:
        said = f"{len(records.data)} records without any{'; ' if records.stopped else ''}{records.stopped}"
        raise LogFormatError(f"{source} must hold at least one row of history; got {said}.")
    values, more = columns_of(rows, len(data))
    around = {name: value for name, value in config.items() if name.partition("/")[0] != OWN}
    retained = {name: value for name, value in summary.items() if name.partition("/")[0] != OWN}
    around |= {"summary": retained} if retained else {}
    return table_of(values, source, FORMAT, around=around, notes=(*notes, *more), sparse=True)


def flattened(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Yield a value with its name, the parts of an object by outer/inner; media and histograms as nothing."""
    waiting = [(name, value)]
    while waiting:
        called, held = waiting.pop()
        if isinstance(held, dict) and held and "_type" not in held:
            waiting += [
                (f"{called}/{key}" if called else str(key), one) for key, one in reversed(held.items())
            ]
        else:
            yield called, None if isinstance(held, dict) else held


def _row(message: bytes) -> dict[str, Any]:
    row = dict(_items(message, 1))
    for number, kind, value in fields(message):
        if number == 2 and kind == LENGTH and isinstance(value, bytes):
            steps = [signed(step) for n, _, step in fields(value) if n == 1 and isinstance(step, int)]
            row.setdefault(STEP, steps[-1] if steps else 0)  # 0 is not written
    return row


def _items(message: bytes, wanted: int) -> Iterator[tuple[str, Any]]:
    for number, kind, value in fields(message):
        if number == wanted and kind == LENGTH and isinstance(value, bytes):
            yield from _item(value)


def _item(message: bytes) -> Iterator[tuple[str, Any]]:
    key, nested, text = "", [], ""
    for number, kind, value in fields(message):
        if kind != LENGTH or not isinstance(value, bytes):
            continue
        if number == 1:
            key = value.decode("utf-8", "replace")
        elif number == 2:
            nested.append(value.decode("utf-8", "replace"))
        elif number in (8, 16):
            text = value.decode("utf-8", "replace")
    name = "/".join(nested) or key
    if name and text:
        yield from flattened(name, _value(text))


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _items_of_run(message: bytes) -> Iterator[tuple[str, Any]]:
    for number, kind, value in fields(message):
        if number == 4 and kind == LENGTH and isinstance(value, bytes):
            yield from _items(value, 1)


def _named(message: bytes) -> Mapping[str, Any]:
    names = [v for n, _, v in fields(message) if n == 8 and isinstance(v, bytes)]
    return {"run_name": names[-1].decode("utf-8", "replace")} if names else {}


def _notes(records: Records) -> Iterator[str]:
    if records.damaged:
        count, first = len(records.damaged), records.damaged[0]
        parts = f"{count} damaged part{'s' if count > 1 else ''} of the file (first: byte {first})"
        yield f"{parts} did not match the checksum: what stood there was left out."
    if records.stopped:
        yield f"The file stops where {records.stopped}: {TORN}."
