"""Recorded Gramians through every gradient balancer, and what each method's steps would have harmed."""

from dataclasses import replace

import numpy as np
import pytest

from gaba_core.aggregators import AGGREGATORS, CaGrad, PcGrad, harm_share, judge_conflict
from gaba_core.controller import Controller
from gaba_core.errors import ParameterError
from gaba_core.runs import harm_by_method, harm_cost, read_run, replay
from gaba_core.runs.gramian_replay import NORM_BASED
from gaba_core.runs.recording import recording_of
from tests.paths import ROOT


@pytest.fixture(scope="module")
def run():
    return read_run(ROOT / "logs" / "FD002" / "gaba" / "seed_42")


@pytest.mark.parametrize("method", ["pcgrad", "cagrad"])
def test_a_run_is_replayed_with_the_settings_it_was_trained_with(method, run):
    own = {"method": method, "aggregator": {"c": 0.9, "seed": 3, "unknown": 1}}
    info = replace(run.info, extra={**run.info.extra, "weighting": own})
    rule = {"pcgrad": PcGrad(seed=3), "cagrad": CaGrad(c=0.9)}[method]
    found = replay(replace(run, info=info), method=method).weights[0]
    np.testing.assert_array_equal(found, rule(run.gramians))


def with_gramians(run, gramians):
    return replace(run, steps=replace(run.steps, gramians=gramians))


@pytest.mark.parametrize("method", AGGREGATORS)
def test_every_balancer_replays_a_shipped_run(run, method):
    found = replay(run, method=method)
    assert found.weights.shape == (1, *run.steps.norms.shape)
    np.testing.assert_array_equal(found.weights[0], AGGREGATORS[method](run.gramians))
    np.testing.assert_allclose(found.state.sum(axis=-1), 1.0)
    assert found.params.tasks == 2


def test_for_two_tasks_imtl_g_is_the_raw_share(run):
    np.testing.assert_allclose(
        replay(run, method="imtl-g").weights, replay(run, method="raw").weights, atol=1e-5
    )


def test_a_scheme_is_a_method_too(run):
    np.testing.assert_array_equal(
        replay(run, 0.9, 0.1, method="gaba").weights, replay(run, beta=0.9, floor=0.1).weights
    )


def test_a_step_that_was_not_measured_holds_the_weights_before_it(run):
    gramians = run.gramians.copy()
    gramians[[0, 1, 5, 6]] = np.nan
    whole = replay(run, method="upgrad").weights[0]
    held = replay(with_gramians(run, gramians), method="upgrad").weights[0]
    np.testing.assert_array_equal(held[:2], 0.5)
    np.testing.assert_array_equal(held[5:7], whole[[4, 4]])
    np.testing.assert_array_equal(held[7:], whole[7:])


def test_what_floor_and_memory_cost_in_harm_is_told_apart(run):
    rates = harm_by_method(run, Controller(beta=0.99, floor=0.05))
    assert set(rates) == {*AGGREGATORS, *NORM_BASED, "applied"}
    for name in ("raw", "imtl-g", "mgda", "upgrad", "dualproj", "nash-mtl", "fairgrad"):
        assert not rates[name].any(), name  # these harm nobody, by what they are
    assert rates["gaba"].sum() > rates["gaba-unfloored"].sum() > 0.0
    assert rates["equal"].max() > 0.0
    applied = rates["applied"]
    np.testing.assert_allclose(applied, rates["gaba"], atol=2 / len(run.steps.step))


@pytest.mark.parametrize(("beta", "floor"), [(0.99, 0.05), (0.9, 0.0), (0.0, 0.2), (0.0, 0.0)])
def test_the_costs_of_floor_and_memory_are_differences_of_what_harms(run, beta, floor):
    found = replay(run, beta, floor, 100)
    cost = harm_cost(recording_of(run), found.weights[0], found.state[0])
    without = replay(run, beta, 0.0, 100).weights[0]
    raw = replay(run, method="raw").weights[0]
    shares = [harm_share(run.gramians, w) for w in (found.weights[0], without, raw)]
    assert (cost.gaba, cost.unfloored, cost.raw) == pytest.approx(shares)
    assert cost.floor + cost.memory + cost.raw == pytest.approx(cost.gaba)
    assert (cost.floor > 0.0) == (floor > 0.0)
    assert cost.memory > 0.0


def test_harm_follows_the_controller(run):
    floors = [harm_by_method(run, Controller(beta=0.99, floor=m))["gaba"].sum() for m in (0.0, 0.05, 0.3)]
    assert floors == sorted(floors)


def test_a_shipped_run_has_a_verdict_on_conflict(run):
    found = judge_conflict(run.gramians)
    assert found.steps == len(run.steps.step)
    assert found.ratio > 5.0


def test_a_run_without_gramians_says_how_to_record_them(run):
    with pytest.raises(
        ParameterError, match=r"Gramians .* to replay PCGrad; got none\. GradientProbe records them"
    ):
        replay(with_gramians(run, None), method="pcgrad")
    with pytest.raises(ParameterError, match=r"method must be one of gaba, .*, mgda, pcgrad.*; got 'adam'"):
        replay(run, method="adam")
