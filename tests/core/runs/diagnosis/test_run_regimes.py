"""The four regimes of a run: from its steps, from its records, and only where its verdict allows them."""

import json

import numpy as np
import pytest

from benchmarks.labelled_logs.shipped import HOOK, folders, reduced
from gaba_core.regimes import REGIMES
from gaba_core.runs import read_run

TEN = [path for path in folders() if path.parent.name == "gaba"]


@pytest.mark.parametrize("folder", TEN, ids=[f"{p.parts[-3]} {p.name}" for p in TEN])
def test_the_hooks_records_give_the_four_regimes_of_the_steps_to_one_record(folder):
    full, hook = read_run(folder), reduced(folder, HOOK)
    by_step, by_record = full.regimes(), hook.regimes()
    assert tuple(r.name for r in by_record) == tuple(r.name for r in by_step) == REGIMES
    assert {r.unit for r in by_step} == {"step"}
    assert {r.unit for r in by_record} == {"epoch"}
    for step, record in zip(by_step[1:], by_record[1:], strict=True):
        assert record.start == pytest.approx(step.start / full.info.steps_per_epoch, abs=1.0)
    assert by_record[-1].end is None


def weights(path, **more):
    rows = [{"epoch": e, "lambda_a": float(w), "lambda_b": float(1 - w)} for e, w in enumerate(path)]
    return read_run(json.dumps({"history": rows} | more).encode())


@pytest.mark.parametrize(
    "path",
    [
        np.linspace(0.5, 0.2, 60),
        0.5 + 0.3 * np.sin(np.arange(60)),
        0.3 + 0.05 * np.sin(np.arange(30) / 8.0),
    ],
    ids=["drifting", "oscillating", "not to be told"],
)
def test_what_is_not_at_rest_has_no_equilibrium(path):
    found = weights(path).regimes()
    assert found
    assert "equilibrium" not in {r.name for r in found}


def test_without_a_floor_that_shows_no_regime_is_called_after_it():
    names = [r.name for r in weights(0.01 + 0.49 * np.exp(-np.arange(80) / 4.0)).regimes()]
    assert "floor activation" not in names
    assert names[-1] == "equilibrium"


def test_a_log_without_a_balancer_has_no_regimes():
    assert read_run(b'[{"epoch": 0, "loss": 1.0}, {"epoch": 1, "loss": 0.5}]').regimes() == ()
