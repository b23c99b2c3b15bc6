"""The comparators one by one: published rules, promises, order of tasks, seeds side by side."""

import math

import numpy as np
import pytest
from asserts import assert_follows_order, assert_inside_bounds, assert_on_simplex, assert_same
from comparator_cases import EVERY, KEYS, comparator_for, draws, run
from hypothesis import given
from hypothesis import strategies as st
from inputs import norm_recordings, tasks

from gaba_core import Controller, ParameterError, raw_shares
from gaba_core.comparators import (
    COMPARATORS,
    LABELS,
    DynamicWeightAverage,
    Gaba,
    GradNorm,
    Uncertainty,
    run_comparator,
)
from gaba_core.comparators.base import in_precision

GRADNORMS = pytest.mark.parametrize("parametrisation", ["raw", "softmax", "exp"])


def test_the_nine_comparators_are_there_and_have_labels():
    assert tuple(COMPARATORS) == KEYS == tuple(LABELS)


@EVERY
@given(st.integers(2, 6), st.integers(0, 99))
def test_weights_keep_the_total_that_is_promised(key, count, seed):
    comparator = comparator_for(key, count)
    weights = run(comparator, *draws(count, seed))
    totals = weights.sum(axis=-1)
    if comparator.total == "1":
        assert_on_simplex(weights)
    elif comparator.total == "K":
        np.testing.assert_allclose(totals, count, rtol=0, atol=1e-9)
    else:
        assert np.ptp(totals) > 0.0
    if key != "gradnorm-raw":
        assert weights.min() >= 0.0


@given(tasks, st.integers(0, 99))
def test_only_floored_gaba_is_promised_the_exact_bound(count, seed):
    assert_inside_bounds(run(comparator_for("gaba", count), *draws(count, seed)), 0.05)


@EVERY
def test_reordering_the_tasks_reorders_the_weights(key):
    norms, losses = draws(4, seed=3)
    stacked = np.concatenate([norms, losses])

    def weights(both):
        return run(comparator_for(key, 4), both[:30], both[30:])

    assert_follows_order(weights, stacked, atol=1e-9)


@EVERY
def test_a_batch_of_seeds_is_one_seed_at_a_time(key):
    norms, losses = draws(3, seed=4, batch=(2, 3))
    comparator = comparator_for(key, 3)
    stacked = run(comparator, norms, losses)
    for at in np.ndindex(2, 3):
        assert_same(stacked[at], run(comparator, norms[at], losses[at]))


@EVERY
def test_the_state_given_is_left_alone_and_steps_the_same_way_twice(key):
    comparator = comparator_for(key, 3)
    norms, losses = draws(3, seed=5)
    state = comparator.init(3)
    for t in range(6):
        state, _ = comparator.step(state, norms[t], losses[t])
    first, second = (comparator.step(state, norms[6], losses[6]) for _ in range(2))
    assert_same(first[1], second[1], atol=0.0)


