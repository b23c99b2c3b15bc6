"""Logs of other programs, in small: the same shapes and quirks as the real ones."""

import json

import numpy as np
import pytest

from gaba_core.lru_cache import size_of
from gaba_core.runs import LogFormatError, diagnose, read_run


def notes(run, start):
    return [note for note in run.notes if note.startswith(start)]


def trainer_state():
    """HuggingFace: a training row and two evaluation rows at each epoch and step; a summary at the end."""
    rows = [{"epoch": 0, "eval_a_loss": 5.7, "step": 0}, {"epoch": 0, "eval_b_loss": 8.2, "step": 0}]
    for e in range(1, 4):
        rows += [{"epoch": float(e), "loss": 1.0 / e, "grad_norm": 5.0, "step": 40 * e}]
        rows += [{"epoch": float(e), f"eval_{t}_loss": 1.5 / e, "step": 40 * e} for t in "ab"]
    rows += [{"epoch": 3.0, "train_runtime": 60.0, "total_flos": 1e15, "step": 120}]
    return {"epoch": 3.0, "global_step": 120, "best_metric": None, "log_history": rows}


def test_huggingface_rows_of_one_step_are_joined_and_nothing_is_lost():
    run = read_run(json.dumps(trainer_state()))
    assert run.reading.format == "HuggingFace trainer_state.json"
    assert run.reading.mapping.repeats == "join"
    assert run.epochs.tolist() == [0, 1, 2, 3]
    assert run.metrics["step"].tolist() == [0, 40, 80, 120]
    assert run.metrics["eval_b_loss"].tolist() == [8.2, 1.5, 0.75, 0.5]
    np.testing.assert_array_equal(run.metrics["loss"], [np.nan, 1.0, 0.5, 1 / 3])
    assert run.unlogged["loss"].tolist() == [True, False, False, False]
    assert run.losses == {"a": "eval_a_loss", "b": "eval_b_loss"}
    assert not notes(run, "loss has no finite value")
    assert notes(run, "12 rows were joined to 4")


def test_the_same_file_can_be_kept_row_by_row():
    run = read_run(json.dumps(trainer_state()), mapping="@rows=file")
    assert run.epochs.tolist() == [0, 0, *[1, 1, 1], *[2, 2, 2], *[3, 3, 3], 3]
    assert run.metrics["eval_b_loss"][1] == 8.2


def test_detectron2_is_json_lines_under_another_name_with_evaluations_now_and_then():
    rows = [
        {"iteration": 20 * i + 19, "loss_cls": 1.0 / (i + 1), "loss_box": 0.5, "lr": 1e-4} for i in range(9)
    ]
    rows[4] |= {"bbox/AP": 21.3, "bbox/APl": float("nan")}
    run = read_run("\n".join(map(json.dumps, rows)).encode())
    assert run.reading.format == "detectron2 metrics (JSON Lines)"
    assert (run.unit, run.epochs[:2].tolist()) == ("step", [19, 39])
    assert run.metrics["step"] is not None
    assert run.losses == {"cls": "loss_cls", "box": "loss_box"}
    assert run.metrics["bbox/AP"][4] == 21.3
    assert run.unlogged["bbox/AP"].tolist() == [i != 4 for i in range(9)]
    assert (
        "bbox/APl has no finite value in 1 of 9 entries (first at step 99; 1 NaN): left as a gap."
        in run.notes
    )
    assert notes(run, "2 of 6 columns hold values in some entries only (fewest: bbox/AP, 1 of 9)")


def test_a_keras_history_is_taken_as_one_value_an_epoch():
    run = read_run(json.dumps({"loss": [0.6, 0.4], "val_loss": [0.5, None], "lr": [1e-4, 1e-4]}))
    assert (run.reading.format, run.unit, run.epochs.tolist()) == ("object of arrays", "epoch", [0, 1])
    assert np.isnan(run.metrics["val_loss"]).tolist() == [False, True]
    assert notes(run, "The log counts no epochs")


