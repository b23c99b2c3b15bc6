"""The route that brings the pictures at a control's positions."""

import json
from dataclasses import replace

import numpy as np
import pytest

import app
from components.convergence import view
from components.convergence.state import ConvergenceState
from components.convergence.view import pictures
from components.layout import controls
from components.layout.url_state import to_text
from components.plotting.arrays import frame
from components.serving import frames as route
from components.serving.frames import pictures_of
from gaba_core.parameters import quantities, quantity_of
from gaba_core.readouts import task_readouts
from gaba_core.simulation import simulate
from tests.components.drawn import frames_of, series

STATE = ConvergenceState()


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


def ask(client, **query):
    return client.get("/frames/convergence", query_string={**to_text(STATE), **query})


def at(control, **state):
    """The positions of a control, and the place of its value."""
    positions = quantity_of(ConvergenceState, control).positions()
    return positions, positions.index(getattr(replace(STATE, **state), control))


@pytest.mark.parametrize("control", [f.name for f in quantities(ConvergenceState)])
def test_frames_are_the_simulation_at_the_positions_of_the_control(client, control):
    kind = type(getattr(STATE, control))
    positions, place = at(control)
    found = frames_of(ask(client, control=control, first=place - 2, count=5))
    assert len(found) == 5
    for value, frames in zip(positions[place - 2 : place + 3], found, strict=True):
        moved = replace(STATE, **{control: kind(value)})
        x, y = series(frames["weights"], "seed-123")
        steps = np.rint(x * moved.steps_per_epoch).astype(int)
        np.testing.assert_array_equal(y, simulate(moved.params).weights[1, steps, 0].astype(np.float32))


def test_an_answer_holds_no_more_frames_than_the_limit(client, monkeypatch):
    monkeypatch.setattr(route, "MAX_FRAMES", 3)
    assert len(frames_of(ask(client, control="floor", first=2, count=1_000_000))) == 3
    assert len(frames_of(ask(client, control="floor", first=3, count=2))) == 2


def test_blocks_together_are_the_whole_slice(client):
    positions, _ = at("floor")
    blocks = [
        frames_of(ask(client, control="floor", first=i, count=16)) for i in range(0, len(positions), 16)
    ]
    levels = [series(frame["weights"], "floor")[1][0] for block in blocks for frame in block]
    assert 0 < levels[0] <= 0.001  # no floor lies at the foot of a logarithmic axis
    np.testing.assert_array_equal(np.float32(levels[1:]), np.float32(positions[1:]))


def test_a_frame_holds_what_its_picture_does(client):
    _, place = at("beta")
    [found] = frames_of(ask(client, control="beta", first=place, count=1))
    assert found == {name: frame(picture) for name, picture in pictures(STATE).items()}


def test_curves_that_positions_share_are_sent_once(client):
    one, sixteen = (ask(client, control="floor", first=25, count=count) for count in (1, 16))
    sizes = [
        json.loads(r.data[4 : 4 + int.from_bytes(r.data[:4], "little")])["sizes"] for r in (one, sixteen)
    ]
    assert sum(sizes[1]) < 13 * sum(sizes[0])


def test_a_value_between_positions_has_a_frame_of_its_own(client):
    moved = replace(STATE, beta=0.98765)
    reply = client.get("/frames/convergence", query_string={**to_text(moved), "control": "beta"})
    assert frames_of(reply) == [{name: frame(picture) for name, picture in pictures(moved).items()}]


@pytest.mark.parametrize(
    ("path", "query", "status", "message"),
    [
        ("nowhere", {}, 404, "There is no view 'nowhere'."),
        ("convergence", {"control": "seeds"}, 400, "control must be a number of the view; got 'seeds'."),
        ("convergence", {"control": "beta", "beta": "2"}, 400, "beta must be a number in [0, 1); got 2.0."),
        (
            "convergence",
            {"control": "beta", "first": "0", "count": "-1"},
            400,
            "count must be a whole number",
        ),
        (
            "convergence",
            {"control": "beta", "first": "4000", "count": "1"},
            400,
            "first must be a position of beta; got 4000.",
        ),
        (
            "step-response",
            {"control": "seed", "first": "0", "count": "1"},
            400,
            "first must be a position of seed; got 0.",
        ),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_in_words(client, path, query, status, message):
    reply = client.get(f"/frames/{path}", query_string=query)
    assert reply.status_code == status
    assert message in reply.get_json()["error"]


@pytest.mark.parametrize("control", [f.name for f in quantities(type(STATE))])
def test_positions_are_prepared_a_few_at_a_time(control, monkeypatch):
    asked, ready = [], task_readouts.many
    monkeypatch.setattr(task_readouts, "many", lambda keys: asked.append(list(keys)) or ready(asked[-1]))
    values = quantity_of(type(STATE), control).positions()[40:80]
    states = [replace(STATE, **{control: type(getattr(STATE, control))(value)}) for value in values]
    batched = list(pictures_of(view, states))
    prepared = [many for many in asked if len(many) > 1]
    assert [len(many) for many in prepared] == [16, 16, 8]
    assert [one for many in prepared for one in many] == [state.asked for state in states]
    task_readouts.cache_clear()
    assert batched == [pictures(state) for state in states]


def test_the_same_question_is_computed_once(client, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "components.convergence.view.weights_picture",
        lambda drawn, text: asked.append(drawn) or {"data": [], "layout": {}, "text": text},
    )
    first, second = (ask(client, control="beta", first=8, count=4) for _ in range(2))
    assert first.data == second.data
    assert len(asked) == 4


def test_controls_say_how_many_positions_are_fetched_together():
    boxes = controls.numbers("view", STATE, block=7)
    assert {box.to_plotly_json()["props"]["data-block"] for box in boxes} == {"7"}
