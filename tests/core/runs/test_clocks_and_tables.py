"""What counts time, and other ways to write a table."""

import gzip
import json
import math

import pytest

from gaba_core.runs import LogFormatError, read_run
from gaba_core.runs.wall_clock import record_seconds


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows)


def said(run):
    return " ".join(run.notes)


def values(run, name):
    """A column with None for a gap, for plain comparison."""
    return [None if math.isnan(v) else v for v in run.metrics[name].tolist()]


# K12: what counts time.
CLOCKS = {
    "D50": ("time/total_timesteps,rollout/ep_rew_mean\n2048,10\n4096,20\n", "step", [2048, 4096]),
    "ray": (lines(*({"training_iteration": i, "r": 1} for i in (1, 2))), "step", [1, 2]),
    "a namespace": (lines(*({"total/steps": i, "r": 1} for i in (5, 9))), "step", [5, 9]),
    "another namespace": (lines(*({"charts/global_step": i, "r": 1} for i in (5, 9))), "step", [5, 9]),
    "an epoch in a namespace": (lines(*({"general/epoch": i, "r": 1} for i in (0, 1))), "epoch", [0, 1]),
    "seconds alone": (lines(*({"time": t, "r": 1} for t in (3.0, 4.5))), "second", [3, 4.5]),
    "minutes": ("Time (min),r\n0.5,1\n1.5,1\n", "second", [30, 90]),
    "hours in a namespace": (
        lines(*({"perf/elapsed_hours": t, "r": 1} for t in (0.5, 1))),
        "second",
        [1800, 3600],
    ),
    "milliseconds": (lines(*({"elapsed_ms": t, "r": 1} for t in (500, 1500))), "second", [0.5, 1.5]),
    "stamps in milliseconds": (
        lines(*({"ts_ms": t, "r": 1} for t in (1.7e12, 1.7e12 + 500))),
        "second",
        [0, 0.5],
    ),
    "steps of RLlib": (
        lines(*({"num_env_steps_sampled": i, "r": 1} for i in (400, 800))),
        "step",
        [400, 800],
    ),
    "tokens": (lines(*({"consumed_tokens": i, "r": 1} for i in (512, 1024))), "step", [512, 1024]),
    "stamps alone": (lines(*({"timestamp": t, "r": 1} for t in (1.7e12, 1.7e12 + 500))), "second", [0, 0.5]),
}


@pytest.mark.parametrize(("text", "unit", "axis"), CLOCKS.values(), ids=CLOCKS.keys())
def test_clocks_are_known_by_any_of_their_names(text, unit, axis):
    run = read_run(text)
    assert (run.unit, run.epochs.tolist()) == (unit, axis)


def test_d28_a_wall_time_drives_the_seconds():
    run = read_run(lines({"wall_time": 10, "step": 0, "loss": 1}, {"wall_time": 20, "step": 1, "loss": 0.5}))
    assert record_seconds(run).tolist() == [0, 10]


def test_a_time_of_one_step_is_no_clock():
    run = read_run(
        lines(*({"epoch": e, "time": t, "loss": 1} for e, t in enumerate((0.41, 0.39, 0.4, 0.38))))
    )
    assert record_seconds(run) is None


def test_seconds_since_the_start_go_on_over_a_restart():
    run = read_run(lines(*({"step": s, "_runtime": t, "loss": 1} for s, t in enumerate((5, 10, 4, 8)))))
    assert record_seconds(run).tolist() == [5, 10, 14, 18]


def test_a_column_named_by_hand_drives_the_seconds():
    text = lines(*({"step": s, "t_ms": 1000 * s + 500, "loss": 1} for s in range(3)))
    assert record_seconds(read_run(text, mapping="t_ms=seconds")).tolist() == [0, 1, 2]


