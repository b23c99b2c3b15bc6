"""What answers to files that are dropped on another page than Runs."""

import io
import json
from urllib.parse import parse_qsl, urlsplit

import pytest

import app
from components.layout.url_state import from_text
from components.options import ServerOptions
from components.runs.state import ALL_RUNS, RunsState
from tests.run_logs import records


def log(**more):
    return json.dumps([{**record, **more} for record in records()]).encode()


@pytest.fixture
def client(tmp_path):
    return app.create_app(options=ServerOptions(cache_folder=tmp_path)).server.test_client()


def send(client, *files, **how):
    sent = {"file": [(io.BytesIO(data), name) for name, data in files]}
    answer = client.post("/dropped", data=sent, **how)
    assert answer.status_code == 200
    return answer.get_json()


def state_at(address):
    where = urlsplit(address)
    state, problems = from_text(RunsState, dict(parse_qsl(where.query)))
    assert problems == ()
    return where.path, state


def test_the_address_shows_the_run_by_its_own_task_and_metric(client):
    rows = [{"epoch": e, "w_seg": 0.4, "w_depth": 0.6, "val_miou": 0.5 + e / 10} for e in range(4)]
    answer = send(client, ("a, b.json", json.dumps(rows).encode()))
    path, state = state_at(answer["address"])
    assert path == "/runs"
    assert [key.rpartition(" #")[0] for key in state.keys] == ["dropped: a, b.json"]
    assert (state.task, state.metrics) == ("seg", ("val_miou",))
    assert answer["notice"] is None


def test_seeds_of_one_set_up_come_with_their_mean(client):
    answer = send(client, *((f"mine_seed{n}.json", log(extra=n)) for n in range(3)))
    _, state = state_at(answer["address"])
    assert len(state.keys) == 3
    assert state.group == ALL_RUNS


def test_a_file_that_is_no_log_is_named_beside_those_that_are(client):
    answer = send(client, ("bad.json", b"["), ("good.json", log()))
    assert "good.json" in answer["address"]
    title, words = answer["notice"]
    assert title == "Not a training log"
    assert words.startswith("bad.json")


@pytest.mark.parametrize("files", [(), (("bad.json", b"["),), (("", b"["),)])
def test_where_nothing_can_be_read_there_is_no_address(client, files):
    assert send(client, *files)["address"] is None


def test_the_page_at_the_address_lists_the_run_for_the_browser_that_dropped_it_alone(tmp_path):
    served = app.create_app(options=ServerOptions(cache_folder=tmp_path))
    mine, other = served.server.test_client(), served.server.test_client()
    for client in (mine, other):
        client.get("/")  # it has its name
    where = urlsplit(send(mine, ("mine.json", log()))["address"])
    asked = {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [
            {"id": "_pages_location", "property": "pathname", "value": where.path},
            {"id": "_pages_location", "property": "search", "value": f"?{where.query}"},
        ],
        "changedPropIds": ["_pages_location.pathname"],
    }
    output = next(key for key in served.callback_map if key.startswith(".._pages_content.children"))
    listed = [
        json.dumps(client.post("/_dash-update-component", json={**asked, "output": output}).get_json())
        for client in (mine, other)
    ]
    assert "dropped on this page" in listed[0]
    assert "dropped on this page" not in listed[1]
    assert "Drop the file here" in listed[1]


def test_under_a_path_the_address_is_there(tmp_path):
    served = app.create_app(options=ServerOptions(cache_folder=tmp_path, url_prefix="/gaba"))
    answer = served.server.test_client().post(
        "/gaba/dropped", data={"file": (io.BytesIO(log()), "mine.json")}
    )
    assert answer.get_json()["address"].startswith("/gaba/runs?runs=dropped")


def test_another_site_cannot_drop_a_file(client):
    answer = client.post(
        "/dropped", data={"file": (io.BytesIO(log()), "a.json")}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
