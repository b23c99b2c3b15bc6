"""A long log is read some at a time, to the same columns and words as all at once, in bounded memory."""

import json
import random
import tracemalloc
from itertools import islice

import numpy as np
import pytest

from gaba_core.errors import LogFormatError
from gaba_core.runs.formats import detection, pieces, plain_rows, raw_rows, text_lines
from gaba_core.runs.formats.detection import read_table
from gaba_core.runs.formats.streamed_records import streamed_table
from tests.reader_inputs import inputs

FIELDS = ("loss", "w_a", "w_b", "note", "lr", "weights", "train", "seed")


def record(rng, e):
    values = {
        "loss": rng.choice((1.5, 2, None, float("nan"), float("inf"), "0.5", -1e300)),
        "w_a": rng.random(),
        "w_b": rng.choice((0.5, 1)),
        "note": rng.choice(("x", "a},{b", "")),
        "lr": rng.choice((0.1, True, [1.0])),
        "weights": [0.25, e / 100],
        "train": {"loss": rng.random(), "w": {"a": 0.5, "b": rng.choice((0.5, None))}},
        "seed": 3,
    }
    names = [name for name in FIELDS if rng.random() < 0.8]
    return {"epoch": e, "step": 10 * e} | {name: values[name] for name in names}


def logs(count):
    """Logs of 40 irregular records in every form that holds records."""
    for seed in range(count):
        rng = random.Random(seed)
        records = [record(rng, e) for e in range(40)]
        if seed % 3 == 0:
            records = [{k: v for k, v in r.items() if k not in ("lr", "train")} for r in records]
        if seed % 4 == 1:
            records.append({"test_acc": 0.9})
        lines = "\n".join(map(json.dumps, records))
        yield json.dumps(records)
        yield json.dumps({"config": {"beta": 0.9}, "seed": 3, "history": records})
        yield json.dumps({"log_history": records, "global_step": 3})
        yield lines
        yield f"{lines}\n\n"
        yield f'{{"env": "A", "config": {{"a": 1}}}}\n{lines}\n'
        yield f'{lines}\n{{"epoch": 40, "lo'


def tables(count):
    """Tables with cells of text, gaps, dates and rows cut short."""
    for seed in range(count):
        rng = random.Random(seed)
        head = "epoch,step,loss,w_a,phase,date,empty"
        rows = [
            f"{e},{10 * e},{rng.choice(('1.5', '', 'NaN', 'inf'))},{rng.random():.3f},"
            f"{rng.choice(('train', 'val'))},2026-11-2{rng.randrange(9)} 10:30:00,"
            for e in range(60)
        ]
        odd = rng.randrange(6)
        if odd == 1:
            rows[40] = head
        if odd == 2:
            rows[30] = "Killed"
        if odd == 3:
            rows[20] = rows[20].replace(",", ",x", 3)
        if odd == 4:
            rows[-1] = "59,590,1.5"
        yield "\n".join([head, *rows]) + ("\n" if odd != 4 else "")


def outcome(data):
    try:
        table = read_table(data, "the log")
    except LogFormatError as error:
        return str(error)
    said = ("format", "left_out", "around", "notes", "row", "texts", "torn", "ragged", "sparse", "labels")
    flat = {name: getattr(table, name) for name in said}
    arrays = {
        f"{kind} {name}": np.nan_to_num(values, nan=-7.0).tolist()
        for kind in ("columns", "unlogged", "nonfinite")
        for name, values in getattr(table, kind).items()
    }
    return repr(flat), list(table.columns), arrays


@pytest.fixture
def at_once(monkeypatch):
    """Read some at a time, or all at once."""

    def switched(whole):
        monkeypatch.setattr(detection, "LONG", 1 << 60 if whole else 0)
        monkeypatch.setattr(pieces, "PIECE", 1 << 60 if whole else 300)
        for module in (text_lines, raw_rows, plain_rows):
            monkeypatch.setattr(module, "PIECE", 1 << 60 if whole else 300)

    return switched


def test_irregular_logs_are_read_to_the_same_table(at_once):
    streamed = 0
    for text in logs(12):
        data = text.encode()
        at_once(True)
        expected = outcome(data)
        at_once(False)
        assert outcome(data) == expected
        streamed += streamed_table(data, "the log") is not None
    assert streamed > 40


def test_tables_are_read_to_the_same_table(at_once):
    for text in tables(24):
        at_once(True)
        expected = outcome(text.encode())
        at_once(False)
        assert outcome(text.encode()) == expected


def test_any_input_is_read_to_the_same_table(at_once):
    for data in islice(inputs(11), 600):
        at_once(True)
        expected = outcome(data)
        at_once(False)
        assert outcome(data) == expected


LINE = {"epoch": 3, "train": {"loss": 0.512, "w": {"a": 0.4, "b": 0.6}}, "lr": 0.001, "phase": "train"}
TRAINER = {"epoch": 0.01, "grad_norm": 1.23, "learning_rate": 5e-05, "loss": 2.345, "step": 10}
EVALUATION = {"eval_loss": 1.5, "epoch": 1.0, "step": 9}
STAMP = "2026-11-25 10:30:00"
BIG = {
    "nested lines": lambda n: "\n".join([json.dumps(LINE)] * n),
    "irregular history": lambda n: json.dumps({"log_history": [TRAINER, EVALUATION] * n}),
    "regular records": lambda n: json.dumps([TRAINER] * n),
    "rows with texts": lambda n: "time,phase,epoch,loss,w_a\n" + f"{STAMP},train,3,0.512,0.41\n" * n,
    "rows": lambda n: "epoch,step,loss,w_a,w_b\n" + "3,40,0.51234,0.41,0.59\n" * n,
}


@pytest.mark.parametrize("kind", BIG)
def test_a_long_log_takes_no_more_than_five_times_its_size(kind):
    data = BIG[kind](12_000).encode()
    tracemalloc.start()
    assert read_table(data, "the log").rows >= 12_000
    assert tracemalloc.get_traced_memory()[1] < 5e6 + 4 * len(data)
    tracemalloc.stop()


def test_fields_that_hardly_any_record_shares_are_refused_in_a_sentence():
    lines = "\n".join(f'{{"epoch": {i}, "k{i}": 1}}' for i in range(20_000))
    with pytest.raises(LogFormatError, match=r"must hold fields that most records share; got \d+ records"):
        read_table(lines.encode(), "the log")
