"""The route that brings the pictures at a control's positions."""

from dataclasses import replace

import numpy as np
import pytest

import app
from components.convergence_state import ConvergenceState
from components.state import to_text
from gaba_core.parameters import quantities, quantity_of
from gaba_core.simulation import simulate
from tests.components.drawn import series

STATE = ConvergenceState()


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


def ask(client, **query):
    return client.get("/frames/convergence", query_string={**to_text(STATE), **query})


@pytest.mark.parametrize("control", [f.name for f in quantities(ConvergenceState)])
def test_frames_are_the_simulation_at_the_positions_of_the_control(client, control):
    value = getattr(STATE, control)
    found = ask(client, control=control, value=value, first=0, count=5).get_json()
    positions = quantity_of(ConvergenceState, control).scale.positions()
    assert {float(key) for key in found} <= set(positions)
    assert len(found) == 5
    for key, frames in found.items():
        moved = replace(STATE, **{control: type(value)(float(key))})
        x, y = series(frames["weights"], "seed-123")
        steps = np.rint(x * moved.steps_per_epoch).astype(int)
        np.testing.assert_array_equal(y, simulate(moved.params()).weights[1, steps, 0].astype(np.float32))


def test_the_nearest_positions_come_first(client):
    first = ask(client, control="floor", value=0.1, first=0, count=3).get_json()
    assert sorted(map(float, first)) == [0.098, 0.1, 0.102]
    more = ask(client, control="floor", value=0.1, first=3, count=2).get_json()
    assert sorted(map(float, more)) == [0.096, 0.104]


def test_all_batches_together_are_the_whole_slice(client):
    found = ask(client, control="floor", value=0.1).get_json()
    assert sorted(map(float, found)) == list(quantity_of(ConvergenceState, "floor").scale.positions())


def test_a_value_between_positions_has_a_frame_of_its_own(client):
    found = client.get(
        "/frames/convergence", query_string={**to_text(replace(STATE, beta=0.98765)), "control": "beta"}
    )
    assert list(found.get_json()) == ["0.98765"]


@pytest.mark.parametrize(
    ("path", "query", "status", "message"),
    [
        ("nowhere", {}, 404, "There is no view 'nowhere'."),
        ("convergence", {"control": "seeds"}, 400, "control must be a number of the view; got 'seeds'."),
        ("convergence", {"control": "beta", "beta": "2"}, 400, "beta must be a number in [0, 1); got 2.0."),
        (
            "convergence",
            {"control": "beta", "value": ".9", "count": "-1"},
            400,
            "count must be a whole number",
        ),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_in_words(client, path, query, status, message):
    reply = client.get(f"/frames/{path}", query_string=query)
    assert reply.status_code == status
    assert message in reply.get_json()["error"]


def test_the_same_question_is_computed_once(client, monkeypatch):
    asked = []
    monkeypatch.setattr(
        "components.views.convergence.weights_picture",
        lambda drawn, text: asked.append(drawn) or {"data": [], "layout": {}, "text": text},
    )
    first, second = (ask(client, control="beta", value=0.7, first=0, count=4) for _ in range(2))
    assert first.data == second.data
    assert len(asked) == 4
