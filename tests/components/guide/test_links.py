"""What a lesson says is what the view behind its link shows, in that view's own words."""

import pytest

from components.anti_windup import view as anti_windup_view
from components.anti_windup.divergence.curves import curves_of, failures_in
from components.anti_windup.monte_carlo.state import MonteCarloState
from components.anti_windup.monte_carlo.state import texts as texts_of_draws
from components.convergence import readouts as convergence
from components.convergence.sampling import window_of
from components.step_response import readouts as step_response
from gaba_core.aggregators import AGGREGATORS
from gaba_core.runs import diagnose, read_run, record_seconds
from tests.components.guide.test_guide import LESSONS, state_of
from tests.paths import LOGS

PANELS = {panel.PANEL: panel for panel in anti_windup_view.PANELS}
SHOWN = [  # a lesson, what it says, the read-out behind its link, and what that says
    ("proportional", "0.002", "sentence", "meets the floor"),
    ("filter", "99.5 steps", "tau-predicted", "99.5 steps"),
    ("filter", "7.09 %", "says", "7.09 %"),
    ("saturation", "174 steps", "says", "stuck for 174 steps"),
    ("saturation", "B, 0 steps", "B-delay", "0"),
    ("saturation", "C, 0", "C-delay", "0"),
    ("saturation", "D, 15", "D-delay", "15"),
    ("best-epoch", "epoch 14.6", "sentence", "settles from epoch 14.6"),
    ("buffer", "0.0477", "sentence", "at 0.0477"),
    ("too-short", "drift", "sentence", "still moving at epoch 5.0"),
    ("balanced", "1/K", "sentence", "stays at 0.5"),
    ("no-floor", "0.002", "equilibrium-predicted", "0.002"),
    ("wrong-task", "0.002", "equilibrium-predicted", "0.002"),
    ("pinned", "0.334", "sentence", "at 0.334"),
    ("full-floor", "0.3338", "mark-clamped", "0.3338"),
    ("full-floor", "0.6662", "clamped-1", "0.6662"),
    ("unnormalised", "4.8 %", "says", "4.8 % longer"),
    ("input-clamp", "GABA after 174", "A-delay", "174"),
    ("input-clamp", "after 0 steps", "F-delay", "0"),
    ("write-back", "GABA after 174", "A-delay", "174"),
    ("write-back", "after 0 steps", "E-delay", "0"),
    ("back-calculation", "174 steps", "A-delay", "174"),
    ("back-calculation", "takes 15", "D-delay", "15"),
    ("bound-claim", "99 998 of 100,000", "nominal-count", "99,998 of 100,000"),
    ("bound-claim", "0 fall below the exact bound", "exact-count", "0 of 100,000"),
    ("claim-proof", "bounded", "exact-count", "0 of 100,000"),
    ("claim-bound", "leave [0, 1] in 5 of 5 seeds", "gradnorm-raw-left", "from step"),
    ("claim-bound", "cannot leave it (0 of 5)", "gradnorm-softmax-left", "never"),
    ("claim-imbalance", "55 % to 60 %", "gaba-gradient-starved", "55 % of steps"),
    ("claim-imbalance", "leaves no bound", "gaba-left", "never"),
    ("claim-failures", "55 % to 60 %", "gaba-gradient-starved", "55 % of steps"),
    ("first-step", "step 332, epoch 6.78", "clamped-simulated", "332 · epoch 6.78"),
    ("boundary", "1 329 at 0.995", "tenth-predicted", "1,329"),
    ("boundary", "0.04771", "equilibrium-predicted", "0.04771"),
    ("contraction", "to 0.0477", "mark-clamped", "0.0477"),
    ("spread", "0.1168", "at-5-1024", "0.1168"),
    ("smaller", "41 batches", "sentence", "warm-up (epoch 2.4)"),  # 100 steps of 41 an epoch
    ("an-epoch", "epoch 8.1", "sentence", "meets the floor at epoch 8.1"),
    ("off-axis", "310", "sentence", "settles from epoch 14.6"),
    ("closed-form", "0.0477", "sentence", "at 0.0477"),
    ("five-tau", "12.2 epochs", "tau5-predicted", "497.5 steps"),  # and 100 of warm-up, 49 an epoch
]
OF_FILES = {"logged", "when-settled", "claim-overhead", "imtl-g", "claim-settings"}


def plain(text):
    """A text with plain spaces."""
    return text.replace("\u202f", " ").replace("\xa0", " ")


def texts_behind(lesson):
    """The read-outs of the view that a link opens, by name."""
    state, faults = state_of(lesson)
    assert faults == ()
    if lesson.path == "/":
        return convergence.texts(state)
    if lesson.path == "/step-response":
        return step_response.texts(state)
    if isinstance(state, MonteCarloState):
        return texts_of_draws(state)
    panel = PANELS[lesson.query["panel"]]
    if lesson.query["panel"] == "divergence":
        return panel.texts(state, failures_in(curves_of(state), state.floor))
    return panel.texts(state)


def test_every_lesson_is_held_to_what_its_link_shows():
    assert {anchor for anchor, *_ in SHOWN} | OF_FILES == set(LESSONS)


@pytest.mark.parametrize(("anchor", "said", "name", "shown"), SHOWN)
def test_a_lesson_says_what_its_link_shows(anchor, said, name, shown):
    lesson = LESSONS[anchor]
    assert said in plain(lesson.truth)
    assert shown in plain(texts_behind(lesson)[name])


def test_the_latest_published_best_epoch_is_in_sight_behind_its_links():
    for anchor in ("best-epoch", "off-axis"):
        state = state_of(LESSONS[anchor])[0]
        latest = max(run.best_epoch for run in state.published)
        assert f" {latest}" in LESSONS[anchor].truth
        assert window_of(state)[1] >= latest * state.steps_per_epoch


def test_a_recorded_run_holds_both_the_average_and_the_weight_that_is_applied():
    (key,) = state_of(LESSONS["logged"])[0].runs
    run = read_run(LOGS / key)
    assert run.weights[-1, 0] == pytest.approx(0.0477, abs=1e-3)
    assert run.state is not None
    assert run.state[-1, 0] < run.weights[-1, 0]


def test_the_seed_of_ours_that_is_linked_has_a_balancer_at_rest():
    (key,) = state_of(LESSONS["when-settled"])[0].runs
    assert diagnose(read_run(LOGS / key)).has_converged


def test_the_two_runs_that_are_compared_by_the_clock_have_one():
    state = state_of(LESSONS["claim-overhead"])[0]
    assert state.x == "seconds"
    assert all(record_seconds(read_run(LOGS / key)) is not None for key in state.runs)


def test_the_run_that_is_replayed_through_imtl_g_holds_what_that_needs():
    state = state_of(LESSONS["imtl-g"])[0]
    assert state.scheme in AGGREGATORS
    assert read_run(LOGS / state.run).gramians is not None


def test_the_map_that_is_linked_is_of_beta_and_floor():
    state = state_of(LESSONS["claim-settings"])[0]
    assert (state.x, state.y) == ("beta", "floor")
