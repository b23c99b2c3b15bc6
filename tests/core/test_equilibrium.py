"""Equilibrium, scatter and the theory curve, against their test values and against simulated seeds."""

import numpy as np
import pytest
from asserts import assert_on_simplex, assert_same
from hypothesis import given
from inputs import REFERENCE, changed, simulation_params

from gaba_core import (
    ParameterError,
    SimulationParams,
    drift,
    equilibrium,
    expected_shares,
    floor_renormalise,
    mean_trajectory,
    mean_weight_sd,
    predict_regimes,
    simulate,
    stationary_sd,
    stationary_weight_sd,
)

NOISY = changed(REFERENCE, norms=(500.0, 1.0), noise="lognormal", sigma=2.3)
MANY_SEEDS = tuple(range(200))


def test_the_reference_equilibrium_is_the_closed_form():
    share = 0.2 / 100.2
    assert 0.05 / (1.05 - share) == pytest.approx(0.0477097, abs=5e-8)
    assert equilibrium(changed(REFERENCE, sigma=0.0))[0] == pytest.approx(0.05 / (1.05 - share), abs=1e-15)
    assert equilibrium(REFERENCE)[0] == pytest.approx(0.0477097, abs=1e-6)


def test_all_seeds_end_where_the_theory_says():
    last = simulate(REFERENCE).weights[:, -1, 0]
    assert last.min() == pytest.approx(0.04770955, abs=5e-9)
    assert last.max() == pytest.approx(0.04771056, abs=5e-9)
    assert np.abs(last - equilibrium(REFERENCE)[0]).max() <= 4.0 * stationary_weight_sd(REFERENCE)[0]


def test_at_the_reference_noise_the_seeds_lie_on_top_of_each_other():
    weights = simulate(REFERENCE).weights[..., 0]
    settled = weights[:, 1000:]
    assert (settled.max(axis=0) - settled.min(axis=0)).max() < 1e-4


def test_where_noise_straddles_the_floor_the_mean_weight_lies_above_the_weight_of_the_mean():
    assert equilibrium(NOISY)[0] == pytest.approx(0.0499, abs=5e-5)
    weights = simulate(changed(NOISY, seeds=MANY_SEEDS[:100])).weights[:, 2000:, 0]
    assert weights.mean() == pytest.approx(0.0526, abs=1e-4)


def test_above_a_sigma_of_two_point_three_the_average_leaves_the_floor_by_itself():
    assert (
        expected_shares(changed(NOISY, sigma=2.2))[0] < 0.05 < expected_shares(changed(NOISY, sigma=2.4))[0]
    )


def test_one_in_fifty_batches_lies_outside_ten_to_ten_thousand_at_sigma_one():
    draws = np.random.default_rng(0).standard_normal((200_000, 2))
    ratio = 500.0 * np.exp(draws[:, 0] - draws[:, 1])
    expected = 1.0 - ((ratio > 10.0) & (ratio < 10_000.0)).mean()
    assert expected == pytest.approx(0.02, abs=0.003)


@given(simulation_params())
def test_the_equilibrium_is_the_clamped_mean_share(params):
    assert_on_simplex(equilibrium(params), atol=1e-9)
    assert_same(equilibrium(params), floor_renormalise(expected_shares(params), params.floor))


@pytest.mark.parametrize("noise", ["gaussian", "lognormal"])
@pytest.mark.parametrize("sigma", [5e-324, 1e-9, 1e9, 1.7e308])
@pytest.mark.parametrize("norms", [(100.0, 0.2), (1e300, 1e-300, 1.0), (1.0, 0.0)])
def test_no_noise_is_too_small_or_too_large_for_the_theory(noise, sigma, norms):
    params = SimulationParams(norms=norms, noise=noise, sigma=sigma, epochs=2)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert_on_simplex(equilibrium(params), atol=1e-9)
        assert np.isfinite(stationary_weight_sd(params)).all()
        assert predict_regimes(params)[0].name == "warm-up"


