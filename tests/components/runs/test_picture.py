"""The picture of the Runs view as data."""

import json

import numpy as np
import pytest

from components.plotting.ticks import log_ticks
from components.run_source.runs_link import quoted
from components.run_source.selected_run import Shown
from components.run_source.styles import run_style, slots_of
from components.runs.figure.axis_ranges import metric_span, weight_span
from components.runs.figure.figure import runs_picture
from components.runs.figure.legend_keys import quantity_lines
from components.runs.labels import metric_options, task_options
from components.runs.playhead import cell, columns, playhead
from components.runs.state import SHOWS, RunsState
from gaba_core.runs import read_run
from tests.components.drawn import numbers
from tests.run_logs import info, records, trace, write


def shown(run, key="key", style=0):
    return Shown(key, run.name, run, style)


def uids(picture):
    return [t["uid"] for t in picture["data"]]


def line(picture, start):
    found = [t for t in picture["data"] if t["uid"].startswith(start)]
    assert len(found) == 1, uids(picture)
    return numbers(found[0]["x"]["bdata"]), numbers(found[0]["y"]["bdata"])


@pytest.fixture
def run(tmp_path):
    extra = {f"ratio_p{p}": 10.0 for p in ("05", "50", "95")} | {"loss_rul": 2.0, "loss_health": 1.0}
    return read_run(write(tmp_path, records(**extra), info(), trace(30)))


def test_the_drawn_weights_are_the_files(run):
    picture = runs_picture([shown(run)], RunsState())
    x, y = line(picture, "state-0")
    np.testing.assert_array_equal(x, run.epochs)
    np.testing.assert_array_equal(y, run.state[:, 0].astype(np.float32))
    np.testing.assert_array_equal(line(picture, "applied-0")[1], run.weights[:, 0].astype(np.float32))
    np.testing.assert_array_equal(line(picture, "metric-0")[1], run.metrics["rmse_last"].astype(np.float32))


def test_state_and_applied_weight_are_told_apart_by_dash_and_runs_by_colour_and_symbol(run):
    picture = runs_picture([shown(run, "a", 0), shown(run, "b", 1)], RunsState())
    by_kind = {
        kind: [t for t in picture["data"] if t["uid"].startswith(kind)] for kind in ("state", "applied")
    }
    assert {t["line"]["dash"] for t in by_kind["state"]} == {"dot"}
    assert {t["line"]["dash"] for t in by_kind["applied"]} == {"solid"}
    assert len({t["line"]["color"] for t in by_kind["applied"]}) == 2
    assert len({t["marker"]["symbol"] for t in by_kind["applied"]}) == 2


def test_in_steps_the_step_arrays_are_drawn(run):
    picture = runs_picture([shown(run)], RunsState(x="steps"))
    x, y = line(picture, "applied-0")
    np.testing.assert_array_equal(x, np.arange(30))
    np.testing.assert_array_equal(y, run.steps.weights[:, 0].astype(np.float32))
    assert line(picture, "metric-0")[0].tolist() == [4, 9, 14, 19, 24, 29]


def test_a_run_that_cannot_tell_its_steps_keeps_the_axis_in_epochs_and_says_so(run):
    plain = read_run(json.dumps(records()))
    picture = runs_picture([shown(run), shown(plain, "b", 1)], RunsState(x="steps"))
    assert picture["layout"]["xaxis"]["title"]["text"] == "epoch (not every run here tells its steps)"
    assert line(runs_picture([shown(plain)], RunsState(x="steps")), "state-0")[0].tolist() == [
        0,
        1,
        2,
        3,
        4,
        5,
    ]


def test_a_long_run_is_drawn_with_a_thousand_points_a_line_and_its_peak(tmp_path):
    log = [{"epoch": e, "rmse_last": 1.0 + (e == 4321), "w_a": 0.4, "w_b": 0.6} for e in range(9000)]
    picture = runs_picture([shown(read_run(json.dumps(log)))], RunsState())
    assert max(numbers(t["x"]["bdata"]).size for t in picture["data"]) <= 1000
    assert line(picture, "metric-0")[1].max() == 2.0


