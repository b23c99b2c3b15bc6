"""The callback and the mix-in for the HuggingFace Trainer, in real trainings of a tiny model."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import torch

from gaba_core.errors import ParameterError
from gaba_core.runs import read_run
from gaba_core.training import GradientProbe

pytest.importorskip(
    "transformers", reason='transformers is not installed: pip install "gaba-dashboard[huggingface]"'
)

from transformers import EarlyStoppingCallback, Trainer

from gaba_core.training.huggingface import GABACallback
from tests.paths import ROOT
from tests.training.huggingface_models import NAMES, STEPS, Balanced, Failing, balancer, trainer

pytestmark = pytest.mark.filterwarnings("ignore:.*pin_memory.*")


def trained(tmp_path, source=None, epochs=3, *, of_callback=None, resume=None, callbacks=(), **options):
    callback = GABACallback(tmp_path / "log", source, **(of_callback or {}))
    made = trainer(tmp_path, [callback, *callbacks], epochs, **options)
    made.train(resume_from_checkpoint=None if resume is None else str(resume))
    return made


def records(tmp_path):
    return json.loads((tmp_path / "log/convergence_log.json").read_text())


def about(tmp_path):
    return json.loads((tmp_path / "log/run.json").read_text())


def test_a_balancer_weighs_the_losses_of_a_model_and_is_logged(tmp_path):
    source = balancer()
    plain = {"max_grad_norm": 0.0, "lr_scheduler_type": "constant"}
    made = trained(tmp_path, source, of_callback={"seed": 7}, **plain)
    run = read_run(tmp_path / "log")
    assert run.tasks == NAMES
    assert run.epochs.tolist() == [0, 1, 2]
    assert run.steps.step.tolist() == list(range(3 * STEPS))
    np.testing.assert_allclose(run.steps.norms, np.tile([100.0, 0.2], (15, 1)), rtol=1e-6)
    np.testing.assert_allclose(run.weights[-1], source.applied, rtol=1e-6)
    assert {"eval_loss", "learning_rate", "grad_norm"} <= set(run.metrics)
    assert not [name for name in run.metrics if "runtime" in name or "per_second" in name]
    assert (run.info.seed, run.info.stopped, run.info.steps_per_epoch) == (7, "epochs", STEPS)
    moved = -made.args.learning_rate * (run.steps.weights * run.steps.norms).sum(0)
    np.testing.assert_allclose(made.model.trunk[0].detach(), moved, rtol=1e-5)


def test_the_metrics_of_an_epoch_stand_in_its_record(tmp_path):
    made = trained(tmp_path, balancer())
    history = [one for one in made.state.log_history if "eval_loss" in one]
    assert [r["eval_loss"] for r in records(tmp_path)] == pytest.approx([one["eval_loss"] for one in history])
    losses = [one["loss"] for one in made.state.log_history if "loss" in one]
    assert [record["loss"] for record in records(tmp_path)] == pytest.approx(losses)


@pytest.mark.parametrize("logging", ["epoch", "no"])
def test_without_an_evaluation_an_epoch_is_written_when_it_ends(tmp_path, logging):
    made = trained(tmp_path, balancer(), eval_strategy="no", logging_strategy=logging)
    losses = [one["loss"] for one in made.state.log_history if "loss" in one]
    assert [r["loss"] for r in records(tmp_path) if "loss" in r] == pytest.approx(losses)
    assert [record["step"] for record in records(tmp_path)] == [4, 9, 14]


def test_a_probe_measures_gradients_and_the_update_and_changes_nothing(tmp_path):
    probed = trained(tmp_path, GradientProbe(NAMES), norms=(3.0, 4.0))
    plain = trainer(tmp_path / "plain", [], norms=(3.0, 4.0), kind=Trainer)
    plain.train()
    assert torch.equal(probed.model.trunk[0], plain.model.trunk[0])
    run = read_run(tmp_path / "log")
    np.testing.assert_allclose(run.gramians[0], [[9.0, 0.0], [0.0, 16.0]])
    np.testing.assert_allclose(run.steps.update_norm, 5.0)
    np.testing.assert_allclose(run.steps.update_dots, np.tile([9.0, 16.0], (15, 1)))


def test_a_step_of_several_batches_is_measured_whole(tmp_path):
    source = GradientProbe(NAMES, accumulate=5)
    trained(tmp_path, source, norms=(3.0, 4.0), gradient_accumulation_steps=5)
    run = read_run(tmp_path / "log")
    assert run.steps.step.tolist() == [0, 1, 2]
    np.testing.assert_allclose(run.gramians[0], [[225.0, 0.0], [0.0, 400.0]])
    np.testing.assert_allclose(run.steps.update_norm, 25.0, rtol=1e-6)


def test_every_loss_of_a_model_is_logged_without_a_balancer(tmp_path):
    made = trained(
        tmp_path, of_callback={"framework_logger": True}, logging_strategy="steps", logging_steps=1
    )
    assert [(r["epoch"], r["step"]) for r in records(tmp_path)] == [(0, 4), (1, 9), (2, 14)]
    assert records(tmp_path)[0]["loss_start"] == pytest.approx(1.0, abs=0.1)
    reported = [one for one in made.state.log_history if "loss" in one]
    assert [one["loss_start"] + one["loss_end"] for one in reported] == pytest.approx(
        [one["loss"] for one in reported]
    )
    mean = sum(one["loss_start"] for one in reported[:STEPS]) / STEPS
    assert records(tmp_path)[0]["loss_start"] == pytest.approx(mean)


def test_a_verdict_stops_the_training(tmp_path):
    options = {"of_callback": {"stop_on": ("starved", "diverged")}, "norms": (1e5, 1e-4)}
    made = trained(tmp_path, balancer(min_weight=0.0), 100, **options)
    run = about(tmp_path)
    assert run["stopped"] == "starved"
    assert run["epochs"] == len(records(tmp_path)) < 100
    assert made.state.global_step == run["epochs"] * STEPS


def test_a_training_that_another_callback_stops_says_so(tmp_path):
    options = {"metric_for_best_model": "eval_loss", "greater_is_better": True, "save_strategy": "epoch"}
    patience = EarlyStoppingCallback(early_stopping_patience=1)
    trained(tmp_path, balancer(), 9, callbacks=[patience], load_best_model_at_end=True, **options)
    assert about(tmp_path)["stopped"] == "patience"


def test_a_failed_training_leaves_a_log_that_its_checkpoint_goes_on_with(tmp_path):
    with pytest.raises(RuntimeError, match="the training fails"):
        trained(tmp_path, balancer(), kind=Failing, save_strategy="epoch")
    assert (about(tmp_path)["stopped"], about(tmp_path)["finished"]) == ("interrupted", None)
    trained(tmp_path, balancer(), 4, resume=tmp_path / f"out/checkpoint-{2 * STEPS}")
    run = read_run(tmp_path / "log")
    assert run.epochs.tolist() == [0, 1, 2, 3]
    assert run.steps.step.tolist() == list(range(4 * STEPS))
    assert about(tmp_path)["resumed"][0]["epoch"] == 2
    trained(tmp_path / "whole", balancer(), 4)
    np.testing.assert_array_equal(run.steps.state, read_run(tmp_path / "whole/log").steps.state)


def test_a_record_can_hold_some_steps_in_place_of_an_epoch(tmp_path):
    trained(tmp_path, balancer(), of_callback={"record_every": 4})
    assert [(r["epoch"], r["step"]) for r in records(tmp_path)] == [(0, 3), (1, 7), (2, 11), (3, 14)]


def test_a_model_that_holds_its_balancer_needs_no_mixin(tmp_path):
    class Holding(Trainer):
        def compute_loss(self, model, inputs, return_outputs=False, num_items_in_batch=None):
            outputs = model(**inputs)
            loss = model.balancer(list(outputs["losses"].values()), list(model.trunk.parameters()))
            return (loss, outputs) if return_outputs else loss

    made = trainer(tmp_path, [GABACallback(tmp_path / "log")], kind=Holding)
    made.model.balancer = balancer()
    made.train()
    assert read_run(tmp_path / "log").steps.step.tolist() == list(range(3 * STEPS))


def test_a_model_without_losses_by_name_is_refused(tmp_path):
    class Mute(Balanced):
        def task_losses(self, outputs):
            return super().task_losses({"loss": outputs["loss"]})

    with pytest.raises(ParameterError, match=r"must return its losses by name, as losses; got \['loss'\]"):
        trained(tmp_path, balancer(), kind=Mute)


def test_sharded_parameters_are_refused_where_gradients_are_measured(tmp_path):
    made = trainer(tmp_path, [GABACallback(tmp_path / "log", balancer())])
    made.is_fsdp_enabled = True
    with pytest.raises(ParameterError, match=r"leave the parameters whole on every rank; got fsdp\."):
        made.train()


def test_without_the_mixin_nothing_can_be_reported(tmp_path):
    gaba = GABACallback(tmp_path / "log", balancer(), framework_logger=True)
    with pytest.raises(ParameterError, match="framework_logger must be False where Trainer lacks"):
        trainer(tmp_path, [gaba], kind=Trainer).train()


def test_losses_by_name_are_no_predictions(tmp_path):
    seen = []
    made = trainer(tmp_path, [GABACallback(tmp_path / "log", balancer())], 1)
    made.compute_metrics = lambda predicted: seen.append(predicted.predictions.shape) or {}
    made.train()
    assert seen == [(STEPS, 1)]


RANK = """
import json, os, sys
from pathlib import Path
from gaba_core.training.huggingface import GABACallback
from tests.training.huggingface_models import balancer, trainer

