"""Runs in an SQLite database of MLflow or trackio, read in memory: nothing is written beside the file."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats.store_rows import Damage, StoredRun, table_of_runs
from gaba_core.runs.formats.text import loads
from gaba_core.runs.formats.wandb_run import flattened
from gaba_core.runs.table import Table

MARK = b"SQLite format 3\0"
MLFLOW, TRACKIO = "MLflow database", "trackio database"
HUGE = 1.7976931348623157e308  # what MLflow stores for Infinity
_NEEDED = {
    MLFLOW: {
        "metrics": {"key", "value", "timestamp", "run_uuid", "step", "is_nan"},
        "runs": {"run_uuid", "name"},
    },
    TRACKIO: {"metrics": {"timestamp", "run_name", "step", "metrics"}},
}
Columns = Mapping[str, frozenset[str]]


def is_sqlite(data: bytes) -> bool:
    """Whether bytes begin as an SQLite database does."""
    return data.startswith(MARK)


def read_sqlite(data: bytes, source: str) -> Table:
    """Return the rows of every run of a database of MLflow or trackio, its name in the column `run`.

    Raises:
        LogFormatError: the database is another, damaged from its begin, or holds no row.
    """
    damage = Damage(len(data))
    connection = sqlite3.connect(":memory:")
    try:
        # Pages that the file lacks are zeros; the write-ahead log, if there was one, is in the pages already.
        pages = int.from_bytes(data[28:32], "big") * (int.from_bytes(data[16:18], "big") or 1)
        missing = max(0, min(pages, 2 * len(data)) - len(data))
        connection.deserialize(data[:18] + b"\x01\x01" + data[20:] + bytes(missing))
        for pragma in ("trusted_schema = OFF", "query_only = ON", "cell_size_check = ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.text_factory = lambda text: text.decode("utf-8", "replace")
        kind, columns = _kind(connection, source)
        readers: dict[str, Callable[..., list[StoredRun]]] = {MLFLOW: _mlflow, TRACKIO: _trackio}
        runs = readers[kind](connection, columns, damage)
        return table_of_runs(runs, source, kind, damage)
    except (sqlite3.Error, OverflowError) as error:
        raise LogFormatError(f"{source} must be an SQLite database that is whole; got: {error}.") from error
    finally:
        connection.close()


def _kind(connection: sqlite3.Connection, source: str) -> tuple[str, Columns]:
    tables = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
    )
    names = [str(name) for (name,) in tables]
    columns = {
        name: frozenset(
            str(row[1]) for row in connection.execute("SELECT * FROM pragma_table_info(?)", [name])
        )
        for name in names
        if name in ("metrics", "runs", "params", "experiments", "configs")
    }
    for kind, needed in _NEEDED.items():
        if all(wanted <= columns.get(name, frozenset()) for name, wanted in needed.items()):
            return kind, columns
    held = ", ".join(sorted(names)[:6]) or "none"
    raise LogFormatError(f"{source} must be a database of MLflow or trackio; got one with the tables {held}.")


def _mlflow(connection: sqlite3.Connection, columns: Columns, damage: Damage) -> list[StoredRun]:
    stage = "lifecycle_stage" if "lifecycle_stage" in columns["runs"] else "'active'"
    group = "experiment_id" if "experiment_id" in columns["runs"] else "0"
    found = {
        str(key): StoredRun(str(name or key), str(experiment), str(state) == "deleted")
        for key, name, experiment, state in damage.rows(
            connection, f"SELECT run_uuid, name, {group}, {stage} FROM runs ORDER BY rowid"
        )
    }
    if "name" in columns.get("experiments", ()):
        titles = dict(damage.rows(connection, "SELECT experiment_id, name FROM experiments"))
        for run in found.values():
            run.group = str(titles.get(int(run.group) if run.group.isdecimal() else run.group, run.group))
    if {"key", "value", "run_uuid"} <= columns.get("params", frozenset()):
        for key, value, owner in damage.rows(connection, "SELECT key, value, run_uuid FROM params"):
            if str(owner) in found:
                found[str(owner)].params[str(key)] = plain(str(value))
    query = "SELECT run_uuid, step, timestamp, key, value, is_nan FROM metrics ORDER BY timestamp, rowid"
    begun: dict[str, StoredRun] = {}  # by their first value: a run that is only announced comes last
    for owner, step, stamp, key, value, is_nan in damage.rows(connection, query):
        if str(owner) in found and isinstance(step, int):
            run = begun.setdefault(str(owner), found[str(owner)])
            run.add(step, str(key), math.nan if is_nan else _finite(value), _seconds(stamp))
    return list((begun | found).values())


def _trackio(connection: sqlite3.Connection, columns: Columns, damage: Damage) -> list[StoredRun]:
    key = "run_id" if "run_id" in columns["metrics"] else "run_name"
    found: dict[str, StoredRun] = {}
    query = f"SELECT {key}, run_name, step, timestamp, metrics FROM metrics ORDER BY rowid"
    for owner, name, step, stamp, metrics in damage.rows(connection, query):
        run = found.setdefault(str(owner), StoredRun(str(name)))
        values = _object(metrics)
        if values is None or not isinstance(step, int):
            damage.unread += 1
            continue
        run.rows.append({"step": step, "timestamp": stamp, **dict(_parts(values))})
    if {"run_name", "config"} <= columns.get("configs", frozenset()):
        owner_column = key if key in columns["configs"] else "run_name"
        for owner, config in damage.rows(connection, f"SELECT {owner_column}, config FROM configs"):
            if str(owner) in found:
                entries = _object(config) or {}
                found[str(owner)].params |= {k: v for k, v in _parts(entries) if not k.startswith("_")}
    return list(found.values())


def plain(text: str) -> Any:
    """Return the number or truth that a parameter's text says, else the text."""
    try:
        value = loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, (int, float)) else text


def _object(text: Any) -> dict[str, Any] | None:
    try:
        value = loads(text.decode("utf-8", "replace") if isinstance(text, bytes) else text)
    except (ValueError, TypeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _parts(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        yield from flattened(f"{name} (metric)" if name in ("step", "timestamp", "run") else name, value)


def _finite(value: Any) -> Any:
    return math.copysign(math.inf, value) if isinstance(value, float) and abs(value) == HUGE else value


def _seconds(stamp: Any) -> float | None:
    return stamp / 1000.0 if isinstance(stamp, (int, float)) else None
