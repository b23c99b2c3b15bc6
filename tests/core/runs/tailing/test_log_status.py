"""A log that is being written: by atomic replace, in place, appended; torn, cut, deleted, come back."""

import json
import os

import pytest

from gaba_core.errors import ParameterError
from gaba_core.runs import LogFormatError, RunLibrary, library
from gaba_core.runs.tailing.log_status import FRESH, NOTICE_S, SETTLED
from tests.run_logs import info, records, write

KEY = "FD002/gaba/seed_42"


class Clock:
    """A clock that stands still until it is set on."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


@pytest.fixture
def log(tmp_path):
    return write(tmp_path / KEY, records(5), run=info(started="then", stopped=None)) / library.LOG_FILE


@pytest.fixture
def clock(log):
    return Clock(log.stat().st_mtime)


@pytest.fixture
def runs(tmp_path, log, clock):
    found = RunLibrary(tmp_path, clock=clock)
    assert reported(found) == ("growing", 5)
    return found


@pytest.fixture
def reads(monkeypatch):
    seen, original = [], library.read_run_file

    def counted(path, label, **kwargs):
        seen.append(label)
        return original(path, label, **kwargs)

    monkeypatch.setattr(library, "read_run_file", counted)
    return seen


def reported(runs, key=KEY):
    found = runs.follow(key)
    return found.status, len(found.run.epochs)


def replaced(log, text):
    """As our logger writes: the new file is whole before it takes the place of the old one."""
    temporary = log.with_suffix(".tmp")
    temporary.write_text(text)
    os.replace(temporary, log)


def in_place(log, text):
    """Write over the same file, and let it be seen even where the clock of the disk is coarse."""
    after = log.stat().st_mtime_ns + 1_000_000
    log.write_text(text)
    os.utime(log, ns=(after, after))


def lines(log):
    return "".join(json.dumps(record) + "\n" for record in log)


def test_a_log_that_is_replaced_grows(runs, log):
    replaced(log, json.dumps(records(6)))
    assert reported(runs) == ("growing", 6)


def test_a_quiet_log_is_read_once(runs, log, reads):
    for _ in range(5):
        runs.follow(KEY)
        runs.entries()
    assert reads == []
    replaced(log, json.dumps(records(6)))
    for _ in range(5):
        runs.follow(KEY)
        runs.entries()
    assert reads == [KEY]


def test_of_two_hundred_runs_only_the_one_that_changed_is_read_again(tmp_path, reads):
    for seed in range(200):
        write(tmp_path / f"FD004/gaba/seed_{seed}", records(3))
    runs = RunLibrary(tmp_path)
    assert len(runs.entries()) == len(reads) == 200
    replaced(tmp_path / "FD004/gaba/seed_7/convergence_log.json", json.dumps(records(4)))
    listed = runs.entries()
    assert reads[200:] == ["FD004/gaba/seed_7"]
    assert [entry.epochs for entry in listed if entry.epochs != 3] == [4]
    assert runs.entries() is listed


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
def test_a_log_caught_half_written_keeps_the_last_good_view(runs, log, share):
    text = json.dumps(records(9))
    in_place(log, text[: int(share * len(text))])
    assert reported(runs) == ("torn", 5)
    assert runs.follow(KEY).sentence == "File is mid-write; showing epoch 4."
    with pytest.raises(LogFormatError, match="must be"):
        runs.get(KEY)
    (entry,) = runs.entries()
    assert (entry.status, entry.epochs, entry.error) == ("torn", 5, None)
    in_place(log, text)
    assert reported(runs) == ("growing", 9)


def test_appended_lines_show_all_whole_ones_while_the_last_is_torn(runs, log):
    whole = lines(records(7))
    in_place(log, whole)
    assert reported(runs) == ("growing", 7)
    in_place(log, whole + lines(records(8)[7:])[:20])
    assert reported(runs) == ("growing", 7)
    in_place(log, lines(records(8)))
    assert reported(runs) == ("growing", 8)


def test_lines_written_over_in_place_are_not_taken_for_a_shorter_log(runs, log, clock):
    in_place(log, lines(records(2)))
    assert reported(runs) == ("torn", 5)
    clock.now += SETTLED / 2
    in_place(log, lines(records(4)))
    assert reported(runs) == ("torn", 5)
    in_place(log, lines(records(6)))
    assert reported(runs) == ("growing", 6)


def test_a_log_that_stays_shorter_was_cut_and_that_is_told_for_a_while(runs, log, clock):
    replaced(log, json.dumps(records(2)))
    assert reported(runs) == ("torn", 5)
    assert len(runs.get(KEY).epochs) == 2
    clock.now += SETTLED
    assert reported(runs) == ("truncated", 2)
    assert runs.follow(KEY).sentence == "The log was cut from 5 records to 2."
    replaced(log, json.dumps(records(3)))
    assert reported(runs) == ("truncated", 3)
    clock.now += NOTICE_S
    assert reported(runs) == ("growing", 3)


def test_an_emptied_log_is_told(runs, log, clock):
    in_place(log, "")
    assert reported(runs) == ("torn", 5)
    clock.now += SETTLED
    assert reported(runs) == ("truncated", 5)
    assert runs.follow(KEY).sentence == "The log was emptied; showing epoch 4."
    in_place(log, json.dumps(records(1)))
    clock.now += SETTLED
    runs.follow(KEY)
    clock.now += SETTLED
    assert reported(runs) == ("truncated", 1)


def test_a_log_that_stays_broken_says_why(runs, log, clock):
    in_place(log, '[{"epoch": "one"}]')
    runs.follow(KEY)
    clock.now += SETTLED
    found = runs.follow(KEY)
    assert found.status == "torn"
    assert found.sentence.startswith("The log cannot be read; showing epoch 4. ")
    assert "field 'epoch' must be a finite number" in found.sentence


def test_a_deleted_log_stays_in_view_and_may_come_back(runs, log, clock):
    log.unlink()
    assert reported(runs) == ("deleted", 5)
    assert runs.follow(KEY).sentence == "The log was deleted; showing epoch 4."
    assert runs.entries() == ()
    with pytest.raises(ParameterError):
        runs.get(KEY)
    replaced(log, json.dumps(records(1)))
    assert reported(runs) == ("returned", 1)
    assert runs.follow(KEY).sentence == "The log came back, with 1 record."
    clock.now += NOTICE_S
    assert reported(runs) == ("growing", 1)


def test_a_run_that_was_never_there_cannot_be_followed(runs):
    with pytest.raises(ParameterError, match="run must be one"):
        runs.follow("FD002/gaba/seed_43")


def test_a_finished_run_is_complete(runs, log):
    write(log.parent, records(6), run=info(started="then", finished="now"))
    assert reported(runs) == ("complete", 6)


def test_an_unfinished_run_without_news_is_quiet_after_several_of_its_epochs(tmp_path):
    log = (
        write(tmp_path / KEY, records(5, seconds=100.0), run=info(started="then", stopped=None))
        / library.LOG_FILE
    )
    clock = Clock(log.stat().st_mtime + 499.0)
    runs = RunLibrary(tmp_path, clock=clock)
    assert reported(runs) == ("growing", 5)
    clock.now += 2.0
    assert reported(runs) == ("quiet", 5)
    (entry,) = runs.entries()
    assert entry.status == "quiet"


def test_a_log_alone_is_growing_while_it_is_fresh(tmp_path):
    log = write(tmp_path / KEY) / library.LOG_FILE
    clock = Clock(log.stat().st_mtime + FRESH - 1.0)
    runs = RunLibrary(tmp_path, clock=clock)
    assert runs.entries()[0].status == "growing"
    clock.now += 2.0
    assert runs.entries()[0].status == "complete"
    replaced(log, json.dumps(records(7)))
    assert reported(runs) == ("growing", 7)


def test_a_log_that_takes_long_to_read_is_not_read_at_every_change(runs, log, clock, monkeypatch):
    original = library.read_run_file

    def slow(*args, **kwargs):
        clock.now += 1.0
        return original(*args, **kwargs)

    monkeypatch.setattr(library, "read_run_file", slow)
    for epochs, seen in ((6, 6), (7, 6), (8, 6)):
        replaced(log, json.dumps(records(epochs)))
        assert reported(runs) == ("growing", seen)
        assert runs.entries()[0].epochs == seen
    clock.now += library.REST
    assert reported(runs) == ("growing", 8)


def test_runs_in_memory_are_bounded_in_bytes_and_the_last_one_always_stays(tmp_path, reads):
    for seed in range(4):
        write(tmp_path / f"FD002/gaba/seed_{seed}", records(1000))
    runs = RunLibrary(tmp_path, limit=150_000)
    for _ in range(2):
        for seed in (2, 3):
            runs.get(f"FD002/gaba/seed_{seed}")
    assert len(reads) == 2
    runs.get("FD002/gaba/seed_0")
    runs.get("FD002/gaba/seed_3")
    assert len(reads) == 3
    runs.get("FD002/gaba/seed_2")
    assert len(reads) == 4
    tiny = RunLibrary(tmp_path, limit=1)
    tiny.get("FD002/gaba/seed_0")
    tiny.get("FD002/gaba/seed_0")
    assert len(reads) == 5
