import copy
import json
import math
import os
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch

from gaba_core.errors import ParameterError
from gaba_core.runs import read_run
from gaba_core.training import trainer
from gaba_core.training.__main__ import main, make_parser, make_runs
from gaba_core.training.device import choose_device
from gaba_core.training.launch import run_all
from gaba_core.training.model import HealthModel, ModelSettings
from gaba_core.training.settings import GENERATED, Optimisation, RunSettings
from gaba_core.training.trainer import RateSchedule, train
from gaba_core.training.weightings import GradNorm
from tests.training.inputs import small_fleet, write_nasa


class Quiet:
    def __init__(self, batches=None):
        self.left = batches
        self.records = []

    def epoch(self, record):
        self.records.append(record)

    def should_stop(self):
        if self.left is not None:
            self.left -= 1
        return self.left == 0


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    monkeypatch.setattr(trainer, "generate_fleet", small_fleet)


def _settings(**changes):
    plan = {"epochs": 2, "batch": 64, "patience": 80} | changes.pop("plan", {})
    return RunSettings(GENERATED, model=ModelSettings(hidden=4), optimisation=Optimisation(**plan), **changes)


def _run(folder):
    return json.loads((folder / "run.json").read_text())


def _steps(folder):
    with np.load(folder / "steps.npz") as arrays:
        return dict(arrays)


def test_the_same_seed_gives_the_same_numbers_and_another_does_not(tmp_path):
    for name, seed in (("one", 3), ("again", 3), ("other", 4)):
        train(_settings(seed=seed), tmp_path / name, Quiet())
    one, again = (_steps(_settings(seed=3).folder(tmp_path / name)) for name in ("one", "again"))
    other = _steps(_settings(seed=4).folder(tmp_path / "other"))
    assert all(np.array_equal(one[name], again[name]) for name in one)
    assert not np.array_equal(one["losses"], other["losses"])


def test_a_run_learns_and_describes_itself(tmp_path):
    settings = _settings(plan={"epochs": 6, "batch": 16, "rate": 0.02, "rate_warmup_steps": 0})
    progress = Quiet()
    assert train(settings, tmp_path, progress) == "epochs"
    run = _run(settings.folder(tmp_path))
    assert (run["subset"], run["method"], run["epochs"], run["max_epochs"]) == ("generated", "gaba", 6, 6)
    assert "not NASA" in run["data"]
    assert run["steps_per_epoch"] == math.ceil(run["train_windows"] / 16)
    assert run["finished"] is not None
    assert progress.records[-1]["loss_rul"] < 0.5 * progress.records[0]["loss_rul"]


def test_patience_ends_a_run_that_no_longer_improves(tmp_path, monkeypatch):
    scores = iter([5.0, 6.0, 7.0, 1.0])
    monkeypatch.setattr(trainer, "evaluate", lambda model, data: {"rmse_last": next(scores)})
    progress = Quiet()
    assert train(_settings(plan={"epochs": 9, "patience": 2}), tmp_path, progress) == "patience"
    assert len(progress.records) == 3


def test_the_test_engines_are_looked_at_once_with_the_weights_of_the_best_held_out_epoch(
    tmp_path, monkeypatch
):
    scores, models, tested = iter([5.0, 3.0, 4.0]), [], []

    def judge(model, data):
        models.append(copy.deepcopy(model.state_dict()))
        return {"rmse_last": next(scores)}

    def test(model, data):
        tested.append(copy.deepcopy(model.state_dict()))
        return {"rmse": 7.5}

    monkeypatch.setattr(trainer, "evaluate", judge)
    monkeypatch.setattr(trainer, "evaluate_test", test)
    settings = _settings(plan={"epochs": 3})
    assert train(settings, tmp_path, Quiet()) == "epochs"
    (chosen,) = tested
    assert all(torch.equal(chosen[name], models[1][name]) for name in chosen)
    assert not all(torch.equal(chosen[name], models[2][name]) for name in chosen)
    run = _run(settings.folder(tmp_path))
    assert (run["best_epoch"], run["test"]) == (1, {"epoch": 1, "rmse": 7.5})