def test_bands_are_drawn_where_the_regimes_of_the_first_run_lie(run):
    picture = runs_picture([shown(run)], RunsState(x="steps"))
    x, _ = line(picture, "regime-warm-up")
    assert (x.min(), x.max()) == (0, 3)
    assert "regime-warm-up" not in uids(runs_picture([shown(run)], RunsState(show=("applied",))))


def test_the_best_epoch_is_ringed_on_weight_and_metric(run):
    picture = runs_picture([shown(run)], RunsState())
    assert [line(picture, f"best-{k}")[0].tolist() for k in (0, 1)] == [[4.0], [4.0]]
    assert line(picture, "best-1")[1].tolist() == [9.0]


@pytest.mark.parametrize(
    ("metric", "count"), [("ratio", 2), ("losses", 2), ("nasa", 1), ("not there", 1), ("rmse_last", 1)]
)
def test_every_metric_can_be_drawn_and_a_missing_one_gives_way(run, metric, count):
    picture = runs_picture([shown(run)], RunsState(metric=(metric,)))
    drawn = [t for t in picture["data"] if t.get("yaxis") == "y2"]
    assert sum(t["uid"].startswith(("metric-", "band-")) for t in drawn) == count


def test_names_are_escaped_and_identities_fit_a_selector():
    record = {"epoch": 0, "w_<b>&": 0.5, "w_b": 0.5, "<i>m</i>": 1.0}
    name = '<a href="%">x</a> & ]/"'
    item = Shown(name, name, read_run(json.dumps([record])), 0)
    picture = runs_picture([item], RunsState(metric=(quoted("<i>m</i>"),), show=tuple(SHOWS), task="<b>&"))
    picture["layout"].pop("uirevision")
    text = json.dumps([[t.get("name"), t.get("text")] for t in picture["data"]] + [picture["layout"]])
    assert "<a" not in text
    assert "<b>" not in text
    assert "<i>" not in text
    assert "&lt;a href=" in text
    assert all(
        set(uid) <= set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
        for uid in uids(picture)
    )
    assert "%{" in text or all(
        "<" not in t["hovertemplate"] for t in picture["data"] if t.get("hovertemplate")
    )


@pytest.mark.parametrize("x", ["epochs", "steps", "seconds"])
@pytest.mark.parametrize("log", [
    [{"epoch": 0}],
    [{"epoch": 0, "w_a": 0.5, "w_b": 0.5}],
    [{"epoch": 0, "w_a": None, "w_b": None, "rmse_last": None}],
    [{"epoch": 3, "rmse_last": -1e300}, {"epoch": 3, "rmse_last": 1e300}],
    [{"epoch": e, "lambda_a": -3e5 * e, "lambda_b": 3e5 * e, "rmse_last": 0} for e in range(3)],
])  # fmt: skip
def test_odd_runs_are_drawn_without_complaint(log, x):
    item = shown(read_run(json.dumps(log)))
    other = shown(read_run(json.dumps(log)), "other", 1)
    for changes in ({}, {"metric": ("norms",)}, {"smooth": 0.9}, {"group": "all"}, {"baseline": "key"}):
        picture = runs_picture([item, other], RunsState(x=x, show=tuple(SHOWS), **changes))
        assert json.dumps(picture["layout"], allow_nan=False)
    assert json.dumps(playhead([item], RunsState(x=x)), allow_nan=False)


def test_nothing_selected_is_an_empty_picture():
    picture = runs_picture([], RunsState())
    assert uids(picture) == ["nothing"]
    said = picture["layout"]["annotations"][0]
    assert "Tick a run" in said["text"]
    assert (said["x"], said["y"], said["xref"], said["yref"]) == (0.5, 0.5, "paper", "paper")
    assert playhead([], RunsState())["epochs"] == []
    assert metric_options([]) == task_options([]) == []


