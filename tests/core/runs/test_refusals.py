import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gaba_core.runs import LogFormatError, read_run
from tests.run_logs import records

WHOLE = json.dumps(records(), indent=1)


def refusal(source, **kwargs):
    with pytest.raises(LogFormatError) as caught:
        read_run(source, **kwargs)
    return str(caught.value)


def outcome(content):
    """Whether the content is a run with epochs or refused in the reader's own words."""
    try:
        return len(read_run(content).epochs) > 0
    except LogFormatError as error:
        return str(error).startswith("the log")


def broken(entry=2, **fields):
    log = records()
    log[entry] |= fields
    return json.dumps(log).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", ["empty file"]),
        (b"  \n", ["empty file"]),
        (b"[]", ["at least one epoch record", "empty list"]),
        (b'{"history": []}', ["at least one epoch record", "empty list"]),
        (b"hello\nworld", ["must be JSON, JSON Lines, CSV or a TensorBoard event file", 'the text "hello".']),
        (b'[\n {"epoch": 0},\n {"epoch" 1}\n]', ["must be JSON", "line 3, column 11"]),
        (b'{"a": 1}', ["'history'", "got an object with a"]),
        (b'{"history": {"loss": "falling"}}', ["'history'", "got an object with loss"]),
        (b'{"log_history": []}', ["at least one epoch record", "empty list"]),
        (b'[{"history": false}]', ["at least one column of numbers"]),
        (b"[1, 2]", ["entry 0", "must be an object", "got the number 1"]),
        (b'[{"epoch": 0}, []]', ["entry 1", "got an empty list"]),
        (b"42", ["list of epoch records", "got the number 42"]),
        (b"null", ["got null"]),
        (b'"text"', ['got the text "text"']),
        (b'[{"rmse_last": 1.0}]', ["entry 0", "must have a field 'epoch'", "got an object with rmse_last"]),
        (b'[{"epoch": "3"}, {"epoch": 4}]', ["entry 0", "'epoch'", "finite number", 'got the text "3"']),
        (b'[{"epoch": null}]', ["'epoch'", "got null"]),
        (b'[{"epoch": NaN}]', ["'epoch'", "finite number"]),
        (b'[{"epoch": true}]', ["'epoch'", "got the boolean true"]),
        (broken(w_rul="lost"), ["entry 2", "'w_rul'", "a number or null", 'got the text "lost"']),
        (broken(w_rul=True), ["entry 2", "'w_rul'", "got the boolean true"]),
        (broken(w_rul=[0.5]), ["entry 2", "'w_rul'", "got a list of 1"]),
        (b'[{"epoch": 0, "x": 1' + b"0" * 400 + b"}]", ["entry 0", "'x'", "below 1e308"]),
        (b'[{"epoch": 1' + b"0" * 5000 + b"}]", ["JSON that can be read"]),
        (b"[" * 100_000, ["got"]),
        ("[]".encode("utf-16"), ["at least one epoch record", "empty list"]),
        (b"\x81\x02 \xff\xfe\x01", ["UTF-8", "0x81 at position 0"]),
        (b'{"epoch": 0}\n{"epoch": }\n{"epoch" 2}', ["entry 1", "line 2, column 11"]),
        (b"\x1f\x8b\x08\x00", ["a gzip file: unpack it"]),
        (b"PK\x03\x04", ["a zip archive"]),
        (b"SQLite format 3\x00", ["an SQLite database"]),
        (b"\x80\x04\x95", ["a Python pickle"]),
    ],
)
def test_a_bad_log_is_refused_with_place_rule_and_finding(content, said):
    message = refusal(content)
    assert message.startswith("the log")
    for words in said:
        assert words in message


@settings(deadline=None)
@given(st.integers(1, len(WHOLE.rstrip()) - 1))
def test_a_log_cut_anywhere_may_still_be_being_written(length):
    assert "may still be being written" in refusal(WHOLE[:length].encode())


def test_a_character_cut_in_two_may_still_be_being_written():
    assert "may still be being written" in refusal('[{"epoch": 0, "é'.encode()[:-1])


def test_the_last_line_of_json_lines_may_break_off_while_it_is_written():
    run = read_run(b'{"epoch": 0, "loss": 2}\n{"epoch": 1, "lo')
    assert run.epochs.tolist() == [0]
    assert run.notes[0].startswith("Line 2 breaks off and was left out")


def test_a_refusal_names_the_file(tmp_path):
    path = tmp_path / "bad.json"
    path.write_text("[1]")
    assert refusal(path).startswith(f"{path}, entry 0 must be an object")
    assert refusal(b"[1]", name="bad.json").startswith("bad.json, entry 0")


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path):
    for source in (tmp_path / "absent.json", str(tmp_path / "absent.json"), tmp_path, "a\0b"):
        assert "must be a file that can be read" in refusal(source)


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_a_run_or_a_refusal(content):
    assert outcome(content)


FIELDS = ["epoch", "history", "w_a", "w_b", "lambda_a", "lambda_b", "rmse_last", "controller", "floor"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=300)
@given(JSON | st.lists(st.dictionaries(st.sampled_from(FIELDS), st.integers() | st.floats(), min_size=1)))
def test_any_json_is_a_run_or_a_refusal(value):
    assert outcome(json.dumps(value).encode())
