"""The Convergence view without a browser: layout from a link, callbacks over HTTP."""

import csv
import io
import json
import subprocess
import sys

import numpy as np
import pytest

import app
from components.convergence import view
from components.convergence.readouts import texts
from components.convergence.script import script
from components.convergence.state import ConvergenceState
from components.convergence.tables import as_csv, data_table
from components.layout.url_state import to_text
from gaba_core.published import PUBLISHED_RUNS
from gaba_core.readouts import MILESTONES
from gaba_core.simulation import simulate
from tests.components.drawn import trace

PICTURE = '{"name":"weights","type":"picture","view":"convergence"}'
DATA = "convergence-data"


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


def redraw(client, state, clock=7):
    body = {
        "output": f"..{PICTURE}.data...{DATA}.children..",
        "outputs": [
            {"id": json.loads(PICTURE), "property": "data"},
            {"id": DATA, "property": "children"},
        ],
        "inputs": [
            {"id": "convergence-state", "property": "data", "value": {**to_text(state), "clock": clock}}
        ],
        "state": [{"id": "convergence-open", "property": "value", "value": None}],
        "changedPropIds": ["convergence-state.data"],
    }
    return client.post("/_dash-update-component", json=body)


def test_a_change_brings_the_confirmed_picture(client):
    state = ConvergenceState(beta=0.9, floor=0.2)
    picture = redraw(client, state).get_json()["response"][PICTURE]["data"]
    x, y = trace(picture, "seed-42")
    run = simulate(state.params)
    np.testing.assert_array_equal(y, run.weights[0, np.rint(x * 49).astype(int), 0].astype(np.float32))
    assert picture["clock"] == 7


def test_a_confirmed_picture_stays_small(client):
    assert len(redraw(client, ConvergenceState(window="whole")).data) < 100_000


def test_milestones_are_the_reference_programs_table(client):
    text = redraw(client, ConvergenceState()).get_json()["response"][PICTURE]["data"]["text"]
    column = [0.5, 0.5, 0.1168, 0.0497, 0.0482, 0.0477, 0.0477, 0.0477, 0.0477]
    for seed in ConvergenceState().seeds:
        assert [float(text[f"at-{epoch}-{seed}"]) for epoch in MILESTONES] == column


def test_a_milestone_past_the_end_of_the_run_is_left_open(client):
    text = redraw(client, ConvergenceState(epochs=15)).get_json()["response"][PICTURE]["data"]["text"]
    assert (text["at-10-42"], text["at-20-42"]) == ("0.0482", "–")


@pytest.mark.parametrize(("steps_per_epoch", "subset"), [(49, "FD002"), (41, "FD004")])
def test_one_switch_sets_the_clock_the_marks_and_the_published_figures(steps_per_epoch, subset):
    state = ConvergenceState(steps_per_epoch=steps_per_epoch, show=("best",), seeds=(42, 789, 7))
    own = {run.seed: run for run in PUBLISHED_RUNS if run.subset == subset}
    text = texts(state)
    assert subset in text["published-subset"]
    assert [run.subset for run in state.published] == [subset, subset]
    for seed in (42, 789):
        assert text[f"published-epoch-{seed}"] == str(own[seed].best_epoch)
        assert float(text[f"published-rmse-{seed}"]) == own[seed].rmse_last
        assert float(text[f"published-nasa-{seed}"]) == pytest.approx(own[seed].nasa, abs=0.05)
    assert text["published-rmse-7"] == "–"
    assert texts(ConvergenceState(tasks=3, norm_3=1.0))["published-rmse-42"] == "–"


def test_a_link_sets_the_controls_and_names_what_it_could_not():
    page = json.dumps(
        view.layout(beta="0.9", floor="7").to_plotly_json(), default=lambda c: c.to_plotly_json()
    )
    assert "floor must lie in [0, 1/K] = [0, 0.5] for K = 2; got 7.0." in page
    assert '"value": 0.9,' in page


def test_csv_holds_what_is_drawn():
    state = ConvergenceState(epochs=12, seeds=(42, 7), window="whole")
    rows = list(csv.DictReader(io.StringIO(as_csv(state))))
    run = simulate(state.params, every=49)
    assert [int(row["step"]) for row in rows] == run.steps.tolist()
    assert [float(row["w_rul_seed_7"]) for row in rows] == run.weights[1, :, 0].tolist()
    assert [float(row["ema_rul_seed_42"]) for row in rows] == run.state[0, :, 0].tolist()


@pytest.mark.parametrize(
    "changes", [{}, {"noise": "lognormal", "sigma": 1.0}, {"drift": 0.05, "floor": 0.2, "warmup_steps": 0}]
)
def test_the_python_script_stands_alone_and_reproduces_the_numbers(changes, tmp_path):
    state = ConvergenceState(epochs=12, seeds=(42, 7), **changes)
    path = tmp_path / "setting.py"
    path.write_text(script(state) + f"\nnp.save({str(tmp_path / 'weights.npy')!r}, weights)\n")
    done = subprocess.run(
        [sys.executable, "-I", path], capture_output=True, text=True, cwd=tmp_path, check=True
    )
    expected = simulate(state.params).weights
    np.testing.assert_allclose(np.load(tmp_path / "weights.npy"), expected, atol=1e-12)
    assert f"{expected[0, 5 * 49, 0]:.4f}" in done.stdout


def test_the_data_table_is_thinned_and_says_so():
    page = json.dumps(data_table(ConvergenceState()), default=lambda c: c.to_plotly_json())
    assert "50 of 246 samples" in page
