import json
import math
import os

import numpy as np
import pytest
import torch

from gaba_core.errors import ParameterError
from gaba_core.training import Balancer, ConvergenceLogger, GABALoss
from gaba_core.training.epoch_record import Steps, epoch_record, gradient_ratios
from gaba_core.training.run_folder import LogWarning
from gaba_core.training.weightings import DynamicWeightAverage
from tests.training.inputs import Fixed, losses_of, trunk_of


def _train(folder, epochs=2, steps=3, metrics=None, **info):
    model, loss = Fixed(), GABALoss(beta=0.5, warmup_steps=1)
    log = ConvergenceLogger(folder, loss, **info)
    for epoch in range(epochs):
        for step in range(steps):
            loss(model.losses((10.0 * (step + 1), 1.0)), [model.shared]).backward()
        log.epoch(epoch, **(metrics or {"rmse_last": 9.0 - epoch, "nasa": 100.0}))
    return log, loss


def _json(path):
    return json.loads(path.read_text())


def test_five_lines_in_a_plain_loop_give_a_whole_log(tmp_path):
    trunk = trunk_of("mlp")
    optimiser = torch.optim.SGD(trunk.parameters(), lr=0.01)
    loss = GABALoss(warmup_steps=2)
    log = ConvergenceLogger(tmp_path / "mine" / "gaba" / "seed_0", loss)
    for epoch in range(2):
        for batch in range(4):
            optimiser.zero_grad()
            loss(losses_of(trunk, seed=batch), list(trunk.parameters())).backward()
            optimiser.step()
        log.epoch(epoch, rmse_last=1.5)
    log.close()
    files = {path.name for path in (tmp_path / "mine" / "gaba" / "seed_0").iterdir()}
    assert files == {"convergence_log.json", "steps.npz", "run.json"}


def test_an_epoch_holds_the_state_at_its_end_and_means_over_its_steps(tmp_path):
    _, loss = _train(tmp_path)
    first, last = _json(tmp_path / "convergence_log.json")
    assert list(first)[:5] == ["epoch", "rmse_last", "nasa", "w_rul", "w_health"]
    assert (first["epoch"], first["step"], last["step"]) == (0, 2, 5)
    assert last["w_rul"] == pytest.approx(float(loss.ema_weights[0]), rel=1e-6)
    assert last["lambda_health"] == pytest.approx(float(loss.applied[1]), rel=1e-6)
    assert first["grad_rul"] == pytest.approx(20.0)
    assert first["grad_health"] == pytest.approx(1.0)
    assert [first[f"ratio_p{p}"] for p in ("05", "50", "95")] == pytest.approx([11.0, 20.0, 29.0])
    assert first["loss_rul"] == pytest.approx(1.0)
    assert first["seconds"] >= 0
    assert "nonfinite" not in first


def test_the_step_arrays_hold_every_step_without_pickle(tmp_path):
    _train(tmp_path)
    with np.load(tmp_path / "steps.npz", allow_pickle=False) as arrays:
        assert set(arrays) == {"step", "state", "weights", "norms", "losses"}
        assert arrays["step"].tolist() == [0, 1, 2, 3, 4, 5]
        for name in ("state", "weights", "norms", "losses"):
            assert arrays[name].shape == (6, 2)
            assert arrays[name].dtype == np.float32
        assert arrays["norms"][:, 0].tolist() == [10, 20, 30, 10, 20, 30]
        assert arrays["weights"][0].tolist() == [0.5, 0.5]


def test_a_metric_that_is_not_finite_is_null_and_named(tmp_path):
    _train(tmp_path, epochs=1, metrics={"rmse_last": math.nan, "nasa": math.inf, "health_f1": 50.0})
    (record,) = _json(tmp_path / "convergence_log.json")
    assert (record["rmse_last"], record["nasa"], record["health_f1"]) == (None, None, 50.0)
    assert record["nonfinite"] == ["rmse_last", "nasa"]
    assert _json(tmp_path / "run.json")["best_epoch"] is None


def test_run_json_says_what_was_run_and_how_it_ended(tmp_path):
    log, _ = _train(tmp_path, subset="FD002", seed=42)
    running = _json(tmp_path / "run.json")
    assert (running["finished"], running["stopped"]) == (None, None)
    log.close("patience")
    run = _json(tmp_path / "run.json")
    assert run["controller"] == {"beta": 0.5, "floor": 0.05, "warmup_steps": 1}
    assert (run["subset"], run["method"], run["seed"]) == ("FD002", "gaba", 42)
    assert (run["steps_per_epoch"], run["epochs"], run["best_epoch"]) == (3, 2, 1)
    assert run["stopped"] == "patience"
    assert run["finished"] >= run["started"]
    assert run["device"].startswith("cpu")
    assert "EMA" in run["weights"]


