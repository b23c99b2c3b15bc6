"""Whatever lies in a folder of logs, it is opened or refused in one short sentence and hides no other run."""

import json
import os
import tracemalloc

import pytest

from gaba_core.errors import GabaError, LogFormatError, ParameterError
from gaba_core.runs import RunLibrary, library, read_run
from gaba_core.runs.__main__ import main
from gaba_core.runs.opening import LIMIT_VARIABLE
from tests.hostile_files import GOOD, HOSTILE, clear, good_runs, npz_with_header
from tests.run_logs import info, trace, write

SHORT = 400  # characters
OUT = "must lie in its folder of logs; got a link that leads out of it."


@pytest.fixture
def folder(tmp_path):
    good_runs(tmp_path / "logs")
    yield tmp_path / "logs"
    clear(tmp_path / "logs")


@pytest.mark.parametrize("kind", HOSTILE)
def test_every_other_run_stays_and_what_is_refused_is_named_in_a_short_sentence(folder, kind):
    HOSTILE[kind](folder)
    tracemalloc.start()
    runs = RunLibrary(folder)
    entries = {entry.key: entry for entry in runs.entries()}
    for key in GOOD:
        assert entries[key].error is None
        assert len(runs.get(key).epochs) == 6
    said = [entry.error for entry in entries.values() if entry.error is not None]
    said += [one.reason for one in runs.passed_by()]
    for key in entries:
        try:
            said += runs.get(key).notes
        except GabaError as error:
            said.append(str(error))
    assert all(0 < len(sentence) < SHORT and "\n" not in sentence for sentence in said)
    assert not any("hunter2" in sentence or "SECRET" in sentence for sentence in said)
    json.dumps(said + list(entries), ensure_ascii=False).encode()
    assert tracemalloc.get_traced_memory()[1] < 40e6
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("kind", "key", "said"),
    [
        ("a FIFO for a log", "odd", "odd/convergence_log.json must be a regular file; got a FIFO."),
        ("a FIFO for JSON Lines", "x.jsonl", "x.jsonl must be a regular file; got a FIFO."),
        ("a socket", "x.jsonl", "x.jsonl must be a regular file; got a socket."),
        ("a sparse log", "odd", "odd/convergence_log.json must hold a log; got 1000 MiB of zero bytes."),
        ("a sparse log above the limit", "x.jsonl", "x.jsonl must be at most 1024 MiB; got 16384 MiB."),
        ("a number of 4,400 digits", "x.jsonl", "got line 2, which has too long a number"),
        ("a line that nests 3,000 deep", "x.jsonl", "got line 2, which nests too deeply"),
    ],
)
def test_a_log_that_cannot_be_read_is_listed_with_the_reason(folder, kind, key, said):
    HOSTILE[kind](folder)
    errors = {entry.key: entry.error for entry in RunLibrary(folder).entries()}
    assert said in errors[key]
    with pytest.raises(LogFormatError):
        RunLibrary(folder).get(key)


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        ("a FIFO of any name", "results.txt", "not a regular file"),
        ("a log that leads out", "odd/convergence_log.json", "a link that leads out of the folder"),
        ("an endless device for a log", "x.jsonl", "a link that leads out of the folder"),
        ("links in loops", "x.jsonl", "a link that leads nowhere"),
        ("links in loops", "round", "a link to a folder"),
        ("a folder called like a log", "odd/convergence_log.json", "a folder"),
        ("a folder called like JSON Lines", "x.jsonl", "a folder"),
        ("a sparse file of any name", "any.dat", "zero bytes"),
    ],
)
def test_what_is_passed_by_is_named_with_the_reason(folder, kind, name, said):
    HOSTILE[kind](folder)
    runs = RunLibrary(folder)
    assert name not in [entry.key for entry in runs.entries()]
    assert {one.name: one.reason for one in runs.passed_by()}[name] == said
    with pytest.raises(GabaError):
        runs.get("odd" if name.startswith("odd") else name)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("a FIFO for run.json", "run.json must be a regular file; got a FIFO."),
        ("an endless device for run.json", f"run.json {OUT}"),
        ("a run.json that leads out", f"run.json {OUT}"),
        ("a sparse run.json", "run.json must be at most 16 MiB; got 16384 MiB."),
        ("a FIFO for steps.npz", "steps.npz must be a regular file; got a FIFO."),
        ("a steps.npz that leads out", f"steps.npz {OUT}"),
        ("a sparse steps.npz", "steps.npz must be an archive of arrays"),
        ("steps of a trillion rows", "array 'step' must have the 4000000000"),
        ("steps that inflate", "array 'step' must have the 1600000"),
    ],
)
def test_a_file_beside_a_log_that_cannot_be_opened_is_a_note_of_the_run(folder, kind, said):
    HOSTILE[kind](folder)
    for run in (RunLibrary(folder).get("odd"), read_run(folder / "odd")):
        assert len(run.epochs) == 6
        assert any("was left out" in note and said in note for note in run.notes)
        assert run.info is None or run.info.subset != "SECRET-SUBSET"
        assert run.steps is None


@pytest.mark.parametrize(
    ("kind", "key"),
    [
        ("a name that is no UTF-8", r"caf\xe9"),
        ("a name with a colon", "run_2026-11-25_10:30:00"),
        ("a name with a backslash", r"$\frac12$"),
        ("a name with a line end", r"one\ntwo"),
        ("a name that turns around", r"txt\u202egpj.a"),
        ("a name of 255 bytes", "x" * 255),
        ("a name that JavaScript knows", "__proto__"),
        ("a name like that of a dropped file", "./dropped: x #1"),
    ],
)
def test_a_run_of_any_name_is_listed_and_can_be_opened_by_its_key(folder, kind, key):
    HOSTILE[kind](folder)
    assert key in [entry.key for entry in RunLibrary(folder).entries()]
    asked_first = RunLibrary(folder)
    assert len(asked_first.get(key).epochs) == 6
    assert asked_first.follow(key).is_whole