def test_an_array_of_another_length_is_left_out_by_name():
    run = read_run(json.dumps({"loss": [3, 2, 1], "acc": [1, 2, 3], "val_loss": [3]}))
    assert sorted(run.metrics) == ["acc", "loss"]
    assert run.notes[0] == "val_loss has 1 values where others have 3, and was left out."


ARRAYS = {
    "under history": {"history": {"loss": [2, 1]}, "params": {"epochs": 2}},
    "with its epochs": {"epoch": [0, 1], "loss": [2, 1]},
    "of pandas": {"loss": {"0": 2, "1": 1}},
    "as records by epoch": {"0": {"loss": 2}, "1": {"loss": 1}},
}


@pytest.mark.parametrize("content", ARRAYS.values(), ids=ARRAYS.keys())
def test_every_way_to_write_a_history_gives_the_same_run(content):
    run = read_run(json.dumps(content))
    assert run.epochs.tolist() == [0, 1]
    assert run.metrics["loss"].tolist() == [2, 1]


def test_arrays_inside_an_object_are_named_by_both():
    run = read_run(json.dumps({"train": {"loss": [2, 1]}, "val": {"loss": [3, 2]}}))
    assert sorted(run.metrics) == ["train/loss", "val/loss"]


def test_objects_inside_a_record_are_named_by_both():
    rows = [{"epoch": e, "train": {"loss": 2.0 - e}, "val": {"loss": 3.0 - e}} for e in range(2)]
    assert read_run(json.dumps(rows).encode()).metrics["val/loss"].tolist() == [3, 2]


def test_an_array_may_hold_bare_nan_and_its_own_steps():
    run = read_run(b'{"step": [0, 100], "avg_reward": [2.4, 2.5], "avg_val_score": [NaN, 1.0]}')
    assert (run.unit, run.epochs.tolist()) == ("step", [0, 100])
    assert notes(run, "avg_val_score has no finite value in 1 of 2 entries (first at step 0; 1 NaN)")


LIGHTNING = (
    "a_loss_epoch,a_loss_step,epoch,b_loss_epoch,b_loss_step,step,val_acc\n"
    "9.0,,0,4.0,,31,\n,7.5,1,,3.4,49,\n8.0,,1,3.0,,63,\n7.0,,2,2.5,,95,\n,6.1,3,,2.0,99,\n6.0,,3,2.0,,127,.5\n"
)


def test_lightning_step_rows_and_epoch_rows_become_one_row_an_epoch():
    run = read_run(LIGHTNING)
    assert run.reading.format == "Lightning metrics.csv"
    assert run.reading.mapping.repeats == "last"
    assert run.epochs.tolist() == [0, 1, 2, 3]
    assert run.metrics["step"].tolist() == [31, 63, 95, 127]
    assert run.metrics["a_loss_epoch"].tolist() == [9, 8, 7, 6]
    np.testing.assert_array_equal(run.metrics["a_loss_step"], [np.nan, 7.5, np.nan, 6.1])
    assert run.losses == {"a": "a_loss_epoch", "b": "b_loss_epoch"}


def test_lightning_with_several_step_rows_an_epoch_loses_none():
    text = "epoch,step,loss,val_loss\n0,49,3,\n0,99,2,\n0,99,,4\n1,149,1.5,\n1,199,1.2,\n1,199,,3\n"
    run = read_run(text)
    assert run.reading.mapping.repeats == "join"
    assert run.metrics["loss"].tolist() == [3, 2, 1.5, 1.2]
    np.testing.assert_array_equal(run.metrics["val_loss"], [np.nan, 4, np.nan, 3])
    assert diagnose(run).model.evidence["best"] == 3.0


