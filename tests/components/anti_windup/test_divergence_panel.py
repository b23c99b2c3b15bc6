"""The Divergence panel without a browser: curves, marks and words are the core's."""

import json
from dataclasses import replace

import numpy as np
import pytest

import app
from components.anti_windup.divergence import curves, panel
from components.anti_windup.divergence.curves import EDGES, cached_curves
from components.anti_windup.divergence.figures import SYMBOLS, rates_picture
from components.anti_windup.divergence.readouts import first_failures, texts
from components.anti_windup.divergence.state import CELL_KINDS, RATE_STEPS, DivergenceState, rates
from components.layout.url_state import from_text, to_text
from components.plotting.arrays import frame
from components.serving.frames import pictures_of
from gaba_core.comparators import COMPARATORS, LABELS, failures_of, run_divergence
from gaba_core.comparators.running import run_all
from gaba_core.errors import ParameterError
from tests.components.drawn import frames_from, trace

DEFAULT = DivergenceState()
EVERY = replace(DEFAULT, methods=tuple(COMPARATORS), seeds=(42, 7))


@pytest.mark.parametrize("method", list(COMPARATORS))
def test_every_method_is_drawn_as_the_core_runs_it(method):
    picture = panel.pictures(EVERY)["weights"]
    weights = run_divergence(EVERY.settings()).weights[method]
    shares = np.clip((weights / weights.sum(axis=-1, keepdims=True))[..., 0], *EDGES)
    for i, seed in enumerate(EVERY.seeds):
        x, y = trace(picture, f"{method}-{seed}")
        np.testing.assert_array_equal(y, shares[i][x.astype(int)].astype(np.float32))


def test_the_lower_picture_is_the_running_mean_of_the_gradient_share():
    picture = panel.pictures(DEFAULT)["pulls"]
    result = run_divergence(DEFAULT.settings())
    pulls = result.weights["gaba"][0] * result.norms[0]
    share = (pulls / pulls.sum(axis=-1, keepdims=True))[:, 1]
    x, y = trace(picture, "gaba-42")
    expected = [share[max(0, t - 24) : t + 1].mean() for t in x.astype(int)]
    np.testing.assert_allclose(y, expected, atol=1e-6)


def test_a_failure_is_marked_where_it_happens_first():
    picture = panel.pictures(EVERY)["weights"]
    failures = failures_of(run_divergence(EVERY.settings()))
    x, _ = trace(picture, "mark-left")
    expected = [first for found in failures.values() for first in found.first["left"].tolist()]
    assert [int(v) for v in x if v >= 0] == [first for first in expected if first >= 0]
    assert len(x) == len(expected)
    drawn = {t["uid"] for p in panel.pictures(EVERY).values() for t in p["data"]}
    assert {f"mark-{kind}" for kind in SYMBOLS} <= drawn


def test_the_table_says_in_words_what_failed_and_what_is_not_drawn():
    text = texts(DEFAULT, failures_of(run_divergence(DEFAULT.settings())))
    assert text["gaba-left"] == text["gaba-non-finite"] == text["gaba-weight-starved"] == "never"
    assert text["gaba-unfloored-weight-starved"] == "100 % of steps"
    assert text["gradnorm-raw-left"].startswith("from step ")
    assert text["uncertainty-left"] == "–"
    both = texts(EVERY, failures_of(run_divergence(EVERY.settings())))
    assert both["gradnorm-raw-left"].endswith("2 of 2 seeds")


@pytest.mark.parametrize(
    "changes",
    [
        {"optimiser": "sgd", "rate": 10.0, "sigma": 3.0},
        {"methods": ()},
        {"start": "published", "left": 0.01, "follow": 2.0, "steps": 60},
        {"ratio": 1.0, "sigma": 0.0, "floor": 0.0},
    ],
)
def test_whatever_blows_up_the_pictures_stay_finite(changes):
    state = replace(EVERY, **changes)
    for picture in panel.pictures(state).values():
        for drawn in picture["data"]:
            assert np.isfinite(trace(picture, drawn["uid"])).all()


MOVED = [
    [replace(EVERY, steps=steps) for steps in (80, 1000, 300, 12)],
    [replace(EVERY, steps=steps, left=0.1) for steps in (80, 300)],
    [replace(EVERY, floor=floor) for floor in (0.0, 0.1, 0.5)],
    [replace(EVERY, beta=beta, ratio=ratio) for beta in (0.0, 0.9) for ratio in (1.0, 2000.0)],
    [replace(EVERY, rate=rate, alpha=alpha, optimiser="sgd") for rate, alpha in ((1.0, 0.0), (10.0, 3.0))],
    [replace(EVERY, sigma=sigma, start="published", follow=1.0) for sigma in (0.0, 0.3, 3.0)],
]


