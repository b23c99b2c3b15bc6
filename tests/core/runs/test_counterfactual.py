import dataclasses
import json

import numpy as np
import pytest

from gaba_core.errors import ParameterError
from gaba_core.runs import read_run, replay
from tests.paths import LOGS
from tests.run_logs import info, records, trace, write


@pytest.fixture
def run(tmp_path):
    return read_run(write(tmp_path, run=info(), steps=trace(60)))


def test_with_its_own_parameters_a_replay_gives_the_recorded_weights(run):
    again = replay(run)
    assert again.weights.shape == (1, 60, 2)
    np.testing.assert_array_equal(again.steps, run.steps.step)
    np.testing.assert_allclose(again.weights[0], run.steps.weights, rtol=0, atol=1e-6)
    np.testing.assert_allclose(again.state[0], run.steps.state, rtol=0, atol=1e-6)


ROUNDING = 100 * 2.0**-24  # of float32, summed up by an average over 100 steps
SHIPPED = sorted(path.parent for path in LOGS.rglob("convergence_log.json") if path.parts[-3] == "gaba")


@pytest.mark.parametrize("folder", SHIPPED, ids=[str(path.relative_to(LOGS)) for path in SHIPPED])
def test_every_shipped_run_is_what_its_own_controller_makes_of_its_norms(folder):
    run = read_run(folder)
    again = replay(run)
    np.testing.assert_allclose(again.weights[0], run.steps.weights, rtol=0, atol=1e-6)
    np.testing.assert_allclose(again.state[0], run.steps.state, rtol=0, atol=ROUNDING)


def test_there_are_shipped_runs_to_replay():
    assert len(SHIPPED) >= 5


def test_each_parameter_can_be_another(run):
    assert replay(run, floor=0.2).weights.min() == pytest.approx(
        0.2 / (1.2 - replay(run).state[0, -1, 0]), abs=1e-3
    )
    assert (replay(run, warmup_steps=40).weights[0, :40] == 0.5).all()
    assert replay(run, beta=0.0).state[0, 3, 0] < 0.01
    assert replay(run, floor=0.0).weights.min() < 0.01


def test_a_run_without_step_norms_is_refused():
    with pytest.raises(ParameterError, match="norms of every step"):
        replay(read_run(json.dumps(records())))


def test_a_parameter_that_is_neither_known_nor_given_is_refused(run):
    unknown = dataclasses.replace(run, info=None)
    with pytest.raises(ParameterError, match="floor must be given"):
        replay(unknown, beta=0.9, warmup_steps=0)
    assert replay(unknown, beta=0.9, floor=0.05, warmup_steps=3).weights.shape == (1, 60, 2)
