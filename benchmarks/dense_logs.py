"""Logs of any size of every kind, as dense as they can be: cells of a digit, records of a field."""

from __future__ import annotations

import json
import sqlite3
import struct
import tempfile
import zlib
from collections.abc import Callable
from pathlib import Path

from tests.event_files import HEAD, event, field, frame, simple

BLOCK = 1 << 15  # of W&B's LevelDB log


def repeated(unit: str, size: int, begin: str = "", end: str = "") -> bytes:
    """Return a text of about so many bytes."""
    return (begin + unit * max(1, (size - len(begin) - len(end)) // len(unit)) + end).encode()


def events(size: int) -> bytes:
    """Return an event file with one scalar an event."""
    one = frame(event(1, simple("a", 1.0)))
    return frame(HEAD) + one * (size // len(one))


def wandb(size: int, item: str = "1") -> bytes:
    """Return an offline run of W&B whose every record holds one metric."""
    entry = field(1, field(1, b"a") + field(16, item.encode()))
    data = field(2, entry + field(2, field(1, 1)))
    chunk = struct.pack("<IHB", zlib.crc32(b"\x01" + data), len(data), 1) + data
    first = b":W&B\xe1\xbe\x00"
    blocks = [first + chunk * ((BLOCK - len(first)) // len(chunk))]
    while len(blocks) * BLOCK < size:
        blocks.append(chunk * (BLOCK // len(chunk)))
    return b"".join(block.ljust(BLOCK, b"\0") for block in blocks)


def trackio(size: int) -> bytes:
    """Return a database of trackio whose every row holds one metric."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.db")
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE metrics (timestamp TEXT, run_name TEXT, step INT, metrics TEXT)")
            rows = [("", "a", i, '{"a":1}') for i in range(size // 18)]
            connection.executemany("INSERT INTO metrics VALUES (?, ?, ?, ?)", rows)
        connection.close()
        return path.read_bytes()


def sparse(size: int, columns: int) -> bytes:
    """Return a CSV of which each row fills every fortieth cell."""
    head = ",".join(["step", *(f"m{i}" for i in range(columns))])
    block = []
    for i in range(40):
        cells = [f"{0.123456 * k:.6f}" if k % 40 == i else "" for k in range(columns)]
        block.append(",".join([str(i), *cells]))
    return repeated("\n".join(block) + "\n", size, head + "\n")


LINE = {"epoch": 3, "train": {"loss": 0.512, "w": {"a": 0.4, "b": 0.6}}, "lr": 0.001, "phase": "train"}
KINDS: dict[str, Callable[[int], bytes]] = {
    "CSV, one column of digits": lambda n: repeated("1\n", n, "loss\n"),
    "CSV, one column of numbers": lambda n: repeated("0.512\n", n, "loss\n"),
    "CSV, rows of digits": lambda n: repeated("1,2,3,4\n", n, "epoch,loss,w_a,w_b\n"),
    "CSV, quoted": lambda n: repeated('"1","2"\n', n, '"epoch","loss"\n'),
    "CSV, quoted numbers": lambda n: repeated('"1","0.512","0.41"\n', n, '"epoch","loss","w_a"\n'),
    "CSV, texts": lambda n: repeated("ab,1\n", n, "phase,loss\n"),
    "CSV, dates": lambda n: repeated("2026-11-25 10:30:00,0.5\n", n, "time,loss\n"),
    "CSV, empty cells": lambda n: repeated(",,,,,,,\n", n, "a,b,c,d,e,f,g,h\n1,1,1,1,1,1,1,1\n"),
    "CSV, ragged": lambda n: repeated("1,2\n3\n", n, "a,b\n"),
    "CSV, sparse, 50 metrics": lambda n: sparse(n, 50),
    "CSV, sparse, 400 metrics": lambda n: sparse(n, 400),
    "CSV, comments": lambda n: repeated("1,2\n# a\n", n, "a,b\n"),
    "semicolons, decimal commas": lambda n: repeated("1;0,5\n", n, "epoch;loss\n"),
    "semicolons, both signs": lambda n: repeated("1;1.000,5\n", n, "epoch;loss\n"),
    "tabs": lambda n: repeated("1\t2\n", n, "epoch\tloss\n"),
    "blanks, digits": lambda n: repeated("1 2\n", n, "epoch loss\n"),
    "blanks, texts": lambda n: repeated("1 x\n", n, "epoch loss\n"),
    "bars": lambda n: repeated("|1|2|\n", n, "|epoch|loss|\n"),
    "UTF-16": lambda n: repeated("1,0.5\n", n // 2, "epoch,loss\n").decode().encode("utf-16"),
    "Latin-1": lambda n: repeated("1,0.5\n", n, "\u00e9poch,loss\n").decode().encode("latin-1"),
    "MLflow metric": lambda n: repeated("1764066600000 1 1\n", n),
    "JSON list, one field": lambda n: repeated(',{"a":1}', n, '[{"a":1}', "]"),
    "JSON list, numbers": lambda n: repeated(',{"epoch":1,"loss":0.512}', n, '[{"epoch":0,"loss":1}', "]"),
    "JSON list, texts": lambda n: repeated(',{"a":1,"b":"xy"}', n, '[{"a":1,"b":"xy"}', "]"),
    "JSON list, irregular": lambda n: repeated(',{"a":1},{"b":1}', n, '[{"a":1}', "]"),
    "JSON list, lists": lambda n: repeated(',{"w":[1,2]}', n, '[{"w":[1,2]}', "]"),
    "JSON list, breaks off": lambda n: repeated(',{"a":1}', n, '[{"a":1}', ',{"a"'),
    "JSON list, irregular, breaks off": lambda n: repeated(',{"a":1},{"b":1}', n, '[{"a":1}', ',{"a"'),
    "JSON Lines, one field": lambda n: repeated('{"a":1}\n', n),
    "JSON Lines, nested": lambda n: repeated(json.dumps(LINE) + "\n", n),
    "JSON Lines, nested, dense": lambda n: repeated('{"a":{"b":1},"c":1}\n', n),
    "JSON Lines, broken lines": lambda n: repeated('{"a":1}\n{"a":1}\n{"a"\n', n),
    "JSON Lines, one strange line": lambda n: repeated('{"a":1}\n', n, '{"a":1}\nKilled\n'),
    "JSON Lines, as Python prints": lambda n: repeated("{'a':1}\n", n),
    "JSON Lines, own names": lambda n: b"".join(b'{"k%d":1}\n' % i for i in range(n // 14)),
    "HuggingFace": lambda n: repeated(
        ',{"step":1,"loss":2.5},{"eval":1}', n, '{"log_history":[{"step":0}', "]}"
    ),
    "object of arrays, digits": lambda n: repeated(",1", n, '{"loss":[1', "]}"),
    "object of arrays, numbers": lambda n: (
        repeated(",0.512", n // 2, '{"loss":[1', "]").replace(b"]", b"")
        + b"],"
        + repeated(",0.41", n // 2, '"w":[1', "]}")
    ),
    "object of arrays, texts": lambda n: repeated(',"1"', n, '{"loss":["1"', "]}"),
    "object of tables": lambda n: repeated(",[1,2]", n, '{"w":[[1,2]', "]}"),
    "object of series": lambda n: (
        b'{"loss":{"x":['
        + b",".join(b"%d" % i for i in range(n // 10))
        + b'],"y":[1'
        + b",1" * (n // 10 - 1)
        + b"]}}"
    ),
    "object of points": lambda n: repeated(',{"x":1,"y":2}', n, '{"loss":[{"x":0,"y":1}', "]}"),
    "object of named records": lambda n: (
        b'{"1":{"a":1}' + b"".join(b',"%d":{"a":1}' % i for i in range(2, n // 16)) + b"}"
    ),
    "rows of a list": lambda n: repeated(",[1,2]", n, "[[1,2]", "]"),
    "rows of a list, named": lambda n: repeated(",[1,0.5]", n, '[["epoch","loss"]', "]"),
    "pandas split": lambda n: repeated(",[1,0.5]", n, '{"columns":["epoch","loss"],"data":[[0,1]', "]}"),
    "lists of records": lambda n: repeated(
        ',{"epoch":1,"a":1}', n, '{"train":[{"epoch":0,"a":1}', '],"dev":[{"epoch":0,"a":1}]}'
    ),
    "appended lists": lambda n: repeated('[{"a":1}]', n),
    "nothing but brackets": lambda n: repeated("[", n),
    "nothing but lists": lambda n: repeated(",[]", n, "[[]", "]"),
    "nothing but objects": lambda n: repeated(",{}", n, "[{}", "]"),
    "one text": lambda n: repeated("x", n, '"', '"'),
    "text of lines": lambda n: repeated("x\n", n),
    "line ends": lambda n: repeated("\n", n, "a,b\n1,2\n"),
    "zeros": lambda n: b"a,b\n1,2\n" + bytes(n),
    "event file": events,
    "W&B run": wandb,
    "W&B run, objects": lambda n: wandb(n, '{"a":' * 100 + "1" + "}" * 100),
    "trackio": trackio,
}
