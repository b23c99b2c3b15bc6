"""The moving average as a filter: the closed forms, their test values, and the simulation they describe."""

import math

import numpy as np
import pytest
from asserts import assert_same
from hypothesis import given
from hypothesis import strategies as st
from inputs import NOT_FINITE, betas

from gaba_core import (
    ParameterError,
    SimulationParams,
    frequency_response,
    noise_gain,
    settling_steps,
    simulate,
    step_response,
    time_constant,
)


def test_the_time_constant_is_close_to_one_over_one_minus_beta():
    assert time_constant(0.99) == pytest.approx(99.499, abs=5e-4)


def test_beta_zero_has_no_memory():
    assert time_constant(0.0) == 0.0
    assert settling_steps(0.0) == 0.0
    assert noise_gain(0.0) == 1.0
    assert step_response(0.0, 0.5, 0.1, 3).tolist() == [0.5, 0.1, 0.1]


@pytest.mark.parametrize(("multiple", "closed"), [(1, 0.63212), (3, 0.95021), (5, 0.99326)])
def test_a_multiple_of_the_time_constant_closes_the_known_share(multiple, closed):
    assert 1.0 - 0.99 ** (multiple * time_constant(0.99)) == pytest.approx(closed, abs=5e-6)


@pytest.mark.parametrize(("share", "steps"), [(0.05, 298.07), (0.02, 389.24), (0.01, 458.21)])
def test_settling_takes_the_known_steps(share, steps):
    assert settling_steps(0.99, share) == pytest.approx(steps, abs=5e-3)


def test_noise_is_damped_by_the_known_gain():
    assert noise_gain(0.99) == pytest.approx(0.07089, abs=5e-6)


@given(betas, st.floats(-1.0, 1.0), st.floats(-1.0, 1.0), st.integers(1, 50))
def test_the_response_is_the_recursion(beta, start, target, steps):
    values = [start]
    for _ in range(steps - 1):
        values.append(beta * values[-1] + (1.0 - beta) * target)
    assert_same(step_response(beta, start, target, steps), values)


def test_the_response_is_what_the_controller_does_without_noise():
    params = SimulationParams(sigma=0.0, warmup_steps=1, epochs=4, seeds=(42,))
    expected = step_response(0.99, 0.5, 0.2 / 100.2, params.steps)
    assert_same(simulate(params).state[0, :, 0], expected)


@given(betas, st.floats(0.0, math.pi))
def test_the_frequency_response_is_the_transfer_function_on_the_unit_circle(beta, omega):
    if beta > 0.9999:
        beta = 0.9999
    transfer = abs((1.0 - beta) / (1.0 - beta * np.exp(-1j * omega)))
    assert frequency_response(beta, omega)[0] == pytest.approx(transfer, rel=1e-9)


@pytest.mark.parametrize("beta", [0.0, 0.5, 0.99, 1 - 1e-12])
def test_what_does_not_change_passes_unchanged(beta):
    gains = frequency_response(beta, [0.0, 1.0, math.pi])
    assert gains[0] == 1.0
    assert (np.diff(gains) <= 0.0).all()
    assert gains[2] == pytest.approx((1.0 - beta) / (1.0 + beta))


@pytest.mark.parametrize(
    "function", [time_constant, settling_steps, noise_gain, lambda b: frequency_response(b, 1.0)]
)
@pytest.mark.parametrize("beta", [1.0, -0.1, 2, "0.9", None, True, *NOT_FINITE])
def test_a_bad_beta_is_named(function, beta):
    with pytest.raises(ParameterError, match=r"beta must be a number.*; got"):
        function(beta)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: step_response(0.9, math.nan, 0.0, 5), "start must be a finite number; got nan"),
        (lambda: step_response(0.9, 0.0, "1", 5), "target must be a finite number; got '1'"),
        (lambda: step_response(0.9, 0.0, 1.0, 0), "steps must be a whole number of at least 1; got 0"),
        (lambda: settling_steps(0.9, 0.0), "share must lie between 0 and 1, both excluded; got 0"),
        (lambda: settling_steps(0.9, 1.0), "share must lie between 0 and 1, both excluded; got 1"),
        (lambda: frequency_response(0.9, [0.0, math.inf]), "omega must hold finite numbers; got inf"),
    ],
)
def test_other_bad_arguments_are_named(call, message):
    with pytest.raises(ParameterError, match=message):
        call()
