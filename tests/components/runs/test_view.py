"""The Runs view without a browser: layout from a link, callbacks over HTTP, dropped files."""

import base64
import csv
import io
import json

import dash
import pytest
from plotly.utils import PlotlyJSONEncoder

from components.layout.url_state import from_text, to_text
from components.run_source import source
from components.run_source.runs_link import quoted
from components.runs import view
from components.runs.cards import run_list
from components.runs.state import RunsState
from components.serving import cache
from gaba_core.errors import LogFormatError
from gaba_core.runs import read_run
from tests.run_logs import info, records, trace, write

KEY = "FD002/gaba/seed_42"


@pytest.fixture
def folder(tmp_path):
    write(tmp_path / "logs" / KEY, run=info(), steps=trace(30))
    write(tmp_path / "logs/FD002/gaba/seed_7")
    write(tmp_path / "logs/FD004/gaba/seed_1", log="[{")
    return tmp_path / "logs"


@pytest.fixture
def served(folder):
    app = dash.Dash("runs", suppress_callback_exceptions=True)
    app.server.config["GABA_LOGS"] = folder
    cache.init_app(app.server)
    view.register_callbacks(app)
    app.layout = dash.html.Div()
    with app.server.app_context():
        yield app


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


def call(served, outputs, inputs, state=()):
    """Post to Dash as the browser does; inputs and state are (id, property, value)."""
    callback = next(
        key for key in served.callback_map if all(f"{o}" in key for o in outputs)
    )  # fmt: skip
    spec = served.callback_map[callback]
    given = {(i, p): v for i, p, v in inputs}
    ids = [part.rsplit(".", 1) for part in callback.strip(".").split("...")]
    body = {
        "output": callback,
        "outputs": [
            {"id": json.loads(i) if i.startswith("{") else i, "property": p.split("@")[0]} for i, p in ids
        ],
        "inputs": [
            {"id": one["id"], "property": one["property"], "value": given.get((one["id"], one["property"]))}
            for one in spec["inputs"]
        ],
        "state": [{"id": i, "property": p, "value": v} for i, p, v in state],
        "changedPropIds": [f"{inputs[0][0]}.{inputs[0][1]}"],
    }
    if len(ids) == 1:
        body["outputs"] = body["outputs"][0]
    assert spec is not None
    answer = served.server.test_client().post("/_dash-update-component", json=body)
    return answer.get_json() if answer.status_code == 200 else answer.status_code


def test_the_page_lists_every_run_and_draws_one(served):
    tree = page()
    group, *rows = found(tree, "runs-grid")["rowData"]
    assert (group["name"], group["members"]) == ("FD002 gaba", ["FD002/gaba/seed_7", KEY])
    assert [row["key"] for row in rows] == ["FD002/gaba/seed_7", KEY, "FD004/gaba/seed_1"]
    assert rows[1] | {"note": ""} == {
        "key": KEY, "subset": "FD002", "method": "gaba", "seed": 42, "device": "cpu", "epochs": 6,
        "best_epoch": 4, "rmse": 9.0, "rmse_uncapped": None, "nasa": 204.0, "accuracy": None, "note": "",
        "metric": "rmse_last", "at_best": 9.0,
        "figures_from": "At the best epoch, on what the log does not say, nor whether RUL was capped.",
        "failed": False, "name": "seed 42",
    }  # fmt: skip
    assert rows[2]["failed"]
    assert "seed_1/convergence_log.json must be complete JSON" in rows[2]["note"]
    assert found(tree, {"type": "choice", "view": "runs", "param": "runs"})["value"] == KEY
    assert (
        found(tree, "runs-text-0-0")["children"]
        == f"{read_run(served.server.config['GABA_LOGS'] / KEY).weights[4, 0]:.5f}"
    )


def test_gaba_stands_before_its_rivals_and_seeds_in_order(served, folder):
    for key in ("FD002/dwa/seed_1", "FD002/gaba/seed_1024"):
        write(folder / key)
    keys = [row["key"] for row in found(page(), "runs-grid")["rowData"]]
    assert keys == [
        "group FD002 gaba", "FD002/gaba/seed_7", KEY, "FD002/gaba/seed_1024", "FD004/gaba/seed_1",
        "FD002/dwa/seed_1",
    ]  # fmt: skip


def test_a_link_restores_the_selection_and_names_what_it_cannot(served):
    text = json.dumps(page(runs="FD002/gaba/seed_7,../outside", x="hours", metric="nasa"))
    assert "x must be one of epochs, steps, seconds; got 'hours'" in text
    assert "run must be one in the folder of logs; got '../outside'" in text
    tree = json.loads(text)
    chosen = found(tree, {"type": "choice", "view": "runs", "param": "runs"})
    assert chosen["value"] == "FD002/gaba/seed_7,../outside"
    assert found(tree, {"type": "choice", "view": "runs", "param": "metric"})["value"] == ["nasa"]


def test_an_empty_folder_still_gives_a_page(tmp_path, served):
    served.server.config["GABA_LOGS"] = tmp_path / "none"
    served.server.extensions.pop("gaba_runs", None)
    assert found(page(), "runs-grid")["rowData"] == []


@pytest.mark.parametrize("key", [KEY, "a,b", "50%", "é, %2C", "a b/c=d&e"])
def test_a_key_survives_the_way_through_the_url(key):
    state = RunsState(runs=(quoted(key),))
    again, problems = from_text(RunsState, to_text(state))
    assert again.keys == (key,)
    assert problems == ()


