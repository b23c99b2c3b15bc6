"""The Runs picture of logs that other programs wrote: no weights, many losses, gaps, steps for epochs."""

import json

import numpy as np
import pytest

from components.run_source.selected_run import Shown
from components.runs.figure.figure import runs_picture
from components.runs.figure.legend_keys import quantity_lines
from components.runs.labels import metric_options, panels_of
from components.runs.playhead import FOUR, cell, columns, playhead
from components.runs.state import RunsState
from gaba_core.runs import read_run
from tests.components.drawn import numbers
from tests.run_logs import records


def shown(content, key="k", style=0):
    text = content if isinstance(content, str) else json.dumps(content)
    return Shown(key, key, read_run(text), style)


def line(picture, start):
    trace = next(t for t in picture["data"] if t["uid"].startswith(start))
    return numbers(trace["x"]["bdata"]), numbers(trace["y"]["bdata"])


def axes(picture):
    return {t.get("yaxis", "y") for t in picture["data"]}


DETECTRON = "\n".join(
    json.dumps(
        {"iteration": 20 * i + 19, "loss_cls": 1 / (i + 1), "loss_box": 2.0, "loss_rpn": 0.1, "lr": 1e-3}
        | ({"bbox/AP": 20.0 + i} if i % 3 == 2 else {})
    )
    for i in range(9)
)


def test_a_log_without_weights_gives_its_losses_the_whole_picture():
    runs = (shown(DETECTRON),)
    picture = runs_picture(runs, RunsState())
    assert panels_of(runs, RunsState()) == ("losses",)
    assert axes(picture) == {"y2"}
    assert picture["layout"]["yaxis2"]["domain"] == pytest.approx([0.0, 1.0])
    assert "yaxis" not in picture["layout"]
    assert picture["layout"]["xaxis"]["title"]["text"] == "step"


def test_three_losses_of_one_run_are_told_apart_by_colour_as_the_legend_says():
    runs = (shown(DETECTRON),)
    traces = [t for t in runs_picture(runs, RunsState())["data"] if t["uid"].startswith("metric-")]
    colors = [t["line"]["color"] for t in traces]
    assert len(set(colors)) == 3
    keys = dict(quantity_lines(runs, RunsState(), grouped=False, compared=False))
    assert [keys[name].rsplit(" ")[-1] for name in ("cls", "box", "rpn")] == colors
    assert "applied weight" not in keys


def test_a_metric_of_some_records_is_one_line_over_those_records():
    x, y = line(runs_picture((shown(DETECTRON),), RunsState(metric=("bbox/AP",))), "metric-0")
    assert x.tolist() == [59, 119, 179]
    assert y.tolist() == [22, 25, 28]


def test_a_gap_is_crossed_out_at_the_foot_of_its_panel_and_breaks_the_line():
    rows = [{"epoch": e, "val_loss": float("nan") if e > 3 else 4.0 - e} for e in range(6)]
    picture = runs_picture((shown(rows),), RunsState())
    x, y = line(picture, "gap-y2")
    assert x.tolist() == [4, 5]
    assert np.isnan(line(picture, "metric-0")[1]).tolist() == [False] * 4 + [True] * 2
    low = picture["layout"]["yaxis2"]["range"][0]
    assert y.tolist() == pytest.approx([10**low, 10**low])


def test_a_loss_below_zero_turns_the_logarithmic_axis_off_and_a_huge_one_is_not_cut():
    below = [{"epoch": e, "loss": 1.0 - e} for e in range(3)]
    assert runs_picture((shown(below),), RunsState())["layout"]["yaxis2"]["type"] == "linear"
    huge = [{"epoch": e, "loss": 1e13 if not e else 1.0} for e in range(9)]
    axis = runs_picture((shown(huge),), RunsState())["layout"]["yaxis2"]
    assert axis["type"] == "log"
    assert axis["range"][1] > 13.0


def test_a_log_without_weights_beside_one_with_weights_adds_a_panel_of_its_own():
    runs = (shown(records(), "a"), shown(DETECTRON, "b", 1))
    assert panels_of(runs, RunsState()) == ("rmse_last", "losses")
    assert axes(runs_picture(runs, RunsState())) == {"y", "y2", "y3"}


def test_the_playhead_counts_steps_where_the_log_does_and_reads_out_every_loss():
    runs = (shown(DETECTRON),)
    head = playhead(runs, RunsState())
    assert head["words"][:2] == ["step 19", "step 39"]
    assert [c.label for c in columns(runs, RunsState())] == ["Loss cls", "Loss box", "Loss rpn"]
    assert head["values"][0][1][0] == 2.0


def test_rows_of_an_epoch_whose_step_ascends_are_each_shown_with_what_they_say():
    text = "epoch,step,loss,val_loss\n0,9,3,\n0,19,2,5\n0,29,1,\n1,39,.5,\n"
    head = playhead((shown(text),), RunsState(metric=("loss", "val_loss")))
    assert head["values"][0] == [[3.0, 2.0, 1.0, 0.5], [None, 5.0, None, None]]


def test_the_metric_that_judges_the_model_stands_first_and_clocks_last():
    rows = [{"wall_time": e, "epoch": e, "acc": 0.5, "val_loss": 2.0 - e} for e in range(2)]
    assert [o["value"] for o in metric_options((shown(rows),))] == ["val_loss", "acc", "wall_time"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"), (0.0, "0"), (1.9938e-4, "0.0001994"), (3.488e-12, "3.488×10⁻¹²"), (-0.13329, "-0.1333"),
        (7.5, "7.500"), (234.388, "234.4"), (1991.8714, "1992"), (62280.81, "62281"), (1.15e13, "1.150×10¹³"),
    ],
)  # fmt: skip
def test_a_number_of_any_size_has_four_digits_at_the_playhead(value, text):
    assert cell(value, FOUR) == text
    assert cell(0.25, 3) == "0.250"