def test_a_drifting_run_tends_to_where_its_norms_end():
    drifting = changed(REFERENCE, norms=(1.0, 1.0), norms_end=(100.0, 0.2))
    assert_same(equilibrium(drifting), equilibrium(REFERENCE))


@pytest.mark.parametrize(
    "params",
    [
        changed(REFERENCE, floor=0.0, epochs=20),
        changed(REFERENCE, noise="lognormal", sigma=1.0, floor=0.0, epochs=20),
        changed(REFERENCE, norms=(1.0, 5.0, 20.0), sigma=0.6, floor=0.2, epochs=20),
        changed(REFERENCE, norms=(1.0, 5.0, 20.0), norms_end=(20.0, 5.0, 0.1), sigma=0.05, epochs=20),
        changed(REFERENCE, norms=(1.0, 1.0), norms_end=(300.0, 0.1), noise="lognormal", sigma=1.0, epochs=20),
    ],
)
def test_simulated_seeds_scatter_about_the_theory_curve_as_it_says(params):
    params = changed(params, seeds=MANY_SEEDS)
    run = simulate(params, every=7)
    mean = mean_trajectory(params, run.steps)
    error = mean.state_sd / np.sqrt(len(MANY_SEEDS))
    assert (np.abs(run.state.mean(axis=0) - mean.state) <= 5.0 * error + 1e-9).all()
    moving = run.steps >= params.warmup_steps
    ratio = run.state.std(axis=0)[moving] / mean.state_sd[moving]
    assert 0.7 < ratio.min() <= ratio.max() < 1.3
    assert_same(mean.weights, floor_renormalise(mean.state, params.floor))


def test_weights_scatter_as_predicted_on_either_side_of_the_floor_and_astride_it():
    for floor in (0.0, 0.002, 0.01, 0.0053, 0.5):
        params = changed(
            REFERENCE, norms=(500.0, 1.0), noise="lognormal", sigma=1.0, floor=floor, seeds=MANY_SEEDS
        )
        steps = np.array([4000, 9000])
        weights = simulate(changed(params, epochs=200), every=5000, offset=4000).weights
        assert weights.std(axis=0) == pytest.approx(mean_weight_sd(params, steps), rel=0.5, abs=2e-6)


def test_the_settled_scatter_is_the_end_of_the_curve():
    steps = np.array([REFERENCE.steps - 1])
    assert_same(mean_trajectory(REFERENCE, steps).state_sd[0], stationary_sd(REFERENCE))
    assert_same(mean_weight_sd(REFERENCE, steps)[0], stationary_weight_sd(REFERENCE))


@given(simulation_params())
def test_without_noise_the_theory_curve_is_the_simulation(params):
    params = changed(params, sigma=0.0)
    run = simulate(params)
    mean = mean_trajectory(params, run.steps)
    assert_same(mean.state, run.state[0], atol=1e-10)
    assert_same(mean.weights, run.weights[0], atol=1e-10)
    assert not mean.state_sd.any()


@pytest.mark.parametrize("steps", [[-1], [9800], [0.5], 3, "0", [[0]]])
def test_steps_outside_the_run_are_named(steps):
    with pytest.raises(ParameterError, match="steps must"):
        mean_trajectory(SimulationParams(), steps)


@pytest.mark.parametrize("ends", [(100.0, 0.22), (100.0, 2.0), (5.0, 0.2), (50.0, 1.0)])
@pytest.mark.parametrize(("noise", "sigma"), [("gaussian", 0.5), ("lognormal", 2.0)])
def test_a_drift_is_resolved_with_as_few_nodes_as_it_needs(ends, noise, sigma, monkeypatch):
    params = changed(REFERENCE, norms_end=ends, noise=noise, sigma=sigma, epochs=10)
    steps = np.arange(params.steps)
    found = mean_trajectory(params, steps)
    assert drift.nodes_needed(params) < drift.MOST_NODES
    monkeypatch.setattr(drift, "nodes_needed", lambda _: drift.MOST_NODES)
    drift.noise_effects.cache_clear()
    expected = mean_trajectory(params, steps)
    drift.noise_effects.cache_clear()
    for a, b in zip(found, expected, strict=True):
        assert_same(a, b)
