"""The pictures of the Replay view as data, their frames and their read-outs."""

import base64

import numpy as np
import pytest

import app
from components.layout.url_state import from_text, to_text
from components.plotting.arrays import frame
from components.replay import data, view
from components.replay.figures import key_lines
from components.replay.lower_figure import ladder
from components.replay.readouts import ROWS, reproduction
from components.replay.state import ReplayState
from components.replay.table import as_csv, data_table
from components.run_source import source
from components.run_source.replay_link import token
from gaba_core import weight_bounds
from gaba_core.runs import replay
from gaba_core.runs.own_parameters import own_parameters
from gaba_core.runs.simulated_twin import path_at, recorded_path, simulate_twin
from tests.components.drawn import frames_from, series, trace
from tests.components.replay_cases import (
    DWA,
    EPOCHS,
    FOREIGN,
    KEY,
    NORMS,
    THREE,
    make_folder,
    run_of,
    state_of,
)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    return app.create_app(make_folder(tmp_path_factory.mktemp("replay") / "logs"))


@pytest.fixture(scope="module")
def client(served):
    return served.server.test_client()


@pytest.fixture(autouse=True)
def in_the_app(served):
    with served.server.test_request_context("/"):
        yield


def test_what_is_drawn_is_the_replay_of_the_sliders():
    state = state_of(beta="0.97", floor="0.1", warmup_steps="50", x="steps")
    main = view.pictures(state)["main"]
    x, y = trace(main, "second")
    expected = replay(run_of(), 0.97, 0.1, 50).weights[0, :, 0].astype(np.float32)
    np.testing.assert_array_equal(y, expected[x.astype(int)])
    x, y = trace(main, "recorded")
    np.testing.assert_array_equal(y, run_of().steps.weights[:, 0].astype(np.float32)[x.astype(int)])
    assert trace(main, "floor")[1].tolist() == pytest.approx([0.1, 0.1])
    assert trace(main, "bound")[1][0] == pytest.approx(weight_bounds(2, 0.1)[0])


def test_time_in_epochs_stands_where_records_stand():
    x, y = trace(view.pictures(state_of(window="whole"))["main"], "second")
    steps = np.round((x.astype(np.float64) + 1.0) * run_of().info.steps_per_epoch - 1).astype(int)
    expected = replay(run_of()).weights[0, :, 0].astype(np.float32)
    np.testing.assert_array_equal(y, expected[steps])
    assert x[-1] == run_of().epochs[-1]
    assert len(x) <= 900


def test_with_the_runs_own_parameters_nothing_lies_between():
    below = view.pictures(state_of())["below"]
    assert np.abs(trace(below, "difference")[1]).max() < 1e-6
    assert below["layout"]["yaxis"]["range"] == [-1e-6, 1e-6]


def test_the_difference_is_replayed_minus_recorded_on_a_range_that_holds_it():
    below = view.pictures(state_of(beta="0.9", x="steps", window="whole"))["below"]
    x, y = trace(below, "difference")
    run = run_of()
    expected = replay(run, 0.9).weights[0, :, 0] - run.steps.weights[:, 0]
    np.testing.assert_array_equal(y, expected.astype(np.float32)[x.astype(int)])
    assert y.min() == pytest.approx(expected.min())
    assert np.abs(y).max() <= below["layout"]["yaxis"]["range"][1] == 0.5


@pytest.mark.parametrize(
    ("largest", "step"), [(0.0, 1e-6), (3e-7, 1e-6), (1.1e-6, 2e-6), (0.3, 0.5), (0.5, 0.5)]
)
def test_ranges_climb_a_ladder(largest, step):
    assert ladder(largest) == pytest.approx(step)


def test_the_ema_state_is_drawn_when_asked_for():
    state = state_of(show="state", x="steps", beta="0.95")
    main = view.pictures(state)["main"]
    x, y = trace(main, "state-second")
    np.testing.assert_array_equal(y, replay(run_of(), 0.95).state[0, :, 0].astype(np.float32)[x.astype(int)])
    x, y = trace(main, "state-recorded")
    np.testing.assert_array_equal(y, run_of().steps.state[:, 0].astype(np.float32)[x.astype(int)])


@pytest.mark.parametrize("scheme", ["raw", "equal", "gradnorm-raw", "dwa"])
def test_what_has_no_moving_average_has_no_ema_state(scheme):
    state = state_of(show="state", scheme=scheme)
    subject = data.subject(state)
    names = [name for name, _ in key_lines(view.pictures(state)["main"])]
    assert [name for name in names if "EMA" in name] == ["EMA state, recorded"]
    assert "replayed_weight_rul" in as_csv(subject, state).splitlines()[0]
    assert "replayed_state" not in as_csv(subject, state)
    assert "EMA state, replayed" not in str(data_table(subject, state))
    assert "EMA state, replayed" in str(data_table(subject, state_of(show="state")))


