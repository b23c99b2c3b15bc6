"""Other locales, odd cells and broken lines: none of them hides a run."""

import json
import math

import numpy as np
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


# K8: the decimal sign is that of the whole file.
SIGNS = {
    "D25": ("step;loss\n1.000;0,9\n2.000;0,8\n", [1000, 2000], [0.9, 0.8]),
    "points": ("step;loss\n1000;0.9\n2000;0.8\n", [1000, 2000], [0.9, 0.8]),
    "groups of commas": ("step\tloss\n1,000\t0.9\n2,000\t0.8\n", [1000, 2000], [0.9, 0.8]),
    "quoted": ('step,loss\n"1.000","0,9"\n"2.000","0,8"\n', [1000, 2000], [0.9, 0.8]),
    "Swiss": ("step;loss\n1'000;0.9\n2'000;0.8\n", [1000, 2000], [0.9, 0.8]),
    "French": ("step;loss\n1\u202f000;0,9\n2\u202f000;0,8\n", [1000, 2000], [0.9, 0.8]),
    "both signs in one number": ("step;loss\n1000;1.234,5\n2000;0,5\n", [1000, 2000], [1234.5, 0.5]),
    "millions": ("step;loss\n1000;1.234.567\n2000;2,5\n", [1000, 2000], [1234567, 2.5]),
    "powers": ("step;loss\n1000;1,5e-3\n2000;2,125e-3\n", [1000, 2000], [0.0015, 0.002125]),
}


@pytest.mark.parametrize(("text", "steps", "losses"), SIGNS.values(), ids=SIGNS.keys())
def test_the_decimal_sign_is_found_once_for_the_whole_file(text, steps, losses):
    run = read_run(text)
    assert run.epochs.tolist() == steps
    assert run.metrics["loss"].tolist() == losses


def test_a_point_that_may_be_either_is_taken_for_the_decimal_sign_and_that_is_said():
    run = read_run("step;loss\n1;1.250\n2;1.125\n")
    assert run.metrics["loss"].tolist() == [1.25, 1.125]
    assert "1.250 was read with a decimal point" in said(run)


@pytest.mark.parametrize("text", ["step;loss\n1;12,345\n2;11,234\n", "step;loss\n1;0,9\n2;0.8\n"])
def test_a_sign_that_cannot_be_told_is_refused_with_what_was_found(text):
    with pytest.raises(LogFormatError, match=r"decimal|sign"):
        read_run(text)


STAMPS = {
    "milliseconds": (1700000000000, 1700000010000),
    "microseconds": (1700000000000000, 1700000010000000),
    "nanoseconds": (1700000000000000000, 1700000010000000000),
    "seconds": (1700000000.0, 1700000010.0),
    "dates": ("2024-01-01T10:00:00Z", "2024-01-01T10:00:10Z"),
    "dates of a time zone": ("2024-01-01 10:00:00.000+02:00", "2024-01-01 10:00:10.000+02:00"),
    "dates of Python's logging": ("2024-01-01 10:00:00,000", "2024-01-01 10:00:10,000"),
}


@pytest.mark.parametrize("pair", STAMPS.values(), ids=STAMPS.keys())
@pytest.mark.parametrize("name", ["timestamp", "_timestamp", "wall_time", "time"])
def test_stamps_count_seconds_from_the_start(pair, name):
    run = read_run(lines(*({name: t, "step": s, "loss": 1} for s, t in enumerate(pair))))
    np.testing.assert_allclose(record_seconds(run), [0.0, 10.0], atol=1e-6)