def test_a_new_selection_brings_picture_readouts_and_remarks(served):
    state = RunsState(runs=(KEY, "FD002/gaba/seed_7"), metric=("nasa",))
    value = {**to_text(state), "clock": 5}
    answer = call(served, ["runs-legend.children", "runs-head.data"], [("runs-state", "data", value)])[
        "response"
    ]
    picture = answer['{"name":"main","type":"picture","view":"runs"}']["data"]
    assert picture["clock"] == 5
    assert sum(t["uid"].startswith("state-0") for t in picture["data"]) == 2
    assert len(answer["runs-head"]["data"]["values"]) == 2
    assert "FD002 gaba seed 42" in json.dumps(answer["runs-legend"]["children"])
    assert "Verdicts on FD002 gaba seed 42" in json.dumps(answer["runs-verdicts"]["children"])
    assert "no run.json" in json.dumps(answer["runs-remarks"]["children"])
    assert json.dumps(answer["runs-regimes"]["children"], ensure_ascii=False).count("step 0 – 2") == 1


def test_csv_holds_every_record_of_every_selected_run(served):
    state = RunsState(runs=(KEY, "FD002/gaba/seed_7"))
    answer = call(
        served,
        ["runs-download.data"],
        [("runs-csv", "n_clicks", 1)],
        [("runs-state", "data", to_text(state))],
    )
    rows = list(csv.DictReader(io.StringIO(answer["response"]["runs-download"]["data"]["content"])))
    assert len(rows) == 12
    assert float(rows[3]["ema_state_rul"]) == records()[3]["w_rul"]
    assert rows[0]["weight_rul"] != ""
    assert rows[6]["weight_rul"] == ""


def upload(name, content):
    return name, "data:application/json;base64," + base64.b64encode(content).decode()


def drop(served, *files):
    names, contents = [f[0] for f in files], [f[1] for f in files]
    return call(
        served,
        ["runs-dropped.data", "runs-upload.contents"],
        [("runs-upload", "contents", contents)],
        [("runs-upload", "filename", names), ("runs-dropped", "data", None)],
    )


def test_a_dropped_log_is_listed_and_can_be_drawn(served, monkeypatch):
    monkeypatch.setattr(source, "browser_name", lambda: "the same")
    answer = drop(served, upload("a, b.json", json.dumps(records()).encode()))
    (row,) = answer["response"]["runs-dropped"]["data"]
    assert row["subset"] == "a, b.json"
    assert row["fresh"]
    assert row["note"].startswith("dropped on this page")
    drawn, problems = source.shown([row["key"]])
    assert problems == ()
    assert drawn[0].label == "a, b.json"
    assert drawn[0].run.state[1, 0] == 0.251


def test_a_bad_drop_gives_one_message_and_changes_nothing(served):
    answer = drop(served, upload("bad.json", b'[{"epoch": "n/a", "nasa": 1}]'))
    assert "runs-dropped" not in answer["response"]
    notice = answer["sideUpdate"]["notify"]["sendNotifications"]
    assert len(notice) == 1
    assert (
        notice[0]["message"]
        == "bad.json, entry 0, field 'epoch' must be a finite number; got the text \"n/a\"."
    )


def test_one_bad_file_of_several_does_not_hide_the_others(served):
    answer = drop(served, upload("bad.json", b"["), upload("good.json", json.dumps(records()).encode()))
    assert [row["subset"] for row in answer["response"]["runs-dropped"]["data"]] == ["good.json"]
    assert "bad.json" in answer["sideUpdate"]["notify"]["sendNotifications"][0]["message"]


def test_a_dropped_log_the_server_no_longer_holds_is_named(served):
    _, problems = source.shown([f"{source.DROPPED}mine.json #0123456789"])
    assert problems == (
        "run must be one that the server holds for this browser; got mine.json. Drop the file here.",
    )


def test_what_the_browser_cannot_have_sent_is_refused(served):
    with pytest.raises(LogFormatError, match=r"x\.json must be a file"):
        source.drop("x.json", "data:;base64,@@@")


def test_the_columns_of_the_list_follow_the_logs():
    def shown(rows):
        return {c.get("field") for c in run_list.columns_for(rows) if not c["hide"]}

    cmapss = {"rmse": 14.0, "nasa": 900.0, "metric": "rmse_last"}
    own = {"rmse": None, "metric": "val_miou", "at_best": 0.73}
    assert {"rmse", "nasa"} <= shown([cmapss])
    assert not {"metric", "at_best", "accuracy"} & shown([cmapss])
    assert {"metric", "at_best"} <= shown([own])
    assert not {"rmse", "rmse_uncapped", "nasa", "accuracy"} & shown([own])
    assert {"rmse", "nasa", "metric", "at_best"} <= shown([cmapss, own])


def test_a_log_of_another_subject_is_listed_with_its_own_metric(served):
    rows = [
        {"epoch": e, "w_a": 0.5, "w_b": 0.5, "train_loss": 1 - e / 9, "val_miou": e / 4} for e in range(4)
    ]
    answer = drop(served, upload("mine.json", json.dumps(rows).encode()))
    (row,) = answer["response"]["runs-dropped"]["data"]
    assert (row["metric"], row["at_best"], row["best_epoch"]) == ("val_miou", 0.75, 3)


def test_the_ten_published_runs_stand_below_with_seed_789_marked(served):
    whole = json.dumps(page(), ensure_ascii=False)
    assert "Which converged: the balancer or the model?" in whole
    strong = [part.partition("}")[0] for part in whole.split('"children": ') if '"Strong"' in part]
    assert any('"789"' in cell for cell in strong)
    assert any('"14.20"' in cell for cell in strong)
