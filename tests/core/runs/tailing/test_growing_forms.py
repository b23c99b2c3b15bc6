"""Logs of every new form, read on as they grow, are what they are when they are read whole."""

import json

import numpy as np
import pytest

from gaba_core.runs.reading import read_run_file


def lines(*rows):
    return [json.dumps(row) + "\n" for row in rows]


EPOCHS = range(12)
FORMS = {
    "lists": lines(*({"epoch": e, "weights": [0.5 - e / 50, 0.5 + e / 50], "loss": 1.0} for e in EPOCHS)),
    "objects": lines(*({"epoch": e, "train": {"w": {"a": 0.4, "b": 0.6}}, "loss": 1.0} for e in EPOCHS)),
    "evaluations": lines(*(row for e in EPOCHS for row in (
        {"epoch": e, "step": 50 * e, "loss": 1.0}, {"mAP": e / 20, "step": e}))),
    "weights now and then": lines(*(
        {"step": s, "loss": 1.0} | ({"w_a": 0.4, "w_b": 0.6} if s % 3 == 2 else {}) for s in range(24))),
    "nulls": lines(*({"step": s, "loss": 1.0, "w_a": a, "w_b": None if a is None else 1 - a}
                     for s in range(24) for a in [0.4 if s % 3 == 2 else None])),
    "many rows an epoch": lines(*({"epoch": s // 4, "step": s, "loss": 1.0 / (s + 1)} for s in range(24))),
    "a torn line": [*lines(*({"epoch": e, "loss": 1.0} for e in range(5))), '{"epoch": 5, "lo\n',
                    *lines(*({"epoch": e, "loss": 1.0} for e in range(6, 12)))],
    "a seed column": lines(*({"seed": s, "epoch": e, "loss": 1.0} for e in EPOCHS for s in (1, 2))),
    "decimal commas": ["epoch;loss\n", *(f"{e};{e},5\n" for e in EPOCHS)],
    "blanks": ["epoch loss\n", *(f"{e} {e}.5\n" for e in EPOCHS)],
    "comments": ["# seed 1\n", "epoch,loss\n", *(f"{e},{e}.5\n" for e in EPOCHS)],
    "a head that grows": ["epoch,loss\n", *(f"{e},1\n" for e in range(6)), "epoch,loss,val\n",
                          *(f"{e},1,2\n" for e in range(6, 12))],
    "phases": ["phase,epoch,loss\n", *(f"{p},{e},{e}.5\n" for e in EPOCHS for p in ("train", "val"))],
    "lists in cells": ["epoch,w,loss\n", *(f'{e},"[0.{e + 10}, 0.{90 - e}]",1\n' for e in EPOCHS)],
    "two in a line": [*lines(*({"epoch": e, "loss": 1.0} for e in range(5))),
                      '{"epoch": 5, "loss": 1.0}{"epoch": 6, "loss": 1.0}\n',
                      *lines(*({"epoch": e, "loss": 1.0} for e in range(7, 12)))],
    "words": ["epoch,loss\n", *(f"{e},{'oom' if e == 7 else 1}\n" for e in EPOCHS)],
}  # fmt: skip


def said(run):
    arrays = {
        "epochs": run.epochs,
        "weights": run.weights,
        "state": run.state,
        "silent": run.silent,
        **run.metrics,
    }
    held = {
        name: None if a is None else np.nan_to_num(a.astype(float), nan=-7).tolist()
        for name, a in arrays.items()
    }
    return held, run.unit, run.tasks, run.notes, [other.name for other in run.others]


@pytest.mark.parametrize("parts", FORMS.values(), ids=FORMS.keys())
def test_a_log_that_grows_reads_as_it_reads_whole(tmp_path, parts):
    path, run = tmp_path / "log.txt", None
    for cut in range(4, len(parts) + 1, 2):
        path.write_text("".join(parts[:cut]))
        run = read_run_file(path, "log", before=run)
        assert said(run) == said(read_run_file(path, "log"))