def test_a_row_without_its_epoch_takes_that_of_the_next():
    run = read_run("epoch,lr,loss,step\n,0.1,,0\n0,,3,9\n,0.1,,10\n1,,2,19\n", mapping="@rows=file")
    assert run.epochs.tolist() == [0, 0, 1, 1]
    assert notes(run, "epoch stands in 2 of 4 rows")


def test_losses_that_end_as_nan_are_gaps_to_the_end():
    text = "epoch,step,mean_loss\n" + "".join(
        f"{e},{e},{'nan' if e > 5 else 1e13 / 10**e}\n" for e in range(9)
    )
    run = read_run(text)
    assert np.isnan(run.metrics["mean_loss"]).sum() == 3
    assert notes(
        run, "mean_loss has no finite value in 3 of 9 rows (first at epoch 6; 3 NaN): left as a gap."
    )
    assert diagnose(run).model.code == "diverged"


CSVS = {
    "quoted, Windows": '"epoch","loss"\r\n"0","2"\r\n"1","1"\r\n',
    "semicolons and decimal commas": "epoch;loss\n0;2,0\n1;1,0\n",
    "tabs": "epoch\tloss\n0\t2\n1\t1",
    "byte-order mark": "\ufeffepoch,loss\n0,2\n1,1\n",
    "NumPy's savetxt": "# epoch,loss\n0.0e+00,2.0e+00\n1.0e+00,1.0e+00\n",
    "a column of text": "epoch,phase,loss\n0,warm,2\n1,cold,1\n",
    "an empty last cell": "epoch,loss\n0,2,\n1,1,\n",
    "a head that comes again": "epoch,loss\n0,2\nepoch,loss\n1,1\n",
}


@pytest.mark.parametrize("text", CSVS.values(), ids=CSVS.keys())
def test_every_kind_of_csv_gives_the_same_numbers(text):
    run = read_run(text.encode())
    assert run.epochs.tolist() == [0, 1]
    assert run.metrics["loss"].tolist() == [2, 1]


def test_csv_without_names_or_with_a_name_twice_is_read_with_a_note():
    assert notes(read_run("0,2\n1,1\n"), "There is no line of names")
    run = read_run("epoch,loss,loss\n0,2,3\n1,1,2\n")
    assert run.metrics["loss (2)"].tolist() == [3, 2]
    assert notes(run, "loss names more than one column")


def test_a_single_column_is_a_log_of_numbered_rows():
    run = read_run("loss\n3\n2\n")
    assert (run.unit, run.epochs.tolist(), run.metrics["loss"].tolist()) == ("row", [0, 1], [3, 2])


def test_a_last_line_that_breaks_off_is_left_out():
    run = read_run("epoch,a,b\n0,1,2\n1,2")
    assert run.epochs.tolist() == [0]
    assert run.notes[0].startswith("Line 3 breaks off")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("epoch,loss\n0,2\nx,1\n2,1\n", ["line 3, column 'epoch'", "number or empty", '"x"']),
        ("epoch,loss\n0,2\na\nb\nc\n", ["line 3 must hold 2 cells", "got 1"]),
        ("epoch,loss\n", ["row of values", "names alone"]),
        ("name,phase\na,b\n", ["at least one column of numbers"]),
        ("epoch,loss\nepoch,loss\n", ["at least one row of values"]),
        ('{"w_a": [1, "x", 2]}', ["field 'w_a'", "entry 1", 'got the text "x"']),
        ('[{"step": 1, "loss": 2}, {"loss": 1}]', ["loss"]),
    ],
)
def test_a_foreign_log_is_refused_with_place_rule_and_finding(text, said):
    if said == ["loss"]:
        assert read_run(text).unit == "step"
        return
    with pytest.raises(LogFormatError) as caught:
        read_run(text)
    for words in said:
        assert words in str(caught.value)


def test_a_time_axis_with_a_gap_is_refused_by_its_entry():
    with pytest.raises(LogFormatError, match=r"column 'loss' must be a finite number .* got none in entry 1"):
        read_run('[{"epoch": 0, "loss": 1}, {"epoch": 1, "loss": NaN}]', mapping="epoch=metric;loss=epoch")