@pytest.mark.parametrize("states", MOVED)
def test_pictures_of_many_states_are_those_of_each_alone(states):
    cached_curves.cache_clear()
    batched = list(pictures_of(panel, states))
    for state, found in zip(states, batched, strict=True):
        cached_curves.cache_clear()
        assert_pictures_alike(found, panel.pictures(state))


def assert_pictures_alike(found, expected):
    """The same words, axes and traces, the curves to the last digits of what is drawn."""
    for name, picture in expected.items():
        assert {k: v for k, v in found[name].items() if k != "data"} == {
            k: v for k, v in picture.items() if k != "data"
        }
        for drawn in picture["data"]:
            pair = zip(trace(found[name], drawn["uid"]), trace(picture, drawn["uid"]), strict=True)
            for one, other in pair:
                np.testing.assert_allclose(one, other, rtol=0, atol=2e-7)


@pytest.mark.parametrize(
    ("control", "values", "methods"),
    [
        ("floor", [0.1, 0.2, 0.3], {"gaba"}),
        ("beta", [0.5, 0.9, 0.95], {"gaba", "gaba-unfloored"}),
        ("rate", [0.01, 0.1, 0.2], {"gradnorm-raw", "gradnorm-softmax", "gradnorm-exp"}),
    ],
)
def test_what_does_not_read_a_control_is_not_run_again_as_it_moves(control, values, methods, monkeypatch):
    panel.pictures(EVERY)
    runs = []
    monkeypatch.setattr(curves, "run_all", lambda many: runs.extend(many) or run_all(many))
    list(pictures_of(panel, [replace(EVERY, **{control: value}) for value in values]))
    expected = {COMPARATORS[method] for method in methods}
    assert len(runs) == len(values) * len(methods)
    assert {
        replace(run.comparator, **dict.fromkeys({control}, getattr(EVERY, control))) for run in runs
    } == expected


def test_rates_and_first_failures_are_over_two_hundred_seeds():
    state = replace(DEFAULT, methods=("gaba", "gradnorm-raw"), steps=60)
    found = rates(state)
    assert found.seeds == 200
    assert first_failures(state) == [
        ("gaba", ["none up to σ = 3", "none up to σ = 3", "fails without noise"]),
        ("gradnorm-raw", ["fails without noise", "fails without noise", first_failures(state)[1][1][2]]),
    ]
    x, y = trace(rates_picture(state, found, {}), "rate-gradnorm-raw")
    np.testing.assert_allclose(y, 100 * found.rates["gradnorm-raw"]["left"], atol=1e-4)
    assert (x[0], x[-1]) == (0.0, 3.0)


def test_a_frame_is_the_picture_at_the_moved_noise():
    client = app.create_app().server.test_client()
    found = frames_from(client, "anti-windup-divergence", DEFAULT, "sigma", 2.0, 2)
    moved = panel.pictures(replace(DEFAULT, sigma=2.0))
    assert found[2.0] == {name: frame(picture) for name, picture in moved.items()}


def test_the_state_survives_the_url():
    assert from_text(DivergenceState, to_text(EVERY)) == (EVERY, ())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"seeds": ()}, "seeds must be 1 to 5 different ones"),
        ({"methods": ("magic",)}, "methods must be one of gaba"),
        ({"start": "late"}, "start must be one of rest, published"),
        ({"steps": 5000}, "steps must be a whole number in"),
        ({"cell": "magic/left"}, "before the slash, must be one of gaba"),
        ({"cell": "gaba/late"}, "after the slash, must be one of left"),
        ({"cell": "gaba"}, "after the slash, must be one of left"),
    ],
)
def test_a_bad_state_is_refused_by_name(changes, message):
    with pytest.raises(ParameterError, match=message):
        replace(DEFAULT, **changes)


def page_of(component):
    return json.dumps(component.to_plotly_json(), default=lambda c: c.to_plotly_json(), ensure_ascii=False)


def cells(component):
    """Class and pressed state of each button of a matrix, by METHOD/FAILURE."""
    found = {}

    def look(part):
        if isinstance(getattr(part, "id", None), dict) and part.id.get("type") == "cell":
            found[part.id["cell"]] = (part.className.split("gaba-cell-")[1], getattr(part, "aria-pressed"))
        children = getattr(part, "children", None)
        for child in children if isinstance(children, list | tuple) else [children]:
            if hasattr(child, "to_plotly_json"):
                look(child)

    look(component)
    return found


