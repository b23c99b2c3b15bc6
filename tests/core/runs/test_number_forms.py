"""Numbers in another form: percentages, epoch 3 of 20 as 3/20, what Python prints of a tensor."""

import numpy as np
import pytest

from gaba_core.errors import LogFormatError
from gaba_core.runs import read_run

PERCENT = {
    "comma": "epoch,loss,acc\n0,1.5,61.5%\n1,1.2,70%\n2,1.1,\n3,1.0,72.25 %\n",
    "semicolon": "epoch;loss;acc\n0;1,5;61,5%\n1;1,2;70%\n2;1,1;\n3;1,0;72,25 %\n",
    "lines": "\n".join(
        f'{{"epoch": {e}, "acc": {a}}}' for e, a in enumerate(('"61.5%"', '"70%"', "null", '"72.25 %"'))
    ),
}


@pytest.mark.parametrize("text", PERCENT.values(), ids=PERCENT)
def test_percentages_are_numbers_and_that_is_said(text):
    run = read_run(text)
    np.testing.assert_array_equal(run.metrics["acc"], [61.5, 70.0, np.nan, 72.25])
    assert any("acc holds percentages: 61" in note for note in run.notes)


@pytest.mark.parametrize(
    "text",
    [
        "epoch,loss\n1/20,3\n2/20,2\n3/20,1\n",
        '[{"epoch":"1/20","loss":3},{"epoch":"2/20","loss":2},{"epoch":"3/20","loss":1}]',
    ],
)
def test_an_epoch_of_all_epochs_is_that_epoch(text):
    run = read_run(text)
    assert run.epochs.tolist() == [1, 2, 3]
    assert "epoch counts up to 20: 1/20 was read as 1." in run.notes


def test_fractions_of_different_wholes_are_no_numbers():
    run = read_run("epoch,loss,note\n0,3,1/20\n1,2,2/30\n2,1,3/40\n")
    assert run.reading.table.left_out == {"note": "holds no numbers"}


def test_a_column_that_is_in_percent_in_some_rows_alone_is_left_with_gaps_that_are_named():
    run = read_run("epoch,acc\n0,61%\n1,0.7\n2,0.72\n3,0.73\n")
    np.testing.assert_array_equal(run.metrics["acc"], [np.nan, 0.7, 0.72, 0.73])
    assert any(
        'acc holds no number in 1 of 4 rows (first: line 2, the text "61%")' in note for note in run.notes
    )


@pytest.mark.parametrize(
    "cell",
    [
        "tensor(0.5)",
        "tensor(0.5000, device='cuda:0', grad_fn=<NllLossBackward0>)",
        "np.float64(0.5)",
        "Array(0.5, dtype=float32)",
        "tensor(0.5, grad_fn=<AddBackward0()>)",
    ],
)
def test_what_python_prints_of_a_number_is_that_number(cell):
    run = read_run(f'epoch,loss\n0,1.5\n1,"{cell}"\n2,0.25\n')
    assert run.metrics["loss"].tolist() == [1.5, 0.5, 0.25]
    assert read_run(f'[{{"epoch": 0, "loss": "{cell}"}}]').metrics["loss"].tolist() == [0.5]


def test_weights_that_are_texts_are_refused_as_before():
    with pytest.raises(LogFormatError, match="column 'w_a' must be a number or empty"):
        read_run("epoch,w_a,w_b\n0,.5,.5\n1,x,.5\n")
