import json
import os
import threading

import pytest

from gaba_core.errors import ParameterError
from gaba_core.runs import LogFormatError, RunLibrary
from tests.event_files import event, event_file, simple
from tests.run_logs import info, records, trace, write


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "logs/FD002/gaba/seed_42", run=info(), steps=trace())
    write(tmp_path / "logs/FD002/gaba/seed_7")
    write(tmp_path / "logs/FD004/gaba/seed_1", log='[{"epoch": 0, "rmse')
    write(tmp_path / "outside")
    return tmp_path / "logs"


def touch(path, text):
    before = path.stat().st_mtime_ns
    path.write_text(text)
    os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


def test_every_run_is_listed_with_its_figures_and_none_hides_another(folder):
    good, plain, torn = RunLibrary(folder).entries()
    assert (good.key, good.subset, good.method, good.seed, good.device) == (
        "FD002/gaba/seed_42", "FD002", "gaba", 42, "cpu",
    )  # fmt: skip
    assert (good.epochs, good.best_epoch, good.rmse, good.nasa, good.error) == (6, 4, 9.0, 204.0, None)
    assert (plain.key, plain.subset, plain.method, plain.seed) == ("FD002/gaba/seed_7", "FD002", "gaba", 7)
    assert plain.notes == 2
    assert (torn.key, torn.subset, torn.seed, torn.epochs, torn.rmse) == (
        "FD004/gaba/seed_1", "FD004", 1, None, None,
    )  # fmt: skip
    assert "FD004/gaba/seed_1/convergence_log.json must be complete JSON" in torn.error
    assert good.modified > 1e9


def test_only_what_changed_is_read_again(folder, reads):
    runs = RunLibrary(folder)
    runs.entries()
    assert len(reads) == 3
    runs.entries()
    assert len(reads) == 3
    touch(folder / "FD004/gaba/seed_1/convergence_log.json", json.dumps(records()))
    assert runs.entries()[2].error is None
    assert reads[3:] == ["FD004/gaba/seed_1"]
    touch(folder / "FD002/gaba/seed_42/run.json", json.dumps(info(seed=43)))
    assert runs.entries()[0].seed == 43
    assert reads[4:] == ["FD002/gaba/seed_42"]


def test_runs_that_come_and_go_are_noticed(folder):
    runs = RunLibrary(folder)
    runs.entries()
    write(folder / "extra")
    (folder / "FD002/gaba/seed_7/convergence_log.json").unlink()
    assert [entry.key for entry in runs.entries()] == ["FD002/gaba/seed_42", "FD004/gaba/seed_1", "extra"]


def test_a_folder_that_is_not_there_or_empty_lists_nothing(tmp_path):
    assert RunLibrary(tmp_path).entries() == ()
    assert RunLibrary(tmp_path / "absent").entries() == ()


def test_a_run_is_read_once_and_again_when_it_changed(folder, reads):
    runs = RunLibrary(folder)
    first = runs.get("FD002/gaba/seed_42")
    assert first.steps is not None
    assert runs.get("FD002/gaba/seed_42") is first
    touch(folder / "FD002/gaba/seed_42/convergence_log.json", json.dumps(records(3)))
    assert len(runs.get("FD002/gaba/seed_42").epochs) == 3
    assert len(reads) == 2


def test_only_the_runs_asked_for_last_stay_in_memory(folder, reads):
    runs = RunLibrary(folder, keep=1)
    for key in ("FD002/gaba/seed_42", "FD002/gaba/seed_7", "FD002/gaba/seed_42"):
        runs.get(key)
    assert len(reads) == 3


def test_a_broken_run_is_refused_by_its_key_and_not_by_its_path(folder):
    with pytest.raises(LogFormatError, match=r"^FD004/gaba/seed_1/convergence_log\.json must"):
        RunLibrary(folder).get("FD004/gaba/seed_1")


@pytest.mark.parametrize(
    "key",
    [
        "../outside",
        "FD002/../../outside",
        "/etc",
        "FD002",
        "absent",
        "a\0b",
        "",
        "..",
        "C:/x",
        "..\\outside",
        None,
        3,
    ],
)
def test_nothing_but_a_run_inside_the_folder_can_be_asked_for(folder, key):
    with pytest.raises(ParameterError, match="run must be one in the folder"):
        RunLibrary(folder).get(key)


