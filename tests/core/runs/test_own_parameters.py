"""Where a run's own parameters come from: run.json, the fit, the log, the reference."""

import dataclasses
import math

import numpy as np
import pytest

from gaba_core import SimulationParams
from gaba_core.gradients import gradient_norms
from gaba_core.runs import fit_run, read_run
from gaba_core.runs.own_parameters import noise_of, own_parameters
from tests.paths import LOGS
from tests.run_cases import about, params, records, run_of
from tests.run_logs import info, trace, write

CONTROLLER = ("beta", "floor", "warmup_steps")


def sources(own, names=CONTROLLER):
    return [getattr(own, name).source for name in names]


def test_run_json_comes_first_and_the_fit_stands_beside_it():
    run = read_run(LOGS / "FD002/gaba/seed_42")
    own = own_parameters(run)
    assert [getattr(own, name).value for name in CONTROLLER] == [0.99, 0.05, 100]
    assert sources(own) == ["run.json"] * 3
    assert all(getattr(own, name).fitted is not None for name in CONTROLLER)
    expected = (run.info.steps_per_epoch, "run.json")
    assert (own.steps_per_epoch.value, own.steps_per_epoch.source) == expected


def test_the_fit_comes_first_where_it_is_preferred_rounded_inside_its_interval():
    run = read_run(LOGS / "FD002/gaba/seed_42")
    own, fit = own_parameters(run, "fit"), fit_run(run)
    assert sources(own) == ["fit"] * 3
    for name, found in (("beta", fit.beta), ("floor", fit.floor), ("target", fit.target)):
        assert found.covers(getattr(own, name).value)
    assert own.warmup_steps.value == 100
    assert isinstance(own.warmup_steps.value, int)


def test_without_run_json_the_fit_tells_and_what_it_cannot_is_the_reference():
    settings = params(beta=0.97, floor=0.03, warmup_steps=60)
    own = own_parameters(run_of(records(settings), steps_per_epoch=49))
    assert sources(own) == ["fit", "reference", "fit"]
    assert own.beta.value == pytest.approx(0.97, abs=2e-3)
    assert own.floor.value == 0.05


def test_a_fit_in_epochs_is_told_in_the_steps_of_the_reference_epoch():
    own = own_parameters(run_of(records(params())))
    assert (own.steps_per_epoch.value, own.steps_per_epoch.source) == (49, "reference")
    assert own.beta.fitted.value == pytest.approx(math.exp(-1 / 99.499), rel=1e-4)
    assert own.warmup_steps.value == pytest.approx(100, abs=1)


def test_weights_below_what_the_reference_floor_allows_have_none():
    state = records(params(sigma=0.0))
    log = [{"epoch": r["epoch"]} | {f"lambda_{t}": r[f"w_{t}"] for t in ("rul", "health")} for r in state]
    own = own_parameters(run_of(log))
    assert (own.floor.value, own.floor.source) == (0.0, "reference")


def test_a_rival_without_an_average_has_the_reference_controller():
    own = own_parameters(read_run(LOGS / "FD002/dwa/seed_42"))
    assert sources(own) == ["reference"] * 3
    assert [getattr(own, name).value for name in CONTROLLER] == [0.99, 0.05, 100]
    assert own.target.source == "log"
    assert 0.0 < own.target.value < 0.01


@pytest.mark.parametrize("tasks", [2, 3])
@pytest.mark.parametrize("sigma", [0.1, 1.0])
def test_noise_is_estimated_from_neighbours_whatever_drifts_beneath(tasks, sigma):
    settings = SimulationParams(
        norms=(100.0, 0.2, 5.0)[:tasks],
        norms_end=(1.0, 0.4, 5.0)[:tasks],
        noise="lognormal",
        sigma=sigma,
        seeds=(1,),
    )
    norms = gradient_norms(settings)[0]
    assert noise_of(norms) == pytest.approx(sigma, rel=0.02)
    shared = norms * np.exp(np.random.default_rng(2).standard_normal((len(norms), 1)))
    assert noise_of(shared) == pytest.approx(sigma, rel=0.02)


def test_noise_of_what_holds_too_little_is_not_known():
    assert noise_of(np.array([[1.0, 2.0], [1.0, 0.0], [np.nan, 1.0], [1.0, 1.0]])) is None


def test_noise_comes_from_the_steps_else_from_the_percentiles_else_it_is_none(tmp_path):
    steps = own_parameters(read_run(write(tmp_path / "a", run=info(), steps=trace(200)))).sigma
    assert (steps.value, steps.source) == (pytest.approx(0.2, abs=0.03), "log")
    spread = math.exp(0.3 * math.sqrt(2.0) * 1.6448536)
    settings = params()
    log = [r | {"ratio_p05": 500 / spread, "ratio_p95": 500 * spread} for r in records(settings)]
    assert own_parameters(run_of(log, **about(settings))).sigma.value == pytest.approx(0.3, abs=0.01)
    silent = own_parameters(run_of(records(settings), **about(settings))).sigma
    assert (silent.value, silent.source) == (0.0, "reference")


def test_a_run_is_looked_at_once():
    run = read_run(LOGS / "FD002/gaba/seed_42")
    assert own_parameters(run) is own_parameters(run)
    assert own_parameters(dataclasses.replace(run)) is not own_parameters(run)
