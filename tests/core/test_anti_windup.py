"""The anti-windup schemes, the recovery experiment and the bias under noise."""

import dataclasses
import math

import numpy as np
import pytest
from asserts import assert_follows_order, assert_inside_bounds, assert_on_simplex, assert_same
from hypothesis import given
from hypothesis import strategies as st
from inputs import NOT_FINITE, betas, floor_of, parts_of_floor, tasks

from gaba_core import Controller, ParameterError, nominal_bounds, step_response
from gaba_core.anti_windup import (
    SCHEMES,
    BackCalculation,
    Gains,
    RecoverySettings,
    noise_bias,
    recovery_experiment,
    recovery_experiments,
    release_delay,
)

EVERY = pytest.mark.parametrize("key", list(SCHEMES))
# Scheme, then samples on the floor after the switch, sum of |error| after it, first settled sample.
TABLE = {
    0.06: "A 174 2.736 563, B 0 0.990 389, C 0 0.953 385, D 15 1.142 404, E 0 0.992 389, F 0 0.976 387",
    0.10: "A 66 8.290 456, B 0 4.950 389, C 0 4.913 388, D 5 5.241 395, E 0 4.952 389, F 0 4.936 388",
    0.50: "A 10 49.07 399, B 0 44.55 389, C 0 44.51 389, D 0 44.94 390, E 0 44.55 389, F 0 44.54 389",
}
ROWS = [(target, *row.split()) for target, rows in TABLE.items() for row in rows.split(", ")]
ROWS += [(target, "N", *numbers) for target, key, *numbers in ROWS if key == "A"]  # its output is GABA's


def drive(scheme, shares):
    """States and outputs along shares (..., T, K)."""
    state = scheme.init(shares.shape[-1], shares.shape[:-2])
    states, outputs = [], []
    for t in range(shares.shape[-2]):
        state, output = scheme.step(state, shares[..., t, :])
        states.append(state)
        outputs.append(output)
    return np.stack(states, axis=-2), np.stack(outputs, axis=-2)


def shares_of(count, seed, batch=(), steps=40):
    """Raw shares that jump between corners, as starved tasks see them."""
    return np.random.default_rng(seed).dirichlet(np.full(count, 0.2), size=(*batch, steps))


@pytest.mark.parametrize(("target", "key", "delay", "area", "settling"), ROWS)
def test_the_table_of_schemes_is_reproduced_to_the_digit(target, key, delay, area, settling):
    found = recovery_experiment(key, after=target)
    digits = len(area.split(".")[1])
    assert (found.release_delay, f"{found.iae:.{digits}f}", found.settling) == (
        int(delay),
        area,
        int(settling),
    )


@pytest.mark.parametrize("target", [0.06, 0.1, 0.5])
def test_with_two_tasks_projecting_the_state_is_clamping_it(target):
    clamped, projected = (recovery_experiment(key, after=target) for key in "BG")
    assert_same(projected.output, clamped.output)
    assert projected.settling == clamped.settling


@given(tasks, st.integers(0, 99), betas, parts_of_floor)
def test_back_calculation_runs_from_the_output_clamp_to_the_state_clamp(count, seed, beta, part):
    floor, shares = floor_of(part, count), shares_of(count, seed)
    for k, key in ((0.0, "A"), (1.0, "B")):
        expected = drive(dataclasses.replace(SCHEMES[key], beta=beta, floor=floor), shares)
        found = drive(BackCalculation(beta, floor, k), shares)
        assert_same(found, expected, atol=1e-15)


@pytest.mark.parametrize(("k", "key"), [(0.0, "A"), (1.0, "B")])
def test_back_calculation_at_its_ends_is_the_other_scheme_in_the_experiment(k, key):
    found, expected = recovery_experiment("D", k=k), recovery_experiment(key)
    assert_same(found.state, expected.state)
    assert (found.release_delay, found.settling) == (expected.release_delay, expected.settling)


@given(tasks, st.integers(0, 99), betas, parts_of_floor)
def test_the_output_clamp_is_gaba(count, seed, beta, part):
    floor = floor_of(part, count)
    norms = np.random.default_rng(seed).lognormal(0.0, 2.0, (30, count))
    controller = Controller(beta, floor, warmup_steps=0)
    scheme = dataclasses.replace(SCHEMES["A"], beta=beta, floor=floor)
    state, x = controller.init(count), scheme.init(count)
    for row in norms:
        state, weights = controller.step(state, row)
        raw = (row.sum() - row) / ((count - 1) * row.sum())
        x, output = scheme.step(x, raw)
        assert_same(scheme.weights(output), weights)


