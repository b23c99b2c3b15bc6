"""Read-outs of many settings at once are those of each alone, for the work of a few."""

import dataclasses
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from inputs import REFERENCE, changed, simulation_params

from gaba_core import drift, share_moments
from gaba_core.equilibrium import equilibrium
from gaba_core.readouts import AT_ONCE, readouts, task_readouts, theories, theory
from gaba_core.regime_prediction import prediction
from gaba_core.share_moments import cached_moments
from gaba_core.simulation import simulate

SLICES = {
    "beta": (0.0, 0.5, 0.9, 0.99, 0.995, 0.9999),
    "floor": (0.0, 0.002, 0.05, 0.2, 0.5),
    "sigma": (0.0, 0.005, 0.05, 0.1, 0.5, 3.0),
    "warmup_steps": (0, 5, 100, 1000, 20_000),
    "norms": ((0.2, 0.2), (2.0, 0.2), (100.0, 0.2), (0.02, 0.2), (100.0, 0.0)),
    "norms_end": (None, (100.0, 0.2), (1.0, 0.2), (10_000.0, 0.2), (0.002, 0.2)),
    "epochs": (1, 5, 20, 200, 310),
    "steps_per_epoch": (1, 7, 49, 50, 64, 250),
    "seeds": ((1, 2, 3, 4, 5), (6, 7, 8, 9, 10), (42,), (1024,)),
}
CACHES = (cached_moments, drift.noise_effects, prediction, readouts)


def fresh(function, *args):
    """The result with nothing kept from before."""
    for cache in CACHES:
        cache.cache_clear()
    return function(*args)


def flat(result):
    """Every number of a nested result, None included, in order."""
    if dataclasses.is_dataclass(result):
        result = dataclasses.astuple(result)
    return [number for part in result for number in flat(part)] if isinstance(result, tuple) else [result]


def check(many):
    batched = fresh(readouts.many, many)
    for params, found in zip(many, batched, strict=True):
        alone = fresh(readouts, params)
        assert found.events == alone.events
        assert fresh(prediction, params)[1] == found.events[0]
        assert flat(found) == [
            None if number is None else pytest.approx(number, rel=1e-9, abs=1e-12) for number in flat(alone)
        ]


@pytest.mark.parametrize("noise", ["gaussian", "lognormal"])
@pytest.mark.parametrize("control", SLICES)
def test_a_slice_of_a_control_is_what_its_positions_are_alone(control, noise):
    check([changed(REFERENCE, noise=noise, **{control: value}) for value in SLICES[control]])


several_settings = st.lists(simulation_params(most_epochs=20, most_steps=30), min_size=2, max_size=5)


@given(several_settings)
@settings(max_examples=8)
def test_any_settings_together_are_what_they_are_alone(many):
    check(many)


@pytest.mark.slow
@given(several_settings)
@settings(max_examples=100)
def test_a_hundred_times_settings_together_are_what_they_are_alone(many):
    check(many)


def test_regimes_predicted_together_are_those_predicted_alone():
    many = [changed(REFERENCE, **{name: value}) for name in SLICES for value in SLICES[name]]
    batched = fresh(prediction.many, many)
    assert batched == [fresh(prediction, params) for params in many]


def calls_of(monkeypatch, module, name):
    """Arguments of every call of a function of a module from here on."""
    calls, function = [], getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args: calls.append(args) or function(*args))
    return calls


@pytest.mark.parametrize("control", ["beta", "floor", "warmup_steps", "epochs", "steps_per_epoch"])
def test_what_leaves_the_noise_alone_takes_one_quadrature(control, monkeypatch):
    calls = calls_of(monkeypatch, share_moments, "_two_by_sum")
    fresh(readouts.many, [changed(REFERENCE, **{control: value}) for value in SLICES[control]])
    assert [gaps.size for gaps, _ in calls] == [1]


def test_a_slice_of_drifts_is_integrated_in_one_go(monkeypatch):
    many = [changed(REFERENCE, norms_end=(100.0 * 1.05**i, 0.2)) for i in range(-8, 8)]
    calls = calls_of(monkeypatch, share_moments, "_two_by_sum")
    fresh(readouts.many, many)
    ends, along = (gaps.size for gaps, _ in calls)
    assert ends == 16
    assert along == sum(drift.nodes_needed(params) for params in many if params.norms_end != params.norms)
    assert along < 11 * 16


def test_a_hundred_positions_are_searched_a_few_times_each_question(monkeypatch):
    many = [changed(REFERENCE, floor=0.002 * i) for i in range(1, 101)]
    module = sys.modules["gaba_core.first_passage"]
    calls = calls_of(monkeypatch, module, "_up_to_first")
    fresh(readouts.many, many)
    groups = -(-len(many) * REFERENCE.steps * len(REFERENCE.seeds) // AT_ONCE)
    assert len(calls) <= 9 * (groups + 1)  # five questions of the mean path, four of the seeds


@pytest.mark.parametrize("task", range(4))
def test_the_read_outs_of_any_task_are_those_of_its_own_weight(task):
    params = changed(REFERENCE, norms=(30.0, 2.0, 5.0, 1.0))
    found = task_readouts((params, task))
    last = simulate(params).weights[:, -1, task]
    assert found.equilibrium == pytest.approx((equilibrium(params)[task], last.mean()), rel=1e-9)
    assert found.spread[1] == pytest.approx(last.std(ddof=1), rel=1e-6)
    if task == 0:
        assert found == readouts(params)


def test_the_courses_of_all_tasks_are_those_of_each_and_sum_to_one():
    params = changed(REFERENCE, norms=(30.0, 2.0, 5.0, 1.0))
    steps = np.arange(0, 600, 50)
    every = theories(params, steps, range(4))
    np.testing.assert_allclose(sum(one.weights for one in every), 1.0)
    for task, one in enumerate(every):
        np.testing.assert_array_equal(one.low, theory(params, steps, task).low)
        assert (one.low <= one.weights + 1e-12).all()
