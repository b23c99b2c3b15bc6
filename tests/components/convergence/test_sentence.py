"""The sentence above the picture names what the picture shows, and nothing else."""

import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from components.convergence.figure.weights import weights_picture
from components.convergence.sampling import drawn, window_of
from components.convergence.sentence import sentence
from components.convergence.state import ConvergenceState
from gaba_core.equilibrium import mean_trajectory
from gaba_core.number_text import THIN
from gaba_core.thresholds import ROUNDING
from tests.components.convergence.states import PRESET_STATES, of_many_tasks, states
from tests.components.drawn import trace

LONGEST = 186  # letters: two lines of the card on a screen 1280 pixels wide
WHEN = rf"((?:epoch|step) [\d.{THIN}]*\d)"
NUMBER = r"([\d.]+(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?)"


def path_of(state):
    """The mean run in sight, step by step: the weight of the task that is drawn, and the smallest share."""
    last = min(window_of(state)[1], state.params.steps)
    found = mean_trajectory(state.params, np.arange(last))
    return found.weights[:, state.place], found.state.min(axis=1)


def step_of(state, said):
    """The step that "epoch 6.8" or "step 1,234" names, and how far it may be off by its rounding."""
    unit, number = said.split(" ")
    value = float(number.replace(THIN, ""))
    return (value * state.steps_per_epoch, 0.051 * state.steps_per_epoch) if unit == "epoch" else (value, 0.5)


def assert_says_what_is_shown(state):
    said, (weights, least) = sentence(state), path_of(state)
    assert len(said) <= LONGEST
    meets = re.search(r"meets (?:the |task \d's )?(?:.*?'s )?floor at ((?:epoch|step) [\d.\u202f]*\d)", said)
    below = np.flatnonzero(least < state.params.floor - ROUNDING)
    settles = re.search(rf"settles from {WHEN}", said)
    rest, near = step_of(state, settles[1]) if settles else (np.inf, 0.0)
    if below.size and abs(below[0] - rest) <= near + 1.0:
        assert not meets or step_of(state, meets[1])[0] <= rest + near
    else:
        assert bool(meets) == bool((below < rest).any()) or "outlasts" in said
    if "floor" in said:
        assert state.params.floor > 0.0
        assert meets
        step, off = step_of(state, meets[1])
        assert abs(below[0] - step) <= off + 1.0
    if "settles" in said:
        found = re.search(rf"settles from {WHEN} at {NUMBER}", said)
        step, off = step_of(state, found[1])
        band, _ = trace(weights_picture(drawn(state), {}), "band-equilibrium")
        unit = state.steps_per_epoch if state.x == "epochs" else 1
        assert band.min() * unit == pytest.approx(max(step, drawn(state).axis.window[0]), abs=off + 1.0)
        assert np.ptp(band) > 0.0
    start = 1.0 / state.tasks
    if "falls" in said or "rises" in said:
        assert ("falls" in said) == (weights[np.abs(weights - start).argmax()] < start)
    if "stays at" in said or "hardly moved" in said:
        assert np.abs(weights - start).max() < 0.02 * start
    assert ("outlasts" in said) == (state.warmup_steps >= weights.size)


@pytest.mark.parametrize("name", PRESET_STATES)
def test_of_a_preset_it_says_what_the_picture_shows(name):
    assert_says_what_is_shown(PRESET_STATES[name])


@settings(max_examples=200, deadline=None)
@given(states())
def test_of_any_setting_it_says_what_the_picture_shows(state):
    assert_says_what_is_shown(state)


@settings(max_examples=200, deadline=None)
@given(of_many_tasks())
def test_of_any_number_of_tasks_it_says_what_the_picture_shows(state):
    assert_says_what_is_shown(state)
    said = sentence(state)
    named = {int(task) for task in re.findall(r"task (\d)", said)}
    assert named <= set(range(1, state.tasks + 1))
    assert bool(named) == (state.tasks > 2) or "outlasts" in said
    assert ("seeds end" in said) <= (state.curves == "seeds")


def test_the_floor_that_is_met_is_said_to_be_that_of_the_task_it_raises():
    five = ConvergenceState(tasks=5)
    assert "task 1 falls after warm-up (epoch 2.0), meets the floor at epoch 6.5" in sentence(five)
    assert "meets task 1's floor at epoch 6.5" in sentence(replace(five, task=3))
    assert "below the floor" not in sentence(replace(five, task=3))


def test_of_the_reference_it_says_where_and_when():
    assert sentence(ConvergenceState()) == (
        "The RUL weight falls after warm-up (epoch 2.0), meets the floor at epoch 6.8 and settles from epoch "
        f"14.6 at 0.0477, 4.6{THIN}% below the floor. The 5 seeds end 3.6×10⁻⁷ apart (sd)."
    )


def test_a_floor_that_is_brushed_after_the_weight_has_settled_is_no_event_on_the_way():
    said = sentence(ConvergenceState(noise="lognormal", sigma=2.3))
    assert "settles from epoch 11.2 at 0.0499" in said
    assert "meets" not in said


@pytest.mark.parametrize(
    ("name", "absent"),
    [
        ("balanced", ("falls", "floor", "settles")),
        ("no-floor", ("floor",)),
        ("short", ("floor", "settles")),
    ],
)
def test_it_names_no_floor_and_no_end_where_there_is_none(name, absent):
    assert not [word for word in absent if word in sentence(PRESET_STATES[name])]


def test_a_weight_that_turns_is_said_to_turn():
    assert "turns at 0.0478 and is still moving at epoch 200.0" in sentence(ConvergenceState(drift=0.01))


def test_the_larger_weight_gives_way_to_the_floor_of_the_other_task():
    assert "rises" in sentence(ConvergenceState(ratio=0.01))
    assert "meets the health task's floor" in sentence(ConvergenceState(ratio=0.01))
    assert "below the floor" not in sentence(ConvergenceState(ratio=0.01))
