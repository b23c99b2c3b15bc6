"""The README's examples for loops of other packages, run as they stand against stand-ins of them."""

import re

import numpy as np
import torch
from training_loop import run

from gaba_core.runs import read_run
from gaba_core.training import ConvergenceLogger, GradientProbe, LossRecorder
from tests.paths import ROOT
from tests.training.other_loops import EW, HPS, Callback, DeepXDEModel, LibMTLTrainer

README = ROOT / "README.md"
NAMES = {
    "ConvergenceLogger": ConvergenceLogger,
    "GradientProbe": GradientProbe,
    "LossRecorder": LossRecorder,
}


def defined(mark, **names):
    """What the README's example that holds ``mark`` defines."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    found = NAMES | names
    exec(next(block for block in blocks if mark in block), found)
    return found


def test_a_weighting_of_libmtl_is_logged_with_its_gradients_and_weights(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    class Weighted(EW):
        def backward(self, losses, **kwargs):
            (losses[0] + 3 * losses[1]).backward()
            return np.array([1.0, 3.0])

    logged = defined("class Logged(EW)", EW=Weighted)["Logged"]
    truths = {"seg": torch.ones(8, 1), "depth": torch.zeros(8, 1)}
    batches = [(torch.randn(8, 3), truths) for _ in range(4)]
    trainer = LibMTLTrainer(["seg", "depth"], logged, HPS)
    with trainer.model.log as log:
        trainer.train(batches, epochs=3)
        log.epoch(len(log.records))
    found = read_run(tmp_path / "logs/mine/libmtl/seed_0")
    assert found.tasks == ("seg", "depth")
    assert found.epochs.tolist() == [0, 1, 2]
    assert found.steps.step.tolist() == list(range(12))
    np.testing.assert_array_equal(found.weights, [[1.0, 3.0]] * 3)
    assert (found.steps.norms > 0).all()


def test_deepxde_s_losses_are_logged_where_it_displays_them(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    callback = defined("class LogLosses(Callback)", Callback=Callback)["LogLosses"]()
    model = DeepXDEModel(lambda step: [1e3 / (1 + step), 2.0, 0.5])
    model.train(4500, callbacks=[callback])
    found = read_run(tmp_path / "logs/mine/deepxde/seed_0")
    assert found.epochs.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(found.metrics["loss_equation"], [1e3 / (1 + 1000 * n) for n in (1, 2, 3, 4)])
    np.testing.assert_allclose(found.metrics["test_loss"][0], 2 * (1e3 / 1001 + 2.5), rtol=1e-6)
    assert found.info.best_epoch == 3
    assert found.info.stopped == "epochs"


def test_a_loop_with_constant_weights_is_logged(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run(README, 'LossRecorder(("rul"', **NAMES)
    found = read_run(tmp_path / "logs/mine/constant/seed_0")
    assert found.epochs.tolist() == [0, 1]
    np.testing.assert_array_equal(found.weights, [[1.0, 50.0]] * 2)
    assert found.metrics["rmse_last"].tolist() == [1.5, 1.5]
