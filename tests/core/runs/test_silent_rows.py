"""A row that does not log the weights says nothing of them: in verdicts and notes, at every prefix."""

import json

import numpy as np
import pytest

from gaba_core.runs import diagnose, read_run

# Weights at the end of each epoch beside losses every few steps.
ROWS = [
    {"epoch": e, "step": 40 * e + 10 * k + 9, "loss": round(3.0 / (4 * e + k + 1), 4)}
    | ({"w_a": round(0.2 + 0.3 * 0.5**e, 4), "w_b": round(0.8 - 0.3 * 0.5**e, 4)} if k == 3 else {})
    for e in range(10)
    for k in range(4)
]
NAMES = ("epoch", "step", "loss", "w_a", "w_b")


def as_csv(rows, empty=""):
    lines = [",".join(str(row.get(name, empty)) for name in NAMES) for row in rows]
    return "\n".join([",".join(NAMES), *lines, ""])


FORMS = {
    "JSON Lines": lambda rows: "".join(json.dumps(row) + "\n" for row in rows),
    "a list": json.dumps,
    "a list as bytes": lambda rows: json.dumps(rows).encode(),
    "nulls": lambda rows: json.dumps([{name: row.get(name) for name in NAMES} for row in rows]),
    "nulls as lines": lambda rows: "\n".join(
        json.dumps({name: row.get(name) for name in NAMES}) for row in rows
    ).encode(),
    "a CSV": as_csv,
    "arrays": lambda rows: json.dumps({name: [row.get(name) for row in rows] for name in NAMES}),
    "rows of their own": lambda rows: as_csv(
        [part for row in rows for part in (
            {k: v for k, v in row.items() if k in ("epoch", "step", "loss")},
            {k: v for k, v in row.items() if k != "loss"},
        ) if len(part) > 2]
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_no_prefix_of_a_healthy_log_is_called_diverged_or_gapped(form):
    for length in range(5, len(ROWS) + 1, 3):
        run = read_run(form(ROWS[:length]))
        said = diagnose(run)
        assert "diverged" not in (said.balancer.code, said.model.code)
        assert not any("w_a" in note and "gap" in note for note in run.notes)
        assert not any("finite" in one.sentence for one in said.findings)
        known = np.isfinite(run.state if run.weights is None else run.weights).all(axis=1)
        silent = np.zeros(len(run.epochs), dtype=bool) if run.silent is None else run.silent
        assert (known == ~silent).all()
        assert known.sum() == sum("w_a" in row for row in ROWS[:length])


def test_d3_one_record_of_weights_is_too_few_to_tell():
    run = read_run("epoch,step,loss,weight_a,weight_b\n0,9,1,,\n0,9,,.5,.5\n1,12,.9,,\n")
    assert (~run.silent).sum() == 1
    assert diagnose(run).balancer.code in ("unknown", "too-short")


def test_a_run_whose_every_quantity_ends_as_null_has_diverged():
    rows = [{"epoch": e, "loss": 1.0 / (e + 1), "w_a": 0.4, "w_b": 0.6, "lr": 0.1} for e in range(6)]
    rows += [{"epoch": e, "loss": None, "w_a": None, "w_b": None, "lr": 0.1} for e in range(6, 14)]
    run = read_run(json.dumps(rows))
    assert run.silent is None
    assert diagnose(run).model.code == "diverged"


def test_a_validation_now_and_then_is_no_gap_when_it_is_null():
    rows = [
        {"epoch": e, "loss": 1.0 / (e + 1), "val_loss": 1.0 / (e + 1) if e % 3 == 0 else None}
        for e in range(11)
    ]
    run = read_run(json.dumps(rows))
    assert run.unlogged["val_loss"].tolist() == [e % 3 != 0 for e in range(11)]
    assert diagnose(run).model.code != "diverged"


def test_what_our_logger_names_as_not_finite_is_nan():
    rows = [{"epoch": e, "nasa": None if e == 2 else 1.0, "w_a": 0.5, "w_b": 0.5} for e in range(5)]
    rows[2]["nonfinite"] = ["nasa"]
    run = read_run(json.dumps(rows))
    assert any("nasa has no finite value in 1 of 5 entries (first at epoch 2; 1 NaN)" in n for n in run.notes)
