"""Inputs for the reader of logs without end: valid logs of every format, mutated, spliced and made up."""

import json
import random
import struct

from tests.event_files import event, event_file, frame, simple, tensor

RECORDS = [
    {"epoch": e, "rmse_last": 9.0 - e, "nasa": 2.5, "w_rul": 0.5 / (e + 1), "w_health": 1.0} for e in range(4)
]
LINES = [
    {"epoch": e, "step": 10 * e, "train": {"loss": 1.5, "w": {"a": 0.4}}, "seg_grad_norm": 3.0}
    for e in range(4)
]
TRAINER = [{"epoch": 0.5, "loss": 2.0, "step": 40}, {"epoch": 1.0, "eval_loss": 1.0, "step": 80}]
ROWS = "epoch,step,loss,weight_a,weight_b,note\n0,9,1.5,.5,.5,x\n0,19,,,,\n1,29,NaN,0.4,0.6,\n"
SEEDS = (
    json.dumps(RECORDS),
    json.dumps(RECORDS, indent=2),
    json.dumps({"config": {"beta": 0.9}, "seed": 3, "history": RECORDS}),
    json.dumps({"log_history": TRAINER, "global_step": 80}),
    json.dumps({"loss": [3, 2, 1], "val_loss": [3.5, None, 1e3], "lr": {"0": 0.1, "1": 0.1, "2": 0.01}}),
    json.dumps({"history": {"loss": [3.0, 2.0], "w_a": ["0.5", "0.6"], "w_b": [0.5, 0.4]}}),
    json.dumps({str(e): record for e, record in enumerate(RECORDS)}),
    json.dumps({"train": RECORDS, "dev": RECORDS[:2]}),
    json.dumps([{"epoch": e, "weights": [0.4, 0.6], "nonfinite": ["loss"], "loss": None} for e in range(3)]),
    "\n".join(map(json.dumps, LINES)) + "\n",
    "\n".join(map(json.dumps, [{"env": "A", "seed": 1}, *LINES])),
    "".join(f'{{"iteration": {i}, "total_loss": 1.{i}, "lr": NaN}}\n' for i in range(4)),
    ROWS,
    ROWS.replace(",", ";").replace(".", ","),
    ROWS.replace(",", "\t"),
    "# a comment\nsep=;\n" + ROWS.replace(",", ";"),
    "seed,epoch,rmse,w_a,w_b\n" + "".join(f"{s},{e},1.5,.5,.5\n" for s in (1, 2) for e in range(3)),
    "epoch loss w1 w2\n0 1.5 .5 .5\n1 1.2 .4 .6\n",
    'name,"a ""quoted"" loss"\n"1,5",2\n"2,5",3\n',
)
BINARY = (
    event_file(*(event(10 * i, simple("loss", 1.0 / (i + 1)), simple("w/a", 0.5)) for i in range(3))),
    event_file(event(0, tensor("x", b"\x08\x01\x25\x00\x00\x80\x3f")), event(1, tensor("y", b"\x08\x02"))),
    SEEDS[12].encode("utf-16"),
    SEEDS[12].encode("latin-1"),
)
TOKENS = (
    *(
        "NaN",
        "-Infinity",
        "Infinity",
        "null",
        "true",
        '""',
        '"NaN"',
        "1e999",
        "-1e999",
        "9" * 400,
        "9" * 4400,
    ),
    *(
        "[",
        "]",
        "{",
        "}",
        "[" * 3000,
        '{"a":' * 2000,
        '"',
        "\\",
        "\\ud800",
        "\\u0000",
        '"\\ud800":1,',
        "\x00",
    ),
    *(
        ",",
        ";",
        "\t",
        "\n",
        "\r",
        "\r\n",
        ":",
        "-",
        ".",
        "1_000",
        "0x1f",
        "1,5",
        "1.000",
        "1e5",
        "\u2007nan",
        "²",
    ),
    *(
        '"epoch"',
        '"step"',
        '"history"',
        '"log_history"',
        '"w_a":',
        "epoch,",
        "step,",
        "w_",
        "lambda_",
        "grad_",
    ),
    *(
        "# ",
        "sep=;\n",
        "\u202e",
        "\u2028",
        "__proto__",
        "'",
        "True",
        "None",
        "inf",
        "\ufeff",
        "\u2212",
        "loss",
    ),
    *("2026-11-25T10:30:00", "1764066600000", "0" * 9),
)
NAMES = (
    *(
        "epoch",
        "step",
        "loss",
        "val_loss",
        "w_a",
        "w_b",
        "weights",
        "grad_a",
        "lambda_a",
        "seed",
        "time",
        "0",
        "1",
    ),
    *(
        "history",
        "log_history",
        "config",
        "2",
        "",
        "a/b",
        "iteration",
        "s_a",
        "log_var_a",
        "__MIN",
        "\u2007inf",
    ),
    "nonfinite",
)
CELLS = (
    "0",
    "1",
    "2",
    ".5",
    "-1",
    "",
    "NaN",
    "1e999",
    "x",
    '"1,5"',
    '"',
    "1.000",
    "12,5",
    "²",
    "1_0",
    "\x00",
)


