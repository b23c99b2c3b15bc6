"""What each column is taken for: proposed from names and values, changed by the reader, kept in a link."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaba_core.errors import ParameterError
from gaba_core.projection import floor_renormalise
from gaba_core.regimes import find_regimes
from gaba_core.runs import diagnose, read_run, regimes_of, replay
from gaba_core.runs.implied_state import implied_state, known_state
from gaba_core.runs.own_parameters import own_parameters
from gaba_core.runs.roles import METRIC, OUT, TASK_KINDS, TIMES, Mapping, Role
from tests.run_logs import info, records, trace, write

TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
ROLES = (
    st.sampled_from([METRIC, OUT])
    | st.sampled_from(TIMES).map(Role)
    | st.builds(Role, st.sampled_from(TASK_KINDS), TEXT)
)


@settings(deadline=None)
@given(
    names=st.lists(TEXT, min_size=1, max_size=6, unique=True),
    changes=st.lists(st.tuples(st.integers(0, 5), ROLES), max_size=6),
    rules=st.tuples(
        st.sampled_from(["file", "join", "last"]),
        st.sampled_from(["found", "state", "weight"]),
        st.none() | st.floats(0.0, 0.5),
    ),
)
def test_a_mapping_goes_through_its_short_text_and_back(names, changes, rules):
    proposed = Mapping(tuple((name, METRIC) for name in names))
    mapping = Mapping(proposed.roles, *rules)
    for at, role in changes:
        mapping = mapping.with_role(names[at % len(names)], role)
    text = mapping.changes(proposed)
    assert proposed.changed(text) == mapping
    assert hash(proposed.changed(text)) == hash(mapping)
    assert "," not in text
    assert proposed.changes(proposed) == ""


def test_a_role_given_to_another_column_is_taken_from_the_first():
    mapping = Mapping((("a", Role("epoch")), ("b", METRIC)))
    assert mapping.with_role("b", Role("epoch")).roles == (("a", METRIC), ("b", Role("epoch")))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("w_rul", "COLUMN=ROLE pairs; got 'w_rul'"),
        ("other=metric", "a column of the log; got 'other'"),
        ("w_rul=king", "role must be one of epoch, step"),
        ("w_rul=weight", "role weight must have the name of a task"),
        ("w_rul=metric:rul", "role metric must have no task; got 'rul'"),
        ("@rows=some", "rows must be one of file, join, last; got 'some'"),
        ("@w=both", "w must be one of found, state, weight"),
        ("@floor=high", "floor must be a number; got 'high'"),
        ("@floor=0.9", "floor must be in [0, 1/K]; got 0.9"),
        ("w_rul=epoch", "role epoch must be that of one column; got two"),
    ],
)
def test_a_text_that_fits_no_column_or_role_is_refused(text, said):
    with pytest.raises(ParameterError) as caught:
        read_run(json.dumps(records()), mapping=text)
    assert said in str(caught.value)


def test_the_reader_may_overrule_what_w_holds():
    run = read_run(json.dumps(records()), mapping="@w=weight")
    assert run.state is None
    assert run.weights[:, 0].tolist() == [r["w_rul"] for r in records()]
    judged = run.origins.judged
    assert (judged.quantity, judged.sure, judged.found) == ("applied weight", "chosen", "EMA state")
    assert run.notes[0].startswith("w_* was taken as the applied weight: it was chosen; the values speak")


def test_a_floor_given_by_the_reader_lets_the_weight_be_computed():
    run = read_run(json.dumps(records()), mapping="@floor=0.1")
    np.testing.assert_allclose(run.weights, floor_renormalise(run.state, 0.1))
    assert run.origins.weights == "computed"


def test_a_floor_given_by_the_reader_is_the_runs_own(tmp_path):
    folder = write(tmp_path, run={"method": "gaba"}, steps=trace(60))
    assert {r.unit for r in regimes_of(read_run(folder))} == {"epoch"}  # found in the records
    run = read_run(folder, mapping="@floor=0.1")
    assert run.floor == 0.1
    assert regimes_of(run) == find_regimes(run.steps.weights, run.steps.state, 0.1, run.steps.step)
    own = own_parameters(run).floor
    assert (own.value, own.source) == (0.1, "stated")
    np.testing.assert_array_equal(
        replay(run, 0.9, warmup_steps=10).weights, replay(run, 0.9, 0.1, 10).weights
    )
    assert diagnose(run).balancer.evidence != diagnose(read_run(folder)).balancer.evidence


def test_the_runs_own_floor_stands_above_a_given_one(tmp_path):
    run = read_run(write(tmp_path, run=info()), mapping="@floor=0.1")
    assert run.floor == 0.05
    np.testing.assert_allclose(run.weights, floor_renormalise(run.state, 0.05))


def test_any_columns_can_be_made_the_weights_of_tasks():
    rows = [{"epoch": e, "alpha": 0.2, "beta1": 0.8, "loss": 1.0} for e in range(3)]
    run = read_run(json.dumps(rows), mapping="alpha=weight:first;beta1=weight:second;loss=out")
    assert run.tasks == ("first", "second")
    assert run.weights.tolist() == [[0.2, 0.8]] * 3
    assert run.origins.weights == "recorded"
    assert dict(run.metrics) == {}


def test_a_mapping_object_is_taken_as_it_is():
    run = read_run(json.dumps(records()))
    again = read_run(json.dumps(records()), mapping=run.reading.mapping)
    np.testing.assert_array_equal(run.state, again.state)
    assert run.notes == again.notes


def test_one_row_an_epoch_takes_the_last_value_of_each_column_in_order():
    log = [*records(4), *records(3, extra=1.0)]
    run = read_run(json.dumps(log), mapping="@rows=last")
    assert run.epochs.tolist() == [0, 1, 2, 3]
    assert any(note.startswith("7 rows became 4, one an epoch") for note in run.notes)
    assert not any("stands after" in note for note in run.notes)


NAMES = {
    "slashes": (["weights/seg", "weights/depth"], "weight"),
    "loss weights": (["loss_weight_seg", "loss_weight_depth"], "weight"),
    "as GABALoss.get_weights() names them": (["seg_weight", "depth_weight"], "either"),
    "EMA by name": (["ema_weight_seg", "ema_weight_depth"], "state"),
    "of the training split": (["train/w/seg", "train/w/depth"], "either"),
}


@pytest.mark.parametrize(("names", "kind"), NAMES.values(), ids=NAMES.keys())
def test_weights_are_proposed_under_the_names_of_other_loggers(names, kind):
    rows = [{"epoch": e, names[0]: 0.25, names[1]: 0.75, f"grad_norm/{'seg'}": 1.0, "grad_norm/depth": 2.0}
            for e in range(2)]  # fmt: skip
    run = read_run(json.dumps(rows))
    assert run.tasks == ("seg", "depth")
    assert run.norms.tolist() == [[1, 2]] * 2
    assert run.reading.proposed.role(names[0]) == Role(kind, "seg")


@settings(deadline=None)
@given(tasks=st.integers(2, 5), seed=st.integers(0, 50))
def test_applied_weights_give_their_state_back_while_one_task_at_most_is_clamped(tasks, seed):
    steps = trace(60, tasks, seed)
    state = steps["state"].astype(float)
    state /= state.sum(axis=1, keepdims=True)
    back = implied_state(floor_renormalise(state, 0.05), 0.05)
    known = (state < 0.05).sum(axis=1) <= 1
    np.testing.assert_allclose(back[known], state[known], atol=1e-9)
    assert np.isnan(back[~known]).all()


def test_of_applied_weights_the_state_is_computed_where_the_floor_is_known():
    steps = trace(60)
    rows = [{"epoch": e, "lambda_a": a, "lambda_b": b} for e, (a, b) in enumerate(steps["weights"].tolist())]
    bare = read_run(json.dumps(rows))
    assert known_state(bare) is None
    stated = read_run(json.dumps(rows), mapping="@floor=0.05")
    assert stated.state is None
    np.testing.assert_allclose(known_state(stated), steps["state"], atol=1e-5)
    other = read_run(json.dumps({"history": rows, "method": "dwa", "controller": {"floor": 0.05}}))
    assert known_state(other) is None
    uneven = [row | {"lambda_a": 0.7, "lambda_b": 0.7} for row in rows]
    assert known_state(read_run(json.dumps(uneven), mapping="@floor=0.05")) is None
    recorded = read_run(json.dumps(records()))
    assert known_state(recorded) is recorded.state
