"""Numbers that a log writes as text."""

import json

import pytest

from gaba_core.runs import read_run

ROWS = [{"epoch": str(e), "loss": f"{3.2 - 0.1 * e:.1f}", "phase": "train", "nasa": 2.0} for e in range(4)]
SHAPES = {
    "list": json.dumps(ROWS).encode(),
    "lines": "\n".join(map(json.dumps, ROWS)).encode(),
    "history": json.dumps({"history": ROWS}).encode(),
    "arrays": json.dumps({name: [row[name] for row in ROWS] for name in ("epoch", "loss", "nasa")}).encode(),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_columns_of_numbers_written_as_text_are_read_as_numbers_and_that_is_said(shape):
    run = read_run(SHAPES[shape])
    assert run.epochs.tolist() == [0, 1, 2, 3]
    assert run.metrics["loss"].tolist() == [3.2, 3.1, 3.0, 2.9]
    assert "epoch is a number written as text, read as such." in run.notes
    assert "loss is a number written as text, read as such." in run.notes
    assert "phase" not in run.metrics


def test_a_gap_among_numbers_written_as_text_stays_a_gap():
    run = read_run(json.dumps([{"epoch": 0, "loss": "3.2"}, {"epoch": 1, "loss": None}]).encode())
    assert repr(run.metrics["loss"].tolist()) == "[3.2, nan]"


def test_arrays_of_texts_alone_that_are_no_numbers_are_no_log_of_numbers():
    run = read_run(b'{"loss": [2.0, 1.0], "gpus": ["0", "1", "2"], "names": ["a", "b"]}')
    assert list(run.metrics) == ["loss"]
