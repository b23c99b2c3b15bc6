"""The divergence experiment and the failures it finds."""

import dataclasses
import math

import numpy as np
import pytest
from asserts import assert_same

from gaba_core import ParameterError, equilibrium, gradient_norms, raw_shares, weight_bounds
from gaba_core.comparators import (
    COMPARATORS,
    FAILURE_KINDS,
    DivergenceSettings,
    LossModel,
    failure_rates,
    failures_of,
    find_failures,
    gradnorm,
    run_divergence,
    run_divergences,
)
from gaba_core.comparators.gradnorm_run import learn


@pytest.fixture(scope="module")
def reference():
    return run_divergence(DivergenceSettings())


@pytest.mark.parametrize(
    ("sigma", "percent"), [(0.0, 39), (0.05, 42), (0.5, 43), (1.0, 40), (2.0, 28), (3.0, 15)]
)
def test_raw_gradnorm_has_negative_weights_as_often_as_stated(sigma, percent):
    # 250 updates, log-normal noise, seeds 0 to 39; weights are read after each update: one step more.
    settings = DivergenceSettings(
        methods=("gradnorm-raw",), sigma=sigma, steps=251, seeds=tuple(range(40)), start="published"
    )
    weights = run_divergence(settings).weights["gradnorm-raw"][:, 1:]
    assert weights.shape == (40, 250, 2)
    assert abs(100.0 * (weights < 0.0).any(axis=-1).mean() - percent) <= 0.5 + 1e-9


def test_raw_gradnorm_on_sgd_throws_weights_far_away_and_stays_finite():
    settings = DivergenceSettings(
        methods=("gradnorm-raw",), optimiser="sgd", start="published", seeds=tuple(range(40)), sigma=1.0
    )
    weights = run_divergence(settings).weights["gradnorm-raw"]
    assert np.isfinite(weights).all()
    assert np.abs(weights).max() > 1e3


def test_every_method_sees_the_same_draws_and_the_same_seed_gives_the_same_numbers(reference):
    again = run_divergence(DivergenceSettings(methods=("dwa", "gradnorm-exp", "gaba")))
    for method, weights in again.weights.items():
        assert_same(weights, reference.weights[method], atol=0.0)
    assert_same(reference.norms, gradient_norms(reference.settings.simulated))
    assert tuple(reference.weights) == tuple(COMPARATORS)
    assert_same(reference.weights["raw"], raw_shares(reference.norms))


@pytest.mark.parametrize("method", list(COMPARATORS))
def test_seeds_together_are_seeds_alone(reference, method):
    alone = run_divergence(DivergenceSettings(methods=(method,), seeds=(456,)))
    assert_same(reference.weights[method][2:3], alone.weights[method])


def test_experiments_together_are_experiments_alone():
    methods = ("gaba", "gradnorm-raw", "uncertainty")
    each = [
        DivergenceSettings(methods=methods, sigma=0.5, steps=40),
        DivergenceSettings(methods=methods, sigma=2.0, steps=40, norms=(3.0, 1.0), floor=0.2),
        DivergenceSettings(methods=methods[:2], start="published", steps=30, rate=0.1),
    ]
    for one, found in zip(each, run_divergences(each), strict=True):
        alone = run_divergence(one)
        assert list(found.weights) == list(one.methods)
        for method in one.methods:
            assert_same(found.weights[method], alone.weights[method])


@pytest.mark.parametrize("method", ["gradnorm-raw", "gradnorm-softmax", "gradnorm-exp"])
@pytest.mark.parametrize("optimiser", ["adam", "sgd"])
def test_rates_and_pulls_run_side_by_side(method, optimiser, monkeypatch):
    falling = LossModel(left=(0.1, 1.0))
    each = [
        DivergenceSettings(
            methods=(method,), steps=60, rate=rate, alpha=alpha, optimiser=optimiser, losses=falling
        )
        for rate, alpha in ((0.001, 0.0), (0.025, 1.5), (0.1, 2.0), (0.5, 1.0))
    ]
    loops = []
    monkeypatch.setattr(gradnorm, "learn", lambda *args: loops.append(1) or learn(*args))
    batched = run_divergences(each)
    assert len(loops) == 1
    for one, found in zip(each, batched, strict=True):
        alone = run_divergence(one).weights[method]
        assert np.array_equal(found.weights[method], alone)
    assert not np.array_equal(batched[0].weights[method], batched[1].weights[method])