@pytest.mark.parametrize("mode", ["replay", "compare"])
def test_the_page_says_what_to_look_for_in_its_mode(mode):
    assert view.LOOK_FOR[mode] in str(view.layout(mode=mode))


def test_norms_are_drawn_below_when_asked_for():
    below = view.pictures(state_of(below="norms", x="steps"))["below"]
    x, y = trace(below, "norm-1")
    np.testing.assert_array_equal(y, run_of().steps.norms[:, 1].astype(np.float32)[x.astype(int)])
    assert below["layout"]["yaxis"]["type"] == "log"


@pytest.mark.parametrize("scheme", ["B", "G", "projection", "raw", "dwa", "gradnorm-softmax"])
def test_every_scheme_is_drawn_as_shares_and_floors_only_where_they_are_read(scheme):
    main = view.pictures(state_of(scheme=scheme, x="steps"))["main"]
    x, y = trace(main, "second")
    weights = replay(run_of(), scheme=scheme).weights[0]
    expected = (weights / weights.sum(axis=1, keepdims=True))[:, 0]
    np.testing.assert_allclose(y, expected[x.astype(int)], rtol=0, atol=1e-7)
    uids = {t["uid"] for t in main["data"]}
    assert ("floor" in uids) == (scheme in ("B", "G", "projection"))


def test_positions_prepared_together_are_the_pictures_drawn_alone():
    states = [state_of(scheme="C", floor=str(floor)) for floor in (0.02, 0.04, 0.3)]
    data.forget()
    alone = [view.pictures(one) for one in states]
    data.forget()
    view.prepare(states)
    assert [view.pictures(one) for one in states] == alone


def test_read_outs_stand_beside_each_other():
    text = view.pictures(state_of())["main"]["text"]
    for name, *_ in ROWS:
        assert text[f"{name}-recorded"] == text[f"{name}-second"]
    run = run_of()
    assert text["clamped-recorded"] == _first_below(run.steps.state, run)
    assert text["last-recorded"] == f"{run.steps.weights[-1, 0]:.5f}"
    moved, again = view.pictures(state_of(beta="0.97"))["main"]["text"], replay(run, 0.97)
    assert moved["clamped-second"] == _first_below(again.state[0], run)
    apart = again.weights[0, :, 0] - run.steps.weights[:, 0]
    assert moved["apart"].startswith(f"{apart[np.abs(apart).argmax()]:.2f}".replace("-", "−"))
    assert view.pictures(state_of(scheme="raw"))["main"]["text"]["clamped-second"] == "–"


def _first_below(state, run):
    step = int(np.flatnonzero((state < run.floor).any(1))[0])
    return f"step {step}, epoch {step // run.info.steps_per_epoch}"


def test_a_floor_that_the_tasks_cannot_have_is_cut_and_said():
    state = state_of(run=THREE, floor="0.4")
    found = view.pictures(state)
    assert found["main"]["text"]["floor-note"] == "With 3 tasks 1/3 is the largest floor, and is used."
    expected = replay(run_of(THREE), floor=1 / 3).weights[0, :, 0].astype(np.float32)
    np.testing.assert_array_equal(trace(found["main"], "second")[1], expected)


def test_each_task_can_be_drawn_and_a_name_is_not_markup():
    state = state_of(run=THREE, task="<b>third</b>", x="steps")
    main = view.pictures(state)["main"]
    assert main["layout"]["yaxis"]["title"]["text"] == "weight, &lt;b&gt;third&lt;/b&gt;"
    x, y = trace(main, "recorded")
    np.testing.assert_array_equal(y, run_of(THREE).steps.weights[:, 2].astype(np.float32)[x.astype(int)])


def test_the_simulation_lies_beside_the_run_on_the_clock_of_its_records():
    state = state_of(run=EPOCHS, mode="compare")
    found = view.pictures(state)
    run = run_of(EPOCHS)
    path = recorded_path(run, 49.0)
    x, y = trace(found["main"], "recorded")
    assert x.tolist() == list(range(len(x)))
    np.testing.assert_array_equal(y, path.state[: len(x), 0].astype(np.float32))
    given = {n: getattr(state, n) for n in ("beta", "floor", "warmup_steps", "target", "sigma")}
    simulated = simulate_twin(run, **given, steps=60 * 49, task="rul").state[0, :, 0]
    x, y = trace(found["main"], "second")
    elapsed = np.round((x.astype(np.float64) + 1.0) * 49).astype(int)
    np.testing.assert_array_equal(y, simulated.astype(np.float32)[elapsed - 1])
    x, y = trace(found["below"], "difference")
    expected = path.state[:, 0] - path_at(simulated, path.elapsed)
    np.testing.assert_array_equal(y, expected.astype(np.float32)[x.astype(int)])
    assert np.abs(trace(found["below"], "fit-residual")[1]).max() < 1e-3


