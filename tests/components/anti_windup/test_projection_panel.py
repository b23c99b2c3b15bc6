"""The Projection panel without a browser: the picture is the core, the words are the numbers."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import app
from components.anti_windup import view
from components.anti_windup.projection import panel
from components.anti_windup.projection.marks_figure import INK, LENS
from components.anti_windup.projection.readouts import texts
from components.anti_windup.projection.state import ProjectionState
from components.anti_windup.projection.triangle_figure import CORNERS
from components.layout import theme
from components.plotting.arrays import frame
from gaba_core.errors import ParameterError
from gaba_core.projection import (
    floor_renormalise,
    nominal_bounds,
    project_to_floored_simplex,
    weight_bounds,
)
from tests.components.drawn import frames_from, trace

states = st.builds(
    ProjectionState,
    x1=st.floats(0.0, 1.0),
    split=st.floats(0.0, 1.0),
    floor=st.floats(0.0, 0.5),
    tasks=st.sampled_from(["2", "3"]),
)


def spot(picture, uid):
    x, y = trace(picture, uid)
    return np.array([x[0], y[0]])


def expected_spot(weights):
    return weights @ CORNERS


@given(states)
def test_the_landings_drawn_are_those_of_the_core(state):
    picture = panel.pictures(state)["simplex"]
    floor = min(state.floor, 1.0 / state.count)
    landings = {
        "raw": np.array(state.point),
        "clamped": floor_renormalise(state.point, floor),
        "projected": project_to_floored_simplex(state.point, floor),
    }
    for name, weights in landings.items():
        drawn = spot(picture, name)
        expected = weights @ CORNERS if state.count == 3 else [weights[0], drawn[1]]
        np.testing.assert_allclose(drawn, expected, atol=1e-6)
        np.testing.assert_allclose(spot(picture, LENS + name), drawn, atol=1e-6)


@given(states)
def test_of_three_tasks_arrows_lead_from_the_raw_point_to_its_landings(state):
    picture = panel.pictures(replace(state, tasks="3"))["simplex"]
    for name in ("clamped", "projected"):
        x, y = trace(picture, f"arrow-{name}")
        np.testing.assert_allclose([x[0], y[0]], spot(picture, "raw"), atol=1e-6)
        np.testing.assert_allclose([x[1], y[1]], spot(picture, name), atol=1e-6)
        assert np.isfinite(x).all()


@given(states)
def test_of_two_tasks_all_three_marks_stand_on_one_line(state):
    picture = panel.pictures(replace(state, tasks="2"))["simplex"]
    heights = {float(spot(picture, lens + name)[1]) for lens in ("", LENS) for name in INK}
    assert len(heights) == 1
    assert not [t["uid"] for t in picture["data"] if "arrow" in t["uid"]]


@given(states)
def test_the_lens_shows_every_mark_that_the_floor_moves(state):
    picture = panel.pictures(state)["simplex"]
    layout = picture["layout"]
    for name in INK:
        at = spot(picture, LENS + name)
        if state.count == 2 and min(state.x1, 1.0 - state.x1) >= state.legal_floor:
            continue  # what is inside the band stays where it is
        for value, axis in zip(at, ("xaxis2", "yaxis2"), strict=True):
            low, high = layout[axis]["range"]
            assert low - 1e-6 <= value <= high + 1e-6


def test_the_lens_holds_still_while_the_floor_is_dragged_a_little():
    def shown(**more):
        layout = panel.pictures(ProjectionState(**more))["simplex"]["layout"]
        return layout["xaxis2"]["range"]

    assert len({tuple(shown(floor=floor)) for floor in np.linspace(0.01, 0.053, 20)}) == 1
    assert shown(x1=0.998) == pytest.approx([0.92, 1.0])


def test_what_is_written_at_the_marks_is_how_far_they_are_from_the_floor():
    text = texts(ProjectionState())
    assert text["mark-clamped"] == "0.0477 floor + renormalise, 0.0023 below the floor"
    assert text["mark-projected"] == "0.0500 exact projection, on the floor"
    assert text["mark-raw"] == "0.0020 raw point"
    inside = texts(ProjectionState(x1=0.3))
    assert (inside["mark-clamped"], inside["mark-projected"]) == ("", "")
    spots = panel.pictures(ProjectionState())["simplex"]["text"]["spots"]
    assert {part.split()[0]: float(part.split()[1]) for part in spots.split(";")} == pytest.approx(
        {"raw": 0.002, "clamped": 0.047710, "projected": 0.05}, abs=1e-6
    )


def test_no_mark_has_the_colour_of_a_floor_a_bound_or_an_equilibrium():
    assert not {theme.FLOOR, theme.BOUND, theme.EQUILIBRIUM} & set(INK.values())


@pytest.mark.parametrize("floor", [0.0, 0.05, 0.3, 0.5])
def test_the_bar_shows_both_bounds_where_they_are(floor):
    picture = panel.pictures(ProjectionState(floor=floor))["simplex"]
    for kind, limits in (("nominal", nominal_bounds(2, floor)), ("exact", weight_bounds(2, floor))):
        drawn = [trace(picture, f"{kind}-{side}")[0][0] for side in ("low", "high")]
        np.testing.assert_allclose(drawn, limits, atol=1e-7)
    np.testing.assert_allclose(trace(picture, "safe")[0][:2], nominal_bounds(2, floor), atol=1e-7)


@pytest.mark.parametrize("floor", [0.0, 0.05, 0.3, 1 / 3])
def test_the_triangle_shows_the_exact_and_the_reachable_bound(floor):
    picture = panel.pictures(ProjectionState(floor=floor, tasks="3"))["simplex"]
    for uid, reachable in (("exact", False), ("reach", True)):
        weights = np.linalg.solve(
            np.vstack([CORNERS.T, np.ones(3)]),
            np.vstack([*trace(picture, uid), np.ones_like(trace(picture, uid)[0])]),
        )
        low, high = weight_bounds(3, floor, reachable)
        assert weights.min() == pytest.approx(low, abs=1e-6)
        assert weights.max() == pytest.approx(high, abs=1e-6)


def test_the_worked_example_in_numbers_and_in_words():
    text = texts(ProjectionState())
    assert [text["clamped-0"], text["clamped-1"], text["clamped-2"]] == ["0.04771", "0.95229", "–"]
    assert text["projected-0"] == "0.05000"
    assert (text["exact-low"], text["exact-high"]) == ("0.04762", "0.95238")
    assert "lifts it to 0.0477: below the floor but above the exact bound, 0.0476" in text["says"]
    assert texts(ProjectionState(tasks="3"))["reachable-high"] == "0.50000"


def test_floor_zero_and_floor_one_over_k_behave_as_the_theory_says():
    nothing = texts(ProjectionState(floor=0.0, x1=0.0001))
    assert nothing["clamped-0"] == nothing["projected-0"] == "0.00010"
    assert "Without a floor" in nothing["says"]
    most = texts(ProjectionState(floor=0.5))
    assert most["projected-0"] == "0.50000"
    assert most["clamped-0"] == f"{0.5 / 1.498:.5f}"
    assert "single point" in most["says"]
    assert (
        texts(ProjectionState(floor=0.5, tasks="3"))["limit"] == "With 3 tasks the floor can be at most 1/3."
    )


@given(states)
def test_the_spot_of_the_handle_is_the_raw_point(state):
    picture = panel.pictures(state)["simplex"]
    place = [float(part) for part in picture["text"]["spot"].split()]
    np.testing.assert_allclose(place, spot(picture, "raw"), atol=1e-5)


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


@pytest.mark.parametrize("control", ["x1", "split", "floor"])
def test_frames_are_the_pictures_at_the_positions(client, control):
    state = ProjectionState(tasks="3", floor=0.1)
    found = frames_from(client, "anti-windup-projection", state, control, 0.2, 3)
    assert len(found) == 3
    for value, frames in found.items():
        assert frames["simplex"] == frame(panel.pictures(replace(state, **{control: value}))["simplex"])


def test_a_link_opens_its_panel_and_names_what_it_could_not_use():
    def page(**query):
        return json.dumps(
            view.layout(**query).to_plotly_json(),
            default=lambda c: c.to_plotly_json(),
            ensure_ascii=False,
        )

    assert "x1 must be a number in [0, 1]; got 3.0." in page(panel="projection", x1="3")
    assert "panel must be one of projection" in page(panel="cellar")
    assert "Raw weight" in page()


def test_a_bad_state_is_refused_by_name():
    with pytest.raises(ParameterError, match="tasks must be one of 2, 3; got '4'"):
        ProjectionState(tasks="4")


@pytest.mark.parametrize(("tasks", "idle"), [("2", True), ("3", False)])
def test_what_is_left_is_split_between_two_tasks_only_where_there_are_three(tasks, idle):
    side = panel.side(ProjectionState(tasks=tasks))
    assert [side[ident].disabled for ident in panel.SPLIT] == [idle, idle]