@EVERY
@given(tasks, st.integers(0, 99), betas, parts_of_floor)
def test_every_scheme_keeps_its_promises(key, count, seed, beta, part):
    floor = floor_of(part, count)
    scheme = dataclasses.replace(SCHEMES[key], beta=beta, floor=floor)
    states, outputs = drive(scheme, shares_of(count, seed))
    weights = scheme.weights(outputs)
    if key == "N":
        assert (weights == np.maximum(states, floor)).all()
        total = weights.sum(axis=-1)
        assert total.min() >= 1.0 - 1e-12
        assert total.max() <= 1.0 + (count - 1) * floor + 1e-12
    else:
        assert_on_simplex(weights)
    if key in "AEGN":
        assert_on_simplex(states)
    if key in "BCFG":
        assert states.min() >= floor - 1e-12
    if key not in "CN" or (key == "C" and count == 2):
        assert_inside_bounds(weights, floor)
    if key == "G":
        assert weights.max() <= nominal_bounds(count, floor)[1] + 1e-12


def test_without_renormalising_the_weights_sum_to_the_share_above_the_floor_and_the_floor():
    found = recovery_experiment("N")
    assert found.largest_sum == pytest.approx(0.05 + 1.0 - found.state.min())
    assert found.largest_sum == pytest.approx(1.048, abs=2e-4)
    assert recovery_experiment("N", before=0.0, steps_before=5000).largest_sum == pytest.approx(1.05)
    assert recovery_experiment("N", before=0.3, after=0.3).largest_sum == pytest.approx(1.0)
    assert {recovery_experiment(key).largest_sum for key in "ABCDEFG"} == {1.0}
    assert_same(found.output, recovery_experiment("A").output)


def test_three_tasks_below_the_floor_but_one_lift_the_sum_by_two_floors():
    scheme = dataclasses.replace(SCHEMES["N"], beta=0.0)
    _, outputs = drive(scheme, np.array([[0.0, 0.0, 1.0]]))
    assert scheme.weights(outputs)[0].tolist() == [0.05, 0.05, 1.0]


def test_conditional_integration_may_leave_the_bound_with_three_tasks():
    scheme = dataclasses.replace(SCHEMES["C"], beta=0.0)
    shares = np.array([[0.0, 1.0, 0.0], [0.05, 0.0, 0.95]])
    _, outputs = drive(scheme, shares)
    assert scheme.weights(outputs).min() < 0.05 / 1.1 - 1e-3


@EVERY
def test_reordering_the_tasks_reorders_what_a_scheme_does(key):
    shares = shares_of(4, seed=1)
    assert_follows_order(lambda rows: drive(SCHEMES[key], rows)[1], shares)
    assert_follows_order(lambda rows: drive(SCHEMES[key], rows)[0], shares)


@EVERY
def test_a_batch_of_seeds_is_one_seed_at_a_time(key):
    shares = shares_of(3, seed=2, batch=(4,))
    batched = drive(SCHEMES[key], shares)
    alone = [drive(SCHEMES[key], one) for one in shares]
    assert_same(batched[0], np.stack([states for states, _ in alone]))
    assert_same(batched[1], np.stack([outputs for _, outputs in alone]))


@EVERY
def test_experiments_together_are_experiments_alone(key):
    settings = [
        RecoverySettings(after=after, beta=beta, floor=floor, steps_before=before, steps_after=90, k=k)
        for after, beta, floor, before, k in [(0.2, 0.9, 0.05, 30, 0.1), (0.4, 0.95, 0.2, 7, 0.6)]
    ]
    for one, found in zip(settings, recovery_experiments(key, settings), strict=True):
        alone = recovery_experiment(key, **dataclasses.asdict(one))
        assert found.output.shape == (one.steps,)
        assert_same(found.state, alone.state)
        assert_same(found.output, alone.output)
        assert (found.iae, found.settling, found.depth) == pytest.approx(
            (alone.iae, alone.settling, alone.depth)
        )


@EVERY
def test_the_state_given_is_left_alone(key):
    state = np.array([0.06, 0.94])
    SCHEMES[key].step(state, np.array([0.0, 1.0]))
    assert state.tolist() == [0.06, 0.94]


def test_gaba_winds_up_by_its_whole_state_and_no_deeper_than_the_floor():
    found = recovery_experiment("A")
    assert found.depth == pytest.approx(0.05 - found.state[799])
    assert 0.0 < found.depth < 0.05
    assert found.saturation == 568 + 174
    assert recovery_experiment("B").depth == 0.0
    assert_same(found.state[:800], step_response(0.99, 0.5, 0.002, 801)[1:])
    assert found.ise == pytest.approx(((found.output[800:] - 0.06) ** 2).sum())


