"""The way from a run on the Runs page to its replay."""

import base64
import json
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from plotly.utils import PlotlyJSONEncoder

import app
from components.replay import view
from components.run_source import source
from components.run_source.replay_link import key_of, replay_link, token
from components.run_source.selected_run import Shown
from components.runs.verdicts.card import verdicts
from gaba_core.runs import read_run
from tests.run_cases import params, run_of
from tests.run_cases import records as simulated_records
from tests.run_logs import info, records, trace, write


@pytest.mark.parametrize("key", ["FD002/gaba/seed_42", "dropped: a & b~, 5%20+c.json #0f"])
def test_a_run_with_steps_is_linked_to_its_replay_whatever_its_name(tmp_path, key):
    run = read_run(write(tmp_path, run=info(), steps=trace(30)))
    text, href = replay_link(Shown(key, "a run", run, 0), ())
    assert text == "Replay this run"
    assert urlsplit(href).path == view.PATH
    for often in (href, unquote(href), unquote(unquote(href))):
        (found,) = parse_qs(urlsplit(often).query)["run"]
        assert key_of(found) == key


def test_a_log_of_epochs_is_linked_to_the_comparison():
    text, href = replay_link(Shown("k", "a run", run_of(simulated_records(params())), 0), ())
    assert text == "Compare with a simulation"
    assert parse_qs(urlsplit(href).query) == {"run": ["k"], "mode": ["compare"]}


def test_the_verdicts_lead_there_but_not_from_a_log_without_weights(tmp_path):
    weightless = Shown("w", "w", run_of([{"epoch": 0, "rmse_last": 1.0}]), 0)
    known = Shown("k", "k", run_of(records()), 1)
    with app.create_app(tmp_path).server.app_context():
        page = json.dumps(verdicts([weightless, known]), cls=PlotlyJSONEncoder)
    assert "/replay?run=k&" in page
    assert "/replay?run=w" not in page


def test_a_log_dropped_on_the_runs_page_opens_here(tmp_path):
    made = app.create_app(tmp_path)
    text = json.dumps(simulated_records(params()))
    with made.server.test_request_context("/"):
        contents = "data:," + base64.b64encode(text.encode()).decode()
        key = source.drop("mine, really.json", contents).key
        page = json.dumps(view.layout(run=token(key), mode="compare"), cls=PlotlyJSONEncoder)
    assert "Dropped on the Runs page" in page
    assert "mine, really.json" in page
    assert "Part of this link was ignored" not in page
