"""Facts on two and three tasks: GABA's shares among the gradient balancers, and what its steps harm."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaba_core import floor_renormalise
from gaba_core.aggregators import (
    AGGREGATORS,
    first_order_gain,
    harm_rates,
    harm_share,
    harms_any,
    is_harmed,
)
from gaba_core.comparators import Gaba
from gaba_core.controller import raw_shares

NORMS = np.array([100.0, 0.2])


def gramian_of(norms, cosines):
    """Gramians (..., K, K) of norms (..., K) with the cosines of the pairs (1, 2), (1, 3), (2, 3), .."""
    tasks = norms.shape[-1]
    between = np.eye(tasks)
    between[np.triu_indices(tasks, 1)] = cosines
    between = np.maximum(between, between.T) + np.minimum(between, between.T) - np.diag(np.diag(between))
    return norms[..., :, None] * norms[..., None, :] * between


def inverse_shares(norms):
    return 1.0 / norms / (1.0 / norms).sum(axis=-1, keepdims=True)


@given(st.floats(1e-4, 1e4), st.floats(1e-4, 1e4), st.floats(-0.999, 0.999))
def test_raw_share_inverse_share_and_imtl_g_are_one_for_two_tasks(first, second, cosine):
    norms = np.array([first, second])
    imtl_g = AGGREGATORS["imtl-g"](gramian_of(norms, [cosine]))
    np.testing.assert_allclose(imtl_g, raw_shares(norms), atol=1e-12)
    np.testing.assert_allclose(imtl_g, inverse_shares(norms), rtol=1e-9)


def test_they_are_three_things_for_three_tasks():
    norms = np.array([500.0, 7.0, 8.0])
    imtl_g = AGGREGATORS["imtl-g"](gramian_of(norms, [-0.3, 0.2, 0.1]))
    np.testing.assert_allclose(raw_shares(norms), [0.0146, 0.4932, 0.4922], atol=5e-5)
    np.testing.assert_allclose(inverse_shares(norms), [0.0074, 0.5294, 0.4632], atol=5e-5)
    np.testing.assert_allclose(imtl_g, [0.0095, 0.7043, 0.2861], atol=5e-5)


def test_imtl_g_is_the_inverse_share_where_all_cosines_are_one_number():
    norms = np.array([500.0, 7.0, 8.0])
    for cosine in (-0.4, 0.0, 0.6):
        found = AGGREGATORS["imtl-g"](gramian_of(norms, [cosine] * 3))
        np.testing.assert_allclose(found, inverse_shares(norms), rtol=1e-9)


def test_imtl_g_can_be_negative():
    assert (AGGREGATORS["imtl-g"](gramian_of(np.ones(3), [0.95, 0.4, 0.65])) < 0.0).any()


@given(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.floats(-0.999999, 1.0))
def test_the_raw_share_of_the_step_itself_harms_neither_of_two_tasks(first, second, cosine):
    norms = np.array([first, second])
    gramian, weights = gramian_of(norms, [cosine]), raw_shares(norms)
    gains = first_order_gain(gramian, weights) / norms
    np.testing.assert_allclose(gains[0], gains[1], atol=1e-9 * norms.max())
    assert not is_harmed(gramian, weights).any()


@pytest.mark.parametrize(
    ("weights", "limit"), [([0.5, 0.5], -0.002), (floor_renormalise([0.002, 0.998], 0.05), -0.0399)]
)
def test_a_task_is_harmed_below_the_cosine_that_the_weights_set(weights, limit):
    weights = np.asarray(weights)
    exact = -(weights[1] * NORMS[1]) / (weights[0] * NORMS[0])
    assert exact == pytest.approx(limit, rel=2e-3)
    below, above = (gramian_of(NORMS, [exact * factor]) for factor in (1.001, 0.999))
    np.testing.assert_array_equal(is_harmed(below, weights), [False, True])
    np.testing.assert_array_equal(is_harmed(above, weights), [False, False])


def test_what_a_step_does_to_each_loss_at_500_to_1_and_a_cosine_of_minus_a_tenth():
    gramian = np.array([[10000.0, -2.0], [-2.0, 0.04]])
    floored = floor_renormalise([0.2 / 100.2, 100.0 / 100.2], 0.05)
    np.testing.assert_allclose(first_order_gain(gramian, [0.5, 0.5]), [4999.0, -0.98])
    np.testing.assert_allclose(first_order_gain(gramian, floored), [475.2, -0.0573], rtol=1e-3)
    np.testing.assert_allclose(first_order_gain(gramian, raw_shares(NORMS)), [17.96, 0.0359], rtol=1e-3)


HARM = [
    (1.0, 0.0, (17, 43, 57)),
    (0.2, 0.0, (0, 0, 1)),
    (0.5, 0.0, (0.2, 9, 26)),
    (1.0, 0.05, (74, 93, 96)),
]


@pytest.mark.parametrize(("sigma", "floor", "percent"), HARM)
def test_memory_and_floor_harm_the_small_task_as_often_as_theory_says(sigma, floor, percent):
    """500 : 1, beta .99: percent of the steps at cosines -.1, -.3 and -.5."""
    noise = np.random.default_rng(7).standard_normal((5, 20000, 2))
    norms = NORMS * np.exp(sigma * noise)
    weights = Gaba(floor=floor).run(Gaba(floor=floor).init(2, (5,)), norms, norms)
    for cosine, wanted in zip((-0.1, -0.3, -0.5), percent, strict=True):
        gramians = gramian_of(norms, [cosine])
        settled = harm_rates(gramians[:, 2000:], weights[:, 2000:]).mean(axis=0)
        assert 100.0 * settled[1] == pytest.approx(wanted, abs=1.0 if wanted >= 1 else 0.15)
        assert not harm_rates(gramians, raw_shares(norms)).any()


def test_steps_without_a_gramian_do_not_count():
    gramians = np.array([[[1.0, -0.5], [-0.5, 0.01]]] * 4)
    gramians[1] = np.nan
    weights = np.array([[0.5, 0.5], [0.5, 0.5], [0.0, 1.0], [np.nan, 1.0]])
    np.testing.assert_array_equal(harm_rates(gramians, weights), [0.5, 0.5])
    assert np.isnan(harm_rates(gramians[1:2], weights[:1])).all()


def test_a_step_harms_some_task_where_it_harms_one():
    gramians = gramian_of(np.array([[100.0, 0.2]] * 3), [-0.5])
    gramians[1] = np.nan
    weights = np.array([[0.5, 0.5], [0.5, 0.5], [0.002, 0.998]])
    assert harms_any(gramians, weights).tolist() == [True, False, False]
    assert harm_share(gramians, weights) == 0.5
    assert np.isnan(harm_share(gramians[1:2], weights[1:2]))
    weights[0, 0] = np.nan
    assert harm_share(gramians, weights) == 0.0