def test_a_link_that_leads_out_of_the_folder_is_not_followed(folder):
    (folder / "link").mkdir()
    (folder / "link/convergence_log.json").symlink_to(folder.parent / "outside/convergence_log.json")
    runs = RunLibrary(folder)
    assert "link" not in [entry.key for entry in runs.entries()]
    with pytest.raises(ParameterError):
        runs.get("link")


def test_a_folder_that_is_itself_a_run_is_listed(folder):
    runs = RunLibrary(folder / "FD002/gaba/seed_42")
    (entry,) = runs.entries()
    assert entry.seed == 42
    assert runs.get(entry.key).steps is not None


def test_several_threads_may_ask_at_once(folder):
    runs, found = RunLibrary(folder, keep=1), []

    def ask():
        for _ in range(20):
            found.append((len(runs.entries()), len(runs.get("FD002/gaba/seed_42").epochs)))
            runs.get("FD002/gaba/seed_7")

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [(3, 6)] * 80


def test_logs_of_other_programs_are_listed_too_one_run_a_file(folder):
    other = folder / "theirs"
    other.mkdir()
    (other / "metrics.csv").write_text("epoch,step,val_loss\n0,9,3\n1,19,2\n")
    (other / "trainer_state.json").write_text('{"log_history": [{"epoch": 1.0, "step": 40, "loss": 2.0}]}')
    (other / "train_log.jsonl").write_text('{"epoch": 0, "loss": 2}\n{"epoch": 1, "loss": 1}\n')
    (other / "events.out.tfevents.17.host").write_bytes(event_file(event(0, simple("loss", 1.0))))
    (other / "history.json").write_text("{")
    (other / "notes.json").write_text("[]")
    (other / "steps.npz").write_bytes(b"not ours")
    runs = RunLibrary(folder)
    listed = {e.key: e for e in runs.entries() if e.key.startswith("theirs")}
    assert sorted(listed) == [
        "theirs/events.out.tfevents.17.host", "theirs/history.json", "theirs/metrics.csv",
        "theirs/train_log.jsonl", "theirs/trainer_state.json",
    ]  # fmt: skip
    assert "theirs/history.json must be complete JSON" in listed["theirs/history.json"].error
    assert listed["theirs/metrics.csv"].epochs == 2
    run = runs.get("theirs/metrics.csv")
    assert (run.name, run.steps, run.info) == ("theirs/metrics.csv", None, None)
    assert run.metrics["val_loss"].tolist() == [3, 2]


def test_a_log_of_another_program_is_read_again_when_it_grows(folder):
    path = folder / "metrics.csv"
    path.write_text("epoch,loss\n0,3\n1,2\n")
    runs = RunLibrary(folder)
    assert runs.entries()[-1].epochs == 2
    path.write_text("epoch,loss\n0,3\n1,2\n2,1\n")
    assert {e.key: e.epochs for e in runs.entries()}["metrics.csv"] == 3
    path.unlink()
    assert "metrics.csv" not in {e.key for e in runs.entries() if e.status == "complete"}


def test_a_folder_that_is_called_like_a_log_is_still_a_folder(tmp_path):
    write(tmp_path / "run.jsonl")
    runs = RunLibrary(tmp_path)
    assert [e.key for e in runs.entries()] == ["run.jsonl"]
    assert runs.get("run.jsonl").tasks == ("rul", "health")


def test_the_list_says_which_engines_its_figures_come_from(tmp_path):
    held = {"evaluated_on": "52 held-out training engines, each cut at 5 points; RUL capped at 125 cycles"}
    test = {
        "epoch": 4,
        "engines": 259,
        "rmse": 14.5,
        "rmse_uncapped": 27.4,
        "nasa": 1083.8,
        "health_accuracy": 85,
    }
    write(tmp_path / "tested", run=info(**held, test=test))
    write(tmp_path / "running", run=info(**held, test=None))
    write(tmp_path / "broken", run=info(test={"rmse": "14", "nasa": float("nan"), "engines": True}))
    tested, running, broken = (
        next(e for e in RunLibrary(tmp_path).entries() if e.key == key)
        for key in ("tested", "running", "broken")
    )
    assert (tested.rmse, tested.rmse_uncapped, tested.nasa, tested.accuracy) == (14.5, 27.4, 1083.8, 85.0)
    assert tested.figures_from.startswith(
        "On 259 test engines, looked at once, at epoch 4. RUL is capped but"
    )
    assert (running.rmse, running.rmse_uncapped) == (9.0, None)
    assert running.figures_from == f"At the best epoch, on {held['evaluated_on']}."
    assert (broken.rmse, broken.accuracy) == (9.0, None)
