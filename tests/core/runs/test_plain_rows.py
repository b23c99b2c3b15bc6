"""A CSV of plain numbers, read in pieces as JSON, says what it says read cell by cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gaba_core import LogFormatError
from gaba_core.runs.formats import csv_rows, plain_rows
from gaba_core.runs.formats.csv_layout import DELIMITERS, Layout

whole = st.integers(-(2**70), 2**70).map(str)
plain = st.just("") | whole | st.floats(allow_nan=False, allow_infinity=False).map(repr)
odd = st.sampled_from(
    [
        "nan",
        "inf",
        "null",
        "-",
        "1_0",
        " 5",
        "5 ",
        " ",
        "1.",
        ".5",
        "01",
        "+1",
        "1e999",
        "a",
        "true",
        "[1",
        "²",
    ]
)


@st.composite
def texts(draw, cells):
    """A line of names, and rows of cells that may be one too short or too long."""
    width = draw(st.integers(1, 4))
    delimiter, end = draw(st.sampled_from(DELIMITERS[:3])), draw(st.sampled_from(["\n", "\r\n"]))
    point = "," if delimiter == ";" and draw(st.booleans()) else "."
    rows = draw(st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=6))
    if draw(st.integers(0, 9)) == 0:
        rows[-1] = rows[-1][1:] if draw(st.booleans()) else [*rows[-1], "1"]
    head = [f"name {i}" for i in range(width)] if draw(st.booleans()) else ["1"]
    lines = [delimiter.join(cell.replace(".", point) for cell in row) for row in (head, *rows)]
    return end.join(lines) + draw(st.sampled_from([end, ""])), delimiter


def said(text, delimiter):
    """Everything that is read from a text, or why it is refused."""
    try:
        table = csv_rows.read_separated(text, "log.csv", Layout(delimiter))
    except LogFormatError as error:
        return str(error)
    arrays = (table.columns, table.unlogged, table.nonfinite)
    held = [{name: np.nan_to_num(a, nan=0.125).tolist() for name, a in some.items()} for some in arrays]
    return held, table.left_out, table.format, table.notes, table.torn


@given(texts(plain) | texts(plain | odd), st.sampled_from([1, 20, plain_rows.PIECE]))
def test_a_text_says_the_same_either_way(case, piece):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plain_rows, "PIECE", piece)
        quick = said(*case)
        patch.setattr(csv_rows, "plain_rows", lambda *_: None)
        assert said(*case) == quick


def test_plain_numbers_are_never_looked_at_cell_by_cell(monkeypatch):
    monkeypatch.setattr(csv_rows, "_cell_by_cell", None)
    table = csv_rows.read_separated("epoch,step,loss\n0,9,\n1,,2.5e-3\n", "metrics.csv", Layout(","))
    assert table.columns["loss"].tolist()[1] == 0.0025
    assert table.unlogged["step"].tolist() == [False, True]
