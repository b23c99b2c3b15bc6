"""A damaged log is moved aside by a training that would go on with it; nothing of it ends that training."""

import json
import shutil
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pytest

from gaba_core.errors import ParameterError
from gaba_core.training import ConvergenceLogger, GABALoss
from gaba_core.training.folder_lock import NAME as LOCK
from gaba_core.training.run_folder import LogWarning
from tests.paths import ROOT
from tests.training.run_folders import NAMES, STEPS, agree, epochs_of, started, trained

ASIDE = {"convergence_log.1.json", "convergence_log.1.run.json", "convergence_log.1.steps.npz"}


def interrupted(folder):
    log, _ = started(folder, [0, 1])
    log.close("interrupted")


def in_log(change):
    def damage(folder):
        records = json.loads((folder / "convergence_log.json").read_text())
        change(records)
        (folder / "convergence_log.json").write_text(json.dumps(records))

    return damage


def log_is(text):
    return lambda folder: (folder / "convergence_log.json").write_text(text)


def steps_are(**arrays):
    return lambda folder: np.savez(folder / "steps.npz", **arrays)


def torn(folder):
    """The deflated data of the first array no longer inflate."""
    path = folder / "steps.npz"
    member = zipfile.ZipFile(path).infolist()[0]
    data = bytearray(path.read_bytes())
    start = member.header_offset + 50 + len(member.filename)
    data[start : start + 8] = bytes(8 * [0x5A])
    path.write_bytes(data)


def one_array(folder):
    with (folder / "steps.npz").open("wb") as stream:
        np.save(stream, np.zeros(3))


FITTING = {"step": np.arange(6), "norms": np.ones((6, 2), np.float32), "losses": np.ones((6, 2), np.float32)}
DAMAGE = {
    "inflate": torn,
    "one array": one_array,
    "cut": lambda folder: (folder / "steps.npz").write_bytes((folder / "steps.npz").read_bytes()[:40]),
    "text for steps": steps_are(**FITTING | {"step": np.array(list("abcdef"))}),
    "one step": steps_are(**FITTING | {"step": np.array(3)}),
    "no norms": steps_are(step=np.arange(6)),
    "lengths": steps_are(**FITTING | {"losses": np.ones((4, 2))}),
    "shapes": steps_are(**FITTING | {"losses": np.ones((6, 3))}),
    "deep": log_is("[" * 100_000),
    "no text": lambda folder: (folder / "convergence_log.json").write_bytes(b"\xff\xfe\x00"),
    "step null": in_log(lambda records: records[-1].update(step=None)),
    "step text": in_log(lambda records: records[0].update(step="x")),
    "step infinite": log_is('[{"epoch": 0, "step": 1e999}]'),
    "epoch missing": in_log(lambda records: records[-1].pop("epoch")),
    "epoch text": in_log(lambda records: records[-1].update(epoch="x")),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_log_is_moved_aside(tmp_path, damage):
    interrupted(tmp_path)
    damage(tmp_path)
    log, _ = started(tmp_path, [0], resume=True)
    log.close()
    assert agree(tmp_path) == 0
    assert {path.name for path in tmp_path.iterdir()} == NAMES | ASIDE


@pytest.mark.parametrize(
    "entries",
    [{"resumed": 3}, {"seconds": "x"}, {"seconds": float("nan")}, {"steps_per_epoch": [1]}, {"started": 1}],
    ids=str,
)
def test_what_run_json_should_not_say_is_not_carried_on(tmp_path, entries):
    interrupted(tmp_path)
    about = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps(about | entries))
    log, _ = started(tmp_path, [2], resume=True)
    log.close()
    assert agree(tmp_path) == 2
    assert log.run["steps_per_epoch"] == STEPS
    assert [one["epoch"] for one in log.run["resumed"]] == [2]


def test_a_run_json_that_is_nested_without_end_is_none(tmp_path):
    interrupted(tmp_path)
    (tmp_path / "run.json").write_text("[" * 100_000)
    log, _ = started(tmp_path, [2], resume=True)
    log.close()
    assert agree(tmp_path) == 2


def test_a_metric_that_is_a_text_is_no_best_one(tmp_path):
    interrupted(tmp_path)
    in_log(lambda records: records[0].update(rmse_last="x"))(tmp_path)
    log, _ = started(tmp_path, [2], resume=True)
    assert log.best_epoch() == 2
    log.close()


def test_a_log_of_other_tasks_is_not_gone_on_with(tmp_path):
    interrupted(tmp_path)
    with pytest.raises(ParameterError, match=r"balancer must have the 2 tasks of the log; got 3\."):
        ConvergenceLogger(tmp_path, GABALoss(n_tasks=3), resume=True)
    assert epochs_of(tmp_path / "convergence_log.json") == [0, 1]


def test_a_log_that_cannot_be_moved_aside_is_refused_by_name(tmp_path, monkeypatch):
    interrupted(tmp_path)
    behind = GABALoss()
    behind.step_count.fill_(STEPS)

    def denied(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "rename", denied)
    with pytest.raises(ParameterError, match=r"folder must be one that can be written; .*Permission denied"):
        ConvergenceLogger(tmp_path, behind, resume=True)


# A folder that was deleted while it was written.


def test_a_folder_made_anew_is_locked_anew(tmp_path):
    folder = tmp_path / "run"
    log, loss = started(folder, [0])
    shutil.rmtree(folder)
    trained(log, loss, [1])
    assert (folder / LOCK).exists()
    with pytest.raises(ParameterError, match="one writer at a time"):
        ConvergenceLogger(folder, GABALoss(), resume=True)
    log.close()
    assert {path.name for path in folder.iterdir()} == NAMES
    assert agree(folder) == 1


def test_who_came_first_into_a_folder_made_anew_is_its_writer(tmp_path):
    folder = tmp_path / "run"
    log, loss = started(folder, [0])
    shutil.rmtree(folder)
    other, _ = started(folder, [0])
    with pytest.warns(LogWarning, match="could not be written .*one writer at a time.* epoch 1 will be lost"):
        trained(log, loss, [1])
    assert epochs_of(folder / "convergence_log.json") == [0]
    other.close()
    trained(log, loss, [2])
    log.close()
    assert epochs_of(folder / "convergence_log.json") == [0, 1, 2]


STUBBORN = """
import shutil, sys
from pathlib import Path
from tests.training.run_folders import started, trained
folder = Path(sys.argv[1]) / "run"
log, loss = started(folder, [0])
shutil.rmtree(folder)
folder.write_text("a file in the way")
trained(log, loss, [1])
folder.unlink()
trained(log, loss, [2])
log.close()
"""


def test_where_warnings_are_errors_a_training_outlives_its_log_all_the_same(tmp_path):
    command = [sys.executable, "-W", "error", "-c", STUBBORN, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "LogWarning: The log in" in done.stderr
    assert epochs_of(tmp_path / "run/convergence_log.json") == [0, 1, 2]


def test_a_filter_that_ignores_the_warning_is_heeded(tmp_path, capsys):
    log, loss = started(tmp_path / "run", [0])
    shutil.rmtree(tmp_path / "run")
    (tmp_path / "run").write_text("a file in the way")
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("ignore", LogWarning)
        trained(log, loss, [1])
    assert seen == []
