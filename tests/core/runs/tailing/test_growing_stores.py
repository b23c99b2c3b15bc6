"""Stores and files of others that grow: every record comes in, and a look at one at rest reads nothing."""

import json
import os
import shutil
import sqlite3
import struct
from contextlib import closing, contextmanager

import numpy as np
import pytest

from gaba_core.errors import ParameterError
from gaba_core.runs import RunLibrary, database_files
from gaba_core.runs.formats.tfrecord import _masked
from tests.core.runs.test_wandb_runs import field, history, wandb_file
from tests.store_cases import MLFLOW, TRACKIO, column

ROW = "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) VALUES (?, '2026-01-01', ?, ?, ?)"

METRIC = "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)"


def values(step):
    return {"w_seg": 0.5 - step / 64, "w_depth": 0.5 + step / 64, "val/score": step / 16}


@contextmanager
def wandb(folder):
    path, records = folder / "wandb" / "offline-run-1-a" / "run-a.wandb", []
    path.parent.mkdir(parents=True)

    def log(step):
        records.append(history(step, **values(step)))
        path.write_bytes(wandb_file(records))

    yield log, path


@contextmanager
def mlflow_folder(folder):
    run = folder / "mlruns" / "1" / "abc"
    (run / "metrics" / "val").mkdir(parents=True)
    (run / "meta.yaml").write_text("run_name: one\nlifecycle_stage: active\n")

    def log(step):
        for name, value in values(step).items():
            with (run / "metrics" / name).open("a") as stream:
                stream.write(f"{1_700_000_000_000 + step} {value} {step}\n")

    yield log, run / "metrics" / "w_seg"


@contextmanager
def database(folder, content, mode):
    path = folder / "store.db"
    path.write_bytes(content)
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute(f"PRAGMA journal_mode = {mode}")
        writer.execute("DELETE FROM metrics")
        yield writer, path


@contextmanager
def mlflow_database(folder):
    with database(folder, MLFLOW, "DELETE") as (writer, path):
        [owner] = writer.execute("SELECT run_uuid FROM runs WHERE name = 'seed 1'").fetchone()

        def log(step):
            writer.execute("BEGIN")
            writer.executemany(
                METRIC,
                [(name, value, step, owner, step) for name, value in values(step).items()],
            )
            writer.execute("COMMIT")

        yield log, path


@contextmanager
def trackio(folder):
    with database(folder, TRACKIO, "WAL") as (writer, path):
        yield lambda step: writer.execute(ROW, ["a", "one", step, json.dumps(values(step))]), path


@contextmanager
def table(folder):
    path = folder / "metrics.csv"
    path.write_text("step,w_seg,w_depth,val/score\n")

    def log(step):
        with path.open("a") as stream:
            stream.write(",".join(map(str, (step, *values(step).values()))) + "\n")

    yield log, path


@contextmanager
def lines(folder):
    path = folder / "log.jsonl"

    def log(step):
        with path.open("a") as stream:
            stream.write(json.dumps({"step": step, **values(step)}) + "\n")

    yield log, path


def frame(message):
    length = struct.pack("<Q", len(message))
    sums = (struct.pack("<I", int(_masked([part])[0])) for part in (length, message))
    return length + next(sums) + message + next(sums)


@contextmanager
def events(folder):
    path = folder / "events.out.tfevents.1.host"

    def log(step):
        with path.open("ab") as stream:
            for name, value in values(step).items():
                scalar = field(1, name.encode()) + b"\x15" + struct.pack("<f", value)
                wall = b"\x09" + struct.pack("<d", 100.0 + step)
                stream.write(frame(wall + field(2, step) + field(5, field(1, scalar))))

    yield log, path


STORES = [wandb, mlflow_folder, mlflow_database, trackio, table, lines, events]


@pytest.fixture
def opened(monkeypatch):
    """The paths that were opened since it was last cleared."""
    paths, system = [], os.open

    def counting(path, *more, **named):
        paths.append(path)
        return system(path, *more, **named)

    monkeypatch.setattr(os, "open", counting)
    return paths


@pytest.mark.parametrize("store", STORES, ids=lambda store: store.__name__)
def test_a_store_that_appears_in_an_empty_folder_and_grows_is_followed_record_by_record(
    tmp_path, store, opened
):
    library = RunLibrary(tmp_path)
    assert library.entries() == ()
    with store(tmp_path) as (log, _):
        library.entries()  # it is there, and holds no record yet
        for step in range(9):
            log(step)
            [entry] = library.entries()
            found = library.follow(entry.key)
            assert (entry.error, entry.epochs, found.status) == (None, step + 1, "growing")
            for name, value in values(step).items():
                assert column(found.run, name)[step] == pytest.approx(value, abs=1e-7)
            assert opened
            opened.clear()
            assert library.entries()[0] is entry
            assert library.follow(entry.key) is found
            assert opened == []  # nothing changed: nothing is read


