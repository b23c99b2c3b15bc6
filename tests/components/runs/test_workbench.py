"""Panels, time axes, smoothing, groups and differences of the Runs picture, as data."""

import itertools
import json

import numpy as np
import pytest

from components.layout.url_state import from_text, to_text
from components.run_source.selected_run import Shown
from components.runs.figure.figure import runs_picture
from components.runs.figure.layout import domains
from components.runs.figure.panels import baseline_options
from components.runs.groups import group_options, groups_of
from components.runs.labels import panels_hint
from components.runs.playhead import playhead
from components.runs.state import RunsState
from gaba_core.runs import read_run, smoothed
from tests.components.drawn import numbers
from tests.run_logs import info, records, trace, write

PANELS = ("rmse_last", "nasa", "losses")


def log(shift=0.0, epochs=6, **extra):
    losses = {"loss_rul": 2.0, "loss_health": 1.0, "seconds": 2.0 + shift}
    rows = [r | {"rmse_last": r["rmse_last"] + shift} for r in records(epochs, **(losses | extra))]
    return json.dumps(rows)


def item(folder, seed, shift=0.0, method="gaba", epochs=6):
    about = info(seed=seed, method=method)
    run = read_run(write(folder / f"{seed}", log(shift, epochs), about, trace(5 * epochs, seed=seed)))
    return Shown(f"FD002/{method}/seed_{seed}", f"{method} {seed}", run, seed % 8)


@pytest.fixture
def runs(tmp_path):
    return [item(tmp_path, 1), item(tmp_path, 2, 2.0), item(tmp_path, 3, 6.0, "dwa", epochs=4)]


def lines(picture, start, axis=None):
    found = [t for t in picture["data"] if t["uid"].startswith(start) and axis in (None, t.get("yaxis"))]
    return [(numbers(t["x"]["bdata"]), numbers(t["y"]["bdata"])) for t in found]


def metric(s):
    return s.run.metrics["rmse_last"].astype(np.float32)


def test_every_panel_shares_the_time_axis_and_has_its_playhead(runs):
    picture = runs_picture(runs, RunsState(metric=PANELS))
    assert {t.get("yaxis", "y") for t in picture["data"]} == {"y", "y2", "y3", "y4"}
    assert [t["uid"] for t in picture["data"] if t["uid"].startswith("playhead")] == [
        "playhead-y", "playhead-y2", "playhead-y3", "playhead-y4",
    ]  # fmt: skip
    layout = picture["layout"]
    assert layout["xaxis"]["anchor"] == "y4"
    assert (layout["hoversubplots"], layout["xaxis"]["spikemode"]) == ("axis", "across")
    assert "xaxis2" not in layout


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_panels_fill_the_picture_without_touching(count):
    places = domains(count)
    assert len(places) == count
    assert places[0][1] == 1.0
    assert places[-1][0] == pytest.approx(0.0)
    assert all(above[0] > below[1] + 0.02 for above, below in itertools.pairwise(places))
    assert all(low < high for low, high in places)


def test_the_hover_box_holds_all_panels_until_it_would_hide_them(runs):
    few, many = (runs_picture(runs, RunsState(metric=m)) for m in (("rmse_last",), PANELS))
    assert few["layout"]["hovermode"] == "x unified"  # three lines of each of three runs
    assert many["layout"]["hovermode"] == "closest"  # and six
    grouped = runs_picture(runs, RunsState(metric=PANELS, group="method"))
    assert grouped["layout"]["hovermode"] == "x unified"


def test_no_panel_below_is_a_choice_and_a_missing_metric_gives_way(runs):
    assert lines(runs_picture(runs, RunsState(metric=())), "metric-") == []
    assert len(lines(runs_picture(runs, RunsState(metric=("not there",))), "metric-0")) == 3
    partly = runs_picture(runs, RunsState(metric=("not there", "nasa")))
    assert partly["layout"]["yaxis2"]["title"]["text"] == "NASA score"
    assert "yaxis3" not in partly["layout"]


