import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaba_core.runs import read_run
from tests.run_logs import info, records, trace, write

NAMES = st.text(min_size=1, max_size=12)
FINITE = st.floats(allow_nan=False, allow_infinity=False)


SHAPES = {
    "list": json.dumps,
    "object with history": lambda r: json.dumps({"history": r}),
    "json lines": lambda r: "\n".join(map(json.dumps, r)),
    "json lines, Windows": lambda r: "\r\n".join(map(json.dumps, r)) + "\r\n",
    "indented": lambda r: json.dumps(r, indent=2),
    "byte-order mark": lambda r: "\ufeff" + json.dumps(r),
}


@pytest.mark.parametrize("text", SHAPES.values(), ids=SHAPES.keys())
def test_every_shape_of_log_gives_the_same_numbers(text):
    content = text(records())
    for source in (content, content.encode()):
        run = read_run(source)
        assert run.tasks == ("rul", "health")
        assert run.epochs.tolist() == [0, 1, 2, 3, 4, 5]
        assert run.metrics["nasa"].tolist() == [200, 201, 202, 203, 204, 205]
        assert run.state[:, 0].tolist() == [r["w_rul"] for r in records()]


def test_one_line_of_json_lines_is_a_log_of_one_epoch():
    assert read_run(json.dumps(records()[0])).epochs.tolist() == [0]


def test_a_file_its_folder_and_its_bytes_give_the_same_run(tmp_path):
    folder = write(tmp_path / "seed_42", run=info(), steps=trace())
    by_folder, by_file = read_run(folder), read_run(str(folder / "convergence_log.json"))
    by_bytes = read_run((folder / "convergence_log.json").read_bytes())
    for run in (by_folder, by_file):
        np.testing.assert_array_equal(run.state, by_bytes.state)
        assert run.name == "FD002 gaba seed 42"
        assert run.info.floor == 0.05
        assert run.steps.norms.shape == (30, 2)
        assert run.notes == ("w_* was taken as the EMA state, as the reference logger writes it; "
                             "the applied weight is computed with floor 0.05.",)  # fmt: skip
    assert by_bytes.info is None
    assert by_bytes.steps is None


def test_a_name_is_the_given_one_or_the_folder_or_the_file(tmp_path):
    folder = write(tmp_path / "seed_7")
    assert read_run(folder).name == "seed_7"
    assert read_run(folder, name="mine").name == "mine"
    other = tmp_path / "old_run.json"
    other.write_text(json.dumps(records()))
    assert read_run(other).name == "old_run"
    assert read_run(json.dumps(records())).name == "log"


def test_files_beside_a_log_of_another_name_are_not_taken_for_its_own(tmp_path):
    folder = write(tmp_path / "seed_42", run=info(), steps=trace())
    other = folder / "another.json"
    other.write_text(json.dumps(records()))
    run = read_run(other)
    assert run.info is None
    assert run.steps is None


def test_our_own_logger_form_tells_state_weights_and_norms_apart():
    log = records(lambda_rul=0.25, lambda_health=0.75, grad_rul=10.0, grad_health=1.0, ratio_p50=10.0)
    run = read_run(json.dumps(log))
    assert run.weights[0].tolist() == [0.25, 0.75]
    assert run.state[0].tolist() == [0.5, 0.5]
    assert run.norms[0].tolist() == [10.0, 1.0]
    assert sorted(run.metrics) == ["nasa", "ratio_p50", "rmse_last"]
    assert run.notes == ()


@pytest.mark.parametrize("prefix", ["lambda_", "weight_"])
def test_applied_weights_are_read_under_either_name(prefix):
    run = read_run(json.dumps([{"epoch": 0, f"{prefix}a": 0.25, f"{prefix}b": 0.75}]))
    assert run.weights.tolist() == [[0.25, 0.75]]
    assert run.state is None


def test_raw_weights_are_the_state_and_w_beside_them_the_applied_weight():
    record = {"epoch": 0, "raw_weight_a": 0.002, "raw_weight_b": 0.998, "w_a": 0.0477, "w_b": 0.9523}
    run = read_run(json.dumps([record]))
    assert run.state.tolist() == [[0.002, 0.998]]
    assert run.weights.tolist() == [[0.0477, 0.9523]]


def test_a_history_object_may_carry_the_parameters_of_its_run():
    run = read_run(json.dumps({"history": records(), "subset": "FD004", "controller": {"floor": 0.1}}))
    assert run.info.subset == "FD004"
    np.testing.assert_allclose(run.weights[-1], [0.1, 0.9824375] / np.sum([0.1, 0.9824375]), rtol=1e-12)


def test_many_tasks_of_any_names_keep_the_order_of_the_file():
    record = {"epoch": 0, "w_z": 0.2, "w_10": 0.3, "w_weight_decay": 0.1, "w_a b": 0.4}
    run = read_run(json.dumps([record]))
    assert run.tasks == ("z", "10", "weight_decay", "a b")
    assert run.state.tolist() == [[0.2, 0.3, 0.1, 0.4]]


def test_weight_decay_alone_is_a_metric_and_no_task():
    run = read_run(json.dumps(records(weight_decay=0.01)))
    assert run.tasks == ("rul", "health")
    assert run.metrics["weight_decay"].tolist() == [0.01] * 6


