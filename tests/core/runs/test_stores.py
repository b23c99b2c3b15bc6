"""Databases of MLflow and trackio: records as the vendors' packages return them, journals, damage."""

import json
import shutil
import sqlite3
from contextlib import closing, suppress

import numpy as np
import pytest

from gaba_core.errors import LogFormatError
from gaba_core.runs import RunLibrary, read_run, read_runs
from gaba_core.runs.formats import store_rows
from tests.store_cases import EXPECTED, MLFLOW, TRACKIO, WANDB, assert_settings, column, finite


@pytest.mark.parametrize("data", [MLFLOW, TRACKIO], ids=["mlflow", "trackio"])
def test_a_database_holds_what_the_vendors_client_returns(data):
    runs = {run.name.partition("[")[2].removesuffix("]"): run for run in read_runs(data)}
    assert list(runs) == ["seed 1", "seed 2"]
    for name, run in runs.items():
        if data is MLFLOW:
            expected = EXPECTED["mlflow_sqlite"][name]["metrics"]
        else:
            rows = EXPECTED["trackio"][name]
            keys = {key for row in rows for key in row} - {"step", "timestamp"}
            expected = {key: [(row["step"], row[key]) for row in rows if key in row] for key in keys}
        for key, pairs in expected.items():
            assert column(run, key) == finite(pairs), key
        assert set(run.reading.table.columns) == {*expected, "step", "timestamp"}
        assert_settings(run, int(name[-1]))
        assert len(run.epochs) == 12


@pytest.mark.parametrize("data", [WANDB, MLFLOW, TRACKIO], ids=["wandb", "mlflow", "trackio"])
def test_whatever_is_damaged_only_a_log_format_error_leaves(data):
    rng = np.random.default_rng(0)
    for _ in range(60):
        broken = bytearray(data[: int(rng.integers(1, len(data)))] if rng.random() < 0.5 else data)
        for at in rng.integers(0, len(broken), int(rng.integers(0, 40))).tolist():
            broken[at] = int(rng.integers(0, 256))
        with suppress(LogFormatError):
            read_runs(bytes(broken))


def test_another_database_is_refused_by_its_tables(tmp_path):
    with closing(sqlite3.connect(tmp_path / "a.db")) as found:
        found.execute("CREATE TABLE films (title TEXT)")
        found.commit()
    with pytest.raises(
        LogFormatError, match=r"must be a database of MLflow or trackio; got one with the tables films\."
    ):
        read_run(tmp_path / "a.db")


def add_row(connection, step):
    connection.execute(
        "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) "
        "SELECT run_id, timestamp, run_name, ?, ? FROM metrics LIMIT 1",
        [step, json.dumps({"w_seg": 0.25, "w_depth": 0.75})],
    )


def test_rows_in_the_write_ahead_log_are_read_and_nothing_is_written_beside(tmp_path):
    live, retained = tmp_path / "live", tmp_path / "kept"
    live.mkdir()
    retained.mkdir()
    (live / "t.db").write_bytes(TRACKIO)
    with closing(sqlite3.connect(live / "t.db")) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        add_row(writer, 12)
        writer.commit()
        for path in live.iterdir():
            if not path.name.endswith("-shm"):
                shutil.copy(path, retained)
    before = {path.name: path.read_bytes() for path in retained.iterdir()}
    assert set(before) == {"t.db", "t.db-wal"}
    assert column(read_runs(retained / "t.db")[0], "w_seg")[12.0] == 0.25
    assert {path.name: path.read_bytes() for path in retained.iterdir()} == before
    (retained / "t.db-wal").unlink()
    assert 12.0 not in column(read_runs(retained / "t.db")[0], "w_seg")


