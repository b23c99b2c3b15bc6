"""The README's training examples, run as they stand around a tiny model."""

import json
import re
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from training_loop import TwoHeads, run

from gaba_core.regimes import RegimeName
from gaba_core.runs import diagnose, read_run, regimes_of
from gaba_core.training.__main__ import main

LIGHTNING = pytest.mark.filterwarnings("ignore:.*does not have many workers", "ignore:.*LeafSpec")
LIGHTNING_MODULE = """
import lightning.pytorch as pl
import torch
from functools import partial
from torch.nn.functional import cross_entropy, mse_loss
from gaba_core.training import GABALoss
from gaba_core.training.lightning import GABACallback

class Module(pl.LightningModule):
    def __init__(self, model):
        super().__init__()
        self.model, self.trunk = model, model.trunk
        {held}

    def training_step(self, batch, batch_idx):
        rul, health = self.model(batch[0])
        rul_loss, health_loss = mse_loss(rul, batch[1]), cross_entropy(health, batch[2])
        {returned}

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), lr=0.01)

Trainer = partial(pl.Trainer, logger=False, enable_checkpointing=False, enable_progress_bar=False,
                  accelerator="cpu", enable_model_summary=False, max_epochs=2, default_root_dir=folder)
{made}
data = torch.utils.data.TensorDataset(torch.randn(16, 3), torch.randn(16), torch.zeros(16, dtype=torch.long))
trainer.fit(Module(model), torch.utils.data.DataLoader(data, batch_size=8))
"""

README = Path(__file__).parents[2] / "README.md"


def run_example(tmp_path, monkeypatch, mark):
    """Run the README's example that holds ``mark`` around a tiny model, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    run(README, mark)


def test_the_five_lines_log_a_run(tmp_path, monkeypatch):
    run_example(tmp_path, monkeypatch, "GABALoss(")
    log = json.loads((tmp_path / "logs/mine/gaba/seed_0/convergence_log.json").read_text())
    assert [record["epoch"] for record in log] == [0, 1]
    assert [record["rmse_last"] for record in log] == [1.5, 1.5]
    assert log[-1]["step"] == 9


def test_the_probe_logs_a_run_that_it_does_not_balance(tmp_path, monkeypatch):
    run_example(tmp_path, monkeypatch, "GradientProbe(")
    read = read_run(tmp_path / "logs/mine/own/seed_0")
    assert read.epochs.tolist() == [0, 1]
    assert read.steps.step.tolist() == [0]
    gramian = read.gramians[0]
    np.testing.assert_allclose(read.steps.update_dots[0], gramian @ [1.0, 50.0], rtol=1e-4)


def lines_of(mark):
    """The lines of the README's example that holds ``mark``, without their comments."""
    blocks = re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.S)
    return [line.partition("  #")[0] for line in next(b for b in blocks if mark in b).splitlines() if line]


@LIGHTNING
def test_the_three_lines_of_lightning_log_a_run(tmp_path, monkeypatch):
    pytest.importorskip("lightning")
    monkeypatch.chdir(tmp_path)
    held, returned, made = lines_of("self.balancer")
    names = {"model": TwoHeads(), "folder": tmp_path}
    exec(LIGHTNING_MODULE.format(held=held, returned=returned, made=made), names)
    read = read_run(tmp_path / "logs/mine/gaba/seed_0")
    assert read.tasks == ("rul", "health")
    assert read.epochs.tolist() == [0, 1]


HUGGINGFACE_MODEL = """
import torch
from torch.nn.functional import cross_entropy, mse_loss
from transformers import Trainer, TrainingArguments
from gaba_core.training import GABALoss
from gaba_core.training.huggingface import GABACallback, GABATrainerMixin

class Model(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model, self.base_model = model, model.trunk

    def forward(self, inputs, target, labels):
        rul, health = self.model(inputs)
        losses = {{"rul": mse_loss(rul, target), "health": cross_entropy(health, labels)}}
        return {{"loss": sum(losses.values()), "losses": losses}}

arguments = TrainingArguments("out", num_train_epochs=2, per_device_train_batch_size=8, save_strategy="no",
                              use_cpu=True, report_to=[], disable_tqdm=True, logging_steps=1)
dataset = [{{"inputs": torch.randn(3), "target": 1.0, "labels": 0}} for _ in range(16)]
model = Model(model)
{lines}
trainer.train()
"""


@pytest.mark.filterwarnings("ignore:.*pin_memory.*")
def test_the_three_lines_of_huggingface_log_a_run(tmp_path, monkeypatch):
    pytest.importorskip("transformers")
    monkeypatch.chdir(tmp_path)
    names = {"model": TwoHeads()}
    exec(HUGGINGFACE_MODEL.format(lines="\n".join(lines_of("GABATrainerMixin"))), names)
    read = read_run(tmp_path / "logs/mine/gaba/seed_0")
    assert read.tasks == ("rul", "health")
    assert read.epochs.tolist() == [0, 1]
    assert "loss_rul" in names["trainer"].state.log_history[0]


@pytest.mark.slow
def test_the_quick_run_passes_all_four_regimes_and_tests_its_model(tmp_path):
    command = next(line for line in README.read_text().splitlines() if "--data generated" in line)
    words = command.partition("#")[0].split()
    out = words.index("--out") + 1
    assert words[1:3] == ["-m", "gaba_core.training"]
    assert main([*words[3:out], str(tmp_path)]) == 0
    run = read_run(tmp_path / "generated/gaba/seed_42")
    assert [regime.name for regime in regimes_of(run)] == list(get_args(RegimeName))
    assert diagnose(run).balancer.code == "converged"
    assert run.info.extra["test"]["engines"] == 100
