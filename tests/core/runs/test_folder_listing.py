"""A large folder is listed in pieces, of ended runs by a quick line first, and by one process for all."""

import json
import os
import time
from dataclasses import replace

import pytest

from gaba_core.runs import RunLibrary
from gaba_core.runs.entry_index import EntryIndex
from tests.run_logs import info, records, trace, write

LONG_AGO = time.time() - 3600


@pytest.fixture
def folder(tmp_path):
    for seed in range(5):
        write(tmp_path / f"logs/FD002/gaba/seed_{seed}", run=info(seed=seed), steps=trace())
    age(tmp_path / "logs")
    return tmp_path / "logs"


def age(folder):
    """Let every file be written long ago: a fresh log may still be written."""
    for path in folder.rglob("*.*"):
        os.utime(path, (LONG_AGO, LONG_AGO))


def whole(runs, looks=100):
    for _ in range(looks):
        entries = runs.entries()
        if not runs.waiting() and all(entry.is_read for entry in entries):
            return entries
    raise AssertionError("the list does not become whole")


class Clock:
    """The time, which goes on by a minute at every look."""

    def __init__(self):
        self.now = time.time()

    def __call__(self):
        self.now += 60.0
        return self.now


def in_pieces(folder, cache=None):
    return RunLibrary(folder, at_once=0.0, cache=cache, clock=Clock())


def test_each_look_goes_on_and_every_run_is_listed_before_any_log_is_read(folder, reads):
    runs = in_pieces(folder)
    assert [len(runs.entries()) + runs.waiting() for _ in range(5)] == [5] * 5
    assert runs.waiting() == 0
    assert len(runs.listed()) == 5
    assert reads == []


def test_the_list_ends_as_one_that_was_read_at_once(folder):
    write(folder / "mine", log=json.dumps(records(3)))
    age(folder)
    assert whole(in_pieces(folder)) == RunLibrary(folder).entries()


def test_a_quick_line_has_the_labels_the_length_and_the_figures_on_the_test_engines(folder):
    test = {"rmse": 12.5, "nasa": 300.0, "engines": 100, "epoch": 3}
    write(folder / "FD002/gaba/seed_0", run={**info(seed=0), "test": test})
    age(folder)
    runs = in_pieces(folder)
    for _ in range(5):
        quick = runs.entries()[0]
    full = RunLibrary(folder).entries()[0]
    assert not quick.is_read
    assert (quick.rmse, quick.nasa) == (12.5, 300.0)
    unknown = {name: getattr(full, name) for name in ("best_epoch", "metric", "at_best", "notes", "is_read")}
    assert replace(quick, **unknown) == full


@pytest.mark.parametrize(
    "log",
    [
        '[{"epoch": 0, "rmse_last": 3}',
        '[{"epoch": 0}, {"a": {"epoch": 7}}]',
        '[{"step": 4}]',
        '[{"epoch": true}]',
        "[]",
        '{"epoch": [0, 1]}',
        '[{"epoch": 1e400}]',
        "[" * 9000 + "]" * 9000,
    ],
)
def test_a_log_whose_end_is_no_record_is_read(folder, log):
    write(folder / "FD002/gaba/seed_0", log=log)
    age(folder)
    assert whole(in_pieces(folder)) == RunLibrary(folder).entries()
    assert RunLibrary(folder, at_once=0.0, clock=Clock()).entries()[:1] in (
        RunLibrary(folder).entries()[:1],
        (),
    )


def test_a_run_that_may_still_be_written_has_no_quick_line(folder, reads):
    write(folder / "FD002/gaba/seed_0", run=info(seed=0, stopped=None, started="2026-01-01T00:00:00"))
    age(folder)
    runs = in_pieces(folder)
    for _ in range(5):
        runs.entries()
    assert reads == ["FD002/gaba/seed_0"]


def test_after_a_restart_nothing_that_did_not_change_is_read(folder, tmp_path, reads):
    before = whole(in_pieces(folder, tmp_path / "cache"))
    reads.clear()
    assert in_pieces(folder, tmp_path / "cache").entries() == before
    assert reads == []
    write(folder / "FD002/gaba/seed_3", log=json.dumps(records(9)), run=info(seed=3))
    again = whole(in_pieces(folder, tmp_path / "cache"))
    assert reads == ["FD002/gaba/seed_3"]
    assert again == RunLibrary(folder).entries()


@pytest.mark.parametrize("content", [b"", b"\x00" * 64, b"\x93\x01\x02", b"not msgpack at all"])
def test_a_torn_index_is_done_without_and_written_anew(folder, tmp_path, content, reads):
    before = whole(in_pieces(folder, tmp_path / "cache"))
    (index,) = (tmp_path / "cache/listings").glob("*.msgpack")
    index.write_bytes(content)
    reads.clear()
    assert whole(in_pieces(folder, tmp_path / "cache")) == before
    assert len(reads) == 5
    reads.clear()
    whole(in_pieces(folder, tmp_path / "cache"))
    assert reads == []


def test_the_index_is_its_owners_alone_and_none_lies_beside_the_logs(folder, tmp_path):
    seen = sorted(path for path in folder.rglob("*"))
    whole(in_pieces(folder, tmp_path / "cache"))
    assert sorted(path for path in folder.rglob("*")) == seen
    assert (tmp_path / "cache/listings").stat().st_mode & 0o077 == 0
    (tmp_path / "cache/listings").chmod(0o777)
    (index,) = (tmp_path / "cache/listings").glob("*.msgpack")
    index.unlink()
    whole(in_pieces(folder, tmp_path / "cache"))
    assert not index.exists()


def test_one_process_reads_for_all(folder, tmp_path, reads):
    leader, other = (in_pieces(folder, tmp_path / "cache") for _ in range(2))
    for _ in range(6):
        leader.entries()  # lists all and begins to read
    for _ in range(8):
        other.entries()
    assert other.waiting() == 0
    assert len(reads) < 5
    by_leader = whole(leader)
    assert whole(other, looks=1) == by_leader
    assert len(reads) == 5


def test_where_the_cache_cannot_be_written_to_each_reads_for_itself(folder, tmp_path):
    (tmp_path / "cache").write_text("a file where a folder should be")
    assert whole(in_pieces(folder, tmp_path / "cache")) == RunLibrary(folder).entries()


def test_the_index_of_other_code_is_not_believed(folder, tmp_path, monkeypatch, reads):
    whole(in_pieces(folder, tmp_path / "cache"))
    reads.clear()
    monkeypatch.setattr("gaba_core.runs.entry_index._code", lambda: "other")
    whole(in_pieces(folder, tmp_path / "cache"))
    assert len(reads) == 5
    assert EntryIndex(folder, tmp_path / "cache").get("FD002/gaba/seed_0", ()) is None
