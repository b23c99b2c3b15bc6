"""A log that grows is read on from where it was cut, and gives what reading it whole gives."""

import json
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gaba_core.runs import LogFormatError, RunLibrary
from gaba_core.runs.formats.detection import read_table
from gaba_core.runs.tailing import append_read
from gaba_core.runs.tailing.append_read import read_growing
from tests.core.runs.test_nonfinite import outcome
from tests.event_files import event, event_file, simple
from tests.run_logs import records

NUMBERS = st.floats(allow_nan=True) | st.integers(-3, 3)
CELLS = NUMBERS | st.none() | st.sampled_from(["3.5", "NaN", "x", "}", "]}", '"', "a,b"])


def csv_text(rows, delimiter=","):
    names = list(dict.fromkeys(name for row in rows for name in row))
    lines = [names, *(["" if row.get(name) is None else str(row[name]) for name in names] for row in rows)]
    return "".join(delimiter.join(line) + "\n" for line in lines)


def lines(rows, end="\n"):
    return "".join(json.dumps(row) + end for row in rows)


WRITERS = {
    "list": json.dumps,
    "indented": lambda rows: json.dumps(rows, indent=1) + "\n",
    "byte-order mark": lambda rows: "\ufeff" + json.dumps(rows),
    "history": lambda rows: json.dumps({"subset": "FD001", "history": rows, "tags": [{"a": 1}]}, indent=2),
    "history first": lambda rows: json.dumps({"history": rows, "seed": 3}),
    "history that counts": lambda rows: json.dumps({"epochs": len(rows), "history": rows}),
    "lines": lines,
    "lines without an end": lambda rows: lines(rows).removesuffix("\n"),
    "lines, Windows": lambda rows: lines(rows, "\r\n"),
    "lines, blank between": lambda rows: lines(rows, "\n\n"),
    "heading": lambda rows: lines([{"env": "x", "seed": 3}, *rows]),
    "arrays": lambda rows: json.dumps({name: [row.get(name) for row in rows] for name in rows[0]}),
    "trainer": lambda rows: json.dumps({"log_history": rows}),
    "csv": csv_text,
    "semicolons": lambda rows: csv_text(rows, ";"),
    "csv without names": lambda rows: csv_text(rows).partition("\n")[2],
}


def row(epoch, m=0.5, extra=None, **more):
    return {"epoch": epoch, "m": m, **({} if extra is None else {"extra": extra}), **more}


@st.composite
def histories(draw):
    """The texts of a log at several looks: rows come, the last may break off, or it is rewritten."""
    write = WRITERS[draw(st.sampled_from(list(WRITERS)))]
    regular = draw(st.booleans())
    cells = NUMBERS if regular else CELLS
    rows, texts = [row(0, note="x"), row(1, 0.25, note="y")], []
    for _ in range(draw(st.integers(2, 5))):
        count = draw(st.integers(0, 3))
        extra = st.none() if regular else st.none() | NUMBERS
        rows = [*rows, *(row(len(rows) + i, draw(cells), draw(extra), note="z") for i in range(count))]
        if draw(st.integers(0, 7)) == 0:
            rows = [{**rows[0], "m": draw(NUMBERS)}, *rows[1 : draw(st.integers(1, len(rows)))]]
        text = write(rows).encode()
        texts.append(text[: draw(st.integers(0, len(text)))] if draw(st.integers(0, 3)) == 0 else text)
    return texts


def read_on(text, known):
    """What is known after a look, and everything it holds or the words it is refused with."""
    try:
        known = read_growing(text, "the log", known)
    except LogFormatError as error:
        return known, str(error)
    return known, outcome(text, known[0])


@settings(deadline=None, max_examples=400)
@given(histories())
@example([b"0,0.5,x,\n1,0.25,y,\n2,,z,0", b"0,0.5,x,\n1,0.25,y,\n"])  # a fourth number comes and goes
def test_following_in_pieces_gives_what_a_whole_read_gives(texts):
    known = None
    for text in texts:
        known, found = read_on(text, known)
        assert found == outcome(text)


@pytest.mark.parametrize("writer", ["list", "history", "history first", "lines", "csv", "csv without names"])
def test_every_cut_of_the_next_state_gives_what_a_whole_read_gives(writer):
    first, later = (WRITERS[writer]([row(e, math.nan if e % 3 else 0.5) for e in range(n)]) for n in (4, 7))
    known = read_growing(first.encode(), "the log")
    assert known[1] is not None
    for size in range(len(later) + 1):
        text = later[:size].encode()
        assert read_on(text, known)[1] == outcome(text)


@pytest.fixture
def parsed(monkeypatch):
    """The bytes of every text that is parsed, and the rows that came of it."""
    seen = []

    def counted(data, source):
        table = read_table(data, source)
        seen.append((len(data), table.rows))
        return table

    monkeypatch.setattr(append_read, "read_table", counted)
    return seen


@pytest.mark.parametrize(
    "writer",
    ["list", "indented", "byte-order mark", "history", "history first", "lines", "lines, Windows", "csv",
     "lines without an end", "semicolons", "csv without names"],
)  # fmt: skip
def test_of_a_long_log_only_what_was_added_is_parsed(parsed, writer):
    rows = [row(e, math.nan if e % 7 == 0 else 0.5) for e in range(3000)]
    known = read_growing(WRITERS[writer](rows[:2000]).encode(), "the log")
    for count in (2001, 2002, 2002, 2003, 3000):
        text = WRITERS[writer](rows[:count]).encode()
        parsed.clear()
        before, known = known[0].rows, read_growing(text, "the log", known)
        assert known[0].rows == count
        assert sum(rows for _, rows in parsed) <= 8 + count - before
        assert sum(size for size, _ in parsed) < 1200 + 80 * (count - before)


def test_a_torn_last_line_is_read_alone_and_numbered_in_the_whole_log(parsed):
    whole = lines([row(e) for e in range(2000)])
    known = read_growing(whole.encode(), "the log")
    parsed.clear()
    known = read_growing((whole + lines([row(2000)]) + '{"epoch": 2001, "m').encode(), "the log", known)
    assert (known[0].rows, known[0].torn) == (2001, 2002)
    assert sum(size for size, _ in parsed) < 1000


def test_a_log_that_changed_before_its_end_is_read_whole(parsed):
    rows = [row(e) for e in range(2000)]
    known = read_growing(json.dumps(rows).encode(), "the log")
    rows[1000]["m"] = 0.7
    text = json.dumps([*rows, row(2000)]).encode()
    parsed.clear()
    known = read_growing(text, "the log", known)
    assert parsed[0] == (len(text), 2001)
    assert known[0].columns["m"][1000] == 0.7


def test_an_event_file_is_read_whole_and_right():
    events = [event(s, simple("loss", float(s))) for s in range(5)]
    known = None
    for count in (2, 4, 5):
        known = read_growing(event_file(*events[:count]), "the log", known)
        assert known[0].columns["loss"].tolist() == [float(s) for s in range(count)]


def test_a_library_reads_on_where_a_log_grows(tmp_path, parsed):
    log = tmp_path / "a/convergence_log.json"
    log.parent.mkdir()
    log.write_text(json.dumps(records(500)))
    runs = RunLibrary(tmp_path)
    assert len(runs.get("a").epochs) == 500
    parsed.clear()
    log.write_text(json.dumps(records(501)))
    run = runs.get("a")
    assert run.epochs.tolist() == list(range(501))
    assert not any(array.flags.writeable for array in (*run.metrics.values(), run.state, run.epochs))
    assert sum(rows for _, rows in parsed) < 5
