"""Recorded norms through other floors and other methods, against the core stepped one step at a time."""

import dataclasses

import numpy as np
import pytest

from gaba_core import project_to_floored_simplex
from gaba_core.aggregators import AGGREGATORS
from gaba_core.anti_windup import SCHEMES
from gaba_core.comparators import COMPARATORS
from gaba_core.controller import Controller, raw_shares
from gaba_core.errors import ParameterError
from gaba_core.runs import read_run, replay
from gaba_core.runs.counterfactual import own_scheme, replay_many
from gaba_core.runs.recording import recording_of
from gaba_core.runs.replay_schemes import BY_LOSS, REPLAY_SCHEMES
from tests.paths import LOGS
from tests.run_logs import info, records, trace, write

SHIPPED = sorted(path.parent for path in LOGS.rglob("convergence_log.json"))
STEPWISE = tuple(key for key in SCHEMES if key in REPLAY_SCHEMES)
GAP = 17
ROUNDING = 2.5 * np.finfo(np.float32).eps  # 3e-7, of a weight or of 1 where the weight is smaller


def of_tasks(count):
    log = records()
    for record in log:
        record |= {f"w_task{k}": 0.0 for k in range(2, count)}
    return log


@pytest.fixture(params=[2, 3])
def run(request, tmp_path):
    """A run of two tasks or three, with a norm that was not finite."""
    steps = trace(60, tasks=request.param)
    steps["norms"][GAP, 1] = np.nan
    steps["losses"] = np.exp(np.random.default_rng(1).standard_normal(steps["norms"].shape))
    return read_run(write(tmp_path, log=of_tasks(request.param), run=info(), steps=steps))


def stepped(run, scheme, warmup):
    """Weights and state of an anti-windup scheme, one step after another; a gap holds both."""
    tasks = len(run.tasks)
    state = scheme.init(tasks)
    weight = np.full(tasks, 1.0 / tasks)
    weights, states = [], []
    for t, norms in enumerate(run.steps.norms):
        if t >= warmup and np.isfinite(norms).all():
            state, output = scheme.step(state, raw_shares(norms))
            weight = scheme.weights(output)
        weights.append(weight)
        states.append(state)
    return np.array(weights), np.array(states)


@pytest.mark.parametrize("key", STEPWISE)
def test_an_anti_windup_scheme_is_replayed_as_it_steps(run, key):
    found = replay(run, beta=0.9, floor=0.1, warmup_steps=7, scheme=key)
    scheme = dataclasses.replace(SCHEMES[key], beta=0.9, floor=0.1)
    weights, state = stepped(run, scheme, 7)
    np.testing.assert_allclose(found.weights[0], weights, rtol=0, atol=1e-12)
    np.testing.assert_allclose(found.state[0], state, rtol=0, atol=1e-12)


@pytest.mark.parametrize("key", [key for key in REPLAY_SCHEMES if key not in AGGREGATORS])
def test_settings_side_by_side_give_what_each_gives_alone(run, key):
    several = [Controller(0.9, 0.02, 3), Controller(0.9, 0.1, 3), Controller(0.5, 0.05, 30)]
    if key == "uncertainty" and len(run.tasks) > 2:  # published for two kinds of losses
        with pytest.raises(ParameterError, match="kinds must name one kind for each of 3 tasks"):
            replay_many(run, several, key)
        return
    for one, found in zip(several, replay_many(run, several, key), strict=True):
        alone = replay(run, one.beta, one.floor, one.warmup_steps, key)
        np.testing.assert_array_equal(found.weights, alone.weights)
        np.testing.assert_array_equal(found.state, alone.state)
        assert found.weights.shape == (1, 60, len(run.tasks))
        assert np.isfinite(found.weights).all()


def test_without_a_floor_the_average_itself_is_the_weight(run):
    found = replay(run, scheme="gaba-unfloored")
    np.testing.assert_allclose(found.weights, found.state, rtol=0, atol=1e-15)
    np.testing.assert_array_equal(found.state, replay(run).state)


