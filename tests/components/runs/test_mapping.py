"""The card on how a file is read: what it says, what the reader may change, and how the page follows."""

import json

import dash
import pytest
from plotly.utils import PlotlyJSONEncoder

from components.layout.url_state import from_text, to_text
from components.run_source import source
from components.run_source.mapping_text import changes, readings_of, rows, with_cell, with_reading, with_rules
from components.run_source.runs_link import quoted
from components.run_source.selected_run import Shown
from components.runs import view
from components.runs.mapping import card
from components.runs.state import RunsState
from components.runs.verdicts import deferred, diagnoses
from components.serving import cache
from gaba_core.errors import ParameterError
from gaba_core.runs import read_run
from gaba_core.runs.roles import task_guess
from tests.components.runs.test_view import call, drop, found, upload
from tests.run_logs import info, records, trace, write

KEY = "FD002/gaba/seed_42"
MANY = [{"epoch": e} | {f"metric_{k}": float(k + e) for k in range(34)} | {"phase": "x"} for e in range(3)]


def shown(content, key="k"):
    return Shown(key, key, read_run(json.dumps(content)), 0)


def text_of(tree):
    return json.dumps(tree, cls=PlotlyJSONEncoder, ensure_ascii=False)


@pytest.fixture
def served(tmp_path):
    write(tmp_path / "logs" / KEY, run=info(), steps=trace(30))
    app = dash.Dash("mapping", suppress_callback_exceptions=True)
    app.server.config["GABA_LOGS"] = tmp_path / "logs"
    cache.init_app(app.server)
    view.register_callbacks(app)
    app.layout = dash.html.Div()
    with app.server.app_context():
        yield app


@pytest.mark.parametrize("key", [KEY, "a,b|c", "dropped: é %.csv #1f", "x=y;z"])
def test_the_readings_of_runs_go_through_the_url(key):
    state = RunsState(reading=with_reading(with_reading((), key, "a=out;@w=state"), "other", "@rows=last"))
    again, problems = from_text(RunsState, to_text(state))
    assert problems == ()
    assert again.readings == {key: "a=out;@w=state", "other": "@rows=last"}
    assert readings_of(with_reading(again.reading, key, "")) == {"other": "@rows=last"}


def test_a_reading_without_a_key_is_refused():
    _, problems = from_text(RunsState, {"reading": "w=state"})
    assert "reading must be KEY|CHANGES; got 'w=state'" in problems[0]


def test_times_and_tasks_stand_before_many_metrics_and_text_is_told_apart():
    found_rows = rows(shown([r | {"w_a": 0.4, "w_b": 0.6} for r in MANY]).run)
    assert [r["name"] for r in found_rows[:3]] == ["epoch", "w_a", "w_b"]
    assert found_rows[1] | {"place": 0} == {
        "name": "w_a", "rows": "all", "range": "0.4", "kind": "Weight or EMA state", "task": "a",
        "was": "", "place": 0, "fixed": False,
    }  # fmt: skip
    assert (found_rows[-1]["name"], found_rows[-1]["fixed"]) == ("phase", True)
    assert len(found_rows) == 38


def test_a_changed_cell_becomes_a_role_and_a_task_is_guessed():
    run = shown(MANY).run
    mapping = with_cell(run, {"name": "metric_3", "kind": "Loss", "task": ""}, "kind")
    assert changes(run, mapping) == "metric_3=loss:metric_3"
    named = with_cell(run, {"name": "metric_3", "kind": "Loss", "task": " seg "}, "task")
    assert changes(run, named) == "metric_3=loss:seg"
    assert (
        with_cell(run, {"name": "metric_3", "kind": "Metric", "task": "seg"}, "task") == run.reading.mapping
    )


@pytest.mark.parametrize(
    ("column", "task"),
    [("loss_seg", "seg"), ("train/seg_loss", "seg"), ("w_rul", "rul"), ("alpha", "alpha"), ("loss", "loss")],
)
def test_a_task_is_called_what_is_left_of_its_column(column, task):
    assert task_guess(column) == task


def test_rules_are_changed_one_by_one_and_an_empty_floor_states_nothing():
    run = shown(records()).run
    assert changes(run, with_rules(run, "last", "weight", 0.1)) == "@rows=last;@w=weight;@floor=0.1"
    assert changes(run, with_rules(run, "file", "found", "")) == ""
    with pytest.raises(ParameterError, match="floor must be in"):
        with_rules(run, None, None, 0.7)


def test_the_card_says_what_was_found_and_how_sure_that_is():
    said = text_of(card.summary(shown(records())))
    assert "List of records, 6 rows of 5 columns" in said
    assert "EMA state (a guess): it goes down to" in said
    assert "state the floor to have it computed" in said
    assert "Tick a run" in text_of(card.summary(None))


def test_the_card_shows_a_new_file_else_the_wanted_one_else_a_foreign_one():
    ours = Shown("a", "a", read_run(json.dumps(records(lambda_rul=0.5, lambda_health=0.5))), 0)
    foreign = shown(MANY, "b")
    assert card.chosen((ours, foreign), None, ()) is foreign
    assert card.chosen((ours, foreign), "a", ("a", "b")) is ours
    assert card.chosen((ours, foreign), "a", ("a",)) is foreign
    assert card.chosen((), "a", ()) is None
    assert card.opened(ours) is None
    assert card.opened(foreign) == "columns"


