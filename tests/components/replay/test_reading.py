"""A run on the Replay page is read as its reader decided on the Runs page."""

import json
from urllib.parse import parse_qs, unquote, urlsplit

import numpy as np
import pytest
from plotly.utils import PlotlyJSONEncoder

import app
from components.layout.url_state import from_text, to_text
from components.replay import data, view
from components.replay.layout import reading
from components.run_source.mapping_text import changes_in_words
from components.run_source.replay_link import replay_link, token
from components.run_source.selected_run import Shown
from gaba_core.runs import read_again, read_run
from tests.components.drawn import frames_from, series, trace
from tests.components.replay_cases import EPOCHS, KEY, make_folder, run_of, state_of
from tests.run_cases import params, records

WEIGHT = "@w=weight"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    return app.create_app(make_folder(tmp_path_factory.mktemp("reading") / "logs"))


@pytest.fixture(autouse=True)
def in_the_app(served):
    with served.server.test_request_context("/"):
        yield


def read_as(key, changes, **text):
    return state_of(run=token(key), reading=token(f"{key}|{changes}"), **text)


def page_of(state):
    return json.dumps(view.layout(**to_text(state)), cls=PlotlyJSONEncoder)


def test_a_link_carries_the_mapping_of_every_run_drawn_however_often_it_is_decoded():
    names = ("plain.json", "a & b~, 5%20|=;+c.json #0f", "as proposed.json")
    log = json.dumps(records(params()))
    runs = [read_run(log, mapping=changes) for changes in (WEIGHT, "w_rul=weight:a%2Cb;@floor=0.1", None)]
    drawn = [Shown(name, name, run, 0) for name, run in zip(names, runs, strict=True)]
    expected = {names[0]: WEIGHT, names[1]: "w_rul=weight:a%2Cb;@floor=0.1"}
    for s in drawn:
        _, href = replay_link(s, drawn)
        for often in (href, unquote(href), unquote(unquote(href))):
            query = {name: value for name, (value,) in parse_qs(urlsplit(often).query).items()}
            state, problems = from_text(view.STATE, query)
            assert problems == ()
            assert state.readings == expected
    assert "reading" not in replay_link(drawn[2], drawn[2:])[1]


def test_what_is_drawn_and_compared_is_the_run_read_by_the_mapping():
    state = read_as(EPOCHS, WEIGHT, mode="compare")
    subject = data.subject(state)
    assert run_of(EPOCHS).weights is None
    np.testing.assert_array_equal(subject.run.weights, run_of(EPOCHS).state)
    found = view.pictures(state)["main"]
    assert found["layout"]["yaxis"]["title"]["text"].startswith("weight, ")
    x, y = trace(found, "recorded")
    np.testing.assert_array_equal(y, subject.run.weights[: len(x), 0].astype(np.float32))
    assert data.subject(read_as(EPOCHS, WEIGHT)).run is subject.run


def test_a_mapping_that_leaves_the_tasks_alone_keeps_the_recorded_steps():
    subject = data.subject(read_as(KEY, "rmse_last=out"))
    assert "rmse_last" in run_of().metrics
    assert "rmse_last" not in subject.run.metrics
    assert subject.run.steps is run_of().steps
    assert subject.refusal == ""


def test_frames_of_a_held_slider_are_of_the_run_as_it_is_read(served):
    asked = {"mode": "compare", "task": "rul"}
    client, proposed = served.server.test_client(), state_of(run=EPOCHS, **asked)
    swapped = read_as(EPOCHS, "w_rul=state:health;w_health=state:rul", **asked)
    frames, plain = (frames_from(client, "replay", s, "beta", 0.95, 2) for s in (swapped, proposed))
    for beta, found in frames.items():
        moved = from_text(view.STATE, {**to_text(swapped), "beta": str(beta)})[0]
        _, y = series(found["main"], "second")
        np.testing.assert_array_equal(y, trace(view.pictures(moved)["main"], "second")[1])
        assert y[-1] > 0.99 > 0.01 > series(plain[beta]["main"], "second")[1][-1]


def test_a_stated_floor_is_where_the_slider_starts_and_is_said_to_be_stated():
    assert state_of(run=EPOCHS).floor == 0.05
    state = read_as(EPOCHS, "@floor=0.12", mode="compare")
    assert state.floor == 0.12
    page = page_of(state)
    assert "stated by you" in page
    assert "Read with your mapping: floor 0.12." in page


def test_the_page_tells_the_mapping_and_leads_to_the_card_that_holds_it():
    state = read_as(EPOCHS, WEIGHT, mode="compare")
    words, form = json.loads(json.dumps(reading(state, data.subject(state)), cls=PlotlyJSONEncoder))
    assert words["props"]["children"] == "Read with your mapping: w_* as applied weight."
    assert form["props"]["action"] == "/runs#runs-reading"
    sent = {one["props"]["name"]: one["props"]["value"] for one in form["props"]["children"][:2]}
    assert sent == {"runs": EPOCHS, "reading": f"{EPOCHS}|{WEIGHT}"}
    assert reading(state_of(), data.subject(state_of())) == []


def test_another_runs_mapping_changes_nothing():
    state = state_of(reading=token(f"{EPOCHS}|{WEIGHT}"))
    assert data.subject(state).run is run_of()
    assert "Read with your mapping" not in page_of(state)


def test_a_mapping_that_does_not_fit_is_told_and_the_run_is_shown_as_proposed():
    state = read_as(EPOCHS, "nowhere=metric", mode="compare")
    assert data.subject(state).run is run_of(EPOCHS)
    page = page_of(state)
    assert "Your mapping does not fit, and the file is read as proposed: reading must name a column" in page
    refused, problems = from_text(view.STATE, {"reading": "no-bar"})
    assert refused.reading == ""
    assert "reading must be KEY|CHANGES; got 'no-bar'." in problems[0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("", ""),
        ("w_rul=norm:rul", "w_rul as gradient norm of rul"),
        ("w_rul=out", "w_rul as left out"),
        ("w_rul=state:a", "w_rul as EMA state of a"),
        ("@rows=last", "one row an epoch"),
        ("@w=state;@floor=0.1", "w_* as EMA state, floor 0.1"),
        (
            "w_rul=out;@floor=0.1;@w=weight;@rows=last",
            "w_rul as left out, w_* as applied weight, floor 0.1 and 1 more",
        ),
    ],
)
def test_changes_are_told_in_words(changes, words):
    run = read_run(json.dumps(records(params())))
    assert changes_in_words(read_again(run, changes)) == words
