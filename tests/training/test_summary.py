import json

import numpy as np
import pytest

from gaba_core.controller import Controller
from gaba_core.errors import ParameterError
from gaba_core.runs import read_run
from gaba_core.training.run_figures import contribution, harmed_share, run_figures
from gaba_core.training.summary import main, read_all, rewrite, tables
from tests.paths import LOGS

PER_EPOCH, EPOCHS = 40, 30


def _write_run(logs, method="gaba", seed=42, floor=0.05, finished="2026-01-01T00:00:00+00:00"):
    folder = logs / "FD002" / method / f"seed_{seed}"
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    norms = np.array([1000.0, 1.0]) * np.exp(0.3 * rng.standard_normal((PER_EPOCH * EPOCHS, 2)))
    weights, state = Controller(0.99, floor, 100).run(norms[None])
    steps = {"step": np.arange(len(norms)), "state": state[0], "weights": weights[0], "norms": norms}
    np.savez(folder / "steps.npz", **steps, losses=np.ones_like(norms))
    log = [
        {"epoch": e, "rmse_last": 10.0 + abs(e - 7), "nasa": 300.0, "health_accuracy": 90.0}
        | {"w_rul": state[0, (e + 1) * PER_EPOCH - 1, 0], "w_health": state[0, (e + 1) * PER_EPOCH - 1, 1]}
        for e in range(EPOCHS)
    ]
    controller = {"beta": 0.99, "floor": floor, "warmup_steps": 100}
    run = {"subset": "FD002", "method": method, "seed": seed, "controller": controller, "best_epoch": 7}
    run |= {"steps_per_epoch": PER_EPOCH, "finished": finished, "stopped": "epochs", "seconds": 1.0}
    run["test"] = {"epoch": 7, "rmse": 11.0, "rmse_uncapped": 20.0, "nasa": 310.0, "health_accuracy": 88.0}
    (folder / "convergence_log.json").write_text(json.dumps(log))
    (folder / "run.json").write_text(json.dumps(run))
    return folder


def test_the_figures_of_a_run_are_those_of_its_steps(tmp_path):
    figures = run_figures(read_run(_write_run(tmp_path)))
    assert (figures.best_epoch, figures.held_rmse, figures.epochs) == (7, 10.0, EPOCHS)
    assert (figures.rmse, figures.rmse_uncapped, figures.health_accuracy) == (11.0, 20.0, 88.0)
    assert figures.harmed is None
    assert figures.floored_epoch == pytest.approx(332 / PER_EPOCH, abs=0.1)
    assert figures.settled_weight == pytest.approx(0.0477, abs=1e-4)
    assert 0 < figures.health_cv < 1e-2
    balance = figures.balance
    assert balance.ratio[1] == pytest.approx(1000, rel=0.05)
    assert balance.predicted == pytest.approx(balance.measured, abs=1e-4)
    assert balance.unfloored < balance.contribution < balance.unweighted < 1
    assert balance.within_epoch_sigma == pytest.approx(0.3 * np.sqrt(2), rel=0.15)


def test_a_run_without_floor_has_no_floored_epoch(tmp_path):
    figures = run_figures(read_run(_write_run(tmp_path, method="gaba-unfloored", floor=0.0)))
    assert figures.floored_epoch is None
    assert figures.health_cv is None
    assert figures.balance.contribution == pytest.approx(figures.balance.unfloored)


def test_an_unfinished_run_is_left_out(tmp_path):
    _write_run(tmp_path, seed=1)
    _write_run(tmp_path, seed=2, finished=None)
    assert [run.seed for run in read_all(tmp_path)] == [1]


def test_a_run_that_was_not_tested_is_left_out(tmp_path):
    folder = _write_run(tmp_path, seed=1)
    run = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**run, "test": None}))
    assert read_all(tmp_path) == []


def test_a_step_harms_a_task_where_the_summed_gradient_points_against_its_own():
    apart = np.array([[1.0, -0.5], [-0.5, 1.0]])
    gramians = np.stack([apart, np.eye(2), np.full((2, 2), np.nan), apart])
    weights = np.array([[0.5, 0.5], [0.9, 0.1], [0.5, 0.5], [0.9, 0.1]])
    assert harmed_share(gramians, weights) == pytest.approx(1 / 3)
    assert harmed_share(gramians, weights, last=1) == 1.0
    assert harmed_share(None, weights) is None


def test_contribution_takes_the_size_of_negative_weights():
    assert contribution(np.array([[-3.0, 1.0]]), np.array([[1.0, 1.0]])) == 0.75


def test_the_command_rewrites_the_tables_and_keeps_the_words(tmp_path, capsys):
    _write_run(tmp_path, seed=1)
    _write_run(tmp_path, seed=2)
    readme = tmp_path / "README.md"
    readme.write_text("Before.\n<!-- tables: made from the logs -->\nold\n<!-- end of tables -->\nAfter.\n")
    assert main([str(tmp_path)]) == 0
    text = readme.read_text()
    assert text.startswith("Before.\n")
    assert text.endswith("After.\n")
    assert "old" not in text
    published = "151 ± 95 | ? | 7.37 ± 0.43, cap not known | ? | 224.5 ± 24.2 | 95.87 ± 1.61 |"
    assert f"| FD002 | gaba, published | 5 | {published}" in text
    assert "| FD002 | gaba | 2 | 7 ± 0 | 10.00 ± 0.00 | 11.00 ± 0.00 | 20.00 ± 0.00 |" in text
    readme.write_text("no marks")
    assert main([str(tmp_path)]) == 1
    assert "must hold the lines" in capsys.readouterr().err
    with pytest.raises(ParameterError, match=r"README.md must hold"):
        rewrite(readme, "")


def test_the_tables_of_the_shipped_logs_are_current():
    text = (LOGS / "README.md").read_text(encoding="utf-8")
    shipped = [run for run in read_all(LOGS) if f"| {run.subset} | {run.method} | {run.seed} |" in text]
    assert len(shipped) >= 18
    assert tables(shipped) in text


def test_every_shipped_run_replays_to_its_own_weights():
    runs = sorted(LOGS.glob("*/gaba*/*/convergence_log.json"))
    assert runs
    for path in runs:
        run = read_run(path.parent)
        assert not run.notes
        controller = Controller(run.info.beta, run.info.floor, run.info.warmup_steps)
        weights, state = controller.run(run.steps.norms[None])
        np.testing.assert_allclose(weights[0], run.steps.weights, rtol=0, atol=5e-6)
        np.testing.assert_allclose(state[0], run.steps.state, rtol=0, atol=5e-6)