@pytest.mark.parametrize("key", [key for key in KEYS if COMPARATORS[key].total != "1"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_rule_that_learns_computes_in_the_precision_of_its_state(key, dtype):
    comparator = comparator_for(key, 2)
    norms, losses = draws(2, seed=5)
    state, exact = in_precision(comparator.init(2), dtype), comparator.init(2)
    for t in range(9):
        state, weights = comparator.step(state, norms[t], losses[t])
        exact, expected = comparator.step(exact, norms[t], losses[t])
        assert weights.dtype == dtype
        np.testing.assert_allclose(weights, expected, rtol=20 * np.finfo(dtype).eps)


@EVERY
def test_at_rest_without_noise_a_method_stays(key):
    comparator = comparator_for(key, 3)
    norms, losses = np.array([100.0, 3.0, 0.2]), np.array([1.0, 0.5, 2.0])
    state = comparator.rest(norms, raw_shares(norms), losses)
    _, first = comparator.step(state, norms, losses)
    steady = np.tile(norms, (20, 1)), np.tile(losses, (20, 1))
    weights = run_comparator(comparator, *steady, comparator.rest(norms, raw_shares(norms), losses))
    if not key.startswith("gradnorm"):  # its gradient is a sign times a norm: it never stands quite still
        assert_same(weights, np.tile(first, (20, 1)))
    else:
        pulls = first * norms
        assert_same(pulls / pulls.sum(), np.full(3, 1 / 3))


@given(norm_recordings(bad=False), st.integers(0, 9))
def test_gaba_is_the_controller(norms, warmup):
    norms = np.abs(norms)
    gaba = Gaba(0.9, 0.05, warmup)
    found = run(gaba, norms, np.ones_like(norms))
    assert_same(found, Controller(0.9, 0.05, warmup).run(norms)[0])
    assert_same(run(COMPARATORS["raw"], norms, norms), raw_shares(norms))


def test_a_norm_that_is_not_finite_gives_raw_shares_nothing_to_go_by():
    norms = np.array([[math.nan, 1.0], [math.inf, 1.0]])
    assert_same(run(COMPARATORS["raw"], norms, norms), np.full((2, 2), 0.5))


@GRADNORMS
def test_the_gradnorm_gradient_is_the_slope_of_its_loss(parametrisation):
    rule = GradNorm(parametrisation=parametrisation, optimiser="sgd", rate=1.0, alpha=0.5)
    norms, progress = np.array([3.0, 0.5, 1.0]), np.array([0.4, 0.9, 0.7])
    start = np.array([1.4, 0.9, 0.7]) if parametrisation == "raw" else np.array([0.3, -0.1, 0.2])
    pulls = np.abs(rule.weights(start)) * norms
    target = pulls.mean() * (progress / progress.mean()) ** 0.5

    def loss(parameters):
        return np.abs(np.abs(rule.weights(parameters)) * norms - target).sum()

    slope = [(loss(start + e) - loss(start - e)) / 2e-6 for e in 1e-6 * np.eye(3)]
    gradient = rule._to_parameters(
        rule.weights(start), rule.weight_gradient(rule.weights(start), norms, progress)
    )
    np.testing.assert_allclose(gradient, slope, rtol=0, atol=1e-6)


def test_gradnorm_moves_weight_to_the_task_that_trains_slower():
    rule = GradNorm(alpha=1.5, rate=0.01)
    state = rule.init(2)
    for left in (1.0, 0.9, 0.8):
        state, weights = rule.step(state, np.ones(2), np.array([left, 1.0]))
    assert state.parameters[1] > 1.0 > state.parameters[0]
    assert weights.sum() == pytest.approx(2.0)


def test_dwa_is_uniform_for_two_epochs_and_then_follows_the_ratio_of_losses():
    rule = DynamicWeightAverage(temperature=2.0, steps_per_epoch=2)
    losses = np.repeat([[1.0, 1.0], [0.5, 1.0], [0.5, 0.5], [1.0, 1.0]], 2, axis=0)
    weights = run(rule, np.ones_like(losses), losses)
    assert_same(weights[:4], np.ones((4, 2)))
    expected = 2.0 * np.exp([0.25, 0.5]) / np.exp([0.25, 0.5]).sum()
    assert_same(weights[4:6], np.tile(expected, (2, 1)))
    expected = 2.0 * np.exp([0.5, 0.25]) / np.exp([0.5, 0.25]).sum()
    assert_same(weights[6:], np.tile(expected, (2, 1)))


def test_uncertainty_starts_at_the_published_weights_and_grows_as_a_loss_vanishes():
    rule = Uncertainty(rate=0.1)
    losses = np.tile([1e-6, 1.0], (200, 1))
    weights = run(rule, losses, losses)
    assert_same(weights[0], [0.5, 1.0])
    assert weights[-1, 0] > 1e3
    assert 0.0 < weights[-1, 1] < 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: GradNorm(alpha=-1.0), "alpha must be at least 0; got -1.0"),
        (lambda: GradNorm(rate=0.0), "rate must be above 0; got 0.0"),
        (
            lambda: GradNorm(parametrisation="log"),
            "parametrisation must be one of raw, softmax, exp; got 'log'",
        ),
        (lambda: GradNorm(optimiser="lion"), "optimiser must be one of adam, sgd; got 'lion'"),
        (lambda: DynamicWeightAverage(temperature=0.0), "temperature must be above 0; got 0.0"),
        (
            lambda: DynamicWeightAverage(steps_per_epoch=0),
            "steps_per_epoch must be a whole number of at least 1",
        ),
        (lambda: Uncertainty(kinds=("ranking", "regression")), "kinds must be regression or classification"),
        (lambda: Uncertainty().init(3), "kinds must name one kind for each of 3 tasks"),
        (lambda: Gaba(floor=0.6), r"floor must lie in \[0, 1/K\]"),
        (lambda: COMPARATORS["raw"].init(1), "tasks must be a whole number of at least 2; got 1"),
        (
            lambda: COMPARATORS["equal"].init(2, (0,)),
            r"batch\[0\] must be a whole number of at least 1; got 0",
        ),
        (lambda: COMPARATORS["equal"].step(None, [1.0, 2.0], [1.0, 2.0, 3.0]), "losses must have shape"),
    ],
)
def test_a_bad_setting_is_refused_by_name(make, message):
    with pytest.raises(ParameterError, match=message):
        make()
