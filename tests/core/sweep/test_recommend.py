"""What a run's own gradients lead to at other settings, and which one they ask for."""

import math

import numpy as np
import pytest

from gaba_core import ParameterError, floor_renormalise
from gaba_core.aggregators import harm_share
from gaba_core.runs import read_run, replay
from gaba_core.sweep import map_run, recommend
from gaba_core.sweep.recommending import BETAS, prediction_errors
from tests.paths import LOGS
from tests.run_logs import info, records, write

STEPS = 4000


def run_of(tmp_path, log_ratio, sigma=0.5, seed=0, **changes):
    """A run whose first norm is exp(log_ratio) times the second's, both with log-normal noise."""
    noise = np.random.default_rng(seed).standard_normal((len(log_ratio), 2))
    norms = np.exp(sigma * noise + np.column_stack([log_ratio, np.zeros(len(log_ratio))]))
    count = len(norms)
    steps = {
        "step": np.arange(count),
        "state": np.full((count, 2), 0.5, np.float32),
        "weights": np.full((count, 2), 0.5, np.float32),
        "norms": norms.astype(np.float32),
        "losses": np.ones((count, 2), np.float32),
    }
    return read_run(write(tmp_path / f"run{seed}", records(), info(**changes), steps))


def test_a_cell_of_a_runs_map_is_its_replay_with_those_settings(tmp_path):
    run = run_of(tmp_path, np.full(800, 3.0))
    found = map_run(run, (0.9, 0.98), (0.0, 0.02, 0.3), warmup_steps=50)
    for i, beta in enumerate(found.betas):
        for j, floor in enumerate(found.floors):
            path = replay(run, beta, floor, 50)
            assert found.task == 0
            assert found.values["equilibrium"][i, j] == pytest.approx(path.weights[0, -200:, 0].mean())
            assert found.values["noise"][i, j] == pytest.approx(path.weights[0, -200:, 0].std(), abs=1e-12)
            pull = path.weights[0, -200:] * run.steps.norms[-200:]
            shares = (pull / pull.sum(axis=1, keepdims=True)).mean(axis=0)
            assert found.values["smallest_share"][i, j] == pytest.approx(shares.min())
    assert np.isnan(found.values["harm"]).all()


def test_a_higher_floor_settles_no_later_and_starves_the_smaller_gradient(tmp_path):
    found = map_run(run_of(tmp_path, np.full(STEPS, 5.0)), (0.98,), (0.0, 0.05, 0.2))
    assert (np.diff(found.values["smallest_share"][0]) < 0).all()
    assert np.isfinite(found.values["settle"]).all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_gradients_that_do_not_drift_ask_for_a_long_memory_and_no_warm_up(tmp_path, seed):
    found = recommend(run_of(tmp_path, np.full(STEPS, 3.0), seed=seed))
    assert 0.97 <= found.beta <= 0.996
    assert found.warmup_steps == 0
    assert 0.0 < found.floor < found.costs.equilibrium < 0.07
    assert 0.4 < found.costs.smallest_share <= 0.5


def test_gradients_that_swing_ask_for_a_shorter_memory(tmp_path):
    still = recommend(run_of(tmp_path, np.full(STEPS, 1.0), sigma=0.2))
    swing = recommend(run_of(tmp_path, 1.0 + np.sin(np.arange(STEPS) / 15.0), sigma=0.2, seed=1))
    assert swing.beta < 0.9 < still.beta


def test_a_start_unlike_the_rest_asks_for_a_warm_up(tmp_path):
    ratio = np.where(np.arange(STEPS) < 200, -1.0, 3.0)
    found = recommend(run_of(tmp_path, ratio, sigma=0.2))
    assert 150 <= found.warmup_steps <= 260
    assert f"Warm-up of {found.warmup_steps} steps" in found.sentences[2]


def test_the_floor_acts_on_one_in_a_hundred_steps_at_rest(tmp_path):
    run = run_of(tmp_path, np.full(STEPS, 3.0))
    found = recommend(run)
    state = replay(run, found.beta, 0.0, found.warmup_steps).state[0, -STEPS // 4 :, 0]
    assert 0.0 <= (state < found.floor).mean() <= 0.011


def test_the_error_of_prediction_is_that_of_each_average_one_step_ahead(tmp_path):
    run = run_of(tmp_path, np.full(300, 1.0))
    shares = replay(run, 0.0, 0.0, 0).state[0]
    state = replay(run, 0.8, 0.0, 0).state[0]
    by_hand = [((shares[t + 1] - state[t]) ** 2).sum() for t in range(30, 299)]
    assert prediction_errors(run, (0.8,))[0] == pytest.approx(np.mean(by_hand))


def test_what_its_own_setting_came_to_stands_beside_it(tmp_path):
    found = recommend(run_of(tmp_path, np.full(STEPS, 6.0)))
    assert found.own == (0.9, 0.05, 3)
    assert found.own_costs.smallest_share < 0.1 < found.costs.smallest_share
    assert "with its own setting" in found.sentences[0]


def test_of_a_shipped_run_it_says_what_the_floor_harms():
    run = read_run(LOGS / "FD002/gaba/seed_42")
    found = recommend(run)
    weights = floor_renormalise(replay(run, found.beta, 0.0, found.warmup_steps).state[0], found.floor)
    assert found.costs.harm == pytest.approx(harm_share(run.gramians, weights))
    assert found.costs.harm < found.own_costs.harm
    assert found.sentences[-1].endswith("to first order and for a plain gradient step.")
    assert found.task == "rul"
    assert found.beta in BETAS


def test_a_run_without_norms_or_with_too_few_is_refused(tmp_path):
    with pytest.raises(ParameterError, match="run must hold the gradient norms"):
        recommend(read_run(write(tmp_path / "plain", records(), info())))
    with pytest.raises(ParameterError, match="run must hold the norms of at least 50 steps; got 20"):
        recommend(run_of(tmp_path, np.full(20, 1.0), seed=9))


def test_a_run_that_is_never_at_rest_says_never(tmp_path):
    found = recommend(run_of(tmp_path, np.linspace(0.0, 6.0, STEPS), sigma=0.05))
    assert math.isnan(found.costs.settle)
    assert "at rest never" in found.sentences[0]
