"""Losses logged where nothing is balanced and nothing measured."""

import json

import numpy as np
import pytest
import torch

from gaba_core.errors import ParameterError
from gaba_core.runs import diagnose, read_run
from gaba_core.training import ConvergenceLogger, LossRecorder

NAMES = ("seg", "depth")


def test_the_log_holds_mean_losses_and_last_weights(tmp_path):
    recorder = LossRecorder(NAMES)
    with ConvergenceLogger(tmp_path, recorder) as log:
        for epoch in range(2):
            for step in range(3):
                recorder([torch.tensor(1.0 + step), 4.0], [1.0 + epoch, 0.5])
            log.epoch(epoch, val_loss=2.0)
    run = read_run(tmp_path)
    assert run.tasks == NAMES
    np.testing.assert_array_equal(run.weights, [[1.0, 0.5], [2.0, 0.5]])
    np.testing.assert_array_equal(run.metrics["loss_seg"], [2.0, 2.0])
    assert (run.norms, run.steps) == (None, None)
    assert {path.name for path in tmp_path.iterdir()} == {"convergence_log.json", "run.json"}


def test_losses_without_weights_have_no_balancer(tmp_path):
    recorder = LossRecorder(NAMES)
    with ConvergenceLogger(tmp_path, recorder) as log:
        for epoch in range(10):
            recorder({"depth": 1.0 / (1 + epoch), "seg": 2.0, "other": 9.0})
            log.epoch(epoch)
    record = json.loads((tmp_path / "convergence_log.json").read_text())[1]
    assert record.items() >= {"epoch": 1, "step": 1, "loss_seg": 2.0, "loss_depth": 0.5}.items()
    assert not {name for name in record if name.startswith(("w_", "lambda_", "grad_", "ratio_"))}
    assert diagnose(read_run(tmp_path)).balancer.code == "no-balancer"


def test_a_vector_of_losses_and_one_that_holds_its_graph_are_read_as_they_are():
    recorder = LossRecorder(NAMES)
    losses = torch.tensor([1.0, 2.0], requires_grad=True) * 3
    recorder(losses)
    assert recorder.row.values[1].tolist() == [3.0, 6.0]
    assert not recorder.row.values.requires_grad


def test_nothing_is_recorded_in_eval_mode():
    recorder = LossRecorder(NAMES).eval()
    recorder([1.0, 2.0])
    assert (recorder.row, recorder.steps_done) == (None, 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LossRecorder(("seg",)), r"task_names must be at least 2 names; got \('seg',\)"),
        (lambda: LossRecorder(NAMES)([1.0]), "losses must be 2 numbers; got 1"),
        (lambda: LossRecorder(NAMES)([1.0, 2.0], [1.0]), "weights must be 2 numbers; got 1"),
        (lambda: LossRecorder(NAMES)({"seg": 1.0}), r"losses must hold 'depth'; got \['seg'\]"),
        (lambda: LossRecorder(NAMES)([1.0, torch.ones(3)]), r"losses of depth .*; got shape \(3,\)"),
    ],
)
def test_what_is_wrong_is_named(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