@pytest.mark.parametrize(
    ("target", "delay"), [(0.5, 10.1), (0.2, 27.6), (0.1, 67.0), (0.06, 174.9), (0.055, 234.9)]
)
def test_the_release_delay_is_that_of_the_closed_form(target, delay):
    assert release_delay(0.99, 0.05, target, 0.002) == pytest.approx(delay, abs=0.05)
    found = recovery_experiment("A", after=target)
    predicted = release_delay(0.99, 0.05, target, float(found.state[799]))
    assert found.release_delay == math.ceil(predicted) - 1


def test_a_release_takes_no_time_or_for_ever_at_the_edges():
    assert release_delay(0.99, 0.05, 0.1, 0.05) == 0.0
    assert release_delay(0.99, 0.05, 0.05, 0.01) == math.inf
    assert release_delay(0.0, 0.05, 0.1, 0.01) == 0.0
    stuck = recovery_experiment("A", after=0.04)
    assert (stuck.release_delay, stuck.settling) == (1200, None)


def test_only_the_input_clamp_is_biased_by_noise_above_the_floor():
    found = {key: noise_bias(scheme, share=0.06, sigma=1.0) for key, scheme in SCHEMES.items()}
    assert found.pop("F") > 0.01
    assert max(abs(bias) for bias in found.values()) < 1e-4
    assert noise_bias(SCHEMES["F"], share=0.06, sigma=0.0) == pytest.approx(0.0, abs=1e-12)
    assert noise_bias(SCHEMES["B"], share=0.002, sigma=2.0) > 10 * noise_bias(SCHEMES["A"], 0.002, 2.0) > 0.0


def test_the_bias_of_the_input_clamp_is_the_mean_of_the_clamped_share():
    generators = [np.random.default_rng(seed) for seed in range(20)]
    z = np.stack([generator.standard_normal((4000, 2)) for generator in generators])
    norms = np.array([0.94, 0.06]) * np.exp(z)
    shares = norms[..., 1] / norms.sum(axis=-1)
    expected = np.maximum(shares, 0.05).mean() - max(shares.mean(), 0.05)
    assert noise_bias(SCHEMES["F"], share=0.06, sigma=1.0) == pytest.approx(expected, abs=3e-4)


@EVERY
def test_every_scheme_names_its_rule_and_its_source(key):
    scheme = SCHEMES[key]
    assert scheme.key == key
    assert scheme.name
    assert scheme.source
    assert "x" in scheme.rule


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scheme": "H"}, "scheme must be one of A, B, C, D, E, F, G, N; got 'H'"),
        ({"scheme": "A", "beta": 1.0}, r"beta must be a number in \[0, 1\); got 1.0"),
        ({"scheme": "A", "floor": 0.6}, r"floor must lie in \[0, 1/K\] = \[0, 0.5\] for K = 2; got 0.6"),
        ({"scheme": "A", "after": 1.5}, r"after must be a number in \[0, 1\]; got 1.5"),
        ({"scheme": "A", "steps_after": 0}, "steps_after must be a whole number of at least 1; got 0"),
        ({"scheme": "D", "k": -0.1}, r"k must be a number in \[0, 1\]; got -0.1"),
        ({"scheme": "A", "start": math.nan}, "start must be a finite number; got nan"),
    ],
)
def test_a_bad_argument_of_the_experiment_is_named(arguments, message):
    with pytest.raises(ParameterError, match=message):
        recovery_experiment(**arguments)


@EVERY
def test_bad_shares_are_named(key):
    scheme = SCHEMES[key]
    state = scheme.init(2)
    for bad in NOT_FINITE:
        with pytest.raises(ParameterError, match="shares must hold finite numbers only"):
            scheme.step(state, [bad, 1.0])
    with pytest.raises(ParameterError, match=r"shares must have shape \(2,\); got shape \(3,\)"):
        scheme.step(state, [0.2, 0.3, 0.5])
    with pytest.raises(ParameterError, match="floor must lie in"):
        dataclasses.replace(scheme, floor=0.4).init(3)


def test_gains_may_differ_from_row_to_row():
    floors = np.array([[0.05], [0.2]])
    state, shares = np.full((2, 2), 0.5), np.array([[0.0, 1.0], [0.0, 1.0]])
    for scheme in SCHEMES.values():
        _, batched = scheme.advance(state, shares, Gains(np.array([[0.5], [0.1]]), floors, 0.3))
        for row, (beta, floor) in enumerate([(0.5, 0.05), (0.1, 0.2)]):
            _, alone = scheme.advance(state[row], shares[row], Gains(beta, floor, 0.3))
            assert_same(batched[row], alone)
