"""Stores that the vendors' own packages wrote (`core/runs/stores`), and what these return of them."""

import gzip
import json

import numpy as np

from tests.paths import ROOT

STORES = ROOT / "tests" / "core" / "runs" / "stores"
EXPECTED = json.loads((STORES / "expected.json").read_text(encoding="utf-8"))
WANDB = (STORES / "run-seg.wandb").read_bytes()
MLFLOW, TRACKIO = (gzip.decompress((STORES / f"{name}.db.gz").read_bytes()) for name in ("mlflow", "trackio"))


def column(run, name):
    """The finite values of a column by its step."""
    table = run.reading.table
    step = next(table.columns[key] for key in ("step", "_step") if key in table.columns)
    held = np.isfinite(table.columns[name])
    return dict(zip(step[held].tolist(), table.columns[name][held].tolist(), strict=True))


def finite(pairs):
    return {step: value for step, value in pairs if isinstance(value, (int, float)) and value == value}


def assert_settings(run, seed):
    assert (run.info.seed, run.info.method, run.info.beta, run.info.floor) == (seed, "gaba", 0.99, 0.05)
