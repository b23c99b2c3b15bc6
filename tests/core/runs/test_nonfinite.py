"""Bare NaN and Infinity are read as fast as numbers, and exactly as Python's own parser reads them."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaba_core.runs import LogFormatError
from gaba_core.runs.formats import detection, typed_records
from gaba_core.runs.formats.detection import read_table
from gaba_core.runs.table import NOT_FINITE

VALUES = st.floats() | st.integers(-9, 9) | st.none()
# Texts that look like a piece of a log: words in value position, quotes, braces, escapes, our own mark.
WORDS = ["NaN", "-Infinity", "Infinity", ": NaN,", "\u2007nan", "a", "1"]
PIECES = [*WORDS, '"', "{", "}", "[", ",", "\\", "\n", "…"]
# A number set off by blanks other than ASCII's is read alike, but not by each reader called a text.
TEXTS = (
    st.lists(st.sampled_from(PIECES), max_size=5)
    .map("".join)
    .filter(lambda t: t.strip() == t.strip(" \t\r\n"))
)
SHAPES = {
    "list": lambda rows, **how: json.dumps(rows, **how),
    "lines": lambda rows, **how: "\n".join(json.dumps(row, **how) for row in rows),
    "history": lambda rows, **how: json.dumps({"best": math.nan, "history": rows, "seed": 3}, **how),
    "history alone": lambda rows, **how: json.dumps({"run": "NaN", "history": rows}, **how),
}


def outcome(content, table=None):
    """Everything a table of the content holds, or the words it is refused with."""
    try:
        table = read_table(content, "the log") if table is None else table
    except LogFormatError as error:
        return str(error)
    return (
        *(table.format, list(table.columns), dict(table.left_out), table.notes, table.texts, table.torn),
        *(
            {name: column.tobytes() for name, column in held.items()}
            for held in (table.columns, table.unlogged)
        ),
        {name: codes.tobytes() for name, codes in table.nonfinite.items()},
        repr(table.around),
    )


@settings(deadline=None, max_examples=300)
@given(
    names=st.lists(TEXTS, min_size=1, max_size=3, unique=True),
    rows=st.lists(st.tuples(VALUES, VALUES, TEXTS | VALUES), min_size=1, max_size=6),
    shape=st.sampled_from(list(SHAPES)),
    ascii_only=st.booleans(),
)
def test_a_log_with_nan_reads_as_the_standard_parser_reads_it(names, rows, shape, ascii_only):
    log = [
        {"epoch": e} | dict(zip(names, row, strict=False)) | {"note": row[2]} for e, row in enumerate(rows)
    ]
    text = SHAPES[shape](log, ensure_ascii=ascii_only)
    assert outcome(text.encode()) == outcome(text)  # text goes to the standard parser


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from([*PIECES, '"epoch": 0', '{"epoch": 0', "}]", "[{", " "]), max_size=9))
def test_nothing_becomes_a_log_by_its_marks(pieces):
    text = '[{"epoch": 0, "a": NaN}, {"epoch": 1, "a": ' + "".join(pieces)
    for content in (text, text + "}]"):
        assert outcome(content.encode()) == outcome(content)


@pytest.mark.parametrize("key", ["NaN", "-Infinity"])
def test_a_name_without_quotes_stays_an_error(key):
    text = f'[{{"epoch": 0, {key}: 1}}]'
    assert outcome(text.encode()) == outcome(text)
    assert "must be JSON" in outcome(text)


@pytest.mark.parametrize("share", [1, 50, 2000])
def test_the_standard_parser_never_sees_a_regular_log_with_nan(monkeypatch, share):
    rows = [{"epoch": e, "phase": "x", "loss": math.nan if e % share == 0 else 0.5} for e in range(2000)]
    monkeypatch.setattr(detection, "read_json", lambda *_: pytest.fail("read by the standard parser"))
    table = read_table(json.dumps(rows).encode(), "the log")
    assert np.isnan(table.columns["loss"]).sum() == -(-2000 // share)


def test_what_was_not_finite_is_known_row_by_row():
    values = [1.0, math.nan, None, math.inf, -math.inf]
    table = read_table(json.dumps([{"epoch": e, "m": v} for e, v in enumerate(values)]).encode(), "the log")
    assert [NOT_FINITE.get(code) for code in table.nonfinite["m"].tolist()] == [
        *(None, "NaN", None, "Infinity", "-Infinity")
    ]
    assert np.isnan(table.columns["m"]).tolist() == [False, True, True, True, True]


def test_a_torn_last_line_is_left_out_without_the_standard_parser(monkeypatch):
    whole = "".join(json.dumps({"epoch": e, "loss": 1.0}) + "\n" for e in range(5))
    monkeypatch.setattr(detection, "read_json", lambda *_: pytest.fail("read by the standard parser"))
    table = read_table((whole + '{"epoch": 5, "lo').encode(), "the log")
    assert (table.rows, table.torn) == (5, 6)


def test_records_that_count_no_epochs_are_read_fast_too(monkeypatch):
    rows = [{"step": s, "loss": 1.0} for s in range(4)]
    assert typed_records.typed_records(json.dumps(rows).encode()) is not None
    monkeypatch.setattr(detection, "read_json", lambda *_: pytest.fail("read by the standard parser"))
    assert read_table(json.dumps(rows).encode(), "the log").rows == 4


@pytest.mark.parametrize("how", [{}, {"indent": 1}, {"separators": (",", ":")}])
def test_a_list_that_breaks_off_is_refused_by_its_last_record_in_the_same_words(monkeypatch, how):
    rows = [{"epoch": e, "loss": math.nan if e % 3 else -1.5e-3, "é": None} for e in range(6)]
    text = json.dumps(rows, ensure_ascii=False, **how)
    cuts = {size: outcome(text[:size]) for size in range(1, len(text))}
    parsed, original = [], detection.read_json
    monkeypatch.setattr(detection, "read_json", lambda *args: parsed.append(args) or original(*args))
    assert {size: outcome(text[:size].encode()) for size in cuts} == cuts
    assert len(parsed) < 0.5 * len(
        cuts
    )  # not where a record before it ends in the list, nor a word is half there