def test_seconds_add_up_along_the_axis(runs):
    picture = runs_picture(runs, RunsState(x="seconds"))
    assert lines(picture, "metric-0")[0][0].tolist() == [2, 4, 6, 8, 10, 12]
    assert lines(picture, "metric-0")[1][0].tolist() == [4, 8, 12, 16, 20, 24]
    assert picture["layout"]["xaxis"]["title"]["text"] == "seconds of training"
    (band,) = lines(picture, "regime-warm-up")
    assert band[0].max() == pytest.approx(2.0 * 4 / 5)  # the fourth of five steps that take two seconds


def test_without_seconds_time_stays_in_epochs_and_says_so(runs):
    plain = Shown("p", "p", read_run(json.dumps(records())), 0)
    picture = runs_picture([runs[0], plain], RunsState(x="seconds"))
    assert picture["layout"]["xaxis"]["title"]["text"] == "epoch (not every run here tells its seconds)"


def test_a_logarithmic_axis_counts_what_is_completed(runs):
    picture = runs_picture(runs, RunsState(show=("applied", "logx")))
    assert picture["layout"]["xaxis"]["type"] == "log"
    assert lines(picture, "metric-0")[0][0].tolist() == [1, 2, 3, 4, 5, 6]
    in_steps = runs_picture(runs, RunsState(x="steps", show=("applied", "logx", "regimes")))
    assert lines(in_steps, "applied-0")[0][0].tolist() == list(range(1, 31))
    assert lines(in_steps, "regime-warm-up")[0][0].min() == 1.0
    assert playhead(runs, RunsState(show=("logx",)))["xs"] == [1, 2, 3, 4, 5, 6]


def test_a_long_run_keeps_its_start_on_a_logarithmic_axis(tmp_path):
    run = read_run(write(tmp_path, log(epochs=4000), info(), trace(20_000)))
    picture = runs_picture([Shown("k", "k", run, 0)], RunsState(x="steps", show=("applied", "logx")))
    x, _ = lines(picture, "applied-0")[0]
    assert x.size <= 1000
    assert np.unique(x[x <= 20]).size >= 18


def test_smoothing_moves_the_metric_and_leaves_the_log_below_and_the_weights_alone(runs):
    plain, smooth = (runs_picture(runs, RunsState(smooth=f)) for f in (0.0, 0.8))
    for s, (_, y), (_, raw) in zip(runs, lines(smooth, "metric-0"), lines(smooth, "raw-0"), strict=True):
        np.testing.assert_array_equal(y, smoothed(s.run.metrics["rmse_last"], 0.8).astype(np.float32))
        np.testing.assert_array_equal(raw, metric(s))
    for before, after in zip(lines(plain, "applied-0"), lines(smooth, "applied-0"), strict=True):
        np.testing.assert_array_equal(before[1], after[1])
    np.testing.assert_array_equal(lines(plain, "metric-0")[0][1], metric(runs[0]))
    line = next(t for t in smooth["data"] if t["uid"].startswith("metric-0"))
    assert "logged %{customdata" in line["hovertemplate"]
    np.testing.assert_array_equal(numbers(line["customdata"]["bdata"]), metric(runs[0]))


def test_runs_of_one_method_become_a_mean_in_its_band_with_each_run_behind(runs):
    picture = runs_picture(runs, RunsState(group="method"))
    mean, alone = lines(picture, "mean-y2")
    np.testing.assert_allclose(mean[1], (metric(runs[0]) + metric(runs[1])) / 2, rtol=1e-6)
    np.testing.assert_array_equal(alone[1], metric(runs[2]))
    (band,) = lines(picture, "band-y2")
    assert band[1].max() == pytest.approx((mean[1] + np.sqrt(2.0)).max())
    assert len(lines(picture, "one-0", "y2")) == 3
    named = [t["name"] for t in picture["data"] if t.get("showlegend") and t["uid"].startswith("mean")]
    assert named == ["weight rul, mean of gaba", "weight rul, dwa"]
    colors = [t["line"]["color"] for t in picture["data"] if t["uid"].startswith("mean-y2")]
    assert len(set(colors)) == 2


