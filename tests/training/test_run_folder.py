"""Training outlives the logger, and the log outlives the training."""

import json
import os
import shutil
import warnings

import numpy as np
import pytest

from gaba_core.errors import ParameterError
from gaba_core.runs import RunLibrary, read_run
from gaba_core.training import ConvergenceLogger, GABALoss
from gaba_core.training.folder_lock import NAME as LOCK
from gaba_core.training.run_folder import LogWarning
from tests.training.run_folders import NAMES, STEPS, agree, epochs_of, started, trained

# A log that cannot be written.


class Full:
    """A disk that takes nothing more while it is full."""

    def __init__(self, monkeypatch):
        self.is_full = False
        self._sync = os.fsync
        monkeypatch.setattr(os, "fsync", self)

    def __call__(self, descriptor):
        if self.is_full:
            raise OSError(28, "No space left on device")
        self._sync(descriptor)


def test_a_full_disk_warns_once_and_the_log_catches_up_when_there_is_room(tmp_path, monkeypatch):
    disk = Full(monkeypatch)
    log, loss = started(tmp_path, [0])
    disk.is_full = True
    with pytest.warns(LogWarning, match="No space left on device") as seen:
        trained(log, loss, [1, 2])
    assert len(seen) == 1
    assert "The training goes on; epoch 1 will be lost if it ends before" in str(seen[0].message)
    assert epochs_of(tmp_path / "convergence_log.json") == [0]
    assert {path.name for path in tmp_path.iterdir()} == NAMES | {LOCK}  # nothing temporary
    disk.is_full = False
    trained(log, loss, [3])
    log.close()
    assert agree(tmp_path) == 3
    assert log.records == json.loads((tmp_path / "convergence_log.json").read_text())


def test_what_was_not_written_is_written_at_the_end(tmp_path, monkeypatch):
    disk = Full(monkeypatch)
    log, loss = started(tmp_path, [0])
    disk.is_full = True
    with pytest.warns(LogWarning):
        trained(log, loss, [1])
    disk.is_full = False
    log.close()
    assert agree(tmp_path) == 1


def test_a_disk_that_stays_full_does_not_end_the_training(tmp_path, monkeypatch):
    disk = Full(monkeypatch)
    log, loss = started(tmp_path, [0])
    disk.is_full = True
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        trained(log, loss, [1, 2, 3])
        log.close()
    assert len(seen) == 1
    assert agree(tmp_path) == 0


def test_a_folder_that_is_gone_is_made_again(tmp_path):
    log, loss = started(tmp_path / "run", [0])
    shutil.rmtree(tmp_path / "run")
    trained(log, loss, [1])
    assert agree(tmp_path / "run") == 1


def test_a_folder_that_cannot_be_made_again_is_waited_for(tmp_path):
    log, loss = started(tmp_path / "run", [0])
    shutil.rmtree(tmp_path / "run")
    (tmp_path / "run").write_text("in the way")
    with pytest.warns(LogWarning, match="epoch 1 will be lost"):
        trained(log, loss, [1])
    (tmp_path / "run").unlink()
    trained(log, loss, [2])
    assert agree(tmp_path / "run") == 2


def test_a_folder_that_cannot_be_written_is_said_before_the_training(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ParameterError, match="folder must be one that can be written; got"):
        ConvergenceLogger(tmp_path / "file" / "run", GABALoss())


# An interrupted run.


def test_the_log_of_an_interrupted_run_is_moved_aside_by_name(tmp_path):
    started(tmp_path, [0, 1, 2])
    started(tmp_path, [0, 1])
    log, _ = started(tmp_path, [0])
    log.close()
    assert epochs_of(tmp_path / "convergence_log.1.json") == [0, 1, 2]
    assert epochs_of(tmp_path / "convergence_log.2.json") == [0, 1]
    names = {f"convergence_log.{n}.{name}" for n in (1, 2) for name in ("run.json", "steps.npz")}
    assert names <= {path.name for path in tmp_path.iterdir()}
    assert agree(tmp_path) == 0


def test_a_log_moved_aside_is_listed_with_what_made_it_and_nothing_else_is(tmp_path):
    started(tmp_path / "mine/gaba/seed_1", [0, 1])
    log, _ = started(tmp_path / "mine/gaba/seed_1", [0])
    library = RunLibrary(tmp_path)
    entries = {entry.key: entry.epochs for entry in library.entries()}
    assert entries == {"mine/gaba/seed_1": 1, "mine/gaba/seed_1/convergence_log.1.json": 2}
    assert not [one for one in library.passed_by() if "lock" in str(one)]
    log.close()


def test_a_run_that_had_no_epoch_yet_leaves_nothing_aside(tmp_path):
    ConvergenceLogger(tmp_path, GABALoss())
    log, _ = started(tmp_path, [0])
    log.close()
    assert {path.name for path in tmp_path.iterdir()} == NAMES


def test_a_resumed_run_goes_on_with_its_log(tmp_path):
    loss = started(tmp_path, [0, 1])[1]
    first = json.loads((tmp_path / "run.json").read_text())["started"]
    again = GABALoss(beta=0.5, warmup_steps=1)
    again.load_state_dict(loss.state_dict())
    log = ConvergenceLogger(tmp_path, again, resume=True)
    trained(log, again, [2])
    log.close()
    whole, loss = started(tmp_path / "whole", [0, 1, 2])
    whole.close()
    assert agree(tmp_path) == 2
    ours, theirs = read_run(tmp_path), read_run(tmp_path / "whole")
    np.testing.assert_array_equal(ours.steps.state, theirs.steps.state)
    run = json.loads((tmp_path / "run.json").read_text())
    assert run["started"] == first
    assert [(one["epoch"], one["step"]) for one in run["resumed"]] == [(2, 2 * STEPS)]


def test_a_run_resumed_from_an_earlier_checkpoint_does_its_epochs_again(tmp_path):
    first, loss = started(tmp_path, [0])
    saved = {name: value.clone() for name, value in loss.state_dict().items()}
    trained(first, loss, [1, 2])
    del first
    again = GABALoss(beta=0.5, warmup_steps=1)
    again.load_state_dict(saved)
    log = ConvergenceLogger(tmp_path, again, resume=True)
    assert [record["epoch"] for record in log.records] == [0]
    trained(log, again, [1])
    log.close()
    assert agree(tmp_path) == 1
    assert epochs_of(tmp_path / "convergence_log.1.json") == [0, 1, 2]


def test_a_balancer_that_starts_anew_counts_on(tmp_path):
    started(tmp_path, [0, 1])
    log, _ = started(tmp_path, [2], resume=True)
    log.close()
    assert agree(tmp_path) == 2


def test_there_may_be_nothing_to_resume(tmp_path):
    log, _ = started(tmp_path, [0], resume=True)
    log.close()
    assert agree(tmp_path) == 0
    assert "resumed" not in json.loads((tmp_path / "run.json").read_text())


def test_a_log_that_cannot_be_gone_on_with_is_moved_aside(tmp_path):
    started(tmp_path, [0])
    (tmp_path / "convergence_log.json").write_text('[{"epoch": 0')
    log, _ = started(tmp_path, [0], resume=True)
    log.close()
    assert (tmp_path / "convergence_log.1.json").read_text() == '[{"epoch": 0'
    assert agree(tmp_path) == 0
