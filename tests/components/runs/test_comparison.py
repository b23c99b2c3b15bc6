"""Differences in numbers and parameters side by side."""

import json

import pytest

from components.run_source.selected_run import Shown
from components.runs.cards import differences
from components.runs.cards.parameters import parameters, side_by_side
from components.runs.state import RunsState
from gaba_core.runs import read_run
from tests.run_logs import info, records


def item(seed, shift=0.0, **about):
    log = [r | {"rmse_last": r["rmse_last"] + shift} for r in records()]
    run = read_run(json.dumps({"history": log} | info(seed=seed, **about)))
    return Shown(f"FD002/{about.get('method', 'gaba')}/seed_{seed}", f"run {seed}", run, seed)


@pytest.fixture
def runs():
    return [item(1), item(2, 2.0), item(3, 6.0, method="dwa", controller={"beta": 0.5}, batch=64)]


def test_each_run_is_less_the_baseline_at_its_end_and_at_its_best(runs):
    names, rows = differences.table(runs, RunsState(baseline=runs[0].key, metric=("rmse_last", "nasa")))
    assert names == ("Weight rul", "RMSE (cycles)", "NASA score")
    rmse = [(row.outcomes[1].last, row.differences[1].last, row.differences[1].best) for row in rows]
    assert rmse == [(10.0, 0.0, 0.0), (12.0, 2.0, 2.0), (16.0, 6.0, 6.0)]
    cells = differences.cells(rows)
    assert cells[1][2:4] == [("12.000", "+2.000"), ("11.000", "+2.000")]
    assert cells[0][2] == ("10.000", "0.000")
    assert len(differences.head(names)) == len(cells[0]) == 6


def test_groups_are_compared_by_the_mean_of_their_runs(runs):
    state = RunsState(group="method", baseline="group: method gaba", metric=("rmse_last",))
    _, rows = differences.table(runs, state)
    assert [row.owner.label for row in rows] == ["gaba", "dwa"]
    assert rows[0].outcomes[1].last == 11.0
    assert rows[1].differences[1].last == 5.0


def test_without_a_baseline_there_is_no_card(runs):
    assert differences.content(runs, RunsState()) is None
    assert differences.content([], RunsState(baseline="x")) is None
    assert differences.content(runs, RunsState(baseline=runs[0].key)) is not None


def test_a_quantity_that_a_run_lacks_is_missing_and_not_zero(runs):
    bare = Shown("bare", "bare", read_run(json.dumps([{"epoch": 0, "nasa": 3.0}])), 4)
    _, rows = differences.table([runs[0], bare], RunsState(baseline=runs[0].key))
    assert differences.cells(rows)[1][:4] == [("–", "–")] * 4
    assert differences.cells(rows)[1][4] == ("3.00", "−202.00")


@pytest.mark.parametrize(
    ("values", "digits"),
    [([0.0477, 0.0476, 1e5], 6), ([14.2], 3), ([2e6, None], 0), ([], 2), ([0.0], 2), ([1e-30], 8)],
)
def test_a_column_has_decimals_enough_to_tell_its_values_apart(values, digits):
    assert differences.decimals(values) == digits


def test_what_differs_stands_first_and_names_every_run(runs):
    unlike, alike = side_by_side(runs)
    table = dict(unlike)
    assert table["Seed"] == ["1", "2", "3"]
    assert table["EMA coefficient β"] == ["0.9", "0.9", "0.5"]
    assert table["Floor"] == ["0.05", "0.05", "–"]
    assert table["Batch size"] == ["–", "–", "64"]
    assert dict(alike)["Device"] == ["cpu"] * 3
    assert not table.keys() & dict(alike).keys()


def test_sums_of_files_come_last_and_a_name_with_a_dot_stays_whole():
    pair = [item(k, batch=k, files_sha256={f"train_{k}.txt": "0" * 9}, zeal=k) for k in (1, 2)]
    assert [label for label, _ in side_by_side(pair)[0]] == [
        "Seed", "Batch size", "zeal", "files sha256: train 1.txt", "files sha256: train 2.txt",
    ]  # fmt: skip


def test_what_is_alike_is_folded(runs):
    text = str(parameters(runs).to_plotly_json())
    assert "shared by all runs" in text
    assert "Parameters that differ" in text
    assert "Parameters that differ" not in str(parameters(runs[:1]).to_plotly_json())
    assert "no run.json" in str(parameters([Shown("k", "k", read_run(json.dumps(records())), 0)]))
