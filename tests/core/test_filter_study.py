"""The moving average under test: predicted beside measured."""

import math

import numpy as np
import pytest
from asserts import assert_same
from hypothesis import given
from hypothesis import strategies as st

from gaba_core import ParameterError, frequency_response, noise_gain, step_response, white_noise
from gaba_core.filter_study import (
    SHARES,
    filter_figures,
    half_power_frequency,
    measured_noise_gain,
    simulated_response,
    study_response,
)

fractions = st.floats(0.0, 1.0)


@given(st.floats(0.0, 0.9999), fractions, fractions, st.integers(1, 400))
def test_the_recursion_is_the_closed_form_to_1e_12(beta, start, target, steps):
    study = study_response(beta, start, target, steps)
    assert study.difference < 1e-12
    assert_same(study.analytic, step_response(beta, start, target, steps))
    assert_same(study.simulated, simulated_response(beta, start, target, steps))


def test_the_recursion_is_the_recursion():
    assert simulated_response(0.5, 1.0, 0.0, 4).tolist() == [1.0, 0.5, 0.25, 0.125]


def test_settling_is_the_first_step_past_the_predicted_time():
    study = study_response(0.99, 0.5, 0.002, 600)
    assert study.settled == (299, 390, 459)
    assert filter_figures(0.99).settling == pytest.approx((298.07, 389.24, 458.21), abs=5e-3)
    assert study_response(0.99, 0.5, 0.002, 350).settled == (299, None, None)
    assert study_response(0.99, 0.3, 0.3, 350).settled == (None,) * len(SHARES)


@given(st.floats(0.18, 0.9999))
def test_the_power_is_halved_at_the_half_power_frequency(beta):
    omega = 2.0 * math.pi * half_power_frequency(beta)
    assert frequency_response(beta, omega)[0] == pytest.approx(math.sqrt(0.5), rel=1e-9)


def test_a_short_memory_never_halves_the_power():
    assert half_power_frequency(0.17) is None
    assert half_power_frequency(0.0) is None
    assert frequency_response(0.17, math.pi)[0] > math.sqrt(0.5)
    assert half_power_frequency(0.99) == pytest.approx(0.01 / (2 * math.pi), rel=0.01)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.9, 0.99])
def test_white_noise_comes_out_as_small_as_predicted(beta):
    assert measured_noise_gain(beta, seed=42) == pytest.approx(noise_gain(beta), rel=0.02)
    assert measured_noise_gain(beta, 42) != measured_noise_gain(beta, 43) or beta == 0.0


@pytest.mark.parametrize("beta", [0.0, 0.3, 0.9, 0.9999])
@pytest.mark.parametrize("steps", [2, 31, 32, 1000, 5001])
def test_the_measured_gain_is_that_of_the_recursion(beta, steps):
    noise = np.random.default_rng(3).standard_normal(100_000 + steps)
    value, out = 0.0, []
    for z in noise.tolist():
        value = beta * value + (1.0 - beta) * z
        out.append(value)
    expected = np.std(out[100_000:]) / np.std(noise[100_000:])
    assert measured_noise_gain(beta, seed=3, steps=steps) == pytest.approx(expected, rel=1e-9)


def test_gains_of_one_seed_are_measured_on_one_draw():
    white_noise._drawn.cache_clear()
    for beta in np.linspace(0.9, 0.999, 20).tolist():
        measured_noise_gain(beta, seed=11)
    assert white_noise._drawn.cache_info().misses == 1


@pytest.mark.parametrize(
    "call",
    [
        lambda: study_response(1.0, 0.5, 0.1, 5),
        lambda: simulated_response(0.5, math.nan, 0.1, 5),
        lambda: simulated_response(0.5, 0.5, 0.1, 0),
        lambda: half_power_frequency(-0.1),
        lambda: measured_noise_gain(0.5, seed=-1),
    ],
)
def test_bad_arguments_are_refused(call):
    with pytest.raises(ParameterError, match="must be"):
        call()
