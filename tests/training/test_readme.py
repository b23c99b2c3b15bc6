"""The README's training examples, run as they stand around a tiny model."""

import json
import re
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn.functional import cross_entropy, mse_loss

from gaba_core.runs import read_run

README = Path(__file__).parents[2] / "README.md"


class TwoHeads(nn.Module):
    def __init__(self):
        super().__init__()
        self.trunk, self.rul, self.health = nn.Linear(3, 4), nn.Linear(4, 1), nn.Linear(4, 3)

    def forward(self, inputs):
        shared = torch.tanh(self.trunk(inputs))
        return self.rul(shared)[:, 0], self.health(shared)


def run_example(tmp_path, monkeypatch, mark):
    """Run the README's example that holds ``mark`` around a tiny model, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    model = TwoHeads()
    batches = [(torch.randn(8, 3), torch.randn(8), torch.randint(0, 3, (8,))) for _ in range(5)]
    code = next(c for c in re.findall(r"```python\n(.*?)```", README.read_text(), re.S) if mark in c)
    names = {
        "model": model,
        "batches": batches,
        "epochs": 2,
        "optimiser": torch.optim.SGD(model.parameters(), lr=0.01),
        "mse": mse_loss,
        "cross_entropy": cross_entropy,
        "validate": lambda model: 1.5,
    }
    exec(code, names)


def test_the_five_lines_log_a_run(tmp_path, monkeypatch):
    run_example(tmp_path, monkeypatch, "GABALoss(")
    log = json.loads((tmp_path / "logs/mine/gaba/seed_0/convergence_log.json").read_text())
    assert [record["epoch"] for record in log] == [0, 1]
    assert [record["rmse_last"] for record in log] == [1.5, 1.5]
    assert log[-1]["step"] == 9


def test_the_probe_logs_a_run_that_it_does_not_balance(tmp_path, monkeypatch):
    run_example(tmp_path, monkeypatch, "GradientProbe(")
    run = read_run(tmp_path / "logs/mine/own/seed_0")
    assert run.epochs.tolist() == [0, 1]
    assert run.steps.step.tolist() == [0]
    gramian = run.gramians[0]
    np.testing.assert_allclose(run.steps.update_dots[0], gramian @ [1.0, 50.0], rtol=1e-4)