def test_the_exact_projection_keeps_the_floor_that_clamping_misses(run):
    found = replay(run, floor=0.2, scheme="projection")
    np.testing.assert_array_equal(found.weights, project_to_floored_simplex(found.state, 0.2))
    assert found.weights.min() == pytest.approx(0.2, abs=1e-12)
    assert replay(run, floor=0.2).weights.min() < 0.195


def test_raw_shares_and_equal_weights_read_no_parameter(run):
    unknown = dataclasses.replace(run, info=None)
    shares = replay(unknown, scheme="raw").weights[0]
    good = np.arange(60) != GAP
    np.testing.assert_allclose(shares[good], raw_shares(run.steps.norms[good]), rtol=0, atol=1e-15)
    np.testing.assert_array_equal(shares[GAP], shares[GAP - 1])
    assert (replay(unknown, scheme="equal").weights == 1.0 / len(run.tasks)).all()


def test_a_method_that_learns_is_replayed_in_the_precision_of_the_recording(tmp_path):
    steps = trace(60)
    thirds = steps | {"norms": steps["norms"].astype(np.float64) / 3.0}
    single = read_run(write(tmp_path / "single", log=of_tasks(2), run=info(), steps=steps))
    double = read_run(write(tmp_path / "double", log=of_tasks(2), run=info(), steps=thirds))
    assert recording_of(single).dtype == np.float32
    assert recording_of(double).dtype == np.float64
    for run, is_single in ((single, True), (double, False)):
        weights = replay(run, scheme="gradnorm-softmax").weights
        assert np.array_equal(weights, weights.astype(np.float32)) == is_single


@pytest.mark.parametrize("key", [key for key in BY_LOSS if key != "uncertainty"])
def test_a_method_that_reads_losses_is_replayed_as_it_steps(run, key):
    comparator = COMPARATORS[key]
    if key == "dwa":
        comparator = dataclasses.replace(comparator, steps_per_epoch=run.info.steps_per_epoch)
    state, expected = comparator.init(len(run.tasks)), []
    for t in range(60):
        if t == GAP:
            expected.append(expected[-1])
            continue
        state, weights = comparator.step(state, run.steps.norms[t], run.steps.losses[t])
        expected.append(weights)
    np.testing.assert_allclose(replay(run, scheme=key).weights[0], expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("folder", SHIPPED, ids=[str(path.relative_to(LOGS)) for path in SHIPPED])
def test_every_shipped_run_comes_out_again_to_float32_rounding(folder):
    run = read_run(folder)
    key = own_scheme(run)
    assert key.removesuffix("-raw") == folder.parts[-2]
    recorded, again = run.steps.weights, replay(run, scheme=key).weights[0]
    assert (np.abs(again - recorded) <= ROUNDING * np.maximum(1.0, np.abs(recorded))).all()


def test_every_kind_of_run_was_shipped():
    assert {folder.parts[-2] for folder in SHIPPED} == {
        "gaba", "gaba-unfloored", "equal", "gradnorm", "gradnorm-softmax", "dwa", "uncertainty",
        "pcgrad", "cagrad", "imtl-g", "aligned-mtl",
    }  # fmt: skip


def test_raw_gradnorm_is_known_by_its_name():
    assert own_scheme(read_run(next(f for f in SHIPPED if f.parts[-2] == "gradnorm"))) == "gradnorm-raw"
    assert own_scheme(read_run(next(f for f in SHIPPED if f.parts[-2] == "gaba"))) == "gaba"


def test_a_scheme_that_is_none_and_a_floor_above_one_over_k_are_refused(run):
    with pytest.raises(ParameterError, match="scheme must be one of gaba, "):
        replay(run, scheme="pid")
    with pytest.raises(ParameterError, match="floor must lie in"):
        replay(run, floor=0.51)


def test_dwa_asks_for_the_length_of_an_epoch(tmp_path):
    folder = write(tmp_path, run={"method": "dwa"}, steps=trace(30))
    with pytest.raises(ParameterError, match="steps_per_epoch must be known"):
        replay(read_run(folder), scheme="dwa")
