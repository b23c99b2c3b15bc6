"""The gradient norms that a simulation draws."""

import numpy as np
import pytest
from asserts import assert_same
from hypothesis import given
from inputs import REFERENCE, changed, simulation_params

from gaba_core import SimulationParams, gradient_norms, gradients
from gaba_core.controller import centred_shares
from gaba_core.gradients import centred_raw_shares, clear_caches, median_norms


def test_draws_are_step_major_in_task_order():
    draws = np.random.default_rng(42).standard_normal((REFERENCE.steps, 2))
    assert_same(gradient_norms(REFERENCE)[0], np.array([100.0, 0.2]) * (1.0 + 0.05 * draws), atol=1e-11)


def test_lognormal_norms_have_the_given_median_and_spread():
    norms = gradient_norms(changed(REFERENCE, noise="lognormal", sigma=1.0))
    assert np.median(norms, axis=(0, 1)) == pytest.approx([100.0, 0.2], rel=0.02)
    assert np.log(norms).std(axis=(0, 1)) == pytest.approx([1.0, 1.0], rel=0.02)


def test_gaussian_norms_are_clipped_at_zero():
    norms = gradient_norms(changed(REFERENCE, sigma=2.0))
    assert norms.min() == 0.0
    assert (norms == 0.0).mean() == pytest.approx(0.3085, abs=0.01)


def test_drift_runs_geometrically_from_the_first_step_to_the_last():
    params = SimulationParams(norms=(100.0, 0.2, 0.0), norms_end=(1.0, 0.8, 0.0), epochs=1, steps_per_epoch=3)
    assert_same(median_norms(params), [[100.0, 0.2, 0.0], [10.0, 0.4, 0.0], [1.0, 0.8, 0.0]])


def test_a_single_step_has_no_time_to_drift():
    params = SimulationParams(norms_end=(1.0, 1.0), epochs=1, steps_per_epoch=1, sigma=0.0)
    assert_same(gradient_norms(params), np.tile([100.0, 0.2], (5, 1, 1)))


@given(simulation_params())
def test_norms_are_finite_and_never_negative(params):
    norms = gradient_norms(params)
    assert norms.shape == (len(params.seeds), params.steps, params.tasks)
    assert np.isfinite(norms).all()
    assert norms.min() >= 0.0


@given(simulation_params())
def test_what_is_kept_between_calls_does_not_show(params):
    warm = gradient_norms(params), centred_raw_shares(params).copy()
    clear_caches()
    assert np.array_equal(gradient_norms(params), warm[0])
    assert np.array_equal(centred_raw_shares(params), warm[1])


def test_kept_shares_cannot_be_written_to():
    with pytest.raises(ValueError, match="read-only"):
        centred_raw_shares(REFERENCE)[0, 0, 0] = 1.0


def test_a_run_that_grows_step_by_step_is_drawn_only_now_and_then(monkeypatch):
    clear_caches()
    drawn, draw = [], gradients.draws
    monkeypatch.setattr(gradients, "draws", lambda *args: drawn.append(args[1]) or draw(*args))
    for epochs in range(100, 300, 5):
        params = changed(REFERENCE, epochs=epochs, seeds=(42,))
        assert centred_raw_shares(params).shape == (1, 1, params.steps)
    assert drawn == [4900, 7350, 11025, 16537]
    clear_caches()
    assert_same(centred_raw_shares(params), gradients.fresh_raw_shares(params))


@given(simulation_params())
def test_shares_are_those_of_the_norms(params):
    shares = centred_shares(gradient_norms(params), axis=2).swapaxes(1, 2)
    assert_same(centred_raw_shares(params), shares[:, : 1 if params.tasks == 2 else params.tasks])


@pytest.mark.parametrize("noise", ["gaussian", "lognormal"])
@pytest.mark.parametrize("sigma", [0.05, 0.5, 5.0, 30.0])
@pytest.mark.parametrize("norms", [(100.0, 0.2), (1e-250, 3e-250), (1e300, 1e-300), (1.0, 0.0)])
@pytest.mark.parametrize("drifts", [False, True])
def test_shares_of_two_tasks_are_those_of_their_norms(noise, sigma, norms, drifts):
    params = changed(
        REFERENCE, norms=norms, norms_end=norms[::-1] if drifts and min(norms) else None, noise=noise
    )
    params = changed(params, sigma=sigma)
    shares = centred_shares(gradient_norms(params), axis=2)[..., 0]
    assert_same(centred_raw_shares(params)[:, 0], shares)
    if noise == "gaussian" and sigma >= 5.0:
        assert (shares == 0.0).any()  # both clipped


def test_no_draw_lies_further_out_than_is_taken_for_granted():
    unit = np.random.Generator(np.random.PCG64(0)).standard_normal(1_000_000)
    assert np.abs(unit).max() < gradients.LARGEST_DRAW
    farthest = 3.6541528853610088  # where the generator's tail begins; beyond it, at most -ln(2**-53) / that
    assert farthest + 53.0 * np.log(2.0) / farthest < gradients.LARGEST_DRAW


@given(simulation_params())
def test_norms_of_some_steps_are_those_of_all(params):
    at = np.unique(np.linspace(0, params.steps - 1, 7).astype(np.int64))
    np.testing.assert_allclose(gradient_norms(params, at), gradient_norms(params)[:, at], rtol=1e-12)
