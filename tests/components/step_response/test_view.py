"""The Step response view without a browser: its pictures as data, links, frames and downloads."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest

import app
from components.layout.url_state import from_text, to_text
from components.plotting.arrays import frame
from components.step_response import view
from components.step_response.readouts import ROWS, texts
from components.step_response.state import StepState
from components.step_response.tables import as_csv, data_table
from gaba_core.errors import ParameterError
from gaba_core.filter_study import study_response
from gaba_core.number_text import fixed, number
from gaba_core.step_response import frequency_response, noise_gain, step_response
from tests.components.drawn import cells, frames_from, series, trace

DEFAULT = StepState()


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


def rounded(values):
    return np.asarray(values).astype(np.float32)


@pytest.mark.parametrize("i", range(4))
def test_every_beta_is_drawn_as_its_closed_form(i):
    x, y = trace(view.pictures(DEFAULT)["response"], f"analytic-{i}")
    expected = step_response(DEFAULT.drawn[i], 0.5, 0.002, 600)[x.astype(int)]
    np.testing.assert_array_equal(y, rounded(expected))
    assert (x[0], x[-1]) == (0, 599)


def test_the_recursion_lies_on_the_closed_form():
    picture = view.pictures(DEFAULT)["response"]
    np.testing.assert_allclose(trace(picture, "simulated")[1], trace(picture, "analytic-0")[1], atol=1e-7)
    study = study_response(DEFAULT.beta, DEFAULT.start, DEFAULT.target, DEFAULT.steps)
    assert study.difference < 1e-12
    assert picture["text"]["difference"] == number(study.difference, 2)


def test_the_marks_stand_at_the_time_constants_and_leave_when_they_lie_past_the_end():
    marks = [trace(view.pictures(DEFAULT)["response"], f"mark-{i}")[0][0] for i in range(3)]
    assert marks == pytest.approx([99.499, 298.497, 497.496], abs=1e-2)
    late = trace(view.pictures(replace(DEFAULT, steps=200))["response"], "mark-2")[0]
    assert late[0] < 0


def test_the_upright_axis_keeps_its_zero_and_holds_while_a_level_moves():
    ranges = [
        view.pictures(replace(DEFAULT, **{name: level}))["response"]["layout"]["yaxis"]["range"]
        for name in ("start", "target")
        for level in np.linspace(0.0, 1.0, 51)
    ]
    assert len({top for _, top in ranges}) <= 5
    for low, high in ranges:
        assert -0.05 * high < low <= 0.0
    assert len({tuple(r) for r in ranges[51 : 51 + 26]}) == 1  # the target below the start
    assert max(top for _, top in ranges) > 1.0


def test_the_title_is_a_question():
    page = json.dumps(view.layout().to_plotly_json(), default=lambda c: c.to_plotly_json())
    assert view.QUESTION.endswith("?")
    assert view.QUESTION in page


def test_the_gain_is_that_of_the_filter_and_the_dots_halve_the_power():
    picture = view.pictures(DEFAULT)["frequency"]
    x, y = trace(picture, "gain-0")
    expected = 20 * np.log10(frequency_response(0.99, 2 * np.pi * x.astype(float)))
    np.testing.assert_allclose(y, expected, atol=1e-4)
    x, y = trace(picture, "half-points")
    gains = [frequency_response(b, 2 * np.pi * float(f))[0] for b, f in zip(DEFAULT.drawn, x, strict=True)]
    np.testing.assert_allclose(gains, np.sqrt(0.5), rtol=1e-5)


def test_read_outs_print_the_numbers_of_the_theory():
    text = view.pictures(DEFAULT)["response"]["text"]
    assert text["tau-predicted"] == "99.5 steps"
    assert [text[f"left{n}-predicted"] for n in (5, 2, 1)] == ["298.1 steps", "389.2 steps", "458.2 steps"]
    assert [text[f"left{n}-measured"] for n in (5, 2, 1)] == ["step 299", "step 390", "step 459"]
    assert text["gain-predicted"] == f"{noise_gain(0.99):.5f}" == "0.07089"
    assert float(text["gain-measured"]) == pytest.approx(noise_gain(0.99), rel=0.02)
    assert {f"{name}-{kind}" for name, *_ in ROWS for kind in ("predicted", "measured")} <= set(text)


@pytest.mark.parametrize("changes", [{"beta": 0.0}, {"start": 0.3, "target": 0.3}, {"steps": 10}])
def test_the_corners_are_drawn_and_read_out_too(changes):
    for picture in view.pictures(replace(DEFAULT, **changes)).values():
        for drawn in picture["data"]:
            assert np.isfinite(trace(picture, drawn["uid"])).all()


def test_a_frame_is_the_picture_at_the_moved_beta(client):
    [frames] = frames_from(client, "step-response", DEFAULT, "beta", 0.9).values()
    moved = replace(DEFAULT, beta=0.9)
    assert frames == {name: frame(picture) for name, picture in view.pictures(moved).items()}
    x, y = series(frames["response"], "analytic-0")
    expected = step_response(0.9, 0.5, 0.002, 600)
    np.testing.assert_array_equal(y, rounded(expected[x.astype(int)]))


def test_a_link_sets_the_controls_and_names_what_it_could_not():
    layout = view.layout(beta="0.9", target="2", betas="0.5,0.999", show="")
    page = json.dumps(layout.to_plotly_json(), default=lambda c: c.to_plotly_json())
    assert "target must be a number in [0, 1]; got 2.0." in page
    assert '"0.999"' in page


def test_the_state_survives_the_url():
    state = replace(DEFAULT, beta=0.12345, betas=(), show=(), steps=77)
    assert from_text(StepState, to_text(state)) == (state, ())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"steps": 20_001}, "steps must be a whole number in"),
        ({"betas": (0.9, 0.9)}, "betas must be at most 8 different ones"),
        ({"betas": (1.0,)}, r"beta must be a number in \[0, 1\); got 1.0"),
        ({"show": ("colours",)}, "show must be one of marks, simulated; got 'colours'"),
    ],
)
def test_a_bad_state_is_refused_by_name(changes, message):
    with pytest.raises(ParameterError, match=message):
        replace(DEFAULT, **changes)


def test_csv_holds_both_curves_of_every_beta():
    rows = list(csv.DictReader(io.StringIO(as_csv(replace(DEFAULT, steps=20, betas=(0.5,))))))
    assert [int(row["step"]) for row in rows] == list(range(20))
    for kind in ("analytic", "simulated"):
        found = [float(row[f"{kind}_beta_0.5"]) for row in rows]
        assert found == getattr(study_response(0.5, 0.5, 0.002, 20), kind).tolist()


def test_the_data_table_holds_what_both_pictures_draw():
    state = replace(DEFAULT, steps=20, betas=(0.5,))
    page = cells(data_table(state))
    assert {f"{value:.5f}" for value in step_response(0.5, 0.5, 0.002, 20)} <= page
    frequencies, gains = trace(view.pictures(state)["frequency"], "gain-1")
    assert {fixed(float(gain), 2) for gain in gains[::8]} <= page
    assert {f"{frequency:.3g}" for frequency in frequencies[::8]} <= page
    assert {"β 0.5", "β 0.99", "19", "The moving average at a step. "} <= page
    long = cells(data_table(DEFAULT))
    assert "The moving average at a step. 60 of 600 steps; the CSV has them all." in long
    assert {"0", "590"} <= long


def test_a_change_brings_both_confirmed_pictures_and_the_table(client):
    outputs = [
        {"id": {"type": "picture", "view": "step-response", "name": name}, "property": "data"}
        for name in ("response", "frequency")
    ]
    outputs += [{"id": f"step-response-{name}", "property": "children"} for name in ("betas", "data")]
    names = [json.dumps(o["id"], sort_keys=True, separators=(",", ":")) for o in outputs[:2]]
    value = {**to_text(replace(DEFAULT, beta=0.8)), "clock": 3}
    body = {
        "output": f"..{names[0]}.data...{names[1]}.data...step-response-betas.children"
        "...step-response-data.children..",
        "outputs": outputs,
        "inputs": [
            {"id": "step-response-state", "property": "data", "value": value},
            {"id": "step-response-open", "property": "value", "value": "open"},
        ],
        "changedPropIds": ["step-response-state.data"],
    }
    answer = client.post("/_dash-update-component", json=body).get_json()["response"]
    x, y = trace(answer[names[0]]["data"], "analytic-0")
    np.testing.assert_array_equal(y, rounded(step_response(0.8, 0.5, 0.002, 600)[x.astype(int)]))
    assert answer[names[1]]["data"]["clock"] == 3
    assert '"22.18"' not in json.dumps(answer)
    assert '"13.43"' in json.dumps(answer)
    settled = f"{step_response(0.8, 0.5, 0.002, 600)[10]:.5f}"
    assert settled in json.dumps(answer["step-response-data"])


def test_only_what_was_measured_stands_under_measured():
    text = texts(StepState())
    assert text["power-predicted"] == "0.00160 cycles/step (period 625.2 steps)"
    assert text["power-measured"] == "–"
    assert texts(StepState(beta=0.1))["power-predicted"] == "none (memory too short)"
