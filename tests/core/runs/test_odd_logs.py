"""No log that can be read is too odd for a verdict."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from gaba_core.errors import LogFormatError
from gaba_core.runs import diagnose, fit_run, read_run

NUMBERS = st.none() | st.floats(-1e150, 1e150) | st.floats(-1, 2) | st.sampled_from([0.0, 0.5, 1.0, 1e-300])
AROUND = st.sampled_from(
    [
        {},
        {"method": "dwa"},
        {"controller": {"beta": 0.9, "floor": 0.05, "warmup_steps": 2}, "steps_per_epoch": 3},
        {"controller": {"beta": 0.0, "floor": 0.0}},
        {"controller": {"floor": 0.5}},
    ]
)


@settings(deadline=None, max_examples=150, derandomize=True)
@given(
    rows=st.lists(st.tuples(st.integers(-3, 30), *[NUMBERS] * 6), min_size=1, max_size=12),
    around=AROUND,
    prefixes=st.sets(st.sampled_from(["w_", "lambda_"])),
)
def test_every_readable_log_has_a_verdict_with_a_sentence_and_a_rule(rows, around, prefixes):
    log = []
    for epoch, a, b, c, d, error, other in rows:
        record = {"epoch": epoch, "rmse_last": error, "grad_a": c, "grad_b": d}
        for prefix, first in zip(sorted(prefixes), (a, other), strict=False):
            record |= {f"{prefix}a": first, f"{prefix}b": b}
        log.append(record)
    text = json.dumps({"history": log} | around)
    try:
        run, *siblings = (read_run(text) for _ in range(4))
    except LogFormatError:
        return
    found = diagnose(run, siblings)
    for item in (found.balancer, found.model, *found.findings):
        assert item.code
        assert item.sentence.endswith((".", "?"))  # a reading in doubt ends in a question
        assert item.rule.endswith(".")
    assert found.summary.endswith((".", "?"))
    assert fit_run(run).unit in ("steps", "epochs")