# K9: one odd cell or line does not hide the run.
ODD = {
    "D30, NaN as text": '{"epoch":0,"loss":1}\n{"epoch":1,"loss":"NaN"}\n{"epoch":2,"loss":0.8}\n',
    "Infinity as text": '[{"epoch":0,"loss":1},{"epoch":1,"loss":"-Infinity"},{"epoch":2,"loss":0.8}]',
    "a word": '{"epoch":0,"loss":1}\n{"epoch":1,"loss":"oom"}\n{"epoch":2,"loss":0.8}\n',
    "a flag that turned number": '{"epoch":0,"loss":1}\n{"epoch":1,"loss":false}\n{"epoch":2,"loss":0.8}\n',
    "a list": '{"epoch":0,"loss":1}\n{"epoch":1,"loss":[1]}\n{"epoch":2,"loss":0.8}\n',
    "a word in a CSV": "epoch,loss\n0,1\n1,oom\n2,.8\n",
    "in an array": '{"epoch":[0,1,2],"loss":[1,"x",0.8]}',
}


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_an_odd_cell_is_a_gap_that_is_named(text):
    run = read_run(text)
    assert run.epochs.tolist() == [0, 1, 2]
    assert values(run, "loss") == [1, None, 0.8]
    assert any(note.startswith("loss ") and "left as" in note for note in run.notes)


BROKEN = {
    "D34, a torn line": (
        '{"epoch":0,"loss":1}\n{"epoch":1,"lo\n{"epoch":2,"loss":0.8}\n',
        "Line 2 breaks off",
    ),
    "a line of the shell": ('{"epoch":0,"loss":1}\nKilled\n{"epoch":2,"loss":0.8}\n', "Line 2 is no record"),
    "a shell's line in a CSV": ("epoch,loss\n0,1\nKilled\n2,.8\n", "Line 3 is no row"),
    "a short row": ("epoch,loss,acc\n0,1,2\n1,.9\n2,.8,1\n", "Line 3 breaks off"),
    "zeros": ('{"epoch":0,"loss":1}\n\0\0\0\0\n{"epoch":2,"loss":0.8}\n', "4 zero bytes"),
    "zeros at the end": ('{"epoch":0,"loss":1}\n{"epoch":2,"loss":0.8}\n\0\0', "2 zero bytes"),
    "zeros in a CSV": ("epoch,loss\n0,1\n\0\0\n2,.8\n", "2 zero bytes"),
    "a resume in the same line": (
        '{"epoch":0,"loss":1}\n{"epoch":1,"lo{"epoch":2,"loss":0.8}\n',
        "Line 2 breaks off",
    ),
    "two whole records in a line": (
        '{"epoch":0,"loss":1}{"epoch":2,"loss":0.8}\nKilled\n',
        "Line 2 is no record",
    ),
    "another value": ('{"epoch":0,"loss":1}\n7\n{"epoch":2,"loss":0.8}\n', "Line 2 is no record"),
    "a traceback": (
        '{"epoch":0,"loss":1}\n{"epoch":2,"loss":0.8}\nTraceback:\n  File "x"\n  raise\nError: full\n',
        "Line 3 is no record",
    ),
    "Python's dictionaries": (
        "{'epoch': 0, 'loss': 1.0}\n{'epoch': 2, 'loss': 0.8}\n",
        "as Python prints it",
    ),
    "a heading of words": ('starting\n{"epoch":0,"loss":1}\n{"epoch":2,"loss":0.8}\n', "Line 1 is no record"),
}


@pytest.mark.parametrize(("text", "note"), BROKEN.values(), ids=BROKEN.keys())
@pytest.mark.parametrize("kind", [str, bytes])
def test_a_broken_line_is_left_out_and_named(text, note, kind):
    run = read_run(text if kind is str else text.encode())
    assert run.epochs.tolist() == [0, 2]
    assert run.metrics["loss"].tolist() == [1, 0.8]
    assert note in said(run)


SUMMARIES = {
    "D32": lines({"epoch": 0, "loss": 1}, {"epoch": 1, "loss": 0.9}, {"test_acc": 0.9}),
    "of two lines": lines({"epoch": 0, "loss": 1}, {"epoch": 1, "loss": 0.9}, {"note": 1}, {"test_acc": 0.9}),
    "in a list": json.dumps([{"epoch": 0, "loss": 1}, {"epoch": 1, "loss": 0.9}, {"test_acc": 0.9}]),
    "of steps": lines({"step": 0, "loss": 1}, {"step": 1, "loss": 0.9}, {"test_acc": 0.9, "best": 0.9}),
    "under history": json.dumps(
        {"history": [{"epoch": 0, "loss": 1}, {"epoch": 1, "loss": 0.9}, {"test_acc": 0.9}]}
    ),
}