def test_the_panel_opens_on_a_matrix_of_every_shown_method_and_failure():
    centre = panel.centre(DEFAULT, panel.pictures(DEFAULT))
    found = cells(centre)
    assert list(found) == [f"{method}/{kind}" for method in DEFAULT.shown for kind in CELL_KINDS]
    failures = failures_of(run_divergence(DEFAULT.settings()))
    for cell, (level, pressed) in found.items():
        method, kind = cell.split("/")
        failed, seen = failures[method].failed(kind).any(), (failures[method].first[kind] >= 0).any()
        assert level == ("fails" if failed else "some" if seen else "none")
        assert pressed == ("true" if cell == DEFAULT.cell else "false")
    assert {"none", "fails"} <= {level for level, _ in found.values()}
    assert "dcc.Graph" not in page_of(centre)
    assert '"Graph"' not in page_of(centre)


def test_the_sentence_names_what_breaks_and_what_stays_clear():
    failures = failures_of(run_divergence(DEFAULT.settings()))
    words = texts(DEFAULT, failures)["says"]
    assert words.startswith("At σ = 1, GradNorm (raw) goes out of [0, 1]; ")
    for kind in ("weight-starved", "gradient-starved"):
        [part] = [part for part in words.split("; ") if part.endswith(f" {kind}")]
        named = part.removesuffix(f" are {kind}").replace(" and ", ", ").split(", ")
        assert named == [LABELS[method] for method, found in failures.items() if found.failed(kind).any()]
    assert words.endswith("none stays clear of all of it.")
    alone = replace(DEFAULT, methods=("raw",))
    clear = texts(alone, failures_of(run_divergence(alone.settings())))["says"]
    assert clear == f"At σ = 1, {LABELS['raw']} is weight-starved; none stays clear of all of it."
    nobody = replace(DEFAULT, methods=())
    assert "Choose a method" in texts(nobody, {})["says"]


def test_the_method_of_the_chosen_cell_stands_out():
    picture = panel.pictures(replace(DEFAULT, cell="dwa/left"))["weights"]
    lines = {t["uid"]: t for t in picture["data"] if t["uid"].endswith("-42")}
    assert {uid: t["opacity"] == 1.0 for uid, t in lines.items()} == {uid: uid == "dwa-42" for uid in lines}
    alike = panel.pictures(replace(DEFAULT, cell="uncertainty/left"))["weights"]
    assert {t["opacity"] for t in alike["data"] if t["uid"].endswith("-42")} == {1.0}


def test_every_line_is_named_where_it_ends():
    for name, picture in panel.pictures(DEFAULT).items():
        low, high = picture["layout"]["yaxis"]["range"]
        heights = sorted(float(trace(picture, f"name-{method}")[1][0]) for method in DEFAULT.shown)
        assert min(np.diff(heights)) > 0.049 * (high - low), name
        assert not picture["layout"]["showlegend"]


def test_rates_come_unasked_when_the_page_is_there_and_fill_matrix_and_picture():
    client = app.create_app().server.test_client()
    state = replace(DEFAULT, methods=("gaba", "gradnorm-raw"), steps=60)
    rates_id = '{"name":"rates","type":"picture","view":"anti-windup-divergence"}'
    outputs = [
        {"id": {"type": "picture", "view": panel.NAME, "name": "rates"}, "property": "data"},
        {"id": f"{panel.NAME}-first", "property": "children"},
        {"id": f"{panel.NAME}-matrix", "property": "children"},
    ]
    body = {
        "output": f"..{rates_id}.data...{panel.NAME}-first.children...{panel.NAME}-matrix.children..",
        "outputs": outputs,
        "inputs": [
            {"id": f"{panel.NAME}-state", "property": "data", "value": {**to_text(state), "clock": 0}},
            {"id": f"{panel.NAME}-defaults", "property": "data", "value": {}},
        ],
        "changedPropIds": [],
    }
    answer = client.post("/_dash-update-component", json=body).get_json()["response"]
    _, y = trace(answer[rates_id]["data"], "rate-gradnorm-raw")
    np.testing.assert_allclose(y, 100 * rates(state).rates["gradnorm-raw"]["left"], atol=1e-4)
    text = json.dumps(answer, ensure_ascii=False)
    assert "Seeds that fail: 100\u202f% without noise" in text
    assert "Smallest noise that fails" in text


def test_a_long_search_takes_fewer_seeds():
    long = replace(DEFAULT, methods=tuple(COMPARATORS), steps=1000)
    assert long.steps * len(long.methods) * rates(long).seeds <= RATE_STEPS
    assert rates(long).seeds >= 50