def inputs(seed):
    """Yield bytes without end, the same ones for one seed."""
    rng = random.Random(seed)
    pool = [text.encode() for text in SEEDS] + list(BINARY)
    while True:
        kind = rng.random()
        if kind < 0.2:
            data = made_up(rng)
        elif kind < 0.3:
            data = _events(rng)
        else:
            data = mutated(rng, rng.choice(pool), pool)
        if rng.random() < 0.02:  # mutations of mutations
            del pool[len(SEEDS) + len(BINARY) + 40 :]
            pool.insert(len(SEEDS) + len(BINARY), data[:4000])
        yield data


def mutated(rng, data, pool):
    """Return bytes changed in one to six places."""
    for _ in range(rng.choice((1, 1, 1, 2, 3, 6))):
        at, size = rng.randrange(len(data) + 1), rng.choice((0, 1, 1, 2, 5, 20))
        kind = rng.randrange(7)
        if kind == 0:
            middle = bytes(rng.randrange(256) for _ in range(rng.choice((1, 1, 4))))
        elif kind <= 2:
            middle = rng.choice(TOKENS).encode("utf-8", "surrogatepass")
        elif kind == 3:
            other = rng.choice(pool)
            start = rng.randrange(len(other) + 1)
            middle = other[start : start + rng.randrange(200)]
        elif kind == 4:
            middle = data[at : at + 40] * rng.choice((2, 3, 50))
        elif kind == 5:
            return data[:at]
        else:
            middle = b""
        data = data[:at] + middle + data[at + size :]
    return data


def made_up(rng):
    """Return a log of made-up values: JSON, JSON Lines or rows of cells."""
    kind = rng.randrange(4)
    if kind == 0:
        return json.dumps(_value(rng, 4)).encode("utf-8", "surrogatepass")
    if kind == 1:
        return json.dumps([_record(rng) for _ in range(rng.randrange(5))]).encode()
    if kind == 2:
        return "\n".join(json.dumps(_record(rng)) for _ in range(rng.randrange(5))).encode()
    mark, width = rng.choice(",;\t "), rng.randrange(1, 6)
    names = [rng.choice(NAMES) for _ in range(width)]
    widths = [width + rng.choice((0, 0, 0, 1, -1)) for _ in range(rng.randrange(5))]
    rows = [[rng.choice(CELLS) for _ in range(count)] for count in widths]
    return "\n".join(mark.join(row) for row in [names, *rows]).encode("utf-8", "surrogatepass")


def _record(rng):
    return {rng.choice(NAMES): _value(rng, 1) for _ in range(rng.randrange(6))}


def _value(rng, depth):
    kind = rng.randrange(9 if depth else 6)
    if kind <= 2:
        return rng.choice((0, 1, 2, -1, 0.5, 1e-9, 1e308, 2**63, 10**400, float("nan"), float("-inf")))
    if kind <= 5:
        return rng.choice((None, True, "", "1.5", "x", "NaN", "\ud800", "2026-11-25", "1,5"))
    if kind == 6:
        return [_value(rng, depth - 1) for _ in range(rng.randrange(4))]
    return {rng.choice(NAMES): _value(rng, depth - 1) for _ in range(rng.randrange(4))}


def _events(rng):
    """Return an event file of changed messages whose sums are right, so that they are read."""
    messages = [event(i, simple(rng.choice(NAMES), rng.random())) for i in range(3)]
    messages.append(bytes(rng.randrange(256) for _ in range(rng.randrange(40))))
    messages.append(struct.pack("<Bd", 9, rng.choice((float("nan"), float("inf"), 1e300))) + messages[0][9:])
    return b"".join(frame(mutated(rng, rng.choice(messages), messages)) for _ in range(rng.randrange(1, 5)))