folder, rank = Path(sys.argv[1]), int(os.environ["RANK"])
norms = ((1 + rank) * 1e5, (1 + rank) * 1e-4)  # rank 1 sees twice as large ones
gaba = GABACallback(folder / "log", balancer(min_weight=0.0, gramian=True), stop_on=("starved",))
made = trainer(folder, [gaba], 60, norms=norms, ddp_backend="gloo")
made.train()
ended = {"steps": made.state.global_step, "weights": gaba.source.applied.tolist()}
(folder / f"rank_{rank}.json").write_text(json.dumps(ended))
"""


@pytest.mark.slow
def test_two_processes_hold_the_same_weights_write_one_log_and_stop_as_one(tmp_path):
    (tmp_path / "rank.py").write_text(RANK)
    launch = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, *launch, tmp_path / "rank.py", tmp_path]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    run = read_run(tmp_path / "log")
    np.testing.assert_allclose(run.steps.norms, np.tile([1.5e5, 1.5e-4], (len(run.steps.step), 1)), rtol=1e-6)
    assert run.info.stopped == "starved"
    ended = [json.loads((tmp_path / f"rank_{rank}.json").read_text()) for rank in range(2)]
    assert ended[0] == ended[1]
    assert ended[0]["steps"] == len(run.steps.step) < 60 * STEPS // 2
    np.testing.assert_allclose(run.weights[-1], ended[0]["weights"], rtol=1e-6)