def test_what_is_written_after_an_epoch_comes_from_held_out_training_engines(tmp_path):
    settings = _settings()
    train(settings, tmp_path, Quiet())
    run = _run(settings.folder(tmp_path))
    engines = (run["train_engines"], run["held_out_engines"], run["test_engines"])
    assert engines == (2, 1, 3)
    assert run["evaluated_on"].startswith(
        "1 held-out training engines, each cut at 5 points; RUL capped at 125"
    )
    assert {"epoch", "engines", "rmse", "rmse_uncapped", "nasa", "health_accuracy"} <= set(run["test"])
    log = json.loads((settings.folder(tmp_path) / "convergence_log.json").read_text())
    assert [record["engines"] for record in log] == [1, 1]
    assert not any(name.startswith("test") for record in log for name in record)


def test_a_run_is_logged_with_the_gramian_and_the_update_of_every_step(tmp_path):
    settings = _settings()
    train(settings, tmp_path, Quiet())
    run = read_run(settings.folder(tmp_path))
    assert run.gramians.shape == (len(run.steps.step), 2, 2)
    expected = np.einsum("nij,nj->ni", run.gramians, run.steps.weights)
    np.testing.assert_allclose(run.steps.update_dots, expected, rtol=1e-3, atol=1e-3)


def test_a_run_whose_model_is_lost_ends_as_diverged(tmp_path, monkeypatch):
    monkeypatch.setattr(trainer, "evaluate", lambda model, data: {"rmse_last": math.nan})
    settings = _settings()
    assert train(settings, tmp_path, Quiet()) == "diverged"
    assert _run(settings.folder(tmp_path))["finished"] is not None
    assert _run(settings.folder(tmp_path))["test"] is None


def test_batches_without_a_finite_gradient_leave_the_model_alone(tmp_path, monkeypatch):
    plain = HealthModel.losses
    monkeypatch.setattr(HealthModel, "losses", lambda *batch: [math.nan * loss for loss in plain(*batch)])
    settings, progress = _settings(), Quiet()
    assert train(settings, tmp_path, progress) == "diverged"
    (record,) = progress.records
    assert math.isfinite(record["rmse_last"])
    assert record["nonfinite"][:2] == ["grad_rul", "grad_health"]
    assert (
        _run(settings.folder(tmp_path))["skipped_steps"] == _run(settings.folder(tmp_path))["steps_per_epoch"]
    )


def test_a_stopped_run_is_unfinished_and_starts_over(tmp_path):
    settings = _settings()
    assert train(settings, tmp_path, Quiet(batches=2)) == "interrupted"
    folder = settings.folder(tmp_path)
    assert (_run(folder)["stopped"], _run(folder)["finished"]) == ("interrupted", None)
    assert run_all([settings], tmp_path) == 0
    assert _run(folder)["epochs"] == 2
    train(settings, tmp_path / "fresh", Quiet())
    assert np.array_equal(_steps(folder)["losses"], _steps(settings.folder(tmp_path / "fresh"))["losses"])


def test_a_finished_run_is_skipped(tmp_path, monkeypatch):
    settings = _settings()
    run_all([settings], tmp_path)
    before = (settings.folder(tmp_path) / "run.json").read_bytes()
    monkeypatch.setattr("gaba_core.training.launch.train", None)
    assert run_all([settings], tmp_path) == 0
    assert (settings.folder(tmp_path) / "run.json").read_bytes() == before


def test_raw_gradnorm_trains_to_the_end_whatever_its_weights_do(tmp_path):
    settings = _settings(weighting=GradNorm())
    train(settings, tmp_path, Quiet())
    assert _run(settings.folder(tmp_path))["method"] == "gradnorm"
    assert (tmp_path / "generated" / "gradnorm" / "seed_42" / "convergence_log.json").exists()