def test_names_that_look_alike_are_told_apart_and_both_open(folder):
    write(folder / os.fsdecode(b"caf\xe9"))
    write(folder / r"caf\xe9", [{"epoch": 0, "loss": 1.0}])
    runs = RunLibrary(folder)
    keys = [entry.key for entry in runs.entries() if entry.key.startswith("caf")]
    assert keys == [r"caf\xe9", r"caf\xe9 (2)"]
    assert sorted(len(runs.get(key).epochs) for key in keys) == [1, 6]


def test_whatever_goes_wrong_with_one_run_is_the_error_of_that_run(folder, monkeypatch):
    original = library.read_run_file

    def failing(path, label, **kwargs):
        if label == GOOD[0]:
            raise next(errors)
        return original(path, label, **kwargs)

    monkeypatch.setattr(library, "read_run_file", failing)
    for error in (MemoryError(), RuntimeError("a defect"), KeyError("a")):
        errors = iter([error])
        bad, good = RunLibrary(folder).entries()
        assert bad.error.startswith(f"{GOOD[0]} could not be read: ")
        assert good.error is None


def test_the_limit_is_stated_and_can_be_raised(tmp_path, monkeypatch):
    log = write(tmp_path) / "convergence_log.json"
    monkeypatch.setenv(LIMIT_VARIABLE, "0")
    with pytest.raises(LogFormatError, match=rf"at most 0 MiB.*{LIMIT_VARIABLE}=1 in the environment"):
        read_run(log)
    monkeypatch.setenv(LIMIT_VARIABLE, "1")
    assert len(read_run(log).epochs) == 6


def test_a_log_of_as_many_bytes_as_the_limit_is_read_and_of_one_more_refused(tmp_path, monkeypatch):
    log = write(tmp_path) / "convergence_log.json"
    monkeypatch.setenv(LIMIT_VARIABLE, "1")
    log.write_bytes(log.read_bytes().ljust(1 << 20))
    assert len(read_run(log).epochs) == 6
    log.write_bytes(log.read_bytes() + b" ")
    with pytest.raises(LogFormatError, match=r"at most 1 MiB; got 1 MiB\..*=2 in the environment"):
        read_run(log)


def test_holes_in_a_log_are_passed_over_and_the_rest_is_read(tmp_path):
    log = tmp_path / "x.jsonl"
    with log.open("wb") as stream:
        stream.seek(1 << 26)
        stream.write(b'{"epoch": 0, "loss": 2.0}\n{"epoch": 1, "loss": 1.0}\n')
    assert read_run(log).metrics["loss"].tolist() == [2.0, 1.0]


def test_a_folder_that_is_reached_by_a_link_is_read_with_all_that_lies_in_it(tmp_path):
    write(tmp_path / "real/run", run=info(), steps=trace())
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "real/inner.jsonl").symlink_to(tmp_path / "real/run/convergence_log.json")
    runs = RunLibrary(tmp_path / "link")
    assert [entry.key for entry in runs.entries()] == ["inner.jsonl", "run"]
    assert runs.get("run").steps is not None
    assert len(runs.get("inner.jsonl").epochs) == 6
    assert read_run(tmp_path / "link/run").steps is not None


def test_a_log_that_is_named_itself_may_be_a_link_but_not_what_lies_beside_it(tmp_path):
    write(tmp_path / "store", run=info(), steps=trace())
    (tmp_path / "mine").mkdir()
    for name in ("convergence_log.json", "run.json"):
        (tmp_path / "mine" / name).symlink_to(tmp_path / "store" / name)
    run = read_run(tmp_path / "mine/convergence_log.json")
    assert len(run.epochs) == 6
    assert any("run.json must lie in its folder" in note for note in run.notes)


def test_unknown_keys_leave_nothing_behind(folder):
    runs = RunLibrary(folder)
    for i in range(300):
        with pytest.raises(ParameterError):
            runs.get(f"absent/{i}")
    with pytest.raises(ParameterError, match=r"got '.{1,130}$"):
        runs.get("x/" * 200_000)
    assert len(runs._asked) == 0


def test_what_was_asked_for_is_bounded(tmp_path, monkeypatch):
    monkeypatch.setattr(library, "ASKED", 800)  # bytes
    for seed in range(9):
        write(tmp_path / f"a/b/seed_{seed}")
    runs = RunLibrary(tmp_path)
    for seed in range(9):
        runs.get(f"a/b/seed_{seed}")
    assert 1 <= len(runs._asked) < 9
    assert runs._asked.nbytes <= 800


def test_the_command_line_goes_on_beside_anything(folder, capsys):
    for kind, make in HOSTILE.items():
        if "odd" not in kind and kind not in ("a socket", "1,200 nested folders"):
            target = folder / f"case {len(os.listdir(folder))}"
            target.mkdir()
            make(target)
    main(["diagnose", str(folder)])
    out, err = capsys.readouterr()
    assert all(key in out for key in GOOD)
    assert "files passed by:" in err
    assert "hunter2" not in out + err


def test_a_header_is_believed_only_where_the_archive_holds_as_much(tmp_path):
    run = write(tmp_path, run=info())
    (run / "steps.npz").write_bytes(npz_with_header((4,), size=16))
    assert any("'step' must be (N,) whole numbers" in note for note in read_run(run).notes)
