"""What people really write, kind by kind: each small input with the numbers that stand in it."""

import json
import math

import numpy as np
import pytest

from gaba_core.runs import read_run


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def said(run):
    return " ".join(run.notes)


def values(run, name):
    """A column with None for a gap, for plain comparison."""
    return [None if math.isnan(v) else v for v in run.metrics[name].tolist()]


# K2: an evaluation behind the rows of an epoch belongs to that epoch.
EVALUATED = {
    "D1, steps that count epochs": lines(
        *(row for e, loss in ((1, 2), (2, 1), (3, 0.5))
          for row in ({"epoch": e, "step": 100 * e, "loss": loss}, {"mAP": e / 10, "step": e}))
    ),
    "steps that count epochs from 0": lines(
        *(row for e in (0, 1, 2)
          for row in ({"epoch": e, "step": 100 * e + 99}, {"mAP": e / 10, "step": e + 1}))
    ),
    "no step at all": lines(*(row for e in (1, 2, 3) for row in ({"epoch": e, "loss": 1}, {"mAP": e / 10}))),
    "the step of the row before": lines(
        *(row for e in (1, 2, 3) for row in ({"epoch": e, "step": 50 * e}, {"mAP": e / 10, "step": 50 * e}))
    ),
    "as a list": json.dumps([row for e in (1, 2, 3) for row in ({"epoch": e, "loss": 1}, {"mAP": e / 10})]),
    "as a CSV": "epoch,loss,mAP\n1,2,\n,,.1\n2,1,\n,,.2\n3,1,\n,,.3\n",
}  # fmt: skip


@pytest.mark.parametrize("text", EVALUATED.values(), ids=EVALUATED.keys())
def test_an_evaluation_belongs_to_the_epoch_that_just_ended(text):
    run = read_run(text)
    first = int(run.epochs[0])
    assert run.epochs.tolist() == [first, first + 1, first + 2]
    np.testing.assert_allclose(run.metrics["mAP"], [e / 10 for e in run.epochs])
    assert "restart" not in said(run)


def test_rows_of_a_step_before_the_row_that_closes_their_epoch_belong_to_it():
    run = read_run(lines({"lr": 1, "step": 0}, {"epoch": 0, "v": 1, "step": 9}, {"lr": 2, "step": 10},
                         {"epoch": 1, "v": 2, "step": 19}), mapping="@rows=file")  # fmt: skip
    assert run.epochs.tolist() == [0, 0, 1, 1]


# K3: where the step ascends every row counts, and nothing is a restart.
def test_d7_rows_of_one_rounded_epoch_are_told_by_their_steps():
    rows = [(0.0, 1, 3), (0.0, 2, 1), (0.0, 3, 2), (0.01, 4, 2)]
    log = {"log_history": [dict(zip(("epoch", "step", "loss"), row, strict=True)) for row in rows]}
    run = read_run(json.dumps(log))
    assert (run.unit, run.epochs.tolist()) == ("step", [1, 2, 3, 4])
    assert run.metrics["loss"].tolist() == [3, 1, 2, 2]
    assert run.metrics["epoch"].tolist() == [0, 0, 0, 0.01]
    assert "restart" not in said(run)


