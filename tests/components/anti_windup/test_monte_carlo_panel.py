"""The Monte Carlo panel without a browser: honest counts, and a histogram that holds every draw."""

import numpy as np
import pytest

import app
from components.anti_windup.monte_carlo import panel
from components.anti_windup.monte_carlo.state import MonteCarloState, texts
from components.plotting.arrays import frame
from gaba_core.bounds_check import check_bounds
from gaba_core.projection import weight_bounds
from tests.components.drawn import frames_from, trace


def counts(picture, uid):
    """Edges and counts of a histogram drawn as the outline of an area."""
    x, y = trace(picture, uid)
    half = x.size // 2
    return x[:half:2], y[half:][::-1][::2]


def test_the_adversarial_draw_of_the_reference_is_counted_honestly():
    text = texts(MonteCarloState())
    assert text["nominal-count"] == "99,998 of 100,000"
    assert text["exact-count"] == "0 of 100,000"
    assert text["smallest-count"] == "0.047619"
    assert text["sums-count"] == "yes"
    assert "99,998 of 100,000 draws (99.998 %)" in text["says"]


@pytest.mark.parametrize("tasks", [2, 5])
@pytest.mark.parametrize("kind", ["uniform", "adversarial"])
def test_the_whole_histogram_holds_every_draw_on_its_side_of_the_floor(tasks, kind):
    state = MonteCarloState(tasks=tasks, kind=kind, draws=2000, window="whole", seed=3)
    picture = panel.pictures(state)["histogram"]
    found = check_bounds(tasks, 0.05, 2000, 3, kind)
    below, above = counts(picture, "below")[1].sum(), counts(picture, "above")[1].sum()
    assert below + above == 2000
    assert below == (found.minima < 0.05 - 1e-9).sum() == found.nominal_violations


def test_the_bounds_are_drawn_where_they_are():
    picture = panel.pictures(MonteCarloState(tasks=3, floor=0.2))["histogram"]
    assert trace(picture, "nominal")[0].tolist() == pytest.approx([0.2, 0.2])
    assert trace(picture, "exact")[0].tolist() == pytest.approx([weight_bounds(3, 0.2)[0]] * 2)
    left, right = picture["layout"]["xaxis"]["range"]
    assert left < weight_bounds(3, 0.2)[0] < 0.2 < right


@pytest.mark.parametrize("floor", [0.0, 1 / 3, 0.5])
@pytest.mark.parametrize("window", ["bound", "whole"])
def test_floor_zero_and_floor_one_over_k_are_drawn_too(floor, window):
    state = MonteCarloState(floor=floor, tasks=3, draws=500, window=window)
    picture = panel.pictures(state)["histogram"]
    left, right = picture["layout"]["xaxis"]["range"]
    assert left < right
    for drawn in picture["data"]:
        assert np.isfinite(trace(picture, drawn["uid"])).all()
    assert texts(state)["exact-count"] == "0 of 500"


def test_a_frame_is_the_picture_at_the_moved_floor():
    client = app.create_app().server.test_client()
    state = MonteCarloState(draws=1000)
    found = frames_from(client, "anti-windup-monte-carlo", state, "floor", 0.1)
    moved = MonteCarloState(draws=1000, floor=0.1)
    assert found[0.1]["histogram"] == frame(panel.pictures(moved)["histogram"])
