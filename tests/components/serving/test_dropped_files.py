"""Dropped files: for the browser that dropped them, from any worker, for a while, and within bounds."""

import os
import stat

import pytest

from components.serving.dropped_files import NOTED, SUFFIX, DroppedFiles

A, B = "browser-a", "browser-b"


class Clock:
    def __init__(self):
        self.now = 1_000_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "cache" / "dropped"


def files(folder):
    return sorted(folder.glob(f"*{SUFFIX}*"))


def test_any_worker_and_one_that_starts_later_finds_what_a_browser_dropped(folder):
    DroppedFiles(folder).put(A, "d1", b"a log")
    later = DroppedFiles(folder)
    assert later.holds(A, "d1")
    assert later.get(A, "d1") == b"a log"


def test_another_browser_that_knows_the_digest_finds_nothing(folder):
    store = DroppedFiles(folder)
    store.put(A, "d1", b"a log")
    assert not store.holds(B, "d1")
    assert store.get(B, "d1") is None
    assert store.get("", "d1") is None


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_folder_and_files_are_their_owners_alone_and_do_not_name_browser_or_content(folder):
    DroppedFiles(folder).put(A, "digest", b"a log")
    (path,) = files(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert A not in path.name
    assert "digest" not in path.name


def test_a_file_that_nobody_opens_is_gone_after_the_stated_time(folder, clock):
    store = DroppedFiles(folder, seconds=10_000, clock=clock)
    store.put(A, "d1", b"a log")
    clock.now += 9_000
    assert store.holds(A, "d1")  # opened: the time begins anew
    clock.now += 9_000
    assert store.get(A, "d1") == b"a log"
    clock.now += 10_001
    assert not store.holds(A, "d1")
    assert store.get(A, "d1") is None
    store.put(A, "d2", b"another")
    assert len(files(folder)) == 1


def test_an_opening_is_noted_once_an_hour(folder, clock):
    store = DroppedFiles(folder, clock=clock)
    store.put(A, "d1", b"a log")
    (path,) = files(folder)
    clock.now += NOTED - 1
    store.holds(A, "d1")
    assert path.stat().st_mtime == clock.now - NOTED + 1
    clock.now += 2
    store.holds(A, "d1")
    assert path.stat().st_mtime == clock.now


def test_the_least_recently_opened_go_first_where_there_is_no_room(folder, clock):
    store = DroppedFiles(folder, limit=100, clock=clock)
    for digest in ("d1", "d2", "d3"):
        clock.now += 1
        store.put(A, digest, bytes(40))
    assert [store.holds(A, digest) for digest in ("d1", "d2", "d3")] == [False, True, True]
    assert sum(path.stat().st_size for path in files(folder)) == 80


def test_a_file_larger_than_the_whole_evicts_nothing(folder):
    store = DroppedFiles(folder, limit=100)
    store.put(A, "d1", bytes(40))
    store.put(A, "d2", bytes(101))
    assert store.holds(A, "d1")
    assert not store.holds(A, "d2")


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
@pytest.mark.parametrize("mode", [0o755, 0o770, 0o707])
def test_a_folder_that_others_may_enter_is_not_used(folder, mode):
    folder.mkdir(parents=True)
    folder.chmod(mode)
    store = DroppedFiles(folder)
    store.put(A, "d1", b"a log")
    assert files(folder) == []
    assert store.get(A, "d1") == b"a log"  # in this process
    assert DroppedFiles(folder).get(A, "d1") is None


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_folder_that_is_a_link_is_not_used(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    folder.parent.mkdir()
    folder.symlink_to(tmp_path / "elsewhere")
    store = DroppedFiles(folder)
    store.put(A, "d1", b"a log")
    assert list((tmp_path / "elsewhere").iterdir()) == []
    assert store.get(A, "d1") == b"a log"


def test_where_there_is_no_folder_to_write_to_files_are_kept_in_the_process(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    store = DroppedFiles(tmp_path / "file" / "dropped")
    store.put(A, "d1", b"a log")
    assert store.holds(A, "d1")
    assert store.get(A, "d1") == b"a log"


def test_what_a_killed_worker_left_half_written_goes_with_time(folder, clock):
    store = DroppedFiles(folder, seconds=10_000, clock=clock)
    store.put(A, "d1", b"a log")
    left = folder / f"half{SUFFIX}.part"
    left.write_bytes(b"ha")
    os.utime(left, (clock.now, clock.now))
    store.tidy()
    assert left.exists()
    clock.now += 10_001
    store.tidy()
    assert files(folder) == []