def test_a_log_without_weights_is_read_for_its_metrics():
    run = read_run(json.dumps([{"epoch": 1, "train_loss": 2.0, "w_only": 1.0}]))
    assert run.tasks == ()
    assert run.weights is None
    assert run.state is None
    assert run.notes == (
        "No weights were recognised in the log (w_only alone: a balancer has two tasks or more).",
    )


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        ("NaN", "; 1 NaN"),
        ("Infinity", "; 1 Infinity"),
        ("-Infinity", "; 1 -Infinity"),
        ("1e999", "; 1 Infinity"),
        ("null", ""),
        (None, ""),
    ],
)
def test_a_value_that_is_not_finite_is_a_gap_flagged_with_what_it_was(gap, said):
    log = records()
    if gap is None:
        del log[3]["nasa"]
    else:
        log[3]["nasa"] = "@"
    run = read_run(json.dumps(log).replace('"@"', str(gap)))
    assert np.isnan(run.metrics["nasa"]).tolist() == [False, False, False, True, False, False]
    assert f"nasa has no finite value in 1 of 6 entries (first at epoch 3{said}): left as a gap." in run.notes


def test_a_gap_in_a_weight_is_a_gap_in_what_is_computed_from_it(tmp_path):
    log = records()
    log[2]["w_rul"] = None
    run = read_run(write(tmp_path, log, info()))
    assert np.isnan(run.weights).any(axis=1).tolist() == [False, False, True, False, False, False]
    assert any(note.startswith("w_rul has no finite value") for note in run.notes)


def test_text_flags_and_lists_that_never_held_numbers_are_left_out_with_a_note():
    run = read_run(json.dumps(records(phase="WARMUP", is_best=False, classes=[1, 2], nonfinite=["x"])))
    assert sorted(run.metrics) == ["nasa", "rmse_last"]
    for name in ("phase", "is_best"):
        assert f"{name} holds no numbers and was left out." in run.notes
    assert "classes holds the same list in every entry and was left out." in run.notes
    assert not any("nonfinite" in note for note in run.notes)


def test_restarted_and_repeated_epochs_are_kept_in_file_order_with_notes():
    log = [*records(4), *records(3)]
    run = read_run(json.dumps(log))
    assert run.epochs.tolist() == [0, 1, 2, 3, 0, 1, 2]
    assert any(note.startswith("Epoch 0 stands after epoch 3 (entry 4)") for note in run.notes)
    assert any(
        note.startswith("3 epochs stand more than once (first: epoch 0, 2 times)") for note in run.notes
    )


def test_fractional_epochs_are_kept_as_they_are():
    run = read_run(json.dumps([{"epoch": 0.5, "loss": 1}, {"epoch": 1.5, "loss": 1}]))
    assert run.epochs.tolist() == [0.5, 1.5]


def test_weights_that_do_not_sum_to_one_are_kept_and_noted():
    run = read_run(json.dumps([{"epoch": 0, "lambda_a": 1.5, "lambda_b": 0.5, "w_a": 0.75, "w_b": 0.25}]))
    assert run.weights.tolist() == [[1.5, 0.5]]
    assert run.state is None
    assert "The applied weights do not sum to 1 in 1 of 1 entries (first: 2)." in run.notes
    assert "w_* is the applied weight over its sum: there is no EMA state." in run.notes


def test_the_best_epoch_is_the_named_one_else_that_of_the_smallest_rmse(tmp_path):
    assert read_run(write(tmp_path / "a", run=info(best_epoch=2))).best_epoch == 2
    assert read_run(write(tmp_path / "b")).best_epoch == 4
    assert read_run(write(tmp_path / "c", run=info(best_epoch=77))).best_epoch == 4
    assert read_run(json.dumps([{"epoch": 0, "rmse_last": None}])).best_epoch is None
    assert read_run(json.dumps([{"epoch": 0}])).best_epoch is None


def test_every_array_of_a_run_is_read_only(tmp_path):
    run = read_run(write(tmp_path, run=info(), steps=trace()))
    arrays = [run.epochs, run.weights, run.state, *run.metrics.values(), run.steps.step, run.steps.norms]
    assert not any(array.flags.writeable for array in arrays)


@settings(deadline=None)
@given(
    tasks=st.lists(NAMES, min_size=2, max_size=6, unique=True),
    rows=st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=20),
    metric=NAMES,
)
def test_what_is_written_is_read_back_whatever_the_names_and_numbers(tasks, rows, metric):
    weights = [1.0 / len(tasks)] * len(tasks)
    log = [
        {"epoch": e, f"m {metric}": a, "rmse_last": b}
        | {f"w_{task}": w for task, w in zip(tasks, weights, strict=True)}
        for e, (a, b) in enumerate(rows)
    ]
    for text in (json.dumps(log), json.dumps(log, ensure_ascii=False), "\n".join(map(json.dumps, log))):
        run = read_run(text.encode("utf-8", "surrogatepass"))
        assert run.tasks == tuple(tasks)
        assert run.metrics[f"m {metric}"].tolist() == [a for a, _ in rows]
        assert run.metrics["rmse_last"].tolist() == [b for _, b in rows]
        assert run.state.tolist() == [weights] * len(rows)
