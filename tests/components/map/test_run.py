"""The map of a recorded run, and what is recommended for it."""

import numpy as np
import pytest

from components.application import create_app
from components.map import view
from components.map.axes import AXES, log_floor, marked_cell
from components.map.figures import surface_picture
from components.map.readouts import texts, trace_link
from components.map.run_surface import surface_of
from components.map.state import MapState
from components.replay.map_anchor import to_map
from components.replay.state import ReplayState
from gaba_core import ParameterError
from gaba_core.runs import read_run, replay
from gaba_core.sweep import recommend
from tests.paths import LOGS

KEY = "FD002/gaba/seed_42"
STATE = MapState(run=KEY, beta=0.95, floor=0.01)


@pytest.fixture(autouse=True)
def app():
    app = create_app(LOGS)
    with app.server.test_request_context("/"):
        yield app


def test_a_cell_is_the_replay_of_the_run_with_its_setting():
    surface = surface_of(STATE)
    across, up = marked_cell(STATE, surface.axes, surface.ends)
    beta, floor = surface.ends[0][across], surface.ends[1][up]
    weights = replay(read_run(LOGS / KEY), beta, floor, 100).weights[0, :, 0]
    last = weights[-round(len(weights) / 4) :]
    assert surface.values("equilibrium")[up, across] == pytest.approx(last.mean())
    assert surface.values("noise")[up, across] == pytest.approx(last.std())
    assert np.isnan(surface.values("failure_rate")).all()


def test_the_recommended_setting_is_marked_where_it_lies_and_said_with_its_costs():
    surface, advice = surface_of(STATE), recommend(read_run(LOGS / KEY))
    assert surface.marks == (advice.beta, advice.floor)
    picture = surface_picture(STATE, surface, texts(STATE, surface))
    assert "recommended" in [trace["uid"] for trace in picture["data"]]
    page = str(view.layout(run=KEY))
    assert all(repr(sentence) in page for sentence in advice.sentences)
    assert f"beta={advice.beta}" in page


def test_its_sentence_names_the_task_and_its_trace_is_the_replay():
    surface = surface_of(STATE)
    says = texts(STATE, surface)["says"]
    assert "the weight of rul is at rest after" in says
    link = trace_link(STATE, surface)
    assert link.startswith("/replay?run=FD002%2Fgaba%2Fseed_42&warmup_steps=100&beta=0.9")


def test_of_a_run_beta_and_floor_are_mapped_whatever_the_link_says():
    page = str(view.layout(run=KEY, x="sigma", y="drift", measure="failure_rate"))
    assert "the weight of rul is at rest" in page
    assert "Refine to" not in page


def test_a_run_that_cannot_be_mapped_is_said_and_the_simulation_shown():
    page = str(view.layout(run="no/such/run"))
    assert "Simulated gradients are mapped." in page
    assert "Refine to" in page
    with pytest.raises(ParameterError):
        surface_of(MapState(run="no/such/run"))


def test_its_numbers_are_taken_away_with_what_they_are_called():
    head, *rows = surface_of(STATE).to_csv().splitlines()
    assert head == "beta,floor,settle,equilibrium,noise,smallest_share,release_delay,harm"
    assert len(rows) == 32 * 32


def test_floors_go_by_their_logarithm_up_to_1_over_k():
    assert log_floor(4).values(8)[-1] == pytest.approx(0.25)
    assert log_floor(2).values(8)[0] == 1e-5
    assert AXES["floor"].values(8)[0] == 0.0


def test_replay_leads_to_the_map_of_its_run_with_its_setting_marked():
    from components.replay import data

    state = ReplayState(run=KEY, beta=0.97, floor=0.02, warmup_steps=50)
    link = to_map(state, data.subject(state))
    assert link.href == "/map?run=FD002%2Fgaba%2Fseed_42&beta=0.97&floor=0.02&warmup_steps=50"
