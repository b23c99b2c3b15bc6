"""A folder lists all that can be read, whatever it is called, and names what it passed by."""

import json

import pytest

from gaba_core.runs import RunLibrary
from gaba_core.runs.__main__ import main
from gaba_core.runs.tailing import folder_scan
from gaba_core.runs.tailing.folder_scan import FolderScan
from tests.event_files import event, event_file, simple
from tests.run_logs import info, records, write

ROWS = "epoch,loss,w_a,w_b\n0,3,.5,.5\n1,2,.4,.6\n"
LOGS = {
    "mtl_seed0.json": json.dumps(records()),
    "pretty.json": json.dumps(records(), indent=2),
    "progress.csv": ROWS,
    "results.dat": ROWS,
    "train_log.txt": '{"epoch": 0, "loss": 2}\n{"epoch": 1, "loss": 1}\n',
    "no_ending": ROWS.replace(",", "\t"),
    "keras": json.dumps({"loss": [3.0, 2.0], "val_loss": [4.0, 3.0]}),
    "trainer.json": json.dumps({"log_history": [{"epoch": 1.0, "step": 40, "loss": 2.0}]}),
    "sub/deep/ours.log": ROWS,
}
OTHERS = {
    "README.md": "# Five runs\n\nSeed 0 to 4, 40 epochs.\n",
    "notes.txt": "Started at 9:30 on the big machine.\nStopped at 40 epochs: 2 tasks.\n",
    "config.json": '{"lr": 0.001, "layers": [64, 64], "epochs": 40}',
    "package.json": '{"name": "x", "version": "1.0.0"}',
    "points.csv": "x,y\n1,2\n3,4\n",
    "torn.json": '[{"epoch": 0, "loss"',
    "empty.log": "",
    "image.png": "\x89PNG",
    ".hidden.json": json.dumps(records()),
}


@pytest.fixture
def folder(tmp_path):
    for name, text in (LOGS | OTHERS).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "renamed.bin").write_bytes(event_file(event(0, simple("loss", 1.0))))
    return tmp_path


def test_all_that_can_be_read_is_listed_and_all_else_is_named_with_a_reason(folder):
    runs = RunLibrary(folder)
    assert {entry.key for entry in runs.entries()} == {*LOGS, "renamed.bin"}
    assert all(entry.error is None and entry.epochs for entry in runs.entries())
    passed = {one.name: one.reason for one in runs.passed_by()}
    assert set(passed) == set(OTHERS)
    assert passed["points.csv"].startswith("numbers without")
    assert "torn" in passed["torn.json"]
    assert passed["empty.log"] == "empty"


def test_the_command_line_takes_the_same_and_says_what_it_passed_by(folder, capsys):
    main(["diagnose", "--json", str(folder)])
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert {item["path"].removeprefix(f"{folder}/") for item in found} == {*LOGS, "renamed.bin"}
    assert not any("error" in item for item in found)
    assert f"{len(OTHERS)} files passed by:" in err
    assert all(f"{folder}/{name}: " in err for name in OTHERS)


def test_a_torn_file_is_listed_once_it_is_whole_and_stays_when_it_is_torn_again(folder):
    runs = RunLibrary(folder)
    runs.entries()
    (folder / "torn.json").write_text(json.dumps(records()))
    assert {e.key: e.status for e in runs.entries()}["torn.json"] in ("complete", "growing")
    assert "torn.json" not in [one.name for one in runs.passed_by()]
    (folder / "torn.json").write_text('[{"epoch": 0')
    assert {e.key: e.status for e in runs.entries()}["torn.json"] == "torn"


def test_a_head_is_read_once_for_each_state_of_a_file(folder, monkeypatch):
    heads = []
    original = folder_scan.head_of

    def counted(path, size, *, root):
        heads.append(path)
        return original(path, size, root=root)

    monkeypatch.setattr(folder_scan, "head_of", counted)
    scan = FolderScan(folder)
    scan.look()
    first = len(heads)
    assert first > 10
    assert not any(path.endswith(".png") for path in heads)
    scan.look()
    assert len(heads) == first
    (folder / "notes.txt").write_text(ROWS)
    scan.look()
    assert [path.rpartition("/")[2] for path in heads[first:]] == ["notes.txt"]


def test_what_lies_beside_a_log_is_no_log_of_its_own(folder):
    write(folder / "ours", run=info())
    (folder / "lost").mkdir()
    (folder / "lost/run.json").write_text(json.dumps(info()))
    (folder / "progress.run.json").write_text(json.dumps(info(seed=3)))
    (folder / ".convergence_log.json.123.tmp").write_text("[")
    runs = RunLibrary(folder)
    entries = {entry.key: entry for entry in runs.entries()}
    assert entries["ours"].seed == 42
    assert (entries["progress.csv"].subset, entries["progress.csv"].seed) == ("FD002", 3)
    passed = {one.name: one.reason for one in runs.passed_by()}
    assert passed.pop("lost/run.json") == "there is no convergence_log.json beside it"
    assert set(passed) == set(OTHERS)


def test_seeds_in_names_make_siblings_of_the_files_of_a_folder(tmp_path, capsys):
    for seed in range(3):
        (tmp_path / f"ours_seed{seed}.json").write_text(json.dumps(records()))
    entries = RunLibrary(tmp_path).entries()
    assert [(entry.method, entry.seed) for entry in entries] == [("ours", 0), ("ours", 1), ("ours", 2)]
