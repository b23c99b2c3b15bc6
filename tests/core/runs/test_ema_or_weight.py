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


def test_one_damaged_record_does_not_turn_applied_weights_into_a_state():
    log = json.loads(log_of(PRINTED))
    log[3] |= {"w_rul": -0.3, "w_health": 1.3}
    run = read_run(json.dumps(log))
    assert run.state is None
    assert run.origins.judged.quantity == "applied weight"


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([[0.8, 1.2]] * 4, "the values sum to 2"),
        ([[-0.2, 1.2]] * 4, "values are negative"),
        ([[3.0, -40.0], [5.0, 1e300]] * 3, "the values sum to"),
    ],
)
def test_what_no_average_of_shares_can_be_is_an_applied_weight(rows, words):
    run = read_run(json.dumps([{"epoch": e, "w_a": a, "w_b": b} for e, (a, b) in enumerate(rows)]))
    assert run.state is None
    assert words in run.origins.judged.why


def test_weights_as_large_as_floats_go_are_read_without_a_warning():
    rows = [{"epoch": e, "lambda_a": 1.8e308 / 1.01, "lambda_b": 1.7e308, "w_a": 1.7e308, "w_b": 1.7e308}
            for e in range(3)]  # fmt: skip
    run = read_run(json.dumps(rows))
    assert any("do not sum to 1 in 3 of 3 entries (first: inf)" in note for note in run.notes)
    assert read_run(json.dumps([{"epoch": 0, "w_a": 1.7e308, "w_b": 1.7e308}])).state is None


def test_whether_a_quantity_was_recorded_or_computed_is_no_matter_of_words(tmp_path):
    computed = read_run(write(tmp_path, run=info())).origins
    assert (computed.weights, computed.state, computed.judged.sure) == ("computed", "recorded", "sure")
    bare = read_run(json.dumps(records())).origins
    assert (bare.weights, bare.state) == ("unknown", "recorded")
    named = read_run(json.dumps(records(lambda_rul=0.5, lambda_health=0.5))).origins
    assert (named.weights, named.state, named.judged) == ("recorded", "recorded", None)