def test_the_playhead_carries_the_files_own_numbers(run):
    head = playhead([shown(run)], RunsState())
    names = [c.name for c in columns([shown(run)], RunsState())]
    by_name = dict(zip(names, head["values"][0], strict=True))
    assert by_name["s rul"] == run.state[:, 0].tolist()
    assert by_name["w rul"] == run.weights[:, 0].tolist()
    assert by_name["rmse_last"] == run.metrics["rmse_last"].tolist()
    assert head["epochs"] == [0, 1, 2, 3, 4, 5]
    assert head["epochs"][head["best"]] == 4
    assert head["words"][1:3] == ["epoch 1, step 9", "epoch 2, step 14"]


def test_a_run_shorter_than_the_other_has_gaps_at_the_playhead(run):
    short = read_run(json.dumps(records(2)))
    head = playhead([shown(run), shown(short, "b", 1)], RunsState())
    assert head["values"][1][1][:3] == [0.5, 0.251, None]
    assert cell(None, 3) == "–"
    assert cell(0.047671, 5) == "0.04767"


def test_seeds_keep_their_style_and_no_two_of_ten_runs_look_alike():
    slots = slots_of([42, 42, 123, None, 7, 456, 789, 1024, 0, 1])
    looks = {(run_style(s).color, run_style(s).symbol) for s in slots}
    assert len(looks) == 10
    assert run_style(slots[2]) == run_style(slots_of([123])[0])


def test_a_stray_run_does_not_flatten_the_others():
    calm = read_run(
        json.dumps([{"epoch": e, "lambda_a": 0.4, "lambda_b": 0.6, "nasa": 900.0 + e} for e in range(20)])
    )
    wild = read_run(
        json.dumps([{"epoch": e, "lambda_a": -1e5, "lambda_b": 1e5, "nasa": 1e40} for e in range(3)])
    )
    items = [shown(calm, "a"), shown(wild, "b", 1)]
    layout = runs_picture(items, RunsState(metric=("nasa",)))["layout"]
    low, high = (0.2 * np.sinh(end) for end in layout["yaxis"]["range"])
    assert low <= -1e5
    assert high >= 1.0
    at = dict(zip(layout["yaxis"]["ticktext"], layout["yaxis"]["tickvals"], strict=True))
    assert at["1"] - at["0"] > 0.05 * (layout["yaxis"]["range"][1] - layout["yaxis"]["range"][0])
    assert 10 ** layout["yaxis2"]["range"][1] < 1e12
    assert len(layout["annotations"]) == 1
    assert runs_picture(items[:1], RunsState(metric=("nasa",)))["layout"]["annotations"] == []


@pytest.mark.parametrize("least", [-0.01, -0.4, -2.0, -7.0, -1e4])
def test_a_weight_below_zero_is_in_the_picture(least):
    rows = [{"epoch": e, "lambda_a": 0.4 if e < 5 else least, "lambda_b": 0.6} for e in range(12)]
    calm = read_run(json.dumps([{"epoch": e, "lambda_a": 0.4, "lambda_b": 0.6} for e in range(12)]))
    picture = runs_picture([shown(calm, "a"), shown(read_run(json.dumps(rows)), "b", 1)], RunsState())
    low, high = picture["layout"]["yaxis"]["range"]
    drawn = [numbers(t["y"]["bdata"]) for t in picture["data"] if t["uid"].startswith("applied-0")]
    assert all(low <= values.min() and values.max() <= high for values in drawn)
    assert not picture["layout"]["annotations"]


