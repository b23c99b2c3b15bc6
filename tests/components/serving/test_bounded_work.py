"""A request is costed before it is done: more than a processor has time for is cut, in words."""

import dataclasses
import json
from urllib.parse import urlencode

import pytest

import app
from components.convergence import idle
from components.convergence import view as convergence
from components.convergence.state import ConvergenceState
from components.layout.url_state import LONGEST, LONGEST_SENTENCE, from_text, to_text
from components.runs.state import RunsState
from components.serving import frames as route
from components.serving.frames import MOST_SECONDS, affordable
from components.step_response.state import BETAS
from components.views import PANELS
from gaba_core.comparators import COMPARATORS
from gaba_core.parameters import quantities, quantity_of

STATED = 2.0  # seconds of a processor for one request
LONG = {
    "epochs": 2000,
    "steps_per_epoch": 250,
    "seeds": ",".join(map(str, range(1, 9))),
    "noise": "lognormal",
    "drift": 3.0,
}
LARGEST = {
    "convergence": {**LONG, "pin": urlencode({**LONG, "sigma": 0.7})},
    "step-response": {"steps": 20_000, "betas": ",".join(map(str, BETAS))},
    "anti-windup-projection": {},
    "anti-windup-monte-carlo": {"tasks": 20, "draws": 300_000},
    "anti-windup-recovery": {"steps_before": 5000, "steps_after": 5000},
    "anti-windup-divergence": {"steps": 1000, "seeds": "1,2,3,4,5", "methods": ",".join(COMPARATORS)},
}
FREE = [panel for panel in PANELS if panel.NAME in LARGEST]  # of no run


def state_of(panel, text):
    state, problems = from_text(panel.STATE, {name: str(value) for name, value in text.items()})
    assert problems == ()
    return state


def moved(panel, state, control):
    kind = type(getattr(state, control))
    found = []
    for value in quantity_of(panel.STATE, control).positions():
        try:
            found.append(dataclasses.replace(state, **{control: kind(value)}))
        except ValueError:  # so long a run is refused
            continue
    return found


def sliders(panel):
    return [f.name for f in quantities(panel.STATE) if f.metadata["quantity"].positions()]


def head_of(body):
    return json.loads(body[4 : 4 + int.from_bytes(body[:4], "little")])


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


@pytest.mark.parametrize("panel", FREE, ids=lambda panel: panel.NAME)
def test_the_largest_setting_of_a_panel_costs_no_more_than_is_stated(panel):
    assert panel.cost(state_of(panel, LARGEST[panel.NAME])) <= STATED


@pytest.mark.parametrize("panel", FREE, ids=lambda panel: panel.NAME)
def test_no_answer_is_estimated_above_its_limit_but_for_a_single_position(panel):
    largest = state_of(panel, LARGEST[panel.NAME])
    for control in sliders(panel):
        some, note = affordable(panel, moved(panel, largest, control))
        assert len(some) == 1 or sum(map(panel.cost, some)) <= MOST_SECONDS + 1e-9, control
        assert bool(note) == (len(some) < len(moved(panel, largest, control)))


@pytest.mark.parametrize("panel", FREE, ids=lambda panel: panel.NAME)
def test_a_block_that_a_page_fetches_is_whole_in_its_own_setting(panel):
    for control in sliders(panel):
        block = moved(panel, panel.STATE(), control)[:16]
        assert affordable(panel, block) == (block, "")


def test_a_slice_that_is_too_dear_is_cut_and_its_answer_says_why(client, monkeypatch):
    drawn = []
    monkeypatch.setattr(convergence, "prepare", lambda states: None)
    monkeypatch.setattr(convergence, "pictures", lambda state: drawn.append(state) or {})
    dear = {"control": "sigma", "first": 0, "count": 400, **LONG, "noise": "gaussian", "drift": 1.0}
    reply = client.get("/frames/convergence", query_string=dear)
    head = head_of(reply.data)
    assert reply.status_code == 200
    assert 1 <= len(drawn) == len(head["frames"]) <= 4
    assert head["note"].startswith(f"count must be at most {len(drawn)} in this setting")


def test_an_answer_of_all_that_was_asked_for_says_nothing(client):
    asked = {"control": "sigma", "first": 0, "count": 2}
    assert "note" not in head_of(client.get("/frames/convergence", query_string=asked).data)


def test_where_pictures_are_dear_no_control_is_tried_for_a_note(monkeypatch):
    def refuse(*_):
        raise AssertionError("A picture was drawn.")

    monkeypatch.setattr(idle, "weights_picture", refuse)
    state = state_of(convergence, {**LONG, "pin": ""})
    assert not any(idle.notes(state).values())


def test_a_value_of_any_length_is_refused_in_one_short_sentence():
    for text in ("x" * (LONGEST + 1), "x/" * LONGEST):
        state, [problem] = from_text(RunsState, {"runs": text})
        assert state == RunsState()
        assert problem.startswith("runs must be at most 100,000 characters; got")
    _, [problem] = from_text(ConvergenceState, {"seeds": ",".join(map(str, range(9000)))})
    assert problem.startswith("seeds must be at most")
    assert len(problem) < LONGEST_SENTENCE + 100


def test_the_keys_of_a_thousand_runs_fit_into_a_link():
    keys = tuple(f"FD002/gradnorm-softmax/seed_{seed}/version_{seed}/2026-11-27" for seed in range(1000))
    state, problems = from_text(RunsState, to_text(RunsState(runs=keys)))
    assert (state.runs, problems) == (keys, ())


def test_no_more_frames_are_made_at_once_than_the_limit_allows():
    assert route.MAX_FRAMES * min(panel.cost(panel.STATE()) for panel in FREE) <= STATED