def test_a_rival_logs_its_weights_as_shares_and_as_applied(tmp_path):
    model, balancer = Fixed(), Balancer(DynamicWeightAverage())
    log = ConvergenceLogger(tmp_path, balancer)
    balancer(model.losses((1.0, 2.0)), [model.shared])
    record = log.epoch(0)
    assert (record["w_rul"], record["lambda_rul"]) == (0.5, 1.0)
    assert _json(tmp_path / "run.json")["controller"] is None


def test_task_names_name_the_columns(tmp_path):
    model, loss = Fixed(3), GABALoss(3, task_names=("depth", "normals", "classes"))
    log = ConvergenceLogger(tmp_path, loss)
    loss(model.losses((4.0, 2.0, 1.0)), [model.shared])
    record = log.epoch(0)
    assert {"w_depth", "lambda_normals", "grad_classes", "loss_depth"} <= set(record)
    assert record["ratio_p50"] == pytest.approx(4.0)


def test_evaluation_calls_are_not_recorded(tmp_path):
    model, loss = Fixed(), GABALoss()
    log = ConvergenceLogger(tmp_path, loss)
    loss(model.losses((4.0, 2.0)), [model.shared])
    with torch.no_grad():
        loss(model.losses((1.0, 1.0)), [model.shared])
    assert log.epoch(0)["grad_rul"] == pytest.approx(4.0)


def test_a_failed_write_leaves_the_last_whole_log(tmp_path, monkeypatch):
    log, loss = _train(tmp_path, epochs=1)
    before = (tmp_path / "convergence_log.json").read_bytes()
    model = Fixed()
    loss(model.losses((1.0, 1.0)), [model.shared])

    def fail(descriptor):
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.warns(LogWarning, match="disk full"):
        log.epoch(1)
    assert (tmp_path / "convergence_log.json").read_bytes() == before
    assert not list(tmp_path.glob("*.tmp"))


def test_a_finished_run_is_not_overwritten_by_accident(tmp_path):
    log, _ = _train(tmp_path)
    log.close()
    with pytest.raises(ParameterError, match="finished run"):
        ConvergenceLogger(tmp_path, GABALoss())
    ConvergenceLogger(tmp_path, GABALoss(), overwrite=True)
    assert not (tmp_path / "convergence_log.json").exists()


def test_an_unfinished_run_is_started_over(tmp_path):
    _train(tmp_path, epochs=3)
    _train(tmp_path, epochs=1)
    assert len(_json(tmp_path / "convergence_log.json")) == 1


def test_leaving_by_an_exception_marks_the_run_as_interrupted(tmp_path):
    with pytest.raises(KeyboardInterrupt), ConvergenceLogger(tmp_path, GABALoss()):
        raise KeyboardInterrupt
    run = _json(tmp_path / "run.json")
    assert (run["stopped"], run["finished"]) == ("interrupted", None)


def test_an_epoch_without_a_step_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="epoch 0 must hold at least one step"):
        ConvergenceLogger(tmp_path, GABALoss()).epoch(0)


def test_skipped_steps_are_left_out_of_norms_and_counted(tmp_path):
    model, loss = Fixed(), GABALoss()
    log = ConvergenceLogger(tmp_path, loss)
    for norm in (4.0, math.inf, 6.0):
        loss(model.losses((norm, 2.0)), [model.shared])
    record = log.epoch(0)
    assert record["grad_rul"] == pytest.approx(5.0)
    assert record["ratio_p50"] == pytest.approx(2.5)
    assert _json(tmp_path / "run.json")["skipped_steps"] == 1


def test_ratios_leave_out_zero_and_non_finite_norms():
    norms = np.array([[4.0, 2.0], [1.0, 0.0], [math.nan, 1.0], [1.0, 4.0]])
    assert gradient_ratios(norms).tolist() == [2.0, 0.25]
    assert gradient_ratios(np.array([[4.0, 1.0, 2.0]])).tolist() == [4.0]


def test_an_epoch_without_a_usable_ratio_flags_the_percentiles():
    ones = np.ones((1, 2), np.float32)
    steps = Steps(np.zeros(1, np.int64), ones, ones, np.zeros((1, 2), np.float32), ones)
    record = epoch_record(0, ("a", "b"), steps, {}, 0.5)
    assert record["nonfinite"] == ["ratio_p05", "ratio_p50", "ratio_p95"]
