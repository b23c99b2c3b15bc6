"""Only LogFormatError leaves the reader, whatever it is given; the inputs that once escaped are kept."""

import json
from itertools import islice

import pytest

from gaba_core.errors import LogFormatError
from gaba_core.runs import diagnose, read_run
from gaba_core.runs.refusals import LONGEST
from tests.reader_inputs import inputs

ESCAPED = (
    b'{"epoch":0,"loss":1}\n{"epoch":1,"loss":' + b"9" * 4400 + b"}\n",
    b'{"epoch":0,"loss":1}\n{"epoch":1,"loss":' + b"[" * 3000,
    b'{"epoch":' + b"9" * 5000 + b'}\n{"epoch":1}\n',
    b'{"' + b"9" * 5000 + b'":{"loss":1}}',
    b'{"loss\\ud800":[1,2]}',
    b'[{"epoch":0,"w_\\ud800":0.5,"w_b":0.5}]',
    b"epoch,loss\n" + b"9" * 5000 + b",1\n",
    b"epoch," + b"x" * 300_000 + b"\n1,2\n",
    b'[{"epoch":1' + b"0" * 400 + b"}]",
    b'{"epoch":0,"train":{"loss":1.5,"w":{"a":0.4}},"a_grad_norm":3}\n'
    b'{"epoch":1,"train":{"loss":1.5,"w":{"]":0.4}},"a_grad_norm":3}\n',
    3 * b"seed;,4;0,6;\n\xe2\x80\x87inf;n9;;;;\n1;29;NaN;0,4;0,6;\nite;\n",
)
LONG = 200_000  # characters of a text that a pattern of quadratic cost would take a quarter of an hour for
TEXTS = ("9", "0", "_", " - ", "/", "a/", "(", ".", ":", "w_", "weight/", "seed_", "1,", "9e", "tensor(")


def is_run_or_refusal(data, *, judged=False):
    said = ""
    try:
        run = read_run(data)
    except LogFormatError as error:
        said = str(error)
    if said:
        assert len(said) <= LONGEST
        return False
    [name.encode() for name in (*run.tasks, *run.metrics, *run.notes)]
    if judged:
        diagnose(run)
    return True


@pytest.mark.parametrize("data", ESCAPED, ids=lambda data: repr(data[:40]))
def test_what_once_escaped_is_a_run_or_a_refusal(data):
    is_run_or_refusal(data, judged=True)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_of_any_length_costs_no_more_than_its_length(text):
    long = text * (LONG // len(text)) + "x"
    is_run_or_refusal(json.dumps([{"epoch": e, "loss": 1.0, long: 0.5} for e in range(2)]).encode())
    is_run_or_refusal(json.dumps([{"epoch": e, "loss": 1.0, "note": long} for e in range(2)]).encode())
    is_run_or_refusal(f"epoch;loss;a\n0;1.5;{long}\n1;1.2;{long}\n".encode())
    is_run_or_refusal(long.encode())


@pytest.mark.parametrize("seed", range(4))
def test_generated_inputs_are_runs_or_refusals(seed):
    found = [is_run_or_refusal(data, judged=i % 20 == 0) for i, data in enumerate(islice(inputs(seed), 150))]
    assert {True, False} <= set(found)
