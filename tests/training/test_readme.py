"""The README's training examples, run as they stand around a tiny model."""

import json
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from training_loop import run

from gaba_core.regimes import RegimeName
from gaba_core.runs import diagnose, read_run, regimes_of
from gaba_core.training.__main__ import main

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
