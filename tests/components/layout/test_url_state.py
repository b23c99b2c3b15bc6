"""A view's state as text: what a link carries."""

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.convergence.presets import PRESETS
from components.convergence.state import SHOWS, ConvergenceState
from components.layout.url_state import from_text, to_text

STATES = st.builds(
    ConvergenceState,
    beta=st.floats(0, 1, exclude_max=True),
    floor=st.floats(0, 0.5),
    sigma=st.floats(0, 3),
    ratio=st.floats(0.01, 1e5),
    drift=st.floats(0.01, 100),
    warmup_steps=st.integers(0, 1000),
    steps_per_epoch=st.integers(1, 250),
    epochs=st.integers(1, 500),
    noise=st.sampled_from(["gaussian", "lognormal"]),
    seeds=st.lists(st.integers(0, 9999), min_size=1, max_size=8, unique=True).map(tuple),
    x=st.sampled_from(["epochs", "steps"]),
    window=st.sampled_from(["transient", "whole", "log"]),
    pin=st.sampled_from(["", "beta=0.9", "seeds=1%2C2&floor=0.1"]),
    show=st.lists(st.sampled_from(sorted(SHOWS)), unique=True).map(tuple),
)


@given(STATES)
@settings(deadline=None)
def test_a_link_restores_exactly_what_it_was_made_from(state):
    assert from_text(ConvergenceState, to_text(state)) == (state, ())


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("beta", "1", "beta must be a number in [0, 1); got 1.0. Using the default, 0.99."),
        ("beta", "nan", "beta must be a number in [0, 1); got nan. Using the default, 0.99."),
        ("beta", "fast", "beta must be a number; got 'fast'. Using the default, 0.99."),
        (
            "floor",
            "0.6",
            "floor must lie in [0, 1/K] = [0, 0.5] for K = 2; got 0.6. Using the default, 0.05.",
        ),
        ("epochs", "2.5", "epochs must be a whole number; got '2.5'. Using the default, 200."),
        (
            "seeds",
            "",
            "seeds must hold at least one seed; got none. Using the default, 42,123,456,789,1024.",
        ),
        (
            "window",
            "all",
            "window must be one of transient, whole, log; got 'all'. Using the default, transient.",
        ),
        (
            "pin",
            "beta=7",
            "pin must be the query of a link to this view; beta must be a number in [0, 1); got 7.0. "
            "Using the default, none.",
        ),
    ],
)
def test_a_bad_value_is_named_and_replaced_by_its_default(name, value, message):
    state, problems = from_text(ConvergenceState, {name: value})
    assert problems == (message,)
    assert state == ConvergenceState()


def test_one_bad_value_does_not_cost_the_good_ones():
    state, problems = from_text(ConvergenceState, {"beta": "2", "floor": "0.1", "utm_source": "mail"})
    assert state == ConvergenceState(floor=0.1)
    assert len(problems) == 1


def test_a_run_too_long_to_draw_is_refused():
    _, problems = from_text(ConvergenceState, {"epochs": "2000", "steps_per_epoch": "10000"})
    assert "500000 steps in all" in problems[0]


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_a_legal_state(name):
    values = PRESETS[name].values
    assert set(values) <= {f.name for f in fields(ConvergenceState)}
    ConvergenceState(**values)
