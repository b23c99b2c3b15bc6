"""Two to eight tasks: a norm each, one task over its seeds or every task of one seed."""

import csv
import io
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from components.convergence.figure.weights import weights_picture
from components.convergence.idle import notes
from components.convergence.readouts import texts
from components.convergence.sampling import drawn
from components.convergence.script import script
from components.convergence.state import ConvergenceState, with_tasks
from components.convergence.tables import as_csv
from components.layout.url_state import from_text, to_text
from components.plotting.arrays import frame
from gaba_core.equilibrium import equilibrium
from gaba_core.projection import weight_bounds
from gaba_core.readouts import lower_bound
from gaba_core.simulation import simulate
from tests.components.convergence.states import of_many_tasks
from tests.components.convergence.test_rows import assert_every_line_is_held
from tests.components.drawn import trace

TWO, FIVE = ConvergenceState(), ConvergenceState(tasks=5)
EIGHT = ConvergenceState(tasks=8)


def picture_of(state):
    return weights_picture(drawn(state), {})


def uids(state, start):
    return [one["uid"] for one in picture_of(state)["data"] if one["uid"].startswith(start)]


def points(state):
    grids = frame(picture_of(state))["grids"]
    return sum(len(grid) for grid in grids) * 3 // 16  # base64 of float32


@given(of_many_tasks())
@settings(max_examples=60, deadline=None)
def test_a_link_restores_any_number_of_tasks(state):
    assert from_text(ConvergenceState, to_text(state)) == (state, ())


@given(of_many_tasks())
@settings(max_examples=60, deadline=None)
def test_the_rows_hold_every_line_of_any_number_of_tasks(state):
    assert_every_line_is_held(state)


@given(of_many_tasks(show=("theory", "state", "logy")))
@settings(max_examples=30, deadline=None)
def test_positions_of_a_norm_have_the_same_traces(state):
    first, then = (picture_of(s) for s in (state, replace(state, norm_2=5.0, floor=0.01)))
    assert first["key"] == then["key"]
    assert [one["uid"] for one in first["data"]] == [one["uid"] for one in then["data"]]


@pytest.mark.parametrize("task", [1, 3, 5])
def test_the_seeds_of_one_task_are_drawn_as_simulated(task):
    state = replace(FIVE, task=task, window="whole")
    run = simulate(state.params, every=49)
    for s, seed in enumerate(state.seeds):
        y = trace(picture_of(state), f"seed-{seed}")[1]
        np.testing.assert_array_equal(y, run.weights[s, :, task - 1].astype(np.float32))


def test_all_tasks_are_drawn_in_the_first_seed_and_named_at_their_ends():
    state = replace(FIVE, curves="tasks", seeds=(7, 42))
    run = simulate(state.params)
    for task in range(5):
        x, y = trace(picture_of(state), f"task-{task + 1}")
        steps = np.rint(x * 49).astype(int)
        np.testing.assert_array_equal(y, run.weights[0, steps, task].astype(np.float32))
    ends = next(one for one in picture_of(state)["data"] if one["uid"] == "ends")
    said = [text.partition("</span> ")[2] for text in ends["text"]]
    assert said == ["↕ floor", "equilibrium", "exact bound", *(f"task {k}" for k in range(1, 6))]
    colors = [one["line"]["color"] for one in picture_of(state)["data"] if one["uid"].startswith("task-")]
    assert len(set(colors)) == 5
    assert uids(state, "seed-") == []


def test_the_two_tasks_of_one_seed_have_their_names():
    state = replace(TWO, curves="tasks")
    ends = next(one for one in picture_of(state)["data"] if one["uid"] == "ends")
    assert [text.partition("</span> ")[2] for text in ends["text"]][3:] == ["RUL", "health"]


@pytest.mark.parametrize("task", range(1, 9))
def test_equilibrium_bound_and_read_outs_are_those_of_the_task_that_is_drawn(task):
    state = replace(EIGHT, task=task)
    level = equilibrium(state.params)[task - 1]
    assert trace(picture_of(state), "equilibrium")[1][0] == pytest.approx(level, rel=1e-6)
    assert trace(picture_of(state), "bound")[1][0] == pytest.approx(weight_bounds(8, 0.05)[0], rel=1e-6)
    found = texts(state)
    assert float(found["equilibrium-predicted"]) == pytest.approx(level, abs=6e-6)
    last = simulate(state.params).weights[:, -1, task - 1].mean()
    assert float(found["equilibrium-simulated"]) == pytest.approx(last, abs=6e-6)
    tau = float(found["tau-simulated"].split()[0])
    assert tau == pytest.approx(float(found["tau-predicted"].split()[0]), rel=0.1)


def test_a_floor_above_one_over_k_is_lowered_to_it_and_said():
    high = ConvergenceState(tasks=5, floor=0.3)
    assert high.params.floor == 0.2 == lower_bound(high.params) * 9 / 5
    assert notes(high)["floor"] == "At most 1/K = 0.2 for 5 tasks, which is used."
    assert notes(FIVE)["floor"] == ""


def test_published_best_epochs_are_of_two_tasks_alone():
    shown = ("theory", "best", "logy")
    assert uids(replace(TWO, show=shown), "best")
    assert not uids(replace(FIVE, show=shown), "best")


def test_more_tasks_bring_the_norms_of_the_ratio_along():
    many = with_tasks(ConvergenceState(ratio=50.0), 4)
    assert many.params.norms == pytest.approx((10.0, 0.2, 1.0, 10.0))
    assert with_tasks(replace(many, task=4), 3).task == 3


def test_a_task_that_is_no_more_there_is_the_last_one():
    assert ConvergenceState(tasks=3, task=7).place == 2


@pytest.mark.parametrize(
    ("name", "value"), [("tasks", "1"), ("tasks", "9"), ("task", "0"), ("curves", "all")]
)
def test_what_is_no_number_of_tasks_is_refused(name, value):
    state, [problem] = from_text(ConvergenceState, {name: value})
    assert state == TWO
    assert problem.startswith(f"{name} must be ")


def test_eight_tasks_send_no_more_points_a_frame_than_two():
    most = points(TWO)
    assert points(EIGHT) <= 1.01 * most
    assert points(replace(EIGHT, curves="tasks")) <= 1.01 * most
    assert points(replace(FIVE, curves="tasks")) <= 1.01 * most


def test_the_csv_holds_every_task_of_the_seed_that_is_drawn():
    state = replace(FIVE, curves="tasks", epochs=12)
    rows = list(csv.DictReader(io.StringIO(as_csv(state))))
    run = simulate(state.params)
    for task in range(5):
        column = [float(row[f"w_task{task + 1}_seed_42"]) for row in rows]
        steps = [int(row["step"]) for row in rows]
        assert column == pytest.approx(run.weights[0, steps, task], abs=1e-8)


def test_the_script_of_five_tasks_reproduces_the_numbers():
    state = replace(FIVE, epochs=4, seeds=(42, 7), task=2, drift=0.1)
    made = {"__name__": "setting"}
    exec(compile(script(state), "setting.py", "exec"), made)
    np.testing.assert_allclose(made["weights"], simulate(state.params).weights, atol=1e-12)
