"""The controller step by step and all at once."""

import numpy as np
import pytest
from asserts import assert_follows_order, assert_on_simplex, assert_same
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from inputs import NOT_FINITE, betas, floor_of, norm_recordings, norm_values, parts_of_floor
from step_by_step import evaluate_norms

from gaba_core import Controller, ParameterError, raw_shares

norm_vectors = st.integers(2, 8).flatmap(lambda count: arrays(np.float64, count, elements=norm_values))


def stream(controller, norms):
    state = controller.init(norms.shape[-1], batch=(norms.shape[0],))
    weights, averages = [], []
    for step in range(norms.shape[1]):
        state, weight = controller.step(state, norms[:, step])
        weights.append(weight)
        averages.append(state.ema)
    return np.stack(weights, axis=1), np.stack(averages, axis=1), state


@given(norm_recordings(), betas, parts_of_floor, st.integers(0, 70))
def test_streaming_and_batch_agree(norms, beta, part, warmup):
    controller = Controller(beta, floor_of(part, norms.shape[-1]), warmup)
    with np.errstate(over="raise", divide="raise"):
        weights, averages, state = stream(controller, np.abs(norms))
        batch_weights, batch_averages = controller.run(np.abs(norms))
    assert_same(batch_weights, weights)
    assert_same(batch_averages, averages)
    assert state.step == norms.shape[1]
    assert state.skipped.tolist() == (~np.isfinite(norms).all(axis=-1)).sum(axis=-1).tolist()


@given(norm_recordings(), betas, parts_of_floor, st.integers(0, 70))
def test_batch_agrees_with_the_equations_around_every_gap(norms, beta, part, warmup):
    floor = floor_of(part, norms.shape[-1])
    weights, averages = Controller(beta, floor, warmup).run(np.abs(norms))
    for seed, recording in enumerate(np.abs(norms).tolist()):
        expected_weights, expected_averages = evaluate_norms(recording, beta, floor, warmup)
        assert_same(weights[seed], expected_weights)
        assert_same(averages[seed], expected_averages)


@given(norm_recordings(), st.integers(1, 70), st.integers(0, 70))
def test_a_sampled_run_reads_the_steps_of_the_whole_one(norms, every, offset):
    offset = min(offset, norms.shape[1] - 1)
    controller = Controller(warmup_steps=7, floor=0.1)
    whole, sampled = controller.run(np.abs(norms)), controller.run(np.abs(norms), every, offset)
    assert_same(sampled[0], whole[0][:, offset::every])
    assert_same(sampled[1], whole[1][:, offset::every])


@given(norm_vectors)
def test_raw_shares_lie_on_the_simplex_and_follow_the_order_of_tasks(norms):
    shares = raw_shares(norms)
    assert_on_simplex(shares)
    assert shares.max() <= 1.0 / (norms.size - 1) + 1e-15
    assert_follows_order(raw_shares, norms)


@given(norm_vectors, st.integers(-300, 300))
def test_raw_shares_do_not_depend_on_the_unit(norms, exponent):
    norms = norms / max(1.0, norms.max())
    assert_same(raw_shares(np.ldexp(norms, exponent)), raw_shares(norms), atol=1e-9)


def test_raw_shares_follow_the_equation():
    assert_same(raw_shares([100.0, 0.2]), [0.2 / 100.2, 100.0 / 100.2])
    assert_same(raw_shares([1.0, 2.0, 5.0]), [7 / 16, 6 / 16, 3 / 16])


@pytest.mark.parametrize(("count", "edge"), [(2, 0.95), (3, 0.9), (5, 0.8)])
def test_a_share_is_floored_where_its_task_holds_too_much_of_the_gradient(count, edge):
    for part, floored in ((edge - 1e-6, False), (edge + 1e-6, True)):
        norms = np.full(count, (1.0 - part) / (count - 1))
        norms[0] = part
        assert (raw_shares(norms)[0] < 0.05) == floored


@pytest.mark.parametrize("count", [2, 3, 8])
def test_norms_that_are_all_zero_share_equally(count):
    assert_same(raw_shares(np.zeros((4, count))), np.full((4, count), 1.0 / count))


