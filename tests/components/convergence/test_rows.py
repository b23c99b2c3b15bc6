"""The two rows of the picture: what they hold, what is named where it ends, what the pointer reads."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from components.convergence.figure.levels import GAP, spread
from components.convergence.figure.weights import weights_picture
from components.convergence.sampling import drawn
from components.convergence.state import ConvergenceState
from gaba_core.step_response import time_constant
from tests.components.convergence.states import PRESET_STATES, states
from tests.components.drawn import trace

DEFAULT = ConvergenceState()


def picture_of(**changes):
    return weights_picture(drawn(replace(DEFAULT, **changes)), {})


def range_of(picture, axis):
    ends = picture["layout"][axis]["range"]
    return [10.0**end for end in ends] if picture["layout"][axis].get("type") == "log" else ends


def assert_every_line_is_held(state):
    picture = weights_picture(drawn(state), {})
    left, right = range_of(picture, "xaxis")
    for one in picture["data"]:
        if one["mode"] == "text" or one["uid"].startswith(("band-", "best-", "ghost", "tau")):
            continue
        x, y = trace(picture, one["uid"])
        across = one.get("xaxis", "x") == "x2"
        seen = y if across else y[(x >= left * (1 - 1e-6)) & (x <= right * (1 + 1e-6))]
        low, high = range_of(picture, "yaxis2" if one.get("yaxis") == "y2" else "yaxis")
        if one["uid"] == "mean-band" and state.floor == 0.0:
            seen = seen[seen >= low]  # without a floor nothing but 0 ends a mean less its sd
        assert seen.min() >= low - 1e-6 * abs(low) or seen.min() < 1e-6, one["uid"]
        assert seen.max() <= high * (1 + 1e-6), one["uid"]


@pytest.mark.parametrize("name", PRESET_STATES)
def test_the_rows_hold_every_line_of_a_preset(name):
    assert_every_line_is_held(PRESET_STATES[name])


@pytest.mark.parametrize(
    "show", [("theory",), ("theory", "logy"), ("theory", "mean", "state", "health", "share")]
)
def test_the_rows_hold_the_largest_noise_at_a_short_memory(show):
    assert_every_line_is_held(replace(DEFAULT, sigma=2.0, beta=0.9, show=show))


def test_the_rows_hold_the_mean_less_its_sd_where_one_seed_lies_far_from_the_others():
    far = {"beta": 0.0, "ratio": 0.001, "warmup_steps": 0, "steps_per_epoch": 1, "epochs": 1}
    assert_every_line_is_held(
        replace(DEFAULT, floor=0.1875, sigma=1.0, drift=1.0, x="epochs", show=("logy", "mean"), **far)
    )


@settings(max_examples=60, deadline=None)
@given(states())
def test_the_rows_hold_every_line_of_any_setting(state):
    assert_every_line_is_held(state)


def test_weights_are_on_a_logarithmic_axis_at_first():
    assert picture_of()["layout"]["yaxis"]["type"] == "log"
    assert picture_of(show=("theory",))["layout"]["yaxis"]["type"] == "linear"


def test_both_rows_share_one_time_axis_and_one_cursor():
    layout = picture_of()["layout"]
    assert {layout["yaxis2"]["anchor"], layout["hoversubplots"]} == {"x", "axis"}
    assert layout["yaxis"]["domain"][0] > layout["yaxis2"]["domain"][1]
    times = {
        one.get("xaxis", "x") for one in picture_of()["data"] if one["uid"].startswith(("seed-", "off-"))
    }
    assert times == {"x"}


def test_lines_are_named_where_they_end_and_not_in_a_legend():
    picture = picture_of()
    ends = next(one for one in picture["data"] if one["uid"] == "ends")
    assert [text.partition("</span> ")[2] for text in ends["text"]] == [
        "↕ floor",
        "equilibrium",
        "exact bound",
        "EMA state",
    ]
    x, y = trace(picture, "ends")
    assert (x == 1.0).all()
    assert y[0] > y[1] > y[2] > y[3]
    assert y[3] == pytest.approx(0.002, rel=0.1)
    assert picture["layout"]["showlegend"] is False


@settings(max_examples=60, deadline=None)
@given(states())
def test_no_two_names_lie_on_one_another(state):
    picture = weights_picture(drawn(state), {})
    low, high = picture["layout"]["yaxis"]["range"]
    _, y = trace(picture, "ends")
    log = picture["layout"]["yaxis"]["type"] == "log"
    places = np.sort((np.log10(y.astype(float)) if log else y) - low) / (high - low)
    assert (np.diff(places) > 0.99 * GAP).all()
    assert places[0] >= 0.0
    assert places[-1] <= 1.0


def test_names_that_are_far_apart_stay_where_their_lines_end():
    assert spread([0.2, 0.9, 0.5], 0.1) == [0.2, 0.9, 0.5]
    assert spread([0.5, 0.5], 0.1) == pytest.approx([0.45, 0.55])
    assert spread([0.0, 0.01, 0.3], 0.1) == pytest.approx([0.05, 0.15, 0.3])


def test_the_floor_has_a_handle_on_its_line():
    floor = next(one for one in picture_of()["data"] if one["uid"] == "floor")
    assert floor["mode"] == "lines+markers"
    assert sum(size > 0 for size in floor["marker"]["size"]) == 1


@pytest.mark.parametrize("change", [{}, {"beta": 0.995}, {"x": "steps"}, {"warmup_steps": 0}])
def test_the_time_constant_is_marked_from_the_end_of_the_warm_up(change):
    state = replace(DEFAULT, **change)
    x, y = trace(weights_picture(drawn(state), {}), "tau")
    unit = 1 if state.x == "steps" else state.steps_per_epoch
    begin = state.warmup_steps
    assert x == pytest.approx([begin / unit, (begin + time_constant(state.beta)) / unit], rel=1e-5)
    assert y[0] == y[1] == pytest.approx(0.5 - (1 - np.exp(-1)) * 0.498, rel=0.02)


def test_no_time_constant_is_marked_where_there_is_no_gap():
    _, y = trace(picture_of(ratio=1.0), "tau")
    assert (y < 1e-3).all()


def test_what_the_pointer_reads_are_the_lines_at_one_time_and_nothing_internal():
    picture = picture_of()
    read = [one for one in picture["data"] if one.get("hoverinfo") != "skip"]
    assert {one["uid"].partition("-")[0] for one in read} == {"theory", "seed", "off"}
    assert len({one["x"]["bdata"] for one in read}) == 1
    for quiet in picture["data"]:
        assert quiet.get("hoverinfo") != "skip" or quiet["hovertemplate"] is None
    assert picture["layout"]["xaxis"]["unifiedhovertitle"]["text"].startswith("epoch ")
    assert picture_of(x="steps")["layout"]["xaxis"]["unifiedhovertitle"]["text"].startswith("step ")


def test_what_is_shown_beside_the_weight_looks_like_nothing_else():
    picture = picture_of(show=("mean", "state", "health", "share"), seeds=(42,))
    looks = [
        (one["line"]["color"], one["line"]["dash"])
        for one in picture["data"]
        if one["uid"].startswith(("state-", "health-", "share-", "seed-"))
    ]
    assert len({color for color, _ in looks}) == len({dash for _, dash in looks}) == len(looks) == 4


@settings(max_examples=40, deadline=None)
@given(states(show=("theory", "state", "logy")))
def test_positions_of_a_slider_have_the_same_traces(state):
    first, then = (weights_picture(drawn(s), {}) for s in (state, replace(state, beta=0.5, floor=0.1)))
    assert first["key"] == then["key"]
    assert [one["uid"] for one in first["data"]] == [one["uid"] for one in then["data"]]
