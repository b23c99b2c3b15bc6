"""The README's training examples, run as they stand around a tiny model."""

import json
from pathlib import Path

import numpy as np
from training_loop import run

from gaba_core.runs import read_run

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