def test_groups_are_offered_by_column_and_by_what_differs(runs):
    values = [option["value"] for option in group_options(runs, RunsState())]
    assert values[:6] == ["", "all", "subset", "method", "seed", "device"]
    assert "beta" not in values
    assert "beta" in [option["value"] for option in group_options(runs, RunsState(group="beta"))]
    assert [len(g.members) for g in groups_of(runs, RunsState(group="beta"))] == [3]
    assert [g.label for g in groups_of(runs, RunsState(group="seed"))] == ["Seed 1", "Seed 2", "Seed 3"]
    assert [g.label for g in groups_of(runs, RunsState(group="nothing"))] == ["nothing not said"]


def test_differences_are_from_the_pinned_run_where_both_are(runs):
    picture = runs_picture(runs, RunsState(baseline=runs[0].key, metric=("rmse_last",)))
    same, second, third = (y for _, y in lines(picture, "metric-0"))
    assert same.tolist() == [0.0] * 6
    assert second.tolist() == [2.0] * 6
    assert third.tolist() == [6.0] * 4
    assert picture["layout"]["yaxis2"]["title"]["text"] == "Δ RMSE (cycles)"
    assert picture["layout"]["yaxis2"]["type"] == "linear"
    assert lines(picture, "regime") == lines(picture, "floor") == []


def test_in_seconds_the_baseline_is_read_between_its_records(runs):
    picture = runs_picture(runs[:2], RunsState(baseline=runs[0].key, x="seconds"))
    x, y = lines(picture, "metric-0")[1]
    expected = metric(runs[1]) - np.interp(x, [2, 4, 6, 8, 10, 12], metric(runs[0]))
    np.testing.assert_allclose(y[x <= 12], expected[x <= 12], rtol=1e-6)
    assert np.isnan(y[x > 12]).all()


def test_a_group_can_be_the_baseline(runs):
    state = RunsState(group="method", baseline="group: method gaba")
    assert [o["label"] for o in baseline_options(runs, state)][1] == "Mean of gaba"
    picture = runs_picture(runs, state)
    ours, theirs = (y for _, y in lines(picture, "mean-y2"))
    np.testing.assert_allclose(ours, 0.0, atol=1e-6)
    np.testing.assert_allclose(theirs, 5.0, rtol=1e-6)


def test_a_baseline_that_is_not_drawn_changes_nothing(runs):
    plain = runs_picture(runs, RunsState())
    assert runs_picture(runs, RunsState(baseline="FD004/gaba/seed_1"))["key"] == plain["key"]


def test_at_a_time_every_run_shows_its_last_record_by_then(runs):
    head = playhead(runs[:2], RunsState(x="seconds"))
    assert head["xs"] == [2, 4, 6, 8, 10, 12, 16, 20, 24]
    rmse = [table[2] for table in head["values"]]
    first, second = (s.run.metrics["rmse_last"].tolist() for s in runs[:2])
    assert rmse[0] == [*first, None, None, None]
    assert rmse[1] == [None, second[0], second[0], second[1], second[1], second[2], *second[3:]]
    assert head["words"][2] == "6.0 s, epoch 2"


def test_every_control_survives_the_way_through_the_url():
    state = RunsState(metric=("a%2Cb", "nasa"), smooth=0.85, group="optimisation/rate", baseline="a, b/c",
                      x="seconds", show=("logx",))  # fmt: skip
    assert from_text(RunsState, to_text(state)) == (state, ())
    assert state.metrics == ("a,b", "nasa")
    assert from_text(RunsState, {"metric": ""})[0].metric == ()


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("smooth", "1", "smooth must be a number in [0, 0.99]; got 1.0."),
        ("smooth", "much", "smooth must be a number; got 'much'."),
        ("metric", "a,b,c,d", "metric must be 3 names at most; got 4."),
        ("show", "mean", "show must be one of"),
    ],
)
def test_what_no_control_can_hold_is_refused_by_name(name, value, rule):
    state, problems = from_text(RunsState, {name: value, "group": "method"})
    assert state == RunsState(group="method")
    assert rule in problems[0]


def test_the_selector_of_panels_says_what_is_drawn_where_no_wish_is_met():
    log = [{"epoch": i, "loss_a": 1.0 / (i + 1), "loss_b": 2.0} for i in range(5)]
    shown = (Shown("k", "k", read_run(json.dumps(log)), 0),)
    assert panels_hint(shown, RunsState()) == "Drawn: Losses by task"
    assert panels_hint(shown, RunsState(metric=("losses",))) == "Add a panel"
