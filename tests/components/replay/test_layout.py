"""The page of the Replay view without a browser: links, parameters, what it says, downloads."""

import csv
import io
import json
from dataclasses import replace

import dash
import pytest
from plotly.utils import PlotlyJSONEncoder

import app
from components.layout.url_state import to_text
from components.replay import data, view
from components.replay.readouts import interval, reproduction
from components.replay.state import ReplayState
from components.replay.table import as_csv, data_table
from components.run_source import source
from gaba_core.aggregators import AGGREGATORS
from gaba_core.errors import ParameterError
from gaba_core.number_text import THIN
from gaba_core.runs import REPLAY_SCHEMES, Estimate, read_run, replay
from tests.components.replay_cases import DWA, EPOCHS, KEY, LOGS, THREE, make_folder, run_of, state_of
from tests.run_logs import info, trace, write


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


def page(**query):
    return json.loads(json.dumps(view.layout(**query), cls=PlotlyJSONEncoder))


def found(tree, ident):
    """The props of the component with this id."""
    if isinstance(tree, dict):
        props = tree.get("props", {})
        if props.get("id") == ident:
            return props
        tree = list(tree.values())
    if isinstance(tree, list):
        return next((hit for item in tree if (hit := found(item, ident)) is not None), None)
    return None


def number(tree, name):
    return found(tree, {"type": "number", "view": "replay", "param": name})["value"]


def test_a_bare_link_opens_on_the_run_without_its_floor_and_says_what_comes_of_it():
    tree = page()
    assert number(tree, "floor") == 0.0
    assert number(tree, "beta") == 0.99
    assert "With floor 0, the rul weight would have" in json.dumps(tree, ensure_ascii=False)


def test_a_link_to_a_run_opens_with_its_own_parameters():
    tree = page(run=data.first_run(source.library().entries()))
    assert found(tree, "replay-pick")["value"] == KEY
    assert [number(tree, name) for name in ("beta", "floor", "warmup_steps")] == [0.99, 0.05, 100]
    labels = [item["label"] for group in found(tree, "replay-pick")["data"] for item in group["items"]]
    assert "FD002 gaba seed 42" in labels


def test_a_link_sets_what_it_names_and_says_what_it_could_not():
    tree = page(run=KEY, beta="0.9", floor="7")
    assert number(tree, "beta") == 0.9
    assert "floor must be a number in [0, 0.5]" in json.dumps(tree)
    lost = page(run="gone")
    assert found(lost, "replay-pick")["value"] == KEY
    assert "Another run is shown." in json.dumps(lost)


def test_what_a_scheme_does_not_read_cannot_be_moved():
    tree = page(run=KEY, scheme="gaba-unfloored")
    idle = {
        name: [
            found(tree, {"type": kind, "view": "replay", "param": name})["disabled"]
            for kind in ("slider", "number")
        ]
        for name in ("beta", "floor")
    }
    assert idle == {"beta": [False, False], "floor": [True, True]}


def test_a_log_whose_clock_is_not_told_offers_the_steps_of_an_epoch():
    assert found(page(run=EPOCHS, mode="compare"), "replay-unknown-clock")["style"] == {}
    assert found(page(run=KEY, mode="compare"), "replay-unknown-clock")["style"] == {"display": "none"}


def test_an_empty_folder_has_a_page_too(tmp_path):
    empty = dash.Dash("empty")
    empty.server.config["GABA_LOGS"] = tmp_path
    with empty.server.app_context():
        assert "No run can be read yet" in json.dumps(page())


def test_the_table_prints_as_many_digits_as_the_interval_bears():
    assert interval(None) == ("the log cannot tell", "–")
    assert interval(Estimate(99.4784, 99.4513, 99.5053)) == ("99.478", "99.451 – 99.505")


def test_the_page_says_whether_the_run_comes_out_again():
    assert "reproduces the recorded weights to" in reproduction(run_of())
    dwa = reproduction(run_of(DWA))
    assert dwa.startswith("Replayed by its own method, DWA: reproduces the recorded weights")
    raw = read_run(LOGS / "FD002/gradnorm/seed_42")
    assert "GradNorm (raw): reproduces the recorded weights" in reproduction(raw)
    weights = raw.steps.weights.copy()
    weights[60] += (0.3, -0.3)
    other = replace(raw, steps=replace(raw.steps, weights=weights))
    assert reproduction(other).endswith(
        "does not reproduce the recorded weights; it is off by 0.15 at step 60."
    )
    assert reproduction(run_of(EPOCHS)) == ""


