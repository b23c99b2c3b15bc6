"""Which of the two a log holds under w_NAME: the EMA state or the applied weight."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaba_core.projection import floor_renormalise
from gaba_core.runs import read_run
from tests.run_logs import info, records, trace, write

PRINTED = [0.5, 0.5, 0.5, 0.3094, 0.1832, 0.0482, 0.0477, 0.0477, 0.0477]


def log_of(values):
    return json.dumps([{"epoch": e, "w_rul": w, "w_health": round(1 - w, 4)} for e, w in enumerate(values)])


def test_the_sample_printed_in_the_reference_is_the_applied_weight():
    run = read_run(log_of(PRINTED))
    assert run.state is None
    assert run.weights[:, 0].tolist() == PRINTED
    assert "w_* was taken as the applied weight" in run.notes[0]


def test_what_the_reference_logger_really_writes_is_the_state():
    run = read_run(json.dumps(records()))
    assert run.weights is None
    assert run.state is not None
    assert "the floor is not known" in run.notes[0]


def test_the_applied_weight_is_computed_from_the_state_where_the_floor_is_known(tmp_path):
    run = read_run(write(tmp_path, run=info()))
    np.testing.assert_allclose(run.weights, floor_renormalise(run.state, 0.05), rtol=0, atol=1e-15)
    assert "computed with floor 0.05" in run.notes[0]


def test_a_run_that_never_came_near_its_floor_is_read_by_the_loggers_word(tmp_path):
    run = read_run(write(tmp_path, json.loads(log_of([0.5, 0.4, 0.3])), info()))
    assert run.state[:, 0].tolist() == [0.5, 0.4, 0.3]
    np.testing.assert_allclose(run.weights, run.state, atol=1e-12)


@pytest.mark.parametrize("floor", [0.0, 0.5])
def test_a_floor_that_cannot_tell_them_apart_leaves_the_loggers_word(tmp_path, floor):
    controller = {"beta": 0.9, "floor": floor, "warmup_steps": 0}
    run = read_run(write(tmp_path, records(), info(controller=controller)))
    assert run.state is not None
    assert run.weights is not None


@settings(deadline=None)
@given(tasks=st.integers(2, 6), seed=st.integers(0, 99), places=st.sampled_from([4, 6, 17]))
def test_a_floored_run_is_recognised_in_either_form(tasks, seed, places):
    steps = trace(80, tasks, seed)
    for key, other in (("state", "weights"), ("weights", "state")):
        log = [
            {"epoch": e} | {f"w_{k}": round(float(v), places) for k, v in enumerate(row)}
            for e, row in enumerate(steps[key])
        ]
        run = read_run(json.dumps({"history": log, "controller": {"floor": 0.05}}))
        assert getattr(run, key) is not None
        if key == "weights":
            assert getattr(run, other) is None
