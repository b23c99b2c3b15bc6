"""Milestones found in a few blocks of steps are those of the run with every step looked at."""

import numpy as np
import pytest
from asserts import assert_same
from hypothesis import assume, given, settings
from inputs import REFERENCE, changed, simulation_params

from gaba_core import equilibrium, expected_shares, measure_events, simulate
from gaba_core.block_bounds import Blocks, blocks_of
from gaba_core.first_passage import judge
from gaba_core.milestones import measured_time_constants, milestones

CASES = {
    "reference": {},
    "no floor": {"floor": 0.0},
    "floor of one over K": {"floor": 0.5},
    "heavy noise": {"noise": "lognormal", "sigma": 2.3},
    "noise about the tolerance": {"noise": "lognormal", "sigma": 1.0},
    "clipped noise": {"sigma": 1.5},
    "balanced": {"norms": (1.0, 1.0)},
    "three tasks": {"norms": (1.0, 3.0, 9.0)},
    "drift across the floor": {"norms_end": (0.2, 100.0)},
    "no memory": {"beta": 0.0},
    "there at once": {"beta": 0.0, "warmup_steps": 0, "sigma": 0.0},
    "long memory": {"beta": 0.9999},
    "one epoch": {"epochs": 1},
    "never past its warm-up": {"warmup_steps": 20_000},
}


def looked_through(params):
    """Steps after warm-up at which the mean state has closed 1 - 1/e of its gap, from every step."""
    start, target = 1.0 / params.tasks, expected_shares(params)[0]
    state = simulate(params).state[:, params.warmup_steps :, 0].mean(axis=0)
    if abs(start - target) < 1e-9 or state.size == 0:
        return None
    gap = np.concatenate([[1.0], (state - target) / (start - target)])
    if gap.min() > np.exp(-1.0):
        return None
    at = int((gap <= np.exp(-1.0)).argmax())
    if gap[at] <= 0.0:
        return float(at)
    return at - 1 + (np.log(gap[at - 1]) + 1.0) / (np.log(gap[at - 1]) - np.log(gap[at]))


def check(params):
    run = blocks_of([params])
    assert milestones_of(run, params) == measure_events(simulate(params))
    expected, (found,) = looked_through(params), constants_of(run, params)
    assert found == (None if expected is None else pytest.approx(expected, abs=1e-6))


def milestones_of(run, params):
    """Milestones of every seed."""
    return milestones(judge(run, np.array([params.floor]), equilibrium(params)[None]))[0]


def constants_of(run, params):
    """The measured time constant."""
    return measured_time_constants(run, [params], expected_shares(params)[:1])


@pytest.mark.parametrize("case", CASES)
def test_milestones_are_those_of_every_step(case):
    check(changed(REFERENCE, **CASES[case]))


@given(simulation_params(most_epochs=20, most_steps=60))
@settings(max_examples=300)
def test_any_legal_run_has_the_milestones_of_every_step(params):
    assume(equilibrium(params).min() > 1e-9)  # an equilibrium of 0 is reached by rounding
    check(params)


@given(simulation_params(most_epochs=10, most_steps=60))
def test_no_state_leaves_the_bounds_of_its_block(params):
    run, state = blocks_of([params]), simulate(params).state
    seeds, blocks = np.indices(run.low[:, 0].shape)
    filled = run.states(seeds.ravel(), blocks.ravel())
    assert (filled.min(axis=-1) >= run.low.swapaxes(1, 2).reshape(-1, params.tasks) - 1e-12).all()
    assert (filled.max(axis=-1) <= run.high.swapaxes(1, 2).reshape(-1, params.tasks) + 1e-12).all()
    whole = filled.reshape(*run.low[:, 0].shape, params.tasks, -1).transpose(0, 1, 3, 2)
    assert_same(whole.reshape(len(state), -1, params.tasks)[:, -params.steps :], state)


@pytest.mark.parametrize(("case", "most"), [("reference", 60), ("no floor", 160), ("heavy noise", 60)])
def test_only_the_blocks_that_decide_are_filled(case, most, monkeypatch):
    params = changed(REFERENCE, **CASES[case])
    run, fill, filled = blocks_of([params]), Blocks.states, []
    monkeypatch.setattr(Blocks, "states", lambda *args: filled.append(args[1].size) or fill(*args))
    milestones_of(run, params)
    constants_of(run, params)
    assert 0 < sum(filled) <= most < run.low[:, 0].size / 4
