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
    assert text["says"] == (
        "The published bound (every weight ≥ 0.05) fails in 99,998 of 100,000 draws (99.998 %); the exact "
        "bound never does."
    )


@pytest.mark.parametrize("tasks", [2, 5])
@pytest.mark.parametrize("kind", ["uniform", "adversarial"])
def test_the_whole_histogram_holds_every_draw_on_its_side_of_the_floor(tasks, kind):
    state = MonteCarloState(tasks=tasks, kind=kind, draws=2000, window="whole", seed=3)
    picture = panel.pictures(state)["histogram"]
    found = check_bounds(tasks, 0.05, 2000, 3, kind)
    below, above = counts(picture, "below")[1].sum(), counts(picture, "above")[1].sum()
    assert below + above == 2000
    assert below == (found.minima < 0.05 - 1e-9).sum() == found.nominal_violations


@pytest.mark.parametrize("window", ["bound", "whole"])
@pytest.mark.parametrize("kind", ["uniform", "adversarial"])
@pytest.mark.parametrize("tasks", [2, 3, 20])
@pytest.mark.parametrize("floor", [0.0, 0.02, 0.04])
def test_bins_end_where_smallest_weights_can_end_and_lie_on_the_axis(window, kind, tasks, floor):
    state = MonteCarloState(tasks=tasks, floor=floor, kind=kind, draws=500, window=window)
    picture = panel.pictures(state)["histogram"]
    low, high = picture["layout"]["xaxis"]["range"]
    edges = trace(picture, "above-edge")[0]
    assert low < trace(picture, "below-edge")[0].min()
    assert edges.max() < high
    assert edges.max() <= 1 / tasks + 1e-6
    if window == "whole":
        assert edges.max() == pytest.approx(1 / tasks, rel=1e-5)
    if floor:
        assert trace(picture, "below-edge")[0].min() == pytest.approx(
            weight_bounds(tasks, floor)[0], rel=1e-5
        )


@pytest.mark.parametrize("window", ["bound", "whole"])
def test_a_bar_of_less_than_a_pixel_is_outlined_over_the_lines_and_named(window):
    picture = panel.pictures(MonteCarloState(draws=2000, window=window))["histogram"]
    order = [drawn["uid"] for drawn in picture["data"]]
    assert order.index("below-edge") > max(order.index("nominal"), order.index("exact"))
    outline = next(drawn for drawn in picture["data"] if drawn["uid"] == "below-edge")
    assert outline["line"]["width"] >= 2
    x, y = trace(picture, "below-edge")
    assert y.max() > 1900
    [peak_x], [peak_y] = trace(picture, "peak")
    assert peak_y == y.max()
    assert x[y == peak_y].min() <= peak_x <= x[y == peak_y].max()
    assert picture["layout"]["yaxis"]["range"][1] > peak_y


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