def test_a_log_of_epochs_says_that_it_cannot_be_replayed_and_is_compared():
    found = view.pictures(state_of(run=EPOCHS))
    assert "cannot be replayed" in found["main"]["layout"]["annotations"][0]["text"]
    assert data.mode_for(ReplayState(run=EPOCHS)) == "compare"
    assert data.mode_for(ReplayState(run=KEY)) == "replay"


@pytest.mark.parametrize("key", [NORMS, FOREIGN])
@pytest.mark.parametrize("below", ["difference", "norms", "cosine"])
def test_a_log_of_norms_of_another_program_is_replayed(key, below):
    assert data.mode_for(ReplayState(run=key)) == "replay"
    found = view.pictures(state_of(run=key, below=below, window="whole"))
    x, y = trace(found["main"], "second")
    assert len(x) == 60
    assert np.isfinite(y).all()
    assert "every 10th step" in reproduction(data.subject(state_of(run=key)).run)


def test_a_log_that_may_hold_weights_is_not_said_to_hold_none():
    text = "epoch,alpha,beta\n" + "".join(f"{e},{0.5 - e / 50},{0.5 + e / 50}\n" for e in range(9))
    entry = source.drop("ab.csv", "data:;base64," + base64.b64encode(text.encode()).decode())
    said = view.pictures(state_of(run=token(entry.key), mode="compare"))["main"]["layout"]["annotations"][0][
        "text"
    ]
    assert "alpha + beta = 1 in all 9 rows" in said.replace("<br>", " ")
    assert "No weights were recognised" not in said.replace("<br>", " ")


def test_records_are_read_beside_the_simulation_at_the_same_moments():
    state = state_of(run=EPOCHS, mode="compare")
    text = view.pictures(state)["main"]["text"]
    assert float(text["mean-recorded"]) == pytest.approx(float(text["mean-second"]), abs=2e-5)
    assert float(text["last-recorded"]) == pytest.approx(float(text["last-second"]), abs=2e-5)
    assert (int(text["clamped-second"].split()[1].rstrip(",").replace(",", "")) + 1) % 49 == 0


def test_the_legend_names_what_is_drawn_and_nothing_else():
    def names(**text):
        return [name for name, _ in key_lines(view.pictures(state_of(**text))["main"])]

    floored = ["floor", "exact lower bound"]
    assert names() == ["recorded", "replayed: GABA: floor + renormalise", *floored]
    assert names(scheme="raw") == ["recorded", "replayed: Raw shares"]
    assert names(mode="compare") == ["recorded", "simulated", "fitted", *floored]
    assert names(mode="compare", run=DWA) == ["recorded", "simulated", *floored]
    assert names(run=EPOCHS) == []


def test_floor_and_bound_are_in_the_legend_of_a_saved_picture():
    traces = {t["uid"]: t for t in view.pictures(state_of())["main"]["data"]}
    assert traces["floor"]["showlegend"]
    assert traces["bound"]["showlegend"]
    assert not view.pictures(state_of())["main"]["layout"]["showlegend"]


def test_sliders_start_from_what_the_mode_prefers():
    assert state_of().beta == 0.99
    fitted = state_of(mode="compare")
    assert fitted.beta != 0.99
    assert fitted.beta == pytest.approx(0.99, abs=1e-4)
    assert fitted.sigma == own_parameters(run_of()).sigma.value
    assert fitted.steps_per_epoch == run_of().info.steps_per_epoch


def test_a_frame_is_the_picture_at_the_moved_position(client):
    state = state_of()
    for control, above in (("beta", 0.95), ("floor", 0.1), ("warmup_steps", 200)):
        for value, frames in frames_from(client, "replay", state, control, above, 2).items():
            moved = from_text(ReplayState, {**to_text(state), control: str(value)})[0]
            assert moved != state
            assert frames == {name: frame(picture) for name, picture in view.pictures(moved).items()}
    x, y = series(frames["main"], "second")
    per_epoch = run_of().info.steps_per_epoch
    expected = replay(run_of(), warmup_steps=moved.warmup_steps).weights[0, :, 0].astype(np.float32)
    np.testing.assert_array_equal(y, expected[np.round((x.astype(float) + 1) * per_epoch - 1).astype(int)])


def test_a_run_that_is_not_there_is_refused(client):
    query = {**to_text(state_of()), "run": "../etc", "control": "beta", "value": 0.9}
    reply = client.get("/frames/replay", query_string=query)
    assert reply.status_code == 400
    assert "run must be one in the folder of logs" in reply.get_json()["error"]