# K13: other ways to write a table.
TABLES = {
    "D52, a comment": "# seed 1\nepoch,loss\n0,1\n1,.9\n",
    "several comments": "# seed 1\n# lr 0.1, wd 0\n#\nepoch,loss\n0,1\n1,.9\n",
    "a comment further down": "epoch,loss\n0,1\n# resumed, from 0\n1,.9\n",
    "sep=": "sep=;\nepoch;loss\n0;1,0\n1;0,9\n",
    "blanks": "epoch loss\n0 1\n1 .9\n",
    "aligned": "  epoch    loss\n      0   1.00\n      1   0.90\n",
    "a row of numbers for names": "epoch,loss\n0,0,1\n1,1,.9\n",
    "Markdown": "| epoch | loss |\n|---|---|\n| 0 | 1 |\n| 1 | .9 |\n",
    "pandas to_string": "   epoch  loss\n0      0   1.0\n1      1   0.9\n",
    "DeepXDE": "# epoch, loss\n0.000e+00 1.000e+00\n1.000e+00 9.000e-01\n",
    "a title": "my run of Tuesday\nepoch,loss\n0,1\n1,.9\n",
    "by epoch": '{"epoch_0": {"loss": 1}, "epoch_1": {"loss": 0.9}}',
    "by epoch, with a name": '{"name": "x", "Epoch 0": {"loss": 1}, "Epoch 1": {"loss": 0.9}}',
    "lists one behind another": '[{"epoch": 0, "loss": 1}]\n[{"epoch": 1, "loss": 0.9}]',
    "objects over several lines": '{\n"epoch": 0,\n"loss": 1}\n{\n"epoch": 1,\n"loss": 0.9}\n',
    "under another name": '{"seed": 3, "epochs": [{"epoch": 0, "loss": 1}, {"epoch": 1, "loss": 0.9}]}',
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES.keys())
def test_every_way_to_write_a_table_gives_the_same_numbers(text):
    run = read_run(text)
    assert run.epochs.tolist() == [0, 1]
    assert run.metrics["loss"].tolist() == [1, 0.9]


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize(
    "text", ["epoch,loss\n0,1\n1,.9\n", '[{"epoch": 0, "loss": 1}, {"epoch": 1, "loss": 0.9}]']
)
def test_every_encoding_gives_the_same_numbers(encoding, text):
    named = text.replace("loss", "Verlust für" if encoding != "utf-16-be" else "loss")
    run = read_run(named.encode(encoding))
    assert run.metrics["Verlust für" if "für" in named else "loss"].tolist() == [1, 0.9]


def test_lists_of_records_of_two_splits_are_one_run():
    train, dev = ([{"epoch": e, "loss": base - e} for e in range(2)] for base in (3, 5))
    run = read_run(json.dumps({"train": train, "dev": dev}))
    assert run.epochs.tolist() == [0, 1]
    assert run.metrics["train/loss"].tolist() == [3, 2]
    assert run.metrics["dev/loss"].tolist() == [5, 4]
    bare = {name: [{"loss": row["loss"]} for row in rows] for name, rows in (("train", train), ("dev", dev))}
    assert read_run(json.dumps(bare)).metrics["dev/loss"].tolist() == [5, 4]


def test_a_metric_file_of_mlflow_is_a_run_of_its_metric(tmp_path):
    path = tmp_path / "val_loss"
    path.write_text("1700000000000 0.9 0\n1700000001500 0.8 1\n")
    run = read_run(path)
    assert (run.unit, run.epochs.tolist()) == ("step", [0, 1])
    assert run.metrics["val_loss"].tolist() == [0.9, 0.8]
    assert record_seconds(run).tolist() == [0, 1.5]


def test_scalars_saved_from_tensorboard_as_json_stand_over_their_steps():
    run = read_run("[[1700000000.5, 0, 0.9], [1700000002.5, 10, 0.8]]")
    assert (run.unit, run.epochs.tolist()) == ("step", [0, 10])
    assert run.metrics["Value"].tolist() == [0.9, 0.8]
    assert record_seconds(run).tolist() == [0, 2]


PACKED = {
    "gzip": gzip.compress(b"epoch,loss\n0,1\n"),
    "zip": b"PK\x03\x04\x14\x00",
    "Parquet": b"PAR1\x15\x04",
    "HDF5": b"\x89HDF\r\n\x1a\n\x00",
    "pickle": b"\x80\x04\x95\x10",
    "NumPy": b"\x93NUMPY\x01\x00",
}


@pytest.mark.parametrize("kind", PACKED)
def test_what_is_no_text_is_named_for_what_it_is(kind):
    with pytest.raises(LogFormatError, match=kind):
        read_run(PACKED[kind])
