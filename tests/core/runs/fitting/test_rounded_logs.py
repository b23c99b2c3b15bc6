"""Fits of logs that were rounded, that have no warm-up, or whose weights never met a floor."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaba_core import expected_shares, simulate, time_constant
from gaba_core.runs import fit_run, read_run
from gaba_core.runs.fitting.estimate import estimate, uniform_and_normal
from gaba_core.runs.fitting.floor import fit_floor
from gaba_core.runs.fitting.path import path_of
from gaba_core.runs.fitting.regression import Pairs
from gaba_core.runs.fitting.rounding import rounding_covariance, rounding_steps
from tests.run_cases import params

PARTS = ("time_constant", "beta", "target", "floor", "warmup")


def weights_log(case, rounded, kind="weights"):
    rows = rounded(getattr(simulate(case, case.steps_per_epoch, case.steps_per_epoch - 1), kind)[0])
    prefix = "lambda_" if kind == "weights" else "raw_weight_"
    log = [{"epoch": e} | {f"{prefix}{k}": float(x) for k, x in enumerate(row)} for e, row in enumerate(rows)]
    return read_run(json.dumps({"history": log, "steps_per_epoch": case.steps_per_epoch}))


def to_places(places):
    return lambda rows: np.round(rows, places)


def is_near(found, truth):
    """Whether a value lies within two of its half-widths: four standard errors."""
    return abs(found.value - truth) <= found.high - found.low


def several(tasks, **changes):
    """A case whose first task's gradient is 85 times as large as the others' together."""
    norms = (85.0, *[1.0 / (tasks - 1)] * (tasks - 1))
    return params(**({"norms": norms, "steps_per_epoch": 10, "epochs": 90, "sigma": 0.0} | changes))


@pytest.mark.parametrize("tasks", [2, 3, 6, 7])
@pytest.mark.parametrize("places", [4, 5, 6, 9])
@pytest.mark.parametrize("kind", ["weights", "state"])
def test_a_rounded_1_over_k_is_the_warm_up_and_no_movement(tasks, places, kind):
    case = several(tasks)
    fit = fit_run(weights_log(case, to_places(places), kind))
    assert fit.time_constant.value == pytest.approx(time_constant(0.99), rel=2e-2)
    assert is_near(fit.time_constant, time_constant(0.99))
    assert fit.warmup.value == pytest.approx(100.0, abs=0.2)
    assert is_near(fit.warmup, 100.0)
    assert is_near(fit.target, float(expected_shares(case)[0]))


@pytest.mark.parametrize(
    "rounded",
    [
        lambda rows: np.floor(rows * 1e5) / 1e5,
        lambda rows: rows.astype(np.float32).astype(float),
        lambda rows: rows.astype(np.float16).astype(float),
        lambda rows: np.vectorize(lambda x: float(f"{x:.4g}"))(rows),
        lambda rows: np.vectorize(lambda x: float(f"{x:.6g}"))(rows),
    ],
    ids=["cut off", "float32", "float16", "4 digits", "6 digits"],
)
@pytest.mark.parametrize("tasks", [3, 7])
def test_however_a_log_is_rounded_its_warm_up_is_found(rounded, tasks):
    fit = fit_run(weights_log(several(tasks, sigma=0.1), rounded))
    assert fit.time_constant.value == pytest.approx(time_constant(0.99), rel=0.03)
    assert fit.warmup.value == pytest.approx(100.0, abs=1.0)


@pytest.mark.parametrize(
    ("value", "text"),
    [(1e-4, "{:.4f}"), (1e-6, "{:.6f}"), (1e-9, "{:.9f}")],
)
def test_decimal_places_are_seen_in_the_values(value, text):
    values = np.array([float(text.format(x)) for x in np.random.default_rng(0).random(50)])
    np.testing.assert_allclose(rounding_steps(values), value)


def test_significant_digits_and_short_floats_have_steps_that_shrink_with_the_value():
    values = np.geomspace(0.001, 0.9, 50)
    digits = np.array([float(f"{x:.4g}") for x in values])
    np.testing.assert_allclose(rounding_steps(digits), 10.0 ** (np.floor(np.log10(digits)) - 3), rtol=1e-9)
    short = values.astype(np.float16).astype(float)
    np.testing.assert_allclose(rounding_steps(short), np.spacing(values.astype(np.float16)).astype(float))
    assert rounding_steps(values).max() < 1e-15


def test_rounding_errors_of_a_weight_at_rest_are_one_and_of_a_moving_one_are_many():
    still = rounding_covariance(np.full(4, 0.3), np.full(4, 1e-4), np.zeros((4, 4)))
    np.testing.assert_allclose(still, 1e-8 / 12.0)
    moving = rounding_covariance(np.linspace(0.1, 0.3, 4), np.full(4, 1e-4), np.zeros((4, 4)))
    np.testing.assert_allclose(moving, np.eye(4) * 1e-8 / 12.0, atol=1e-20)


@pytest.mark.parametrize(("uniform", "normal"), [(1.0, 0.0), (1.0, 0.1), (1.0, 0.5), (0.1, 2.0), (0.0, 1.0)])
def test_a_uniform_and_a_normal_error_together_are_held_in_95_of_100(uniform, normal):
    rng = np.random.default_rng(1)
    drawn = rng.uniform(-uniform, uniform, 200_000) + normal * rng.standard_normal(200_000)
    half = uniform_and_normal(uniform, normal, 1.959964)
    assert (np.abs(drawn) <= half).mean() == pytest.approx(0.95, abs=2e-3)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("steps_per_epoch", [10, 100])
@pytest.mark.parametrize("kind", ["weights", "state"])
def test_without_a_warm_up_its_end_is_no_less_than_0(seed, steps_per_epoch, kind):
    case = params(
        beta=0.995,
        warmup_steps=0,
        sigma=0.6,
        noise="lognormal",
        steps_per_epoch=steps_per_epoch,
        seeds=(seed,),
    )
    found = fit_run(weights_log(case, to_places(9), kind)).warmup
    assert 0.0 <= found.low <= found.value <= found.high <= steps_per_epoch


@settings(deadline=None, max_examples=15, derandomize=True)
@given(
    tasks=st.integers(2, 5),
    places=st.sampled_from([2, 3, 4, 6, 9, 17]),
    warmup=st.sampled_from([0, 1, 7, 100]),
    sigma=st.sampled_from([0.0, 0.05, 0.6, 2.0]),
    beta=st.sampled_from([0.5, 0.9, 0.99, 0.999]),
    floor=st.sampled_from([0.0, 0.05, 0.2]),
    kind=st.sampled_from(["weights", "state"]),
    seed=st.integers(0, 99),
)
def test_every_interval_is_in_order_and_legal(tasks, places, warmup, sigma, beta, floor, kind, seed):
    case = several(
        tasks, sigma=sigma, noise="lognormal", beta=beta, floor=floor, warmup_steps=warmup, seeds=(seed,)
    )
    fit = fit_run(weights_log(case, to_places(places), kind))
    tops = {"time_constant": math.inf, "beta": 1.0, "target": 1.0, "floor": 1.0 / tasks, "warmup": 900.0}
    for name in PARTS:
        found = getattr(fit, name)
        assert found is None or 0.0 <= found.low <= found.value <= found.high <= tops[name], name


def test_what_is_cut_to_what_is_possible_is_the_value_as_well_as_both_ends():
    assert estimate(-2.0, 0.5, low=0.0).interval == (0.0, 0.0)
    assert estimate(-2.0, 0.5, low=0.0).value == 0.0
    assert estimate(1.5, 0.1, high=1.0).interval == (1.0, 1.0)


# Unfloored weights in which a floor would fit a little better by chance: the best of 1,200 such logs.
CHANCES = [
    {
        "tasks": 5,
        "beta": 0.9,
        "apart": 3,
        "ratio": 6.687839724128606,
        "sigma": 0.05,
        "places": 9,
        "warmup": 121,
        "seed": 811234,
        "epochs": 59,
    },
    {
        "tasks": 3,
        "beta": 0.98,
        "apart": 32,
        "ratio": 2.5486232973697596,
        "sigma": 1.0,
        "places": 5,
        "warmup": 22,
        "seed": 307710,
        "epochs": 32,
    },
    {
        "tasks": 2,
        "beta": 0.98,
        "apart": 35,
        "ratio": 4.611231960434733,
        "sigma": 1.0,
        "places": 6,
        "warmup": 157,
        "seed": 213867,
        "epochs": 26,
    },
    {
        "tasks": 4,
        "beta": 0.95,
        "apart": 3,
        "ratio": 15.322056926787722,
        "sigma": 1.0,
        "places": 4,
        "warmup": 68,
        "seed": 771725,
        "epochs": 110,
    },
]


@pytest.mark.parametrize("chance", CHANCES)
def test_a_floor_that_fits_a_little_better_by_chance_is_not_believed(chance):
    case = params(
        beta=chance["beta"],
        floor=0.0,
        norms=(chance["ratio"], *(1.0 + 0.3 * k for k in range(chance["tasks"] - 1))),
        sigma=chance["sigma"],
        noise="lognormal",
        warmup_steps=chance["warmup"],
        steps_per_epoch=chance["apart"],
        epochs=chance["epochs"],
        seeds=(chance["seed"],),
    )
    path = path_of(weights_log(case, to_places(chance["places"])))
    retained = np.abs(path.values - path.start) > path.rounding
    values, rounding = path.values[retained], path.rounding[retained] / math.sqrt(12.0)
    pairs = Pairs(values[:-1], values[1:], np.ones(len(values) - 1), rounding[:-1], rounding[1:])
    assert fit_floor(pairs, with_floor=True).floor == 0.0


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("ratio", [3.0, 30.0, 300.0])
def test_weights_that_no_floor_held_up_have_none(seed, ratio):
    case = params(
        floor=0.0, norms=(ratio, 1.0), sigma=0.3, noise="lognormal", seeds=(seed,), steps_per_epoch=20
    )
    assert fit_run(weights_log(case, to_places(6))).floor is None