def test_the_command_line_trains_each_method_on_nasa_files(tmp_path):
    write_nasa(tmp_path, "FD001", (60, 50), (40, 12), (30, 90))
    common = ["--data", str(tmp_path), "--subset", "FD001", "--epochs", "1", "--hidden", "4", "--out"]
    out = tmp_path / "logs"
    assert main([*common, str(out), "--methods", "gaba", "equal", "--seeds", "1", "2"]) == 0
    found = sorted(path.parent.relative_to(out).as_posix() for path in out.glob("*/*/*/run.json"))
    assert found == [f"FD001/{method}/seed_{seed}" for method in ("equal", "gaba") for seed in (1, 2)]


@pytest.mark.slow
def test_runs_side_by_side_give_the_numbers_of_runs_in_a_row(tmp_path):
    write_nasa(tmp_path, "FD001", (60, 50), (40, 12), (30, 90))
    plan = ["--subset", "FD001", "--epochs", "1", "--hidden", "4", "--seeds", "1", "2"]
    arguments = [*plan, "--data", str(tmp_path), "--out"]
    assert main([*arguments, str(tmp_path / "row")]) == 0
    assert main([*arguments, str(tmp_path / "beside"), "--jobs", "2"]) == 0
    for seed in (1, 2):
        folder = f"FD001/gaba/seed_{seed}"
        row, other = _steps(tmp_path / "row" / folder), _steps(tmp_path / "beside" / folder)
        assert all(np.array_equal(row[name], other[name]) for name in row)


def test_a_training_call_leaves_the_signals_as_they_were(tmp_path):
    before = signal.getsignal(signal.SIGTERM)
    run_all([_settings()], tmp_path)
    assert signal.getsignal(signal.SIGTERM) is before


@pytest.mark.slow
def test_sigterm_ends_the_run_after_its_batch(tmp_path):
    command = [
        sys.executable,
        "-m",
        "gaba_core.training",
        "--epochs",
        "100000",
        "--hidden",
        "4",
        "--stride",
        "20",
    ]
    log = tmp_path / "generated" / "gaba" / "seed_42" / "convergence_log.json"
    process = subprocess.Popen(
        [*command, "--out", str(tmp_path)], stderr=subprocess.PIPE, env=_environment(), text=True
    )
    assert process.stderr is not None
    while not log.exists() and process.poll() is None:
        process.stderr.read(1)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 1
    assert _run(log.parent)["stopped"] == "interrupted"
    assert json.loads(log.read_text())[0]["epoch"] == 0


def _environment():
    return os.environ | {"OMP_NUM_THREADS": "1"}


def test_a_bad_option_is_told_in_one_line(tmp_path, capsys):
    with pytest.raises(SystemExit):
        main(["--data", str(tmp_path), "--out", str(tmp_path)])
    assert "must hold train_FD002.txt" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["--beta", "1", "--out", str(tmp_path)])
    assert "beta must be a number in [0, 1); got 1.0." in capsys.readouterr().err


def test_the_options_name_every_run_in_order():
    options = make_parser().parse_args(
        ["--data", "d", "--subset", "FD002", "FD004", "--seed", "1", "2", "--methods", "gaba", "gradnorm-exp"]
    )
    titles = [run.title for run in make_runs(options)]
    assert titles[:3] == ["FD002 gaba seed 1", "FD002 gaba seed 2", "FD002 gradnorm-exp seed 1"]
    assert len(titles) == 8


def test_the_learning_rate_rises_and_falls_on_a_plateau():
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    plan = Optimisation(rate=0.1, rate_warmup_steps=2, plateau_patience=1, plateau_factor=0.5)
    schedule, seen = RateSchedule(optimiser, plan), []
    for loss in (1.0, 0.5, 0.5, None, 0.4):
        schedule.step()
        seen.append(optimiser.param_groups[0]["lr"])
        schedule.epoch_error(loss)
    schedule.step()
    assert seen == pytest.approx([0.05, 0.1, 0.1, 0.1, 0.05])


def test_a_device_that_is_none_is_refused():
    assert choose_device("cpu").type == "cpu"
    with pytest.raises(ParameterError, match="device must be auto or a torch device"):
        choose_device("abacus")


def test_real_data_need_a_folder():
    with pytest.raises(ParameterError, match="data must name the C-MAPSS folder for FD002"):
        RunSettings("FD002")
