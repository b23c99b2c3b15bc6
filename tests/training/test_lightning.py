"""The callback for Lightning, in real trainings of a tiny module."""

import json
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from gaba_core.errors import ParameterError
from gaba_core.runs import read_run
from gaba_core.training import GradientProbe, LossRecorder

pytest.importorskip("lightning", reason='lightning is not installed: pip install "gaba-dashboard[lightning]"')

from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.loggers import CSVLogger
from lightning.pytorch.plugins.precision import MixedPrecision
from lightning.pytorch.strategies import FSDPStrategy

from gaba_core.training.lightning import GABACallback
from tests.training.lightning_modules import NAMES, STEPS, Module, OfItsRank, balancer, batches, trainer

pytestmark = [
    pytest.mark.filterwarnings("ignore::lightning.fabric.utilities.rank_zero.LightningDeprecationWarning"),
    pytest.mark.filterwarnings("ignore:.*does not have many workers"),
    pytest.mark.filterwarnings("ignore:.*LeafSpec"),
    pytest.mark.filterwarnings("ignore:.*number of training batches"),
]


def fitted(tmp_path, module, epochs=3, *, options=None, ckpt_path=None, callbacks=(), **of_callback):
    callback = GABACallback(tmp_path / "log", **of_callback)
    runs = trainer(tmp_path, [callback, *callbacks], epochs, **(options or {}))
    runs.fit(module, batches(), batches(), ckpt_path=ckpt_path)
    return runs


def records(tmp_path):
    return json.loads((tmp_path / "log/convergence_log.json").read_text())


def about(tmp_path):
    return json.loads((tmp_path / "log/run.json").read_text())


def test_a_module_that_holds_a_balancer_is_balanced_and_logged(tmp_path):
    module = Module(source=balancer())
    fitted(tmp_path, module, seed=7)
    run = read_run(tmp_path / "log")
    assert run.tasks == NAMES
    assert run.epochs.tolist() == [0, 1, 2]
    assert run.steps.step.tolist() == list(range(3 * STEPS))
    np.testing.assert_allclose(run.steps.norms, np.tile([100.0, 0.2], (15, 1)), rtol=1e-6)
    np.testing.assert_allclose(run.weights[-1], module.source.applied, rtol=1e-6)
    assert "val_loss" in run.metrics
    assert (run.info.seed, run.info.stopped, run.info.steps_per_epoch) == (7, "epochs", STEPS)
    assert run.info.best_epoch == 2


def test_a_probe_measures_gradients_and_the_update_and_changes_nothing(tmp_path):
    probed, plain = Module((3.0, 4.0), GradientProbe(NAMES)), Module((3.0, 4.0))
    fitted(tmp_path / "probed", probed)
    fitted(tmp_path / "plain", plain)
    assert torch.equal(probed.shared, plain.shared)
    run = read_run(tmp_path / "probed/log")
    np.testing.assert_allclose(run.gramians[0], [[9.0, 0.0], [0.0, 16.0]])
    np.testing.assert_allclose(run.steps.update_norm, 5.0)
    np.testing.assert_allclose(run.steps.update_dots, np.tile([9.0, 16.0], (15, 1)))


def test_the_update_is_recorded_before_it_is_clipped(tmp_path):
    module = Module((3.0, 4.0), balancer(gramian=True, warmup_steps=100))
    fitted(tmp_path, module, options={"gradient_clip_val": 1e-3})
    np.testing.assert_allclose(read_run(tmp_path / "log").steps.update_norm, 2.5)


def test_under_a_gradscaler_the_update_is_recorded_unscaled(tmp_path):
    precision = MixedPrecision("16-mixed", "cpu", scaler=torch.amp.GradScaler("cpu"))
    fitted(tmp_path, Module((3.0, 4.0), GradientProbe(NAMES)), options={"plugins": [precision]})
    np.testing.assert_allclose(read_run(tmp_path / "log").steps.update_norm, 5.0)


@pytest.mark.parametrize(("accumulate", "norm"), [(5, 25.0), (1, None)])
def test_the_update_of_several_batches_is_recorded_where_all_of_them_were_measured(
    tmp_path, accumulate, norm
):
    module = Module((3.0, 4.0), GradientProbe(NAMES, accumulate=accumulate))
    fitted(tmp_path, module, options={"accumulate_grad_batches": 5})
    update = read_run(tmp_path / "log").steps.update_norm
    assert update is None if norm is None else update == pytest.approx(norm)


def test_losses_that_a_step_returns_are_each_logged(tmp_path):
    fitted(tmp_path, Module((3.0, 4.0)))
    assert [(r["epoch"], r["step"]) for r in records(tmp_path)] == [(0, 4), (1, 9), (2, 14)]
    assert records(tmp_path)[0]["loss_seg"] == pytest.approx(1.0, abs=1e-3)
    assert "w_seg" not in records(tmp_path)[0]
    assert not (tmp_path / "log/steps.npz").exists()


def test_a_recorder_of_the_module_logs_its_losses(tmp_path):
    class Recording(Module):
        def training_step(self, batch, batch_idx):
            losses = self.losses()
            self.source(losses, [1.0, 50.0])
            return losses[0] + 50 * losses[1]

    fitted(tmp_path, Recording(source=LossRecorder(NAMES)))
    assert records(tmp_path)[2]["lambda_depth"] == 50.0


def test_a_module_with_nothing_to_log_is_refused(tmp_path):
    class Mute(Module):
        def training_step(self, batch, batch_idx):
            return sum(self.losses())

    with pytest.raises(ParameterError, match="must hold a GABALoss, GradientProbe or LossRecorder"):
        fitted(tmp_path, Mute())


