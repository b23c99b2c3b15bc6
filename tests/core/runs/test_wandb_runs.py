"""Offline runs of W&B: records as its own classes read them, blocks, torn ends and damage."""

import json
import struct
import zlib

import numpy as np
import pytest

from gaba_core.errors import LogFormatError
from gaba_core.runs import read_run
from tests.store_cases import EXPECTED, WANDB, assert_settings, column, finite


def test_an_offline_run_of_wandb_holds_what_its_own_classes_read():
    run, expected = read_run(WANDB), EXPECTED["wandb"]
    assert (run.tasks, run.reading.format, len(run.epochs)) == (("seg", "depth"), "W&B offline run", 12)
    names = {name for row in expected["history"] for name in row} - {"note", "nested/b"}
    assert names == set(run.reading.table.columns)
    for name in names:
        pairs = [(row["_step"], row[name]) for row in expected["history"] if name in row]
        assert column(run, name) == finite(pairs), name
    assert_settings(run, 3)
    own = {name: value for name, value in expected["summary"].items() if not name.startswith("_wandb")}
    assert dict(run.info.extra["summary"]) == own
    assert run.info.extra["run_name"] == "seg and depth"


def test_a_wandb_file_that_is_still_written_is_read_up_to_its_last_whole_record():
    whole = read_run(WANDB).reading.table
    counts = []
    for end in range(0, len(WANDB), 83):
        try:
            run = read_run(WANDB[:end])
        except LogFormatError:
            continue
        table = run.reading.table
        for name in table.columns:
            np.testing.assert_array_equal(table.columns[name], whole.columns[name][: table.rows])
        counts.append(table.rows)
        assert end == len(WANDB) or any("breaks off" in note for note in run.notes) or _at_an_end(end)
    assert counts == sorted(counts)
    assert {0, 12} <= {0, *counts}


def _at_an_end(end):
    at = 7
    while at < end:
        at += 7 + struct.unpack_from("<H", WANDB, at + 4)[0]
    return at == end


def chunk(kind, data):
    return struct.pack("<IHB", zlib.crc32(bytes([kind]) + data), len(data), kind) + data


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number, content):
    if isinstance(content, int):
        return varint(number << 3) + varint(content)
    return varint(number << 3 | 2) + varint(len(content)) + content


def history(step, **values):
    items = b"".join(
        field(1, field(1, k.encode()) + field(16, json.dumps(v).encode())) for k, v in values.items()
    )
    return field(2, items + field(2, field(1, step)))


def wandb_file(records):
    """A file of W&B's, records cut at the blocks of 32,768 bytes as LevelDB cuts them."""
    out = bytearray(b":W&B\xe1\xbe\0")
    for record in records:
        first = True
        while True:
            left = 32768 - len(out) % 32768
            if left < 7:
                out += bytes(left)
                continue
            part, record = record[: left - 7], record[left - 7 :]
            kind = (1 if not record else 2) if first else (4 if not record else 3)
            out += chunk(kind, part)
            first = False
            if not record:
                break
    return bytes(out)


LONG = wandb_file([history(i, loss=1.0 / (i + 1), text="x" * (173 * i % 4001)) for i in range(60)] + [
    history(60, loss=0.0, text="y" * 100_000), history(61, loss=-1.0)
])  # fmt: skip


def test_records_that_span_blocks_are_put_together():
    assert len(LONG) > 5 * 32768
    run = read_run(LONG)
    assert column(run, "loss") == {**{float(i): 1.0 / (i + 1) for i in range(60)}, 60.0: 0.0, 61.0: -1.0}


def test_a_damaged_block_takes_its_own_records_and_no_other():
    broken = bytearray(LONG)
    broken[32768 + 100] ^= 0xFF
    run = read_run(bytes(broken))
    assert any("did not match the checksum" in note for note in run.notes)
    retained = column(run, "loss")
    assert 61.0 in retained
    assert 20 < len(retained) < 62
    assert retained.items() <= column(read_run(LONG), "loss").items()


def test_an_offline_run_without_history_is_refused_in_words():
    with pytest.raises(
        LogFormatError, match="must hold at least one row of history; got 0 records without any"
    ):
        read_run(WANDB[:7])


def test_metrics_of_a_name_a_row_do_not_fill_the_memory():
    run = read_run(wandb_file([history(i, loss=0.5, **{f"m{i}": 1.0}) for i in range(3000)]))
    assert len(column(run, "loss")) == 3000
    assert any("metrics are logged in few of the 3000 rows and were left out" in note for note in run.notes)
    assert len(run.reading.table.columns) < 400