def test_csv_holds_every_recorded_step_and_its_replay():
    state = state_of(beta="0.9")
    rows = list(csv.DictReader(io.StringIO(as_csv(data.subject(state), state))))
    run = run_of()
    assert len(rows) == len(run.steps.step)
    again = replay(run, 0.9).weights[0]
    assert [float(r["replayed_weight_health"]) for r in rows] == pytest.approx(again[:, 1].tolist(), abs=1e-8)
    state = state_of(run=EPOCHS, mode="compare")
    rows = list(csv.DictReader(io.StringIO(as_csv(data.subject(state), state))))
    assert [int(r["step"]) for r in rows][:2] == [48, 97]
    assert "simulated_state_rul" in rows[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"scheme": "pid"}, "scheme must be one of gaba, "),
        ({"mode": "dream"}, "mode must be one of replay, compare; got 'dream'"),
        ({"show": ("all",)}, "show must be one of state; got 'all'"),
        ({"target": 1.5}, "target must be a number in"),
    ],
)
def test_a_bad_state_is_refused_by_name(changes, message):
    with pytest.raises(ParameterError, match=message):
        replace(ReplayState(), **changes)


def test_a_run_that_grew_is_asked_for_anew(served, client):
    folder = served.server.config["GABA_LOGS"] / "grows"
    write(folder, run=info(), steps=trace(40))
    query = {**to_text(state_of(run="grows", window="whole")), "control": "beta"}
    before = client.get("/frames/replay", query_string=query).data
    assert client.get("/frames/replay", query_string=query).data == before
    write(folder, run=info(), steps=trace(80))
    assert client.get("/frames/replay", query_string=query).data != before


def test_the_table_holds_the_drawn_window_of_the_drawn_task():
    state = state_of(beta="0.9", task="health")
    table = json.loads(json.dumps(data_table(data.subject(state), state), cls=PlotlyJSONEncoder))
    text = json.dumps(table)
    assert f"of {len(run_of().steps.step)} samples; the CSV has them all" in text
    first = f"{replay(run_of(), 0.9).weights[0, 0, 1]:.6f}"
    assert first in text
    steps = [row["props"]["children"][0]["props"]["children"] for row in rows_of(table)]
    assert (steps[0], len(steps)) == ("0", 60)
    assert int(steps[-1].replace(THIN, "")) < 1400
    nothing = state_of(run=EPOCHS)
    assert "cannot be replayed" in json.dumps(
        data_table(data.subject(nothing), nothing), cls=PlotlyJSONEncoder
    )


def rows_of(tree):
    """The body rows of the table in a page."""
    if isinstance(tree, dict):
        if tree.get("type") == "TableTbody":
            return tree["props"]["children"]
        tree = list(tree.values())
    if isinstance(tree, list):
        return next((hit for item in tree if (hit := rows_of(item)) is not None), None)
    return None


def test_only_schemes_that_the_recording_holds_enough_for_are_offered():
    def offered(key):
        groups = found(page(run=key), {"type": "choice", "view": "replay", "param": "scheme"})["data"]
        return {item["value"] for group in groups for item in group["items"]}

    assert offered(KEY) == set(REPLAY_SCHEMES)
    assert set(REPLAY_SCHEMES) - offered(THREE) == {"uncertainty", *AGGREGATORS}  # it has no Gramians


def test_runs_of_one_name_are_told_apart_by_their_folders(tmp_path):
    for key in ("a", "b"):
        write(tmp_path / key, run=info(), steps=trace(20))
    twins = dash.Dash("twins")
    twins.server.config["GABA_LOGS"] = tmp_path
    with twins.server.app_context():
        groups = data.options(ReplayState(run="a"))
    labels = [item["label"] for group in groups for item in group["items"]]
    assert labels == ["FD002 (a) gaba seed 42", "FD002 (b) gaba seed 42"]