def test_every_parametrisation_and_start_of_one_optimiser_share_a_loop(monkeypatch):
    loops = []
    monkeypatch.setattr(gradnorm, "learn", lambda *args: loops.append(1) or learn(*args))
    methods = ("gradnorm-raw", "gradnorm-softmax", "gradnorm-exp")
    each = [
        DivergenceSettings(methods=methods, steps=60, start=start, optimiser=optimiser, seeds=(1, 2))
        for start in ("rest", "published")
        for optimiser in ("adam", "sgd")
    ]
    batched = run_divergences(each)
    assert len(loops) == 2
    for one, found in zip(each, batched, strict=True):
        for method in methods:
            alone = run_divergence(dataclasses.replace(one, methods=(method,))).weights[method]
            assert np.array_equal(found.weights[method], alone)


def test_of_steady_losses_one_run_serves_every_horizon(monkeypatch):
    lengths = []
    monkeypatch.setattr(gradnorm, "learn", lambda *args: lengths.append(len(args[-1])) or learn(*args))
    each = [DivergenceSettings(methods=("gradnorm-raw",), steps=steps) for steps in (30, 90, 60)]
    for one, found in zip(each, run_divergences(each), strict=True):
        assert found.norms.shape == found.losses.shape == (5, one.steps, 2)
        assert np.array_equal(found.weights["gradnorm-raw"], run_divergence(one).weights["gradnorm-raw"])
    falling = [dataclasses.replace(one, losses=LossModel(left=(0.5, 1.0))) for one in each]
    assert lengths == [90, 30, 90, 60]
    lengths.clear()
    run_divergences(falling)
    assert sorted(lengths) == [30, 60, 90]


def test_from_rest_gaba_begins_at_its_equilibrium_and_from_the_published_start_at_one_half():
    still = DivergenceSettings(methods=("gaba",), sigma=0.0)
    found = run_divergence(still).weights["gaba"]
    assert_same(found, np.broadcast_to(equilibrium(still.simulated), found.shape))
    published = run_divergence(DivergenceSettings(methods=("gaba",), start="published")).weights["gaba"]
    assert_same(published[:, :100], np.full((5, 100, 2), 0.5))
    assert published[0, -1, 0] < 0.2


def test_the_losses_fall_and_follow_as_told():
    model = LossModel(first=(2.0, 1.0), left=(0.1, 1.0), follow=2.0)
    norms = np.broadcast_to([100.0, 0.2], (11, 2)).copy()
    norms[5] *= 3.0
    losses = model.losses(norms, np.array([100.0, 0.2]))
    assert_same(losses[[0, -1]], [[2.0, 1.0], [0.2, 1.0]])
    assert_same(losses[5], [9 * 2.0 * 0.1**0.5, 9.0])
    assert_same(LossModel().losses(norms, np.array([100.0, 0.2])), np.ones((11, 2)))
    with pytest.raises(ParameterError, match="first must hold 1 number or 2, one a task"):
        LossModel(first=(1.0, 1.0, 1.0)).losses(norms, np.ones(2))


