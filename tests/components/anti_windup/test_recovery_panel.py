"""The Recovery panel without a browser: curves and metrics are the core's."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

import app
from components.anti_windup.recovery import panel
from components.anti_windup.recovery import state as recovery_state
from components.anti_windup.recovery.readouts import COLUMNS, biases, stuck, texts
from components.anti_windup.recovery.state import RecoveryState, prepare, recoveries
from components.anti_windup.recovery.table import data_table
from components.layout.url_state import from_text, to_text
from components.plotting.arrays import frame
from components.serving.frames import pictures_of
from gaba_core.anti_windup import SCHEMES, recovery_experiment, recovery_experiments
from gaba_core.errors import ParameterError
from gaba_core.number_text import fixed
from tests.components.drawn import cells, frames_from, series, trace

DEFAULT = RecoveryState(schemes=tuple(SCHEMES), window="whole")


@pytest.mark.parametrize("key", list(SCHEMES))
def test_every_scheme_is_drawn_as_the_core_runs_it(key):
    picture = panel.pictures(DEFAULT)["recovery"]
    expected = recovery_experiment(key)
    for uid, values in ((f"output-{key}", expected.output), (f"state-{key}", expected.state)):
        x, y = trace(picture, uid)
        np.testing.assert_array_equal(y, values[x.astype(int) + 800].astype(np.float32))
        assert {-1, 0, 1} <= set(x.tolist())


def test_the_metrics_are_the_table_of_the_theory():
    text = texts(DEFAULT)
    row = [text[f"A-{name}"] for name, *_ in COLUMNS]
    assert row[:2] + row[3:5] == ["174", "2.736", "563", "742"]
    assert [text[f"{key}-iae"] for key in "BCDEF"] == ["0.990", "0.953", "1.142", "0.992", "0.976"]
    assert "stays stuck for 174 steps" in text["says"]
    assert "release after 174.6 steps" in text["says"]
    assert text["mark-stuck"] == "174 steps stuck"


def test_the_data_table_holds_every_drawn_scheme_from_the_windows_begin_on():
    page = cells(data_table(DEFAULT))
    for key in SCHEMES:
        run = recovery_experiment(key)
        assert {fixed(float(run.output[0]), 5), fixed(float(run.state[0]), 5)} <= page
    assert {"−800", f"{next(iter(SCHEMES))} state"} <= page
    after = cells(data_table(replace(DEFAULT, window="after", show=())))
    assert "−144" in after
    assert not after & {"−800", "A state"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"after": 0.04}, "never leaves the floor"),
        ({"before": 0.3}, "Nothing is stuck"),
        ({"steps_before": 0}, "Nothing is stuck"),
        ({"after": 0.051, "steps_after": 100}, "longer than the steps shown"),
    ],
)
def test_the_edges_are_said_in_words_and_drawn(changes, words):
    state = replace(DEFAULT, **changes)
    picture = panel.pictures(state)["recovery"]
    assert words in picture["text"]["says"]
    for drawn in picture["data"]:
        assert np.isfinite(trace(picture, drawn["uid"])).all()


@pytest.mark.parametrize("after", [0.06, 0.1, 0.3])
def test_the_flat_stretch_of_gaba_is_shaded_and_bracketed_from_the_switch_to_its_release(after):
    state = replace(DEFAULT, after=after, schemes=("A", "B"))
    picture = panel.pictures(state)["recovery"]
    delay = recovery_experiment("A", after=after).release_delay
    assert delay > 0
    for uid in ("stuck", "bracket"):
        x, _ = trace(picture, uid)
        assert (x.min(), x.max()) == (0, delay)
    name, x, y, _ = picture["text"]["spots"].split()
    assert (name, float(x)) == ("stuck", delay / 2)
    assert float(y) == pytest.approx(trace(picture, "bracket")[1].min())
    assert picture["text"]["mark-stuck"] == f"{delay} steps stuck"


def test_without_gaba_nothing_is_shaded():
    picture = panel.pictures(replace(DEFAULT, schemes=("B",)))["recovery"]
    assert not {"stuck", "bracket"} & {drawn["uid"] for drawn in picture["data"]}
    assert float(picture["text"]["spots"].split()[1]) < picture["layout"]["xaxis"]["range"][0]


@pytest.mark.parametrize(
    ("delay", "words"), [(0, ""), (1, "1 step stuck"), (60, "still stuck after 60 steps")]
)
def test_the_bracket_says_how_long_or_nothing(delay, words):
    found = SimpleNamespace(release_delay=delay)
    assert stuck(replace(DEFAULT, steps_after=60), found) == words


def test_every_line_is_named_at_its_end_and_no_two_names_overlap():
    picture = panel.pictures(DEFAULT)["recovery"]
    top = picture["layout"]["yaxis"]["range"][1]
    spots = [trace(picture, f"name-{key}") for key in SCHEMES]
    assert {float(x[0]) for x, _ in spots} == {picture["layout"]["xaxis"]["range"][1]}
    heights = sorted(float(y[0]) for _, y in spots)
    assert min(np.diff(heights)) > 0.04 * top
    for key in SCHEMES:
        [named] = [t for t in picture["data"] if t["uid"] == f"name-{key}"]
        assert SCHEMES[key].name in named["text"][0]


def test_the_upright_axis_holds_while_the_target_moves_within_a_rung():
    tops = [
        panel.pictures(replace(DEFAULT, window="after", after=after))["recovery"]["layout"]["yaxis"]["range"]
        for after in np.linspace(0.0, 0.6, 121)
    ]
    assert all(low == 0.0 for low, _ in tops)
    assert len({top for _, top in tops}) <= 5
    assert tops[-1][1] >= 0.6


def test_states_prepared_together_are_states_alone():
    states = [replace(DEFAULT, after=0.1 + i / 50, steps_after=150, k=0.37) for i in range(3)]
    alone = [recovery_experiment("D", **_arguments(state)) for state in states]
    prepare(states)
    for state, expected in zip(states, alone, strict=True):
        found = recoveries(state)["D"]
        np.testing.assert_allclose(found.output, expected.output, rtol=0, atol=1e-15)
        assert found is recoveries(state)["D"]


def test_positions_are_run_a_block_at_a_time_and_none_of_them_twice(monkeypatch):
    calls = []

    def counted(key, settings):
        calls.append((key, len(settings)))
        return recovery_experiments(key, settings)

    monkeypatch.setattr(recovery_state, "recovery_experiments", counted)
    states = [replace(DEFAULT, beta=0.91, before=i / 1000) for i in range(2 * panel.AT_ONCE + 3)]
    assert len(list(pictures_of(panel, states))) == len(states)
    blocks = (panel.AT_ONCE, panel.AT_ONCE, 3)
    assert calls == [(key, size) for size in blocks for key in SCHEMES]


def test_what_moves_no_experiment_runs_none(monkeypatch):
    recoveries(DEFAULT)
    monkeypatch.setattr(recovery_state, "recovery_experiments", None)
    states = [replace(DEFAULT, sigma=sigma, schemes=("A",)) for sigma in (0.0, 1.0, 2.0)]
    assert len(list(pictures_of(panel, states))) == 3


def _arguments(state):
    names = ("before", "after", "steps_before", "steps_after", "beta", "floor", "k")
    return {name: getattr(state, name) for name in names}


def test_the_sum_without_renormalising_is_in_the_table_and_in_words_where_it_is_drawn():
    text = texts(DEFAULT)
    assert (text["A-sum"], text["N-sum"]) == ("1.0000", "1.0478")
    assert "sum to up to 1.0478: steps 4.8 % longer" in text["says"]
    assert "renormalising" not in texts(RecoveryState())["says"]


def test_only_the_input_clamp_shows_a_bias():
    found = biases(DEFAULT)
    assert float(found.pop("F")) > 0.01
    assert set(found.values()) == {"+0.0000"}


def test_a_frame_is_the_picture_at_the_moved_target():
    client = app.create_app().server.test_client()
    found = frames_from(client, "anti-windup-recovery", DEFAULT, "after", 0.1, 2)
    moved = replace(DEFAULT, after=0.1)
    assert found[0.1]["recovery"] == frame(panel.pictures(moved)["recovery"])
    x, y = series(found[0.1]["recovery"], "output-A")
    output = recovery_experiment("A", after=0.1).output
    np.testing.assert_array_equal(y, output[x.astype(int) + 800].astype(np.float32))


def test_the_state_survives_the_url_and_a_bad_one_is_refused():
    assert from_text(RecoveryState, to_text(DEFAULT)) == (DEFAULT, ())
    with pytest.raises(ParameterError, match="schemes must be one of A, B, C, D, E, F, G, N; got 'Z'"):
        replace(DEFAULT, schemes=("Z",))


def test_the_page_says_plainly_what_the_floor_is():
    layout = panel.numbers(DEFAULT, panel.pictures(DEFAULT))
    page = json.dumps(layout.to_plotly_json(), default=lambda c: c.to_plotly_json(), ensure_ascii=False)
    assert "output saturation with a free-running filter state" in page
    for scheme in SCHEMES.values():
        assert scheme.source in page