@pytest.mark.parametrize("text", SUMMARIES.values(), ids=SUMMARIES.keys())
def test_a_summary_at_the_end_is_no_record(text):
    run = read_run(text)
    assert run.metrics["loss"].tolist() == [1, 0.9]
    assert "test_acc 0.9" in said(run)


HEADS = {
    "D37, a column more": "epoch,loss\n0,1\nepoch,loss,val\n1,.9,1\n",
    "another order": "epoch,val,loss\n0,,1\nepoch,loss,val\n1,.9,1\n",
    "a column less, then more": "epoch,loss,val\n0,1,\nloss,epoch,val,lr\n.9,1,1,2\n",
}


@pytest.mark.parametrize("text", HEADS.values(), ids=HEADS.keys())
def test_a_head_that_comes_again_in_another_form_holds_from_there_on(text):
    run = read_run(text)
    assert run.epochs.tolist() == [0, 1]
    assert run.metrics["loss"].tolist() == [1, 0.9]
    assert values(run, "val") == [None, 1]


def test_cells_beyond_the_head_are_a_column_that_is_named():
    run = read_run("epoch,loss\n0,1\n1,.9,7\n2,.8,6\n")
    assert values(run, "column 3") == [None, 7, 6]
    assert "Line 3 holds more cells" in said(run)


def test_a_summary_below_a_table_is_no_row():
    run = read_run("step,loss,acc\n0,1,.1\n10,.9,\nbest,.5,.3\n")
    assert run.epochs.tolist() == [0, 10]
    assert run.metrics["loss"].tolist() == [1, 0.9]
    assert values(run, "acc") == [0.1, None]
    assert (
        "Line 4, the last, has no time: it was read as a summary of the run: step best, loss .5, acc .3."
        in said(run)
    )


def test_what_has_no_record_yet_is_refused_in_a_few_words():
    for text, words in (
        (b"", "must hold a log; got an empty file"),
        ("epoch,loss\n", "got a line of names alone"),
    ):
        with pytest.raises(LogFormatError, match=words):
            read_run(text)


PACKED = {
    "JSON": '"[0.25, 0.75]"',
    "NumPy": "[0.25 0.75]",
    "PyTorch": "\"tensor([0.25, 0.75], device='cuda:0')\"",
    "a batch of one": '"[[0.25, 0.75]]"',
    "Python": "\"{'0': 0.25, '1': 0.75}\"",
}


@pytest.mark.parametrize("cell", PACKED.values(), ids=PACKED.keys())
def test_a_list_in_a_cell_is_read_as_one_in_a_record_is(cell):
    other = cell.replace("0.25", "0.5").replace("0.75", "0.5")
    run = read_run(
        f'epoch,weights,kernel,names\n0,,"[3, 3]","[\'a\']"\n1,{cell},"[3, 3]",\n2,{other},"[3, 3]",\n'
    )
    assert run.tasks == ("0", "1")
    assert run.weights[1:].tolist() == [[0.25, 0.75], [0.5, 0.5]]
    assert "kernel holds the same list in every entry and was left out." in run.notes
    assert "names holds no numbers and was left out." in run.notes


def test_long_lists_in_cells_are_left_out_by_name():
    rows = "".join(f'{e},1,"{list(range(e, e + 65))}"\n' for e in range(4))
    run = read_run(f"epoch,loss,weights\n{rows}")
    assert set(run.metrics) == {"loss"}
    assert "weights holds lists of more than 64 numbers and was left out." in run.notes


def test_lists_in_cells_of_a_table_with_decimal_commas_keep_their_points():
    run = read_run("epoch;loss;w\n0;0,5;[0.25, 0.75]\n1;0,25;[0.5, nan]\n")
    assert run.metrics["loss"].tolist() == [0.5, 0.25]
    assert run.state[0].tolist() == [0.25, 0.75]
    assert values(run, "w/1") == [0.75, None] if "w/1" in run.metrics else math.isnan(run.state[1, 1])


def test_most_lines_must_be_records_and_the_time_must_be_whole():
    for text in ('{"epoch": 0}\nx\ny\nz\n', "epoch,loss\n0,1\na\nb\nc\n", "epoch,loss\n0,1\nx,2\n"):
        with pytest.raises(LogFormatError):
            read_run(text)
