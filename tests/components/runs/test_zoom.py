"""The reader's zoom: in the link, in the axes, and in the detail of what is drawn."""

import json

import numpy as np
import pytest

from components.layout.url_state import from_text, to_text
from components.run_source.selected_run import Shown
from components.runs.figure.curves import Mean, RunCurve
from components.runs.figure.figure import runs_picture
from components.runs.figure.zoom_detail import AROUND, detailed
from components.runs.playhead import MOST, playhead
from components.runs.state import RunsState
from components.runs.time_axis import TimeAxis
from components.runs.zoom import context, zoomed
from gaba_core.runs import read_run
from tests.components.drawn import trace
from tests.run_logs import records

RECORDS = 40_000


@pytest.fixture(scope="module")
def long():
    """A run with one record out of line, which only full detail shows beside its neighbours."""
    log = records(50) + [{**records(1)[0], "epoch": e, "rmse_last": 10.0 + e % 7} for e in range(50, RECORDS)]
    return Shown("k", "k", read_run(json.dumps(log)), 0)


def line(picture, start):
    return trace(picture, next(t["uid"] for t in picture["data"] if t["uid"].startswith(start)))


def named(picture, axis):
    return picture["layout"]["meta"]["zoom"][axis]["name"]


def zoom(picture, **ranges):
    return RunsState(zoom=tuple(f"{named(picture, a)}:{low}:{high}" for a, (low, high) in ranges.items()))


def test_a_zoom_along_time_brings_every_record_in_sight(long):
    whole = runs_picture([long], RunsState())
    x, _ = line(whole, "metric-0")
    assert x.size <= 1000
    near = runs_picture([long], zoom(whole, xaxis=(30_000, 30_500)))
    x, y = line(near, "metric-0")
    seen = (x >= 30_000) & (x <= 30_500)
    np.testing.assert_array_equal(x[seen], np.arange(30_000, 30_501))
    np.testing.assert_array_equal(y[seen], long.run.metrics["rmse_last"][30_000:30_501])
    assert x.size <= 1000
    assert (x[0], x[-1]) == (0, RECORDS - 1)
    assert near["layout"]["xaxis"]["range"] == [30_000, 30_500]
    assert near["layout"]["yaxis"]["range"] == whole["layout"]["yaxis"]["range"]


def test_a_zoom_stays_when_the_run_grows(long):
    whole = runs_picture([long], RunsState())
    state = zoom(whole, xaxis=(10, 20), yaxis=(0.1, 0.2), yaxis2=(1.0, 1.2))
    grown = read_run(json.dumps(records(60)))
    layout = runs_picture([Shown("k", "k", grown, 0)], state)["layout"]
    assert [layout[a]["range"] for a in ("xaxis", "yaxis", "yaxis2")] == [[10, 20], [0.1, 0.2], [1.0, 1.2]]
    assert layout["meta"]["zoom"]["xaxis"]["whole"] != [10, 20]


@pytest.mark.parametrize(
    ("change", "retained"),
    [
        ({"metric": ("nasa",)}, ["xaxis", "yaxis"]),
        ({"show": ("applied", "state")}, ["xaxis", "yaxis"]),  # no logarithm
        ({"window": "transient"}, ["yaxis", "yaxis2"]),
        ({"task": "health"}, ["xaxis", "yaxis2"]),
    ],
)
def test_a_zoom_of_something_else_is_let_go(long, change, retained):
    whole = runs_picture([long], RunsState())
    state = zoom(whole, xaxis=(10, 20), yaxis=(0.1, 0.2), yaxis2=(1.0, 1.2))
    other = RunsState(**({"zoom": state.zoom} | change))
    layout = runs_picture([long], other)["layout"]
    meta = layout["meta"]["zoom"]
    assert [axis for axis in meta if layout[axis]["range"] != meta[axis]["whole"]] == retained


def test_a_zoom_survives_the_link(long):
    state = zoom(runs_picture([long], RunsState()), xaxis=(0.5, 2e5), yaxis2=(-1.5, 3))
    assert from_text(RunsState, to_text(state)) == (state, ())


@pytest.mark.parametrize("ends", ["", "1", "1:2:3", "2:1", "1:1", "a:b", "nan:1", "0:inf"])
def test_a_zoom_that_is_none_is_ignored(ends):
    assert zoomed("x", "c", [f"x:c:{ends}"]) is None


def test_contexts_tell_what_stands_on_an_axis():
    assert context("a", "bc") != context("ab", "c")
    assert zoomed("x", "c", ["y:c:1:2", "x:d:1:2", "x:c:3:4"]) == (3.0, 4.0)


def test_lines_out_of_sight_stay_in_outline_with_their_peaks():
    x = np.arange(10_000.0)
    y = np.zeros(10_000)
    y[7_777] = 5.0
    axis = TimeAxis([], RunsState())
    axis.view = (100.0, 200.0)
    curve = detailed(RunCurve("metric", "m", 0, x, y, y), axis)
    assert curve.x.size <= 103 + AROUND
    assert curve.raw is curve.y
    assert curve.y.max() == 5.0
    mean = detailed(Mean("metric", "m", 0, x, y, y + 1.0, y + 2.0, y + 3.0), axis)
    assert mean.x.size == mean.sd.size == mean.count.size == curve.x.size
    np.testing.assert_array_equal(mean.raw, mean.y + 1.0)


def test_the_playhead_of_a_long_run_reaches_every_record_once_it_is_in_sight(long):
    far = playhead([long], RunsState())
    assert len(far["epochs"]) <= MOST + 2
    assert far["epochs"][0] == 0
    assert far["epochs"][-1] == RECORDS - 1
    assert far["epochs"][far["best"]] == long.run.best_epoch
    state = zoom(runs_picture([long], RunsState()), xaxis=(1000.2, 1100.5))
    near = playhead([long], state)
    assert near["epochs"] == list(range(1001, 1101))
    column = near["values"][0][2]
    assert column == long.run.metrics["rmse_last"][1001:1101].tolist()


def test_all_holds_the_strays_that_the_usual_range_leaves_out():
    log = [{**record, "epoch": e} for e, record in enumerate(records(10) * 20)]
    log[30]["rmse_last"], log[31]["rmse_last"] = 1e6, 0.0  # a 0, and the axis is not logarithmic
    shown = [Shown("k", "k", read_run(json.dumps(log)), 0)]
    whole = runs_picture(shown, RunsState())
    assert whole["layout"]["yaxis2"]["range"][1] < 1e5
    state = RunsState(zoom=tuple(f"{named(whole, axis)}:all" for axis in ("xaxis", "yaxis2")))
    every = runs_picture(shown, state)["layout"]
    assert every["yaxis2"]["range"][0] < 10.0 < 1e6 < every["yaxis2"]["range"][1]
    assert every["xaxis"]["range"] == whole["layout"]["xaxis"]["range"]
    assert every["yaxis"]["range"] == whole["layout"]["yaxis"]["range"]
    assert [len(drawn["annotations"]) for drawn in (whole["layout"], every)] == [
        1,
        0,
    ]  # "double-click to see all"
    assert from_text(RunsState, to_text(state))[0].zoom == state.zoom
