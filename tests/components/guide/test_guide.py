"""The Guide says what is true, in few words, and each link shows it."""

import re

import numpy as np
import pytest

from components.anti_windup import view as anti_windup_view
from components.anti_windup.recovery.state import RecoveryState
from components.convergence.state import ConvergenceState
from components.guide import bound, fields, layout
from components.guide.figures import curve_picture
from components.guide.lesson import MOST_WORDS
from components.guide.reading import reading
from components.guide.state import READ, GuideState
from components.layout import published_runs
from components.layout.url_state import from_text
from components.map.state import MapState
from components.replay.state import ReplayState
from components.runs.state import RunsState
from components.step_response.state import StepState
from gaba_core import equilibrium, find_regimes, floor_renormalise, predict_regimes, simulate
from gaba_core.anti_windup import recovery_experiment
from gaba_core.comparators import DivergenceSettings, failures_of, run_divergence
from tests.components.drawn import trace

LESSONS = {lesson.anchor: lesson for _, _, made in layout.CHAPTERS for lesson in made()}
STATES = {
    "/map": MapState,
    "/": ConvergenceState,
    "/step-response": StepState,
    "/runs": RunsState,
    "/replay": ReplayState,
}


def state_of(lesson):
    kinds = {panel.PANEL: panel.STATE for panel in anti_windup_view.PANELS}
    kind = kinds[lesson.query["panel"]] if lesson.path == "/anti-windup" else STATES[lesson.path]
    return from_text(kind, {name: text for name, text in lesson.query.items() if name != "panel"})


def test_there_are_four_and_five_pitfalls_and_thirteen_errata():
    assert {anchor: len(made()) for anchor, _, made in layout.CHAPTERS} == {
        "trio": 3,
        "reading": 4,
        "setting": 5,
        "gradnorm": 7,
        "errata": 13,
        "takeaways": 2,
    }
    assert len(LESSONS) == 34
    assert len(fields.FIELDS) == 13


def test_gradnorms_failures_are_those_of_the_linked_experiment():
    found = failures_of(run_divergence(DivergenceSettings(sigma=1.0)))
    raw, soft = (int(found[f"gradnorm-{form}"].failed("left").sum()) for form in ("raw", "softmax"))
    assert (raw, soft) == (5, 0)
    assert LESSONS["claim-bound"].numbers == {"raw": raw, "softmax": soft}
    low, high = (100 * end(found["gaba"].share["gradient-starved"]) for end in (min, max))
    assert f"{low:.0f}\u202f% to {high:.0f}\u202f%" in LESSONS["claim-imbalance"].truth
    assert state_of(LESSONS["claim-bound"])[0].sigma == 1.0


def test_the_published_run_that_stands_out_is_seed_789_of_fd004():
    odd = published_runs.odd_one()
    assert (odd.subset, odd.seed) == ("FD004", 789)
    assert "14.20 where its siblings have 7.35 to 7.58" in published_runs.answer()
    assert "rest at 0.0477 whatever the seed" in published_runs.answer()


def test_the_rule_is_proportional_with_a_gain_of_one_over_k_less_one():
    numbers = LESSONS["proportional"].numbers
    assert numbers["share"] == pytest.approx(0.5 + (0.5 - numbers["large"]) / (2 - 1), abs=1e-4)


@pytest.mark.parametrize("anchor", LESSONS)
def test_a_lesson_is_short_and_its_link_is_understood_whole(anchor):
    lesson = LESSONS[anchor]
    assert lesson.words <= MOST_WORDS
    assert lesson.truth
    assert state_of(lesson)[1] == ()


def told(anchor, name, digits):
    """A number that the text says and that was computed for it."""
    value = LESSONS[anchor].numbers[name]
    assert f"{value:.{digits}f}".rstrip("0") in LESSONS[anchor].truth.replace("\u202f", "")
    return value


@pytest.mark.parametrize(("anchor", "digits"), [("buffer", 4), ("contraction", 4)])
def test_the_weight_at_rest_is_that_of_the_run_that_the_link_shows(anchor, digits):
    params = ConvergenceState().params
    assert told(anchor, "rest", digits) == pytest.approx(simulate(params).weights[0, -1, 0], abs=1e-5)


def test_the_share_without_a_floor_is_where_the_linked_run_ends():
    params = state_of(LESSONS["no-floor"])[0].params
    assert params.floor == 0.0
    assert told("no-floor", "share", 3) == pytest.approx(float(equilibrium(params)[0]), rel=1e-6)


