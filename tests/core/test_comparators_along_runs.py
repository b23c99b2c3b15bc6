"""Every comparator along a whole recording is what its steps are, one after another."""

import dataclasses

import numpy as np
import pytest
from asserts import assert_same
from comparator_cases import EVERY, KEYS, comparator_for, draws
from hypothesis import given
from hypothesis import strategies as st
from inputs import norm_recordings

from gaba_core import raw_shares
from gaba_core.comparators import COMPARATORS, Comparator, Gaba, run_comparator
from gaba_core.comparators.base import in_precision, side_by_side


def started(comparator, norms, losses, rested, taken):
    """A state to go on from, in the middle of a run or at its beginning."""
    typical = norms.mean(axis=-2), raw_shares(norms).mean(axis=-2), losses.mean(axis=-2)
    state = comparator.rest(*typical) if rested else comparator.init(norms.shape[-1], norms.shape[:-2])
    for t in range(taken):
        state, _ = comparator.step(state, norms[..., t, :], losses[..., t, :])
    return state


@EVERY
@given(
    st.integers(2, 5), st.integers(0, 99), st.booleans(), st.integers(0, 9), st.sampled_from(["adam", "sgd"])
)
def test_along_a_whole_recording_a_rule_is_itself_step_by_step(key, count, seed, rested, taken, optimiser):
    comparator = comparator_for(key, count)
    if key.startswith("gradnorm"):
        comparator = dataclasses.replace(
            comparator, optimiser=optimiser, rate=0.01 * (1 + seed % 20), alpha=0.5
        )
    norms, losses = draws(count, seed, batch=(2, 1), steps=60)
    state = started(comparator, norms, losses, rested, taken)
    expected = run_comparator_step_by_step(comparator, state, norms, losses)
    found = run_comparator(comparator, norms, losses, state)
    if key.startswith("gaba"):
        assert_same(found, expected)
    else:
        np.testing.assert_array_equal(found, expected)


def run_comparator_step_by_step(comparator, state, norms, losses):
    with np.errstate(all="ignore"):  # on SGD raw weights may grow beyond all bounds
        return Comparator.run(comparator, state, norms, losses)


@EVERY
@pytest.mark.parametrize("rested", [False, True])
def test_settings_side_by_side_step_as_each_does_alone(key, rested):
    comparator = comparator_for(key, 3)
    several = {
        "gaba": ({"beta": 0.5, "floor": 0.2}, {"beta": 0.0}),
        "gradnorm": ({"alpha": 0.0}, {"rate": 0.2}),
    }
    changes = several.get(key.partition("-")[0], ({}, {}))
    many = [comparator, *(dataclasses.replace(comparator, **change) for change in changes)]
    norms, losses = draws(3, seed=6, batch=(3, 2))
    batched = side_by_side(many)
    state = started(batched, norms, losses, rested, 5)
    stepped = run_comparator_step_by_step(batched, state, norms, losses)
    assert_same(run_comparator(batched, norms, losses, state), stepped)
    for i, one in enumerate(many):
        state = started(one, norms[i], losses[i], rested, 5)
        assert_same(run_comparator_step_by_step(one, state, norms[i], losses[i]), stepped[i])


@pytest.mark.parametrize("key", [key for key in KEYS if COMPARATORS[key].total != "1"])
def test_in_float32_a_whole_recording_is_itself_step_by_step(key):
    comparator = comparator_for(key, 2)
    norms, losses = (table.astype(np.float32) for table in draws(2, seed=7, steps=200))
    state = in_precision(comparator.init(2), np.float32)
    expected = run_comparator_step_by_step(comparator, state, norms, losses)
    np.testing.assert_array_equal(run_comparator(comparator, norms, losses, state), expected)


@given(norm_recordings(), st.integers(0, 70), st.integers(0, 1))
def test_gaba_all_at_once_is_gaba_step_by_step_over_gaps_too(norms, warmup, rested):
    norms = np.abs(norms)
    gaba = Gaba(0.9, 0.05, warmup)
    state = gaba.init(norms.shape[-1], norms.shape[:1])
    if rested:
        shares = np.random.default_rng(0).dirichlet(np.ones(norms.shape[-1]), norms.shape[0])
        state = gaba.rest(shares, shares, shares)
    expected = Comparator.run(gaba, state, norms, np.ones_like(norms))
    assert_same(gaba.run(state, norms, np.ones_like(norms)), expected)
