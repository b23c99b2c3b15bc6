"""The page beside hostile files: list, live route and picture of every other run go on."""

import json

import pytest

import app
from components.run_source import source
from tests.hostile_files import GOOD, HOSTILE, clear, good_runs


@pytest.fixture
def folder(tmp_path):
    good_runs(tmp_path / "logs")
    yield tmp_path / "logs"
    clear(tmp_path / "logs")


@pytest.mark.parametrize("kind", HOSTILE)
def test_list_live_route_and_picture_go_on(folder, kind):
    HOSTILE[kind](folder)
    server = app.create_app(folder).server
    keys = [*GOOD, "odd", "x.jsonl", "absent"]
    reply = server.test_client().get("/live/runs", query_string={"run": keys, "seen": ""})
    assert reply.status_code == 200
    rows = {row["key"]: row for row in reply.get_json()["rows"]}
    assert not any(rows[key]["failed"] for key in GOOD)
    with server.app_context():
        shown, problems = source.shown(list(rows))
        assert {s.key for s in shown} >= set(GOOD)
        assert len(shown) + len(problems) == len(rows)
        json.dumps([s.label for s in shown], ensure_ascii=False).encode()


def test_a_folder_called_like_a_dropped_file_is_no_dropped_file(folder):
    HOSTILE["a name like that of a dropped file"](folder)
    server = app.create_app(folder).server
    with server.app_context():
        rows = {row["key"]: row for row in source.rows(source.library().entries())}
        assert "dropped" not in rows["./dropped: x #1"]["note"]
        assert len(source.shown(["./dropped: x #1"])[0]) == 1