def test_the_edges_are_those_that_the_linked_run_has():
    params = state_of(LESSONS["boundary"])[0].params
    start = next(regime.start for regime in predict_regimes(params) if regime.name == "equilibrium")
    assert told("boundary", "slow", 0) == start == 1329
    assert told("boundary", "fast", 0) == 158


OTHERS = {"input-clamp": "F", "write-back": "E", "back-calculation": "D"}


@pytest.mark.parametrize(("anchor", "scheme"), OTHERS.items())
def test_the_release_delays_are_those_of_the_linked_experiment(anchor, scheme):
    state = state_of(LESSONS[anchor])[0]
    assert isinstance(state, RecoveryState)
    assert set(state.schemes) == {"A", scheme}
    for name in state.schemes:
        found = recovery_experiment(name, state.before, state.after, state.steps_before, state.steps_after)
        assert LESSONS[anchor].numbers[name] == found.release_delay
        assert re.search(rf"\b{found.release_delay}\b", LESSONS[anchor].truth)


def test_a_floor_of_one_half_leaves_a_third_and_two_thirds():
    state = state_of(LESSONS["full-floor"])[0]
    weights = floor_renormalise(np.array([state.x1, 1.0 - state.x1]), state.floor)
    assert told("full-floor", "full", 4) == pytest.approx(weights[0])


def test_without_renormalising_the_weights_sum_to_more_than_one():
    found = told("unnormalised", "sum", 3)
    assert found == pytest.approx(0.05 + 500.0 / 501.0, abs=1e-3)
    state = state_of(LESSONS["unnormalised"])[0]
    assert state.schemes == ("A", "N")
    assert recovery_experiment("N", state.before, state.after).largest_sum == pytest.approx(found, abs=1e-3)


def test_the_chapters_draws_fail_as_the_monte_carlo_panel_says():
    assert LESSONS["bound-claim"].numbers["nominal"] == 99_998
    assert LESSONS["bound-claim"].numbers["exact"] == 0
    assert "0.0476" in LESSONS["bound-claim"].truth


def test_epochs_and_steps_are_those_of_the_simulator():
    assert told("first-step", "first", 0) == 332
    assert told("five-tau", "five", 1) == pytest.approx((100 + 5 * 99.499) / 49, abs=1e-3)
    params = state_of(LESSONS["an-epoch"])[0].params
    state = simulate(params).state[0, :, 0]
    assert told("an-epoch", "late", 1) == pytest.approx(np.flatnonzero(state < params.floor)[0] / 41)


@pytest.mark.parametrize("beta", [0.9, 0.99])
@pytest.mark.parametrize("name", READ)
def test_the_band_that_is_read_about_is_lit_and_lies_where_the_run_is_in_that_regime(name, beta):
    state = GuideState(beta=beta, regime=name)
    picture = curve_picture(state)
    bands = {t["uid"]: t for t in picture["data"] if t["uid"].startswith("band-")}
    lit = [uid for uid, band in bands.items() if band["opacity"] == 1.0]
    assert lit == [f"band-{name.replace(' ', '-')}"]
    run = simulate(state.params)
    found = {
        r.name: r
        for r in find_regimes(run.weights[0], run.state[0], state.floor, run.steps, warmup_steps=100)
    }
    x, _ = trace(picture, lit[0])
    per = state.params.steps_per_epoch
    assert x.min() == pytest.approx(found[name].start / per, abs=5 / per)
    assert str(round(found[name].start / per, 1))[:3] in reading(state).place or name == "equilibrium"


def test_where_a_regime_does_not_exist_the_text_says_so():
    assert "none at this setting" in reading(GuideState(floor=0.0, regime="floor activation")).place


def test_the_table_of_bounds_is_the_cores_own():
    assert bound.rows()[:2] == [("2", "0.0476", "0.0476"), ("3", "0.0455", "0.0476")]


def test_the_plateau_and_both_printed_formulas_are_told_apart():
    state = state_of(LESSONS["closed-form"])[0]
    assert told("closed-form", "rest", 4) == pytest.approx(simulate(state.params).weights[0, -1, 0], abs=1e-5)
    assert told("closed-form", "bound", 4) == pytest.approx(0.05 / 1.05)


def test_the_epoch_of_rest_is_predicted_for_the_reference_run():
    start = next(r.start for r in predict_regimes(ConvergenceState().params) if r.name == "equilibrium")
    assert told("when-settled", "rest", 1) == pytest.approx(start / 49, abs=0.02)
