"""What the reader sets and predicts: every number in words and formulas is the core's."""

import re
from dataclasses import replace

import numpy as np
import pytest

from components.guide import bound, prediction
from components.guide.diagram_figure import stages, trio_picture
from components.guide.examples import EPOCHS, EXAMPLES, following, outcome
from components.guide.prediction_figure import MET, REST, prediction_picture
from components.guide.state import GuideState
from gaba_core import ParameterError, floor_renormalise, simulate, weight_bounds
from tests.components.drawn import trace


@pytest.mark.parametrize("example", EXAMPLES)
def test_what_comes_of_an_example_is_what_its_run_does(example):
    params = replace(EXAMPLES[example], epochs=60)
    run, found = simulate(params), outcome(example)
    below = np.flatnonzero(run.state[0, :, 0] < params.floor)
    if found.met is None:
        assert not below.size
    else:
        assert found.met == pytest.approx((below[0] + 1) / params.steps_per_epoch, abs=0.05)
        assert found.met < EPOCHS
    assert found.rest == pytest.approx(run.weights[0, -1, 0], rel=1e-3)


def test_the_examples_go_round_and_one_of_them_never_meets_its_floor():
    seen = ["1"]
    while (after := following(seen[-1])) != "1":
        seen.append(after)
    assert seen == list(EXAMPLES)
    assert outcome("3").met is None


def test_before_it_is_revealed_neither_the_curve_nor_its_numbers_are_sent():
    hidden = prediction_picture(GuideState())
    assert not {"weight-2", "state-2"} & {drawn["uid"] for drawn in hidden["data"]}
    assert hidden["text"]["verdict"] == (
        "Your markers: floor met at epoch 3.0, settled at 0.2000. Set both, then show the curve."
    )
    never = prediction_picture(GuideState(met=float(EPOCHS)))["text"]["verdict"]
    assert never.startswith("Your markers: floor never met, settled at")
    shown = prediction_picture(GuideState(shown="curve"))
    x, y = trace(shown, "weight-2")
    run = simulate(EXAMPLES["1"])
    assert y == pytest.approx(run.weights[0, np.rint(x * 49).astype(int), 0], abs=1e-6)


def test_the_markers_stand_where_the_reader_set_them():
    picture = prediction_picture(GuideState(met=7.25, rest=0.031))
    assert set(trace(picture, MET)[0].tolist()) == {7.25}
    assert trace(picture, REST)[1] == pytest.approx([0.031, 0.031])


def said(**changes):
    return prediction.verdict(GuideState(shown="curve", **changes))


def test_the_verdict_says_how_far_off_and_why():
    found = outcome("1")
    right = said(met=round(4 * found.met) / 4, rest=found.rest)
    assert right.count("as you said") == 2
    early = said(met=found.met - 100 / 49)
    assert "2.0 later than you said: nothing moves in the 100 steps of warm-up" in early
    late = said(met=found.met + 3, rest=0.1)
    assert "3.0 earlier than you said: 100 steps of warm-up, then 80 of falling" in late
    assert re.search(r"settles at 0\.0911, 9\.8\s?% below your mark: .*0\.1 / 1\.098\.$", late)


def test_a_floor_that_is_never_met_is_said_to_those_who_marked_it_and_to_those_who_did_not():
    assert said(example="3", met=EPOCHS).startswith("Right, the floor is never met: the raw share, 0.0909")
    assert said(example="3", met=5.0).startswith("The floor is never met")
    assert "with no floor in the way it is the raw share" in said(example="3", rest=0.3)
    assert "and not never" in said(example="1", met=EPOCHS)


@pytest.mark.parametrize("ratio", [5.0, 500.0])
def test_each_stage_shows_what_the_controller_makes_of_the_ratio(ratio):
    state = GuideState(ratio=ratio)
    text = stages(state)
    share = float(text["share"].removeprefix("r = "))
    raised = [max(share, 0.05), max(1 - share, 0.05)]
    assert float(text["clamped"].removeprefix("u = ")) == pytest.approx(raised[0], abs=1e-4)
    weight = floor_renormalise(np.array([share, 1 - share]), 0.05)[0]
    assert float(text["weight"].rpartition("= ")[2]) == pytest.approx(weight, abs=2e-4)
    picture = trio_picture(state)
    _, average = trace(picture, "x-signal")
    _, clamped = trace(picture, "u-signal")
    assert clamped == pytest.approx(np.maximum(average, 0.05))
    _, raw = trace(picture, "r-signal")
    assert np.std(raw[150:]) > 5 * np.std(average[-100:] - np.linspace(average[-100], average[-1], 100))


@pytest.mark.parametrize(("tasks", "floor"), [(2, 0.05), (5, 0.1), (8, 0.125)])
def test_the_numbers_of_the_proof_are_the_exact_bounds(tasks, floor):
    text = bound.texts(GuideState(tasks=tasks, m=floor))
    low, high = weight_bounds(tasks, floor)
    assert (float(text["lower"]), float(text["upper"])) == pytest.approx((low, high), abs=5e-5)
    assert floor / float(text["sum"]) == pytest.approx(low, abs=1e-4)
    assert floor / float(text["reached-sum"]) == pytest.approx(float(text["reached"]), abs=1e-4)


def test_a_floor_above_one_over_k_is_cut_and_that_is_said():
    text = bound.texts(GuideState(tasks=8, m=0.3))
    assert "A floor above 1/K means nothing: 0.1250 is used." in text["proof"]
    assert float(text["lower"]) == pytest.approx(0.125 / 1.875, abs=5e-5)


def test_every_live_number_of_a_formula_is_known():
    known = bound.texts(GuideState())
    for _, formula in bound.STEPS:
        assert set(re.findall(r"\[(.+?)\]", formula)) <= set(known)
        props = bound.formula(formula, known).to_plotly_json()["props"]
        assert all(props[f"data-{name}"] == known[name] for name in re.findall(r"\[(.+?)\]", formula))


@pytest.mark.parametrize("changes", [{"example": "7"}, {"shown": "all"}, {"tasks": 9}, {"met": -1.0}])
def test_a_state_that_is_none_is_refused(changes):
    with pytest.raises(ParameterError, match=next(iter(changes))):
        GuideState(**changes)
