"""What neither names nor values decide is asked in one sentence with one button, for all siblings at once."""

import json

import dash
import pytest

from components.layout.url_state import to_text
from components.run_source import source
from components.run_source.mapping_text import readings_of
from components.run_source.runs_link import quoted
from components.runs import view
from components.runs.mapping import callbacks, card
from components.runs.state import RunsState
from components.serving import cache

KEYS = ["mtl/seed_0.csv", "mtl/seed_1.csv", "mtl/seed_2.csv"]
READING = '{"param":"reading","type":"choice","view":"runs"}'


def log(rows, first="alpha", second="beta"):
    lines = (f"{e},{0.5 + 0.4 * 0.8**e:.4f},{0.5 - 0.4 * 0.8**e:.4f},{2.0 / (e + 1)}" for e in range(rows))
    return "\n".join([f"epoch,{first},{second},val_loss", *lines, ""])


@pytest.fixture
def served(tmp_path):
    (tmp_path / "logs/mtl").mkdir(parents=True)
    (tmp_path / "logs/other").mkdir()
    for i, key in enumerate(KEYS):
        (tmp_path / "logs" / key).write_text(log(8 + i))
    (tmp_path / "logs/mtl/metrics.csv").write_text(log(8, "w_a", "w_b"))
    (tmp_path / "logs/other/seed_0.csv").write_text(log(8, "first", "second"))
    app = dash.Dash("question", suppress_callback_exceptions=True)
    app.server.config["GABA_LOGS"] = tmp_path / "logs"
    cache.init_app(app.server)
    view.register_callbacks(app)
    app.layout = dash.html.Div()
    with app.server.app_context():
        yield app


def shown(key, reading=""):
    return source.shown([key], {key: reading} if reading else None)[0][0]


def test_the_card_asks_until_it_was_answered(served):
    s = shown(KEYS[0])
    assert card.asked(s) == "alpha + beta = 1 in all 8 rows: are they task weights?"
    assert card.asked(shown(KEYS[0], card.question(s).changes)) == ""
    assert card.asked(shown("mtl/metrics.csv")) == ""


def test_the_answer_holds_for_the_siblings(served):
    s = shown(KEYS[0])
    assert sorted(callbacks.alike(s, card.question(s), [s])) == KEYS


def test_one_click_reads_the_weights_of_every_sibling(served):
    state = {**to_text(RunsState(runs=(quoted(KEYS[0]),))), "clock": 1}
    body = {
        "output": [k for k, v in served.callback_map.items() if v.get("no_output")][1],
        "outputs": [],
        "inputs": [{"id": "runs-yes", "property": "n_clicks", "value": 1}],
        "state": [
            {"id": "runs-file", "property": "value", "value": KEYS[0]},
            {"id": "runs-state", "property": "data", "value": state},
        ],
        "changedPropIds": ["runs-yes.n_clicks"],
    }
    answer = served.server.test_client().post("/_dash-update-component", json=body).get_json()
    sides = {k if isinstance(k, str) else json.dumps(k): v for k, v in answer["sideUpdate"].items()}
    readings = readings_of(sides[READING]["value"].split(","))
    assert sorted(readings) == KEYS
    for key in KEYS:
        run = shown(key, readings[key]).run
        assert run.tasks == ("alpha", "beta")
        assert run.weights is not None