@pytest.mark.parametrize("store", [wandb, mlflow_folder, lines, events], ids=lambda store: store.__name__)
def test_a_record_that_is_half_written_changes_nothing_until_it_is_whole(tmp_path, store):
    library = RunLibrary(tmp_path)
    with store(tmp_path) as (log, path):
        for step in range(4):
            log(step)
        before = path.read_bytes()
        log(4)
        after = path.read_bytes()
        [entry] = library.entries()
        whole = library.get(entry.key).reading.table.columns["w_seg"]
        for end in range(len(before) + 1, len(after), 2):
            path.write_bytes(after[:end])
            weights = library.get(entry.key).reading.table.columns["w_seg"]
            np.testing.assert_array_equal(weights[:4], whole[:4])
        path.write_bytes(after)
        np.testing.assert_array_equal(library.get(entry.key).reading.table.columns["w_seg"], whole)


def test_a_transaction_counts_once_its_journal_has_gone_though_the_database_is_written_before(tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    with mlflow_database(tmp_path) as (log, path):
        for step in range(3):
            log(step)
        with closing(sqlite3.connect(path, isolation_level=None)) as writer:
            writer.execute("PRAGMA synchronous = OFF")  # the journal is complete from its begin
            writer.execute("BEGIN")
            writer.execute(
                "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) "
                "SELECT key, value, 3, run_uuid, 3, 0 FROM metrics WHERE step = 2"
            )
            shutil.copy(f"{path}-journal", logs / "store.db-journal")
            writer.execute("COMMIT")
        shutil.copy(path, logs / "store.db")
    library = RunLibrary(logs)
    [entry] = library.entries()
    assert entry.epochs == 3
    (logs / "store.db-journal").unlink()  # what commits the transaction: the database stays as it is
    [entry] = library.entries()
    assert (entry.epochs, len(library.get(entry.key).epochs)) == (4, 4)


def test_a_database_whose_log_is_played_back_while_it_is_read_is_read_again(tmp_path, monkeypatch):
    read, steps = database_files.read_regular, iter(range(5, 50))
    with database(tmp_path, TRACKIO, "WAL") as (writer, path):
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        for step in range(5):
            writer.execute(ROW, ["a", "one", step, json.dumps(values(step))])

        def interrupted(named, *more, **given):
            content = read(named, *more, **given)
            if str(named) == str(path) and writes:
                writes.pop()
                writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                step = next(steps)
                writer.execute(ROW, ["a", "one", step, json.dumps(values(step))])
            return content

        monkeypatch.setattr(database_files, "read_regular", interrupted)
        library, writes = RunLibrary(tmp_path), [1, 1]
        assert [entry.epochs for entry in library.entries()] == [7]
        writes = [1] * 9
        writer.execute(ROW, ["a", "one", 40, json.dumps(values(40))])
        found = library.follow("store.db")
        assert (found.status, len(found.run.epochs)) == ("torn", 7)  # never at rest: as it was last whole
        writes = []
        writer.execute(ROW, ["a", "one", 41, json.dumps(values(41))])
        found = library.follow("store.db")
        assert (found.status, len(found.run.epochs)) == ("growing", 13)


def test_a_run_keeps_its_name_and_its_records_whatever_runs_come_after_it(tmp_path):
    library = RunLibrary(tmp_path)
    with database(tmp_path, TRACKIO, "WAL") as (writer, _):
        for owner, name in (("a", "one"), ("b", "two"), ("c", "two"), ("d", "one")):
            for step in range(3):
                writer.execute(ROW, [owner, name, step, json.dumps({"loss": ord(owner) + step})])
            library.entries()
            for key, start in {"store.db": "a", "store.db [two]": "b"}.items():
                if key == "store.db" or owner != "a":
                    assert library.get(key).metrics["loss"].tolist() == [ord(start) + k for k in range(3)]
        keys = [entry.key for entry in library.entries()]
        assert keys == ["store.db", "store.db [two]", "store.db [two (2)]", "store.db [one (2)]"]
        writer.execute("DELETE FROM metrics WHERE run_id = 'b'")
        writer.execute("UPDATE metrics SET run_name = 'three' WHERE run_id = 'c'")
        found = library.follow("store.db [two]")  # another run's records under its name would be a lie
        assert (found.run, found.status, found.sentence) == (None, "deleted", "The file holds no such run.")
        with pytest.raises(ParameterError, match="must be one in the folder of logs"):
            library.get("store.db [nobody]")


def test_a_run_of_mlflow_that_starts_late_takes_no_place_of_one_that_is_followed(tmp_path):
    library = RunLibrary(tmp_path)
    with database(tmp_path, MLFLOW, "DELETE") as (writer, _):
        owners = {name: key for key, name in writer.execute("SELECT run_uuid, name FROM runs")}
        for stamp, name in enumerate(("seed 2", "seed 2", "seed 1", "seed 1")):
            writer.execute(
                METRIC,
                ["loss", stamp + 0.5, stamp, owners[name], stamp],
            )
            assert library.entries()[0].seed == 2
            assert library.get("store.db").metrics["loss"][0] == 0.5
        assert [entry.key for entry in library.entries()] == ["store.db", "store.db [seed 1]"]


def test_a_database_was_written_when_its_write_ahead_log_was(tmp_path):
    with database(tmp_path, TRACKIO, "WAL") as (writer, path):
        writer.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        os.utime(path, (1e9, 1e9))
        library = RunLibrary(tmp_path)
        writer.execute(ROW, ["a", "one", 0, json.dumps(values(0))])
        for _ in range(2):
            [entry] = library.entries()
            assert (entry.status, library.follow(entry.key).status) == ("growing", "growing")
        assert entry.modified == pytest.approx((tmp_path / "store.db-wal").stat().st_mtime)