@pytest.mark.parametrize(
    "name", ["step", "global_step", "iter", "trainer/global_step", "time/total_timesteps"]
)
def test_many_rows_an_epoch_all_count_whatever_the_step_is_called(name):
    run = read_run(lines(*({"epoch": s // 5, name: s, "loss": 9 - s} for s in range(10))))
    assert (run.unit, run.epochs.tolist()) == ("step", list(range(10)))
    assert "restart" not in said(run)


def test_a_restart_is_a_step_that_goes_back():
    steps = [*range(0, 50, 10), *range(30, 70, 10)]
    run = read_run(lines(*({"epoch": s // 20, "step": s, "loss": 1.0} for s in steps)))
    assert "Step 30 stands after step 40" in said(run)


def test_epochs_that_repeat_without_a_step_are_no_restart():
    run = read_run(lines(*({"epoch": e, "loss": 1.0} for e in (0, 0, 1, 1))))
    assert "restart" not in said(run)
    assert "2 epochs stand more than once" in said(run)


# K4: which series are the training's.
TRAINING = {
    "D10, pairs under config": {"config": {"a": [1, 2], "b": [3, 4], "c": [5, 6]}},
    "pairs beside it": {"betas": [0.9, 0.99], "size": [3, 4], "crop": [1, 2], "milestones": [3, 4]},
    "lists of names and sizes": {
        "classes": ["a", "b"],
        "mean": [1, 2, 3],
        "std": [1, 2, 3],
        "shape": [1, 2, 3],
    },
    "under hparams": {"hparams": {"layers": [8, 8, 8, 8]}},
    "inside args": {"args": {"model": {"widths": [1, 2]}}},
    "pairs of text": {"devices": ["0", "1"]},
}


@pytest.mark.parametrize("extra", TRAINING.values(), ids=TRAINING.keys())
def test_the_losses_are_the_run_and_what_is_left_out_is_named(extra):
    run = read_run(json.dumps(extra | {"losses": [4, 3, 2, 1], "acc": [1, 2, 3, 4]}))
    assert sorted(run.metrics) == ["acc", "losses"]
    assert run.metrics["losses"].tolist() == [4, 3, 2, 1]
    for name in (f"{k}/{i}" if isinstance(v, dict) else k for k, v in extra.items() for i in v):
        assert name.split("/")[0] in said(run)


@pytest.mark.parametrize("name", ["steps", "step", "iter", "iterations", "updates", "timestamp", "time"])
def test_a_time_axis_ascends_whatever_it_is_called(name):
    run = read_run(json.dumps({name: [2.3, 1.9, 1.2, 0.8], "acc": [1, 2, 3, 4]}))
    assert run.epochs.tolist() == [0, 1, 2, 3]
    assert run.unit == "epoch"
    assert 1.9 in [v for column in run.metrics.values() for v in column.tolist()]


SERIES = {
    "pandas split": {"columns": ["step", "loss"], "index": [7, 8], "data": [[10, 3], [20, 2]]},
    "pandas table": {"schema": {}, "data": [{"index": i, "step": 10 * i, "loss": 4 - i} for i in (1, 2)]},
    "x and y": {"loss": {"x": [10, 20], "y": [3, 2]}},
    "Sacred": {"loss": {"steps": [10, 20], "values": [3, 2], "timestamps": ["a", "b"]}},
    "points": {"loss": [{"step": 10, "value": 3}, {"step": 20, "value": 2}]},
    "steps for names": {"loss": {"10": 3, "20": 2}},
    "a head and rows": [["step", "loss"], [10, 3], [20, 2]],
    "scalars of TensorBoard": {"loss": [[1.7e9, 10, 3], [1.7e9, 20, 2]]},
    "an x": {"x": [10, 20], "loss": [3, 2]},
}  # fmt: skip


@pytest.mark.parametrize("content", SERIES.values(), ids=SERIES.keys())
def test_a_series_keeps_the_axis_it_brings(content):
    run = read_run(json.dumps(content))
    assert (run.unit, run.epochs.tolist()) == ("step", [10, 20])
    assert run.metrics["loss"].tolist() == [3, 2]
    assert not {"index", "loss/x", "x"} & set(run.metrics)


def test_series_of_different_steps_share_one_axis():
    run = read_run(json.dumps({"loss": {"x": [1, 2, 3], "y": [3, 2, 1]}, "acc": {"x": [3], "y": [0.5]}}))
    assert run.epochs.tolist() == [1, 2, 3]
    assert values(run, "acc") == [None, None, 0.5]


# K5: what lies deeper is read, or named.
def test_d13_objects_two_levels_down_are_read():
    row = {"train": {"w": {"a": 0.4, "b": 0.6}}, "lr": 1}
    run = read_run(lines({"epoch": 0} | row, {"epoch": 1} | row))
    assert run.tasks == ("a", "b")
    assert (run.weights if run.state is None else run.state).tolist() == [[0.4, 0.6]] * 2


NESTED = {
    "three levels": ({"info": {"learner": {"policy": {"loss": 3.0}}}}, "info/learner/policy/loss"),
    "a list in an object": ({"eval": {"per_class": [0.1, 3.0]}}, "eval/per_class/1"),
    "a list of lists of one": ({"out": [[0.2, 3.0]]}, "out/1"),
    "beside a flag": ({"a": {"b": {"flag": True, "v": 3.0}}}, "a/b/v"),
    "five levels": ({"a": {"b": {"c": {"d": {"e": 3.0}}}}}, "a/b/c/d/e"),
}


@pytest.mark.parametrize(("inner", "name"), NESTED.values(), ids=NESTED.keys())
def test_what_lies_inside_a_record_is_named_by_its_place(inner, name):
    other = json.loads(json.dumps(inner).replace("3.0", "2.0"))
    run = read_run(lines({"epoch": 0, "loss": 1} | inner, {"epoch": 1, "loss": 1} | other))
    assert run.metrics[name].tolist() == [3, 2]


LEFT = {
    "lists of different lengths": ([1, 2], [1, 2, 3]),
    "a list of objects": ([{"lr": 1}], [{"lr": 2}]),
    "a long list": (list(range(100)), list(range(1, 101))),
    "texts": (["a"], ["b"]),
    "the same list": ([1, 2], [1, 2]),
}


@pytest.mark.parametrize("pair", LEFT.values(), ids=LEFT.keys())
def test_what_cannot_be_read_is_named(pair):
    run = read_run(lines(*({"epoch": e, "loss": 1, "odd": value} for e, value in enumerate(pair))))
    assert list(run.metrics) == ["loss"]
    assert any(note.startswith("odd ") and note.endswith("left out.") for note in run.notes)


def test_tables_in_an_object_of_arrays_are_read_column_by_column():
    run = read_run(json.dumps({"loss": [3, 2, 1], "parts": [[1, 2], [3, 4], [5, 6]], "curve": [[0, 1], [2]]}))
    assert run.metrics["parts/1"].tolist() == [2, 4, 6]
    assert any(note.startswith("curve ") and note.endswith("left out.") for note in run.notes)


def test_a_list_of_records_beside_arrays_is_read_or_named():
    rows = [{"epoch": e, "loss": 3.0 - e} for e in range(3)]
    run = read_run(json.dumps({"log": rows, "lr": [0.1, 0.2]}))
    assert run.metrics["loss"].tolist() == [3, 2, 1]
    assert any(note.startswith("lr ") and note.endswith("left out.") for note in run.notes)
    run = read_run(json.dumps({"evals": rows[:1], "loss": [4, 3, 2, 1]}))
    assert run.metrics["loss"].tolist() == [4, 3, 2, 1]
    assert any(note.startswith("evals ") and note.endswith("left out.") for note in run.notes)