def test_a_verdict_stops_the_training(tmp_path):
    class Unfloored(Module):
        def __init__(self):
            super().__init__((1e5, 1e-4), balancer(min_weight=0.0))

    done = fitted(tmp_path, Unfloored(), epochs=100, stop_on=("starved", "diverged"))
    run = about(tmp_path)
    assert run["stopped"] == "starved"
    assert run["stopped_on"]
    assert done.should_stop
    assert run["epochs"] == len(records(tmp_path)) < 100


def test_sharded_parameters_are_refused_where_gradients_are_measured(tmp_path):
    sharded = SimpleNamespace(strategy=FSDPStrategy(), global_step=0)
    with pytest.raises(ParameterError, match=r"strategy must leave the parameters whole .* got FSDPStrategy"):
        GABACallback(tmp_path).on_train_start(sharded, Module(source=balancer()))


def test_what_is_no_verdict_is_refused(tmp_path):
    with pytest.raises(ParameterError, match=r"stop_on must hold verdicts out of .*got \('hungry',\)"):
        GABACallback(tmp_path, stop_on=("hungry",))


@pytest.mark.filterwarnings("ignore:Checkpoint directory .* exists and is not empty")
def test_a_failed_training_leaves_a_log_that_its_checkpoint_goes_on_with(tmp_path):
    def saving():
        return ModelCheckpoint(tmp_path / "saved", save_last=True)

    options = {"enable_checkpointing": True}
    with pytest.raises(RuntimeError, match="the training fails"):
        fitted(tmp_path, Module(source=balancer(), fails_in=2), callbacks=[saving()], options=options)
    assert (about(tmp_path)["stopped"], about(tmp_path)["finished"]) == ("interrupted", None)
    last = tmp_path / "saved/last.ckpt"
    fitted(tmp_path, Module(source=balancer()), 4, callbacks=[saving()], options=options, ckpt_path=last)
    run = read_run(tmp_path / "log")
    assert run.epochs.tolist() == [0, 1, 2, 3]
    assert run.steps.step.tolist() == list(range(4 * STEPS))
    assert about(tmp_path)["resumed"][0]["epoch"] == 2
    fitted(tmp_path / "whole", Module(source=balancer()), 4)
    np.testing.assert_array_equal(run.steps.state, read_run(tmp_path / "whole/log").steps.state)


def test_losses_alone_are_gone_on_with_too(tmp_path):
    fitted(tmp_path, Module(), 2).save_checkpoint(tmp_path / "saved.ckpt")
    fitted(tmp_path, Module(), 3, ckpt_path=tmp_path / "saved.ckpt")
    assert [r["step"] for r in records(tmp_path)] == [4, 9, 14]


def test_an_interrupted_log_is_moved_aside_by_a_training_that_begins_anew(tmp_path):
    with pytest.raises(RuntimeError, match="the training fails"):
        fitted(tmp_path, Module(source=balancer(), fails_in=1))
    fitted(tmp_path, Module(source=balancer()), 2)
    assert (tmp_path / "log/convergence_log.1.json").exists()
    with pytest.raises(ParameterError, match="must not hold a finished run"):
        fitted(tmp_path, Module(source=balancer()))


def test_a_record_can_hold_some_steps_in_place_of_an_epoch(tmp_path):
    fitted(tmp_path, Module(source=balancer()), record_every=4)
    assert [(r["epoch"], r["step"]) for r in records(tmp_path)] == [(0, 3), (1, 7), (2, 11), (3, 14)]
    assert about(tmp_path)["record_every"] == "4 steps"


def test_a_metric_of_a_validation_that_did_not_run_is_not_repeated(tmp_path):
    fitted(tmp_path, Module(source=balancer()), 4, options={"check_val_every_n_epoch": 2})
    assert ["val_loss" in record for record in records(tmp_path)] == [False, True, False, True]


def test_losses_weights_and_norms_go_to_the_logger_of_the_framework_too(tmp_path):
    options = {"logger": CSVLogger(tmp_path), "log_every_n_steps": 1}
    fitted(tmp_path, Module(source=balancer()), 2, framework_logger=True, options=options)
    (written,) = tmp_path.rglob("metrics.csv")
    head, *rows = written.read_text().splitlines()
    assert {"gaba/loss_seg", "gaba/w_depth", "gaba/lambda_seg", "gaba/grad_depth"} <= set(head.split(","))
    assert len(rows) >= 2 * STEPS
    assert not any("gaba/" in name for name in records(tmp_path)[0])


def test_a_trial_run_writes_no_log(tmp_path):
    fitted(tmp_path, Module(source=balancer()), options={"fast_dev_run": True})
    assert not (tmp_path / "log").exists()


@pytest.mark.slow
def test_two_processes_hold_the_same_weights_write_one_log_and_stop_as_one(tmp_path):
    options = {"strategy": "ddp_spawn", "devices": 2}
    module = OfItsRank((1e5, 1e-4), balancer(min_weight=0.0, gramian=True), folder=tmp_path)
    fitted(tmp_path, module, 60, stop_on=("starved",), options=options)
    run = read_run(tmp_path / "log")
    np.testing.assert_allclose(run.steps.norms, np.tile([1.5e5, 1.5e-4], (len(run.steps.step), 1)), rtol=1e-6)
    assert run.info.stopped == "starved"
    ended = [json.loads((tmp_path / f"rank_{rank}.json").read_text()) for rank in range(2)]
    assert ended[0] == ended[1]
    assert ended[0]["steps"] == len(run.steps.step) < 60 * STEPS // 2
    np.testing.assert_allclose(run.weights[-1], ended[0]["weights"], rtol=1e-6)