def test_each_kind_of_failure_is_found_where_it_is_and_nowhere_else():
    norms = np.ones((5, 2))
    weights = np.full((5, 4, 2), 0.5)
    weights[0, 2] = [-0.1, 1.1]
    weights[1, 3] = [math.nan, 1.0]
    weights[2, 1:] = [0.04, 0.96]
    weights[3, 1] = [0.0499, 0.9501]
    found = find_failures(weights, np.broadcast_to(norms[:, None], weights.shape), floor=0.05)
    assert found.first["left"].tolist() == [2, -1, -1, -1, -1]
    assert found.first["non-finite"].tolist() == [-1, 3, -1, -1, -1]
    assert found.first["weight-starved"].tolist() == [2, -1, 1, -1, -1]
    assert found.share["weight-starved"].tolist() == [0.25, 0.0, 0.75, 0.0, 0.0]
    assert found.first["gradient-starved"].tolist() == [-1, -1, 1, 1, -1]
    assert found.failed("left").tolist() == [True, False, False, False, False]
    assert found.failed("weight-starved").tolist() == [False, False, True, False, False]


def test_a_weight_on_the_exact_bound_is_not_starved_and_totals_do_not_matter():
    low, high = weight_bounds(2, 0.05)
    weights = 7.0 * np.array([[low, high], [low - 1e-6, high + 1e-6]])
    found = find_failures(weights, np.ones((2, 2)), floor=0.05)
    assert found.first["weight-starved"] == 1
    assert found.share["weight-starved"] == 0.5


def test_the_floor_cures_one_starvation_and_causes_the_other():
    failures = failures_of(run_divergence(DivergenceSettings(sigma=0.0)))
    assert failures["gaba"].share["weight-starved"].max() == 0.0
    assert failures["gaba"].share["gradient-starved"].min() == 1.0
    assert failures["gaba-unfloored"].share["weight-starved"].min() == 1.0
    assert failures["gaba-unfloored"].share["gradient-starved"].max() == 0.0
    assert failures["gradnorm-raw"].failed("left").all()
    assert not failures["gradnorm-softmax"].failed("left").any()


@pytest.fixture(scope="module")
def rates():
    methods = ("gaba", "gaba-unfloored", "gradnorm-raw")
    return failure_rates(DivergenceSettings(methods=methods), (0.0, 1.0, 2.0, 3.0), seeds=200)


def test_failure_rates_are_those_of_single_experiments(rates):
    assert rates.seeds == 200
    for sigma, at in ((1.0, 1), (3.0, 3)):
        settings = DivergenceSettings(methods=tuple(rates.rates), sigma=sigma, seeds=tuple(range(200)))
        for method, failures in failures_of(run_divergence(settings)).items():
            for kind in FAILURE_KINDS:
                assert rates.rates[method][kind][at] == failures.failed(kind).mean()


def test_the_first_failure_is_the_smallest_noise_at_which_a_seed_fails(rates):
    assert rates.first_failure("gaba", FAILURE_KINDS[:3]) is None
    assert rates.first_failure("gradnorm-raw", ["left"]) == 0.0
    assert rates.first_failure("gaba-unfloored", ["gradient-starved"], share=0.2) == 2.0
    assert rates.rates["gaba-unfloored"]["weight-starved"].tolist()[::3] == [1.0, 0.0]


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: DivergenceSettings(methods=("sgd",)), "methods must be chosen from gaba, .*; got 'sgd'"),
        (lambda: DivergenceSettings(start="later"), "start must be rest or published; got 'later'"),
        (lambda: DivergenceSettings(steps=0), "steps must be a whole number of at least 1; got 0"),
        (lambda: DivergenceSettings(sigma=-1.0), "sigma must be a number of at least 0; got -1.0"),
        (lambda: DivergenceSettings(rate=0.0), "rate must be above 0; got 0.0"),
        (lambda: LossModel(left=()), "left must hold at least one number"),
        (lambda: LossModel(first=(0.0,)), r"first\[0\] must be above 0; got 0.0"),
        (lambda: LossModel(follow=-1.0), "follow must be at least 0; got -1.0"),
        (lambda: failure_rates(DivergenceSettings(), ()), "sigmas must hold at least one noise level"),
    ],
)
def test_a_bad_setting_is_refused_by_name(make, message):
    with pytest.raises(ParameterError, match=message):
        make()