@pytest.mark.parametrize("norms", [[1e308, 1.5e308], [5e-324, 5e-324], [1e308, 5e-324, 0.0]])
def test_raw_shares_survive_the_ends_of_the_float_range(norms):
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert_on_simplex(raw_shares(norms))


def test_nothing_moves_during_the_warm_up():
    controller = Controller(beta=0.5, warmup_steps=3)
    weights, averages, _ = stream(controller, np.full((1, 4, 2), [100.0, 0.2]))
    assert weights[0, :3].tolist() == averages[0, :3].tolist() == [[0.5, 0.5]] * 3
    assert averages[0, 3, 0] < 0.5


def test_a_step_leaves_the_state_it_was_given_alone():
    controller = Controller(warmup_steps=0)
    before = controller.init(3)
    after, _ = controller.step(before, [1.0, 2.0, np.nan])
    assert before.step == 0
    assert before.skipped == 0
    assert (after.step, int(after.skipped)) == (1, 1)
    assert_same(before.ema, np.full(3, 1 / 3))


@pytest.mark.parametrize("bad", NOT_FINITE)
def test_a_norm_that_is_not_finite_holds_the_average_and_is_counted(bad):
    controller = Controller(beta=0.5, warmup_steps=0)
    state, _ = controller.step(controller.init(2, batch=(2,)), [[1.0, 3.0], [1.0, 3.0]])
    held, weights = controller.step(state, [[1.0, bad], [1.0, 3.0]])
    assert held.skipped.tolist() == [1, 0]
    assert_same(held.ema[0], state.ema[0])
    assert held.ema[1, 0] > state.ema[1, 0]
    assert_on_simplex(weights)


@pytest.mark.parametrize(
    ("norms", "message"),
    [
        ([1.0, -2.0], r"norms must be at least 0; got -2\.0\."),
        ([1.0, 2.0, 3.0], r"norms must have shape \(2,\); got shape \(3,\)\."),
        ("ab", "norms must be an array of numbers; got 'ab'"),
        ([1.0], r"norms must hold at least 2 tasks on its last axis; got shape \(1,\)\."),
        ([True, False], "norms must be an array of numbers"),
        ([[1.0], [1.0, 2.0]], "norms must be an array of numbers"),
    ],
)
def test_bad_norms_are_named(norms, message):
    controller = Controller()
    with pytest.raises(ParameterError, match=message):
        controller.step(controller.init(2), norms)


@pytest.mark.parametrize("norms", [np.ones((2, 2)), np.ones((0, 5, 2)), np.ones((2, 0, 2))])
def test_a_run_needs_seeds_steps_and_tasks(norms):
    with pytest.raises(ParameterError, match="norms must h"):
        Controller().run(norms)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"beta": 1.0}, r"beta must be a number in \[0, 1\); got 1\.0\."),
        ({"beta": float("nan")}, "beta must be a number"),
        ({"floor": 0.6}, r"floor must lie in \[0, 1/K\]"),
        ({"floor": -0.1}, r"floor must lie in \[0, 1/K\]"),
        ({"warmup_steps": 1.5}, "warmup_steps must be a whole number; got 1.5"),
        ({"warmup_steps": -1}, "warmup_steps must be a whole number of at least 0; got -1"),
    ],
)
def test_bad_settings_are_named(settings, message):
    with pytest.raises(ParameterError, match=message):
        Controller(**settings)


def test_a_floor_above_one_over_k_is_refused_where_the_tasks_are_known():
    with pytest.raises(ParameterError, match=r"floor must lie in \[0, 1/K\] = \[0, 0\.333333\] for K = 3"):
        Controller(floor=0.4).init(3)


@pytest.mark.parametrize("count", [1, 0, 2.0, "2", True])
def test_fewer_than_two_tasks_are_refused(count):
    with pytest.raises(ParameterError, match="tasks must be a whole number of at least 2; got"):
        Controller().init(count)


def test_a_batch_must_hold_whole_numbers():
    with pytest.raises(ParameterError, match=r"batch\[1\] must be a whole number of at least 1; got 0\."):
        Controller().init(2, batch=(3, 0))