@pytest.mark.parametrize("log", [True, False])
def test_the_first_records_do_not_flatten_the_story_and_the_best_epoch_is_in_sight(log):
    errors = [70.0, 40.0, 20.0, *np.linspace(15.0, 13.5, 20), *np.linspace(13.5, 15.3, 20)]
    rows = [{"epoch": e, "lambda_a": 0.4, "lambda_b": 0.6, "rmse_last": y} for e, y in enumerate(errors)]
    show = tuple(name for name in RunsState().show if log or name != "logy")
    state = RunsState(metric=("rmse_last",), show=show)
    layout = runs_picture([shown(read_run(json.dumps(rows)))], state)["layout"]
    low, high = (10**end if log else end for end in layout["yaxis2"]["range"])
    assert low < 13.5
    assert 15.3 < high < 20.0
    assert len(layout["annotations"]) == 1


def test_an_early_best_epoch_and_a_late_rise_stay_in_the_picture():
    errors = [9.0, 5.0, 5.5, *np.linspace(20.0, 20.5, 40), 90.0]
    rows = [{"epoch": e, "lambda_a": 0.4, "lambda_b": 0.6, "rmse_last": y} for e, y in enumerate(errors)]
    layout = runs_picture([shown(read_run(json.dumps(rows)))], RunsState(metric=("rmse_last",)))["layout"]
    low, high = (10**end for end in layout["yaxis2"]["range"])
    assert (low < 5.0, high > 90.0) == (True, True)


def test_ranges_of_nothing():
    assert (weight_span([]).low, weight_span([]).high) == (0.0, 1.0)
    assert metric_span([], log=True) is None


@pytest.mark.parametrize(
    ("low", "high"), [(13.0, 15.0), (13.0, 80.0), (1.0, 1e4), (1e-3, 1e40), (900.0, 3e5)]
)
def test_a_log_axis_has_between_two_and_twelve_ticks(low, high):
    ticks = log_ticks(low, high)
    assert 2 <= len(ticks) <= 13
    assert ticks == sorted(ticks)
    assert all(low <= tick <= high for tick in ticks)


@pytest.mark.parametrize(
    ("mappings", "level", "name"),
    [
        (("@floor=0.1",), 0.1, "floor as stated, not recorded"),
        (("@floor=0.05", None), 0.05, "floor"),
        ((None,), 0.05, "floor"),
        (("@floor=0.1", None), None, None),
        (("",), None, None),
    ],
)
def test_a_stated_floor_is_drawn_and_called_so(run, mappings, level, name):
    log = json.dumps(records())
    runs = [run if changes is None else read_run(log, mapping=changes) for changes in mappings]
    drawn = [shown(one, str(i), i) for i, one in enumerate(runs)]
    lines = {t["uid"]: t for t in runs_picture(drawn, RunsState())["data"]}
    named = [line for line, _ in quantity_lines(drawn, RunsState(), grouped=False, compared=False)]
    if level is None:
        assert not {"floor", "exact-lower-bound"} & set(lines)
        assert not [line for line in named if line.startswith("floor")]
        return
    assert lines["floor"]["name"] == name
    assert name in named
    np.testing.assert_array_equal(numbers(lines["floor"]["y"]["bdata"]), np.float32([level, level]))
    bound = np.float32(level / (1.0 + level))
    np.testing.assert_array_equal(numbers(lines["exact-lower-bound"]["y"]["bdata"]), [bound, bound])


def test_a_floor_that_the_tasks_cannot_have_is_not_drawn():
    three = [row | {"w_third": 0.1} for row in records()]
    drawn = shown(read_run(json.dumps(three), mapping="@floor=0.4"))
    assert "floor" not in uids(runs_picture([drawn], RunsState()))


def test_the_time_axis_begins_where_the_run_does(run):
    axis = runs_picture((shown(run),), RunsState())["layout"]["xaxis"]
    assert axis["range"][0] == -1.0  # a record of epoch 0 stands at its end
    steps = runs_picture((shown(run),), RunsState(x="steps"))["layout"]["xaxis"]
    assert steps["range"][0] == 0.0
