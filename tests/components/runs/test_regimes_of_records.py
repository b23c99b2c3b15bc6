"""Regimes of a log without steps are drawn and tabled on Runs, and only where its verdict allows them."""

import itertools
import json

import numpy as np
import pytest

from benchmarks.labelled_logs.shipped import HOOK, folders, reduced
from components.run_source.selected_run import Shown
from components.runs.figure.figure import runs_picture
from components.runs.labels import regime_cells
from components.runs.state import RunsState
from gaba_core.regimes import REGIMES
from gaba_core.runs import read_run
from tests.components.drawn import numbers


def picture_of(run, **state):
    return runs_picture([Shown("key", run.name, run, 0)], RunsState(**state))


def bands(picture):
    return {
        t["uid"].removeprefix("regime-"): numbers(t["x"]["bdata"])
        for t in picture["data"]
        if t["uid"].startswith("regime-") and t["uid"] != "regime-names"
    }


@pytest.fixture(scope="module")
def hook():
    return reduced(next(p for p in folders() if p.parent.name == "gaba"), HOOK)


def test_the_four_regimes_of_a_hook_log_are_drawn_one_after_the_other(hook):
    drawn = bands(picture_of(hook, window="whole"))
    assert list(drawn) == [name.replace(" ", "-") for name in REGIMES]
    edges = [(x.min(), x.max()) for x in drawn.values()]
    assert all(left[1] == right[0] for left, right in itertools.pairwise(edges))
    assert edges[-1][0] == hook.regimes()[-1].start


def test_their_table_says_in_records_where_each_lies(hook):
    cells = regime_cells(hook)
    assert list(cells) == list(REGIMES)
    assert all(text.endswith("to one record") for text in cells.values())
    assert cells["equilibrium"].startswith("from epoch ")


def test_no_equilibrium_is_painted_behind_weights_that_swing():
    path = 0.5 + 0.3 * np.sin(np.arange(60))
    rows = [{"epoch": e, "lambda_a": float(w), "lambda_b": float(1 - w)} for e, w in enumerate(path)]
    run = read_run(json.dumps(rows).encode())
    assert "equilibrium" not in bands(picture_of(run))
    assert regime_cells(run)["equilibrium"] == "none"