def test_a_transaction_that_was_cut_off_is_taken_back_by_its_journal(tmp_path):
    live, retained = tmp_path / "live", tmp_path / "kept"
    live.mkdir()
    retained.mkdir()
    (live / "t.db").write_bytes(TRACKIO)
    with closing(sqlite3.connect(live / "t.db", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = DELETE")
        writer.execute("PRAGMA cache_size = 1")
        writer.execute("BEGIN")
        writer.execute(
            'UPDATE metrics SET metrics = \'{"w_seg": 9, "pad": "\' || hex(zeroblob(9000)) || \'"}\''
        )
        for path in live.iterdir():
            shutil.copy(path, retained)
        writer.execute("ROLLBACK")
    assert {path.name for path in retained.iterdir()} == {"t.db", "t.db-journal"}
    assert (retained / "t.db").read_bytes() != TRACKIO
    run = read_runs(retained / "t.db")[0]
    assert column(run, "w_seg") == column(read_runs(TRACKIO)[0], "w_seg")


def test_a_journal_that_leads_out_of_the_folder_is_refused(tmp_path):
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "t.db").write_bytes(TRACKIO)
    (tmp_path / "secret").write_bytes(b"x" * 100)
    (tmp_path / "logs" / "t.db-wal").symlink_to(tmp_path / "secret")
    with pytest.raises(LogFormatError, match="link that leads out"):
        read_run(tmp_path / "logs" / "t.db", root=tmp_path / "logs")


def test_every_run_of_a_database_is_one_however_many_and_however_short(tmp_path):
    (tmp_path / "t.db").write_bytes(TRACKIO)
    with closing(sqlite3.connect(tmp_path / "t.db")) as found:
        found.execute("DELETE FROM metrics")
        rows = [(f"r{i}", "2026-01-01T00:00:00", f"run {i // 2}", 0, '{"loss": 1.5}') for i in range(300)]
        found.executemany(
            "INSERT INTO metrics (run_id, timestamp, run_name, step, metrics) VALUES (?, ?, ?, ?, ?)", rows
        )
        found.commit()
    runs = read_runs(tmp_path / "t.db")
    assert len({run.name for run in runs}) == len(runs) == 300


def test_deleted_runs_of_mlflow_are_left_out_and_named(tmp_path):
    (tmp_path / "m.db").write_bytes(MLFLOW)
    with closing(sqlite3.connect(tmp_path / "m.db")) as found:
        found.execute("UPDATE runs SET lifecycle_stage = 'deleted' WHERE name = 'seed 2'")
        found.commit()
    [run] = read_runs(tmp_path / "m.db")
    assert "1 deleted run left out." in run.notes
    assert_settings(run, 1)


def test_stores_are_found_in_a_folder_of_logs(tmp_path):
    folder = tmp_path / "wandb" / "offline-run-20260101_000000-abc"
    folder.mkdir(parents=True)
    (folder / "run-abc.wandb").write_bytes(WANDB)
    (tmp_path / "mlflow.db").write_bytes(MLFLOW)
    (tmp_path / "trackio").mkdir()
    (tmp_path / "trackio" / "balance.db").write_bytes(TRACKIO)
    library = RunLibrary(tmp_path)
    keys = {entry.key for entry in library.entries()}
    assert keys == {
        "wandb/offline-run-20260101_000000-abc/run-abc.wandb",
        *(f"{name} [seed {seed}]" if seed > 1 else name
          for name in ("mlflow.db", "trackio/balance.db") for seed in (1, 2)),
    }  # fmt: skip
    assert len(library.get("mlflow.db [seed 2]").epochs) == 12


def test_pages_that_are_shared_do_not_multiply_what_is_read(monkeypatch):
    monkeypatch.setattr(store_rows, "ROOM", -3 * len(TRACKIO))  # as if the file were so much smaller
    runs = read_runs(TRACKIO)
    assert len(runs) == 2
    monkeypatch.setattr(store_rows, "ROOM", 2000 - 4 * len(TRACKIO))
    [run] = read_runs(TRACKIO)
    assert any("holds more than its size allows" in note for note in run.notes)
