"""The simulation against an evaluation written out step by step, and against the published table."""

import numpy as np
import pytest
from asserts import assert_inside_bounds, assert_on_simplex, assert_same
from hypothesis import given, settings
from hypothesis import strategies as st
from inputs import REFERENCE, TABLE_EPOCHS, TABLE_WEIGHTS, changed, simulation_params
from step_by_step import evaluate

from gaba_core import ParameterError, SimulationParams, gradients, simulate, simulate_chunks, simulation


@pytest.fixture(scope="module")
def reference_run():
    return simulate(REFERENCE)


def test_every_seed_prints_the_published_table():
    weights = simulate(REFERENCE, every=REFERENCE.steps_per_epoch).weights[:, TABLE_EPOCHS, 0]
    assert np.round(weights, 4).tolist() == [TABLE_WEIGHTS] * 5


def test_ends_of_epochs_are_sampled_with_an_offset():
    ends = simulate(REFERENCE, every=49, offset=48)
    assert ends.steps[:3].tolist() == [48, 97, 146]
    assert round(float(ends.weights[0, 2, 0]), 4) == 0.3125


def test_shapes_are_seeds_samples_tasks():
    run = simulate(changed(REFERENCE, epochs=3), every=49)
    assert run.weights.shape == run.state.shape == (5, 3, 2)
    assert run.steps.tolist() == [0, 49, 98]


def test_the_reference_run_agrees_with_the_equations(reference_run):
    weights, state = evaluate(REFERENCE)
    assert_same(reference_run.weights, weights)
    assert_same(reference_run.state, state)


@given(simulation_params())
@settings(max_examples=250)
def test_any_legal_run_agrees_with_the_equations(params):
    run = simulate(params)
    weights, state = evaluate(params)
    assert_same(run.weights, weights)
    assert_same(run.state, state)


@given(simulation_params(), st.integers(1, 300), st.integers(0, 300))
def test_samples_are_the_steps_of_the_whole_run(params, every, offset):
    offset = min(offset, params.steps - 1)
    whole, sampled = simulate(params), simulate(params, every, offset)
    assert sampled.steps.tolist() == whole.steps[offset::every].tolist()
    assert_same(sampled.weights, whole.weights[:, offset::every])
    assert_same(sampled.state, whole.state[:, offset::every])


@given(simulation_params(), st.integers(1, 240), st.integers(1, 50))
def test_a_run_that_is_stopped_is_the_start_of_the_whole(params, stop, every):
    stop = min(stop, params.steps)
    whole, stopped = simulate(params, every), simulate(params, every, stop=stop)
    assert stopped.steps.tolist() == [step for step in whole.steps.tolist() if step < stop]
    assert_same(stopped.weights, whole.weights[:, : stopped.steps.size])
    assert_same(stopped.state, whole.state[:, : stopped.steps.size])


@given(simulation_params())
def test_weights_stay_on_the_simplex_and_inside_the_reachable_bounds(params):
    run = simulate(params)
    assert_on_simplex(run.weights)
    assert_on_simplex(run.state)
    assert_inside_bounds(run.weights, params.floor, reachable=True)


@given(simulation_params())
def test_the_same_seed_gives_the_same_numbers(params):
    first, second = simulate(params), simulate(params)
    assert np.array_equal(first.weights, second.weights)
    alone = simulate(changed(params, seeds=params.seeds[-1:]))
    assert np.array_equal(alone.weights[0], first.weights[-1])


@given(simulation_params())
def test_a_longer_run_begins_like_a_shorter_one(params):
    params = changed(params, norms_end=None)
    longer = simulate(changed(params, epochs=params.epochs + 1))
    assert_same(longer.weights[:, : params.steps], simulate(params).weights)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.99, 0.9999, 1 - 1e-12])
def test_a_million_steps_neither_overflow_nor_lose_the_simplex(beta):
    params = SimulationParams(beta=beta, seeds=(42,), epochs=1000, steps_per_epoch=1000, sigma=1.0)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        every_step, sampled = simulate(params), simulate(params, every=1000, offset=999)
    assert_on_simplex(every_step.weights)
    assert_same(sampled.state, every_step.state[:, 999::1000])


@pytest.mark.parametrize("sigma", [50.0, 1e6, 1e300])
@pytest.mark.parametrize("noise", ["gaussian", "lognormal"])
def test_noise_beyond_any_float_still_gives_weights(noise, sigma):
    params = SimulationParams(norms=(1e300, 0.0, 1.0), noise=noise, sigma=sigma, epochs=3, floor=0.0)
    assert_on_simplex(simulate(params).weights)


def test_a_floor_of_zero_leaves_the_average_as_it_is(reference_run):
    unfloored = simulate(changed(REFERENCE, floor=0.0))
    assert_same(unfloored.weights, reference_run.state)


def test_reordering_the_tasks_reorders_the_run_without_noise():
    norms = np.array([3.0, 1.0, 20.0, 0.5])
    there = simulate(SimulationParams(norms=tuple(norms), sigma=0.0, epochs=20)).weights
    back = simulate(SimulationParams(norms=tuple(norms[::-1]), sigma=0.0, epochs=20)).weights
    assert_same(back, there[..., ::-1])


@pytest.mark.parametrize("every", [0, -1, 1.5, "49", True, None])
def test_every_must_be_a_whole_number_of_at_least_one(every):
    with pytest.raises(ParameterError, match="every must be a whole number of at least 1; got"):
        simulate(REFERENCE, every=every)


@pytest.mark.parametrize("offset", [-1, 9800, 0.5])
def test_the_offset_must_be_a_step_of_the_run(offset):
    with pytest.raises(ParameterError, match=r"offset must be a whole number in \[0, 9799\]; got"):
        simulate(REFERENCE, every=49, offset=offset)


@pytest.mark.parametrize("stop", [0, -1, 9801, 0.5])
def test_the_end_must_lie_in_the_run(stop):
    with pytest.raises(ParameterError, match=r"stop must be a whole number in \[1, 9800\]; got"):
        simulate(REFERENCE, stop=stop)


@pytest.mark.parametrize(("size", "threads"), [(1, 1), (2, 3), (5, 2), (9, None)])
def test_chunks_in_order_are_the_whole(size, threads):
    chunks = list(simulate_chunks(REFERENCE, 49, 48, size=size, threads=threads))
    assert [seed for chunk in chunks for seed in chunk.params.seeds] == list(REFERENCE.seeds)
    whole = simulate(REFERENCE, 49, 48)
    assert np.array_equal(np.concatenate([chunk.weights for chunk in chunks]), whole.weights)
    assert np.array_equal(np.concatenate([chunk.state for chunk in chunks]), whole.state)


def test_no_more_chunks_are_computed_ahead_than_keep_the_threads_busy(monkeypatch):
    drawn, draw = [], gradients.fresh_raw_shares
    monkeypatch.setattr(
        simulation, "fresh_raw_shares", lambda params: drawn.append(params.seeds) or draw(params)
    )
    params = changed(REFERENCE, seeds=tuple(range(100)), epochs=1)
    chunks = simulate_chunks(params, size=1, threads=2)
    assert drawn == []
    for taken in range(1, 101):
        next(chunks)
        assert taken <= len(drawn) <= taken + 5


@pytest.mark.parametrize("name", ["every", "offset", "size", "threads"])
def test_bad_chunks_are_named_before_anything_is_computed(name):
    with pytest.raises(ParameterError, match=f"{name} must be a whole number"):
        simulate_chunks(REFERENCE, **{name: -1})