def test_a_link_with_a_reading_draws_the_run_so(served):
    entry = with_reading((), KEY, "@w=weight")
    tree = json.loads(text_of(view.layout(runs=KEY, reading=",".join(entry))))
    assert found(tree, "runs-quantity")["value"] == "weight"
    assert found(tree, "runs-text-0-0")["children"] == f"{records()[4]['w_rul']:.5f}"
    assert found(tree, "runs-floor-box")["style"] == {"display": "none"}
    assert found(tree, {"type": "choice", "view": "runs", "param": "reading"})["value"] == entry[0]


def test_a_reading_that_does_not_fit_its_file_is_told_and_the_proposal_drawn(served):
    drawn, problems = source.shown([KEY], {KEY: "colour=epoch"})
    assert problems == ("reading must name a column of the log; got 'colour'.",)
    assert drawn[0].run.state is not None


def decide(served, trigger, value, reading=(), **rules):
    state = {**to_text(RunsState(runs=(quoted(KEY),), reading=reading)), "clock": 1}
    values = {"runs-roles.cellValueChanged": None, "runs-repeats.value": "file"}
    values |= {"runs-quantity.value": "found", "runs-floor.value": "", "runs-propose.n_clicks": None}
    values |= rules | {trigger: value}
    body = {
        "output": next(k for k, v in served.callback_map.items() if v.get("no_output")),
        "outputs": [],
        "inputs": [
            dict(zip(("id", "property"), k.split("."), strict=True)) | {"value": v} for k, v in values.items()
        ],
        "state": [
            {"id": "runs-file", "property": "value", "value": KEY},
            {"id": "runs-state", "property": "data", "value": state},
        ],
        "changedPropIds": [trigger],
    }
    answer = served.server.test_client().post("/_dash-update-component", json=body)
    side = (answer.get_json() or {}).get("sideUpdate", {}) if answer.status_code == 200 else {}
    return {json.dumps(k) if not isinstance(k, str) else k: v for k, v in side.items()}


READING = '{"param":"reading","type":"choice","view":"runs"}'


def test_overruling_changes_the_state_of_the_page(served):
    side = decide(served, "runs-quantity.value", "weight")
    assert side[READING]["value"] == f"{KEY}|@w=weight"
    cell = [{"data": {"name": "nasa", "kind": "Left out", "task": ""}, "colId": "kind"}]
    assert decide(served, "runs-roles.cellValueChanged", cell)[READING]["value"] == f"{KEY}|nasa=out"


def test_what_changes_nothing_leaves_the_state_alone(served):
    assert READING not in decide(served, "runs-repeats.value", "file")


def test_the_proposal_can_be_taken_back(served):
    entry = with_reading((), KEY, "@w=weight")
    assert decide(served, "runs-propose.n_clicks", 1, reading=entry)[READING]["value"] == ""


def test_a_role_that_cannot_be_is_told_and_the_list_put_right(served):
    cell = [{"data": {"name": "nasa", "kind": "King", "task": ""}, "colId": "kind"}]
    side = decide(served, "runs-roles.cellValueChanged", cell)
    assert READING not in side
    assert "role must be one of" in json.dumps(side["notify"])
    assert len(side["runs-roles"]["rowData"]) == 5


def test_a_dropped_csv_works_at_once(served):
    answer = drop(served, upload("metrics.csv", b"epoch,step,val_loss\n0,9,3\n1,19,2\n"))
    (row,) = answer["response"]["runs-dropped"]["data"]
    state = RunsState(runs=(quoted(row["key"]),))
    outputs = call(
        served,
        ["runs-summary.children"],
        [("runs-state", "data", {**to_text(state), "clock": 2}), ("runs-file", "value", None)],
        [("runs-file", "data", [])],
    )["response"]
    assert "Lightning metrics.csv, 2 rows of 3 columns" in text_of(outputs["runs-summary"]["children"])
    assert outputs["runs-columns"]["value"] == "columns"
    assert [r["kind"] for r in outputs["runs-roles"]["rowData"]] == ["Epoch", "Step", "Metric"]


def test_a_long_log_is_judged_as_it_is_read(served, monkeypatch):
    seen = []
    monkeypatch.setattr(diagnoses, "LONG", 3)
    monkeypatch.setattr(deferred.answer_card, "said", lambda shown, _: None)
    monkeypatch.setattr(deferred, "verdicts", lambda shown, _: seen.extend(s.run for s in shown))
    state = {**to_text(RunsState(runs=(quoted(KEY),), reading=(f"{KEY}|@w=weight",))), "clock": 1}
    output = next(key for key in served.callback_map if key.startswith("..runs-verdicts.children@"))
    body = {
        "output": output,
        "outputs": [
            {"id": place, "property": f"children{output.split('children')[1].split('...')[0]}"}
            for place in ("runs-verdicts", "runs-answer")
        ],
        "inputs": [{"id": "runs-drawn", "property": "data", "value": ""}],
        "state": [{"id": "runs-state", "property": "data", "value": state}],
        "changedPropIds": ["runs-drawn.data"],
    }
    assert served.server.test_client().post("/_dash-update-component", json=body).status_code == 200
    assert [run.reading.mapping.quantity for run in seen] == ["weight"]