def test_a_step_that_begins_anew_with_every_epoch_is_no_step_of_the_run():
    rows = [{"epoch": e, "iter": i, "loss": 1.0} for e in range(3) for i in (50, 100)]
    run = read_run(json.dumps(rows))
    assert "step" not in run.metrics
    assert run.metrics["iter"].tolist() == [50, 100] * 3


def test_a_run_of_one_epoch_is_told_in_its_steps():
    run = read_run(json.dumps([{"epoch": 0, "step": s, "loss": 1.0 / s} for s in (10, 20, 30)]))
    assert (run.unit, run.epochs.tolist()) == ("step", [10, 20, 30])


def test_a_regular_log_reads_the_same_by_the_fast_and_the_standard_parser():
    rows = [{"epoch": e, "w_a": 0.1 * e, "w_b": 1 - 0.1 * e, "note": "x", "m": None} for e in range(5)]
    fast = read_run(json.dumps(rows).encode())
    slow = read_run(json.dumps(rows))  # text goes to the standard parser
    np.testing.assert_array_equal(fast.state, slow.state)
    assert fast.notes == slow.notes
    assert list(fast.metrics) == list(slow.metrics)


def test_a_verdict_counts_in_what_the_log_counts():
    rows = [{"iteration": 20 * i, "total_loss": 5.0 - i if i < 4 else float("nan")} for i in range(9)]
    found = diagnose(read_run("\n".join(map(json.dumps, rows))))
    assert found.model.sentence.startswith("The model diverged at step 80: total_loss is not finite")
    steps = [{"step": 10 * s, "w_a": 0.5 * 0.5**s, "w_b": 1 - 0.5 * 0.5**s} for s in range(60)]
    assert "Converged at step" in diagnose(read_run(json.dumps(steps))).balancer.sentence


def test_a_column_of_empty_cells_is_left_out():
    run = read_run("epoch,loss,val_loss\n0,2,\n1,1,\n")
    assert list(run.metrics) == ["loss"]
    assert "val_loss is empty and was left out." in run.notes


def test_the_best_epoch_is_that_of_the_smallest_validation_loss_where_there_is_no_rmse():
    assert read_run("epoch,loss,val/loss\n0,3,4\n1,2,3\n2,1,5\n").best_epoch == 1
    assert read_run("epoch,loss\n0,3\n1,2\n").best_epoch is None


def test_a_kept_run_weighs_what_its_arrays_and_its_files_columns_take():
    rows = [{"epoch": e, "step": 9 * e, name: 1.0} for e in range(4) for name in ("loss", "eval_loss")]
    run = read_run(json.dumps({"log_history": rows}))
    records_of_run = 4 * 4 * 8  # epochs, steps and the two losses
    columns_of_file = 8 * 4 * 8 + 2 * 8  # the same of eight rows, and where the losses say nothing
    arrays = records_of_run + columns_of_file
    assert arrays <= size_of(run) < arrays + 20_000  # and the names, the mapping, the notes


def test_a_first_line_that_is_no_record_says_what_made_the_run():
    lines = [{"env_info": "x", "seed": 3}, {"mode": "train", "epoch": 1, "loss": 2.0}]
    run = read_run("\n".join(map(json.dumps, [*lines, {"mode": "train", "epoch": 2, "loss": 1.0}])))
    assert run.info.seed == 3
    assert run.metrics["loss"].tolist() == [2, 1]
    assert notes(run, "The first line has no field of the others")


def test_a_scalar_saved_from_tensorboard_as_csv_stands_over_its_steps():
    run = read_run("Wall time,Step,Value\n1600000000.1,0,0.5\n1600000010.1,10,0.4\n")
    assert (run.unit, run.epochs.tolist()) == ("step", [0, 10])
    assert run.reading.mapping.clocks == ("Wall time",)
