"""A dropped log under several workers: each answers for the browser that dropped it, and for no other."""

import base64
import json
from urllib.parse import quote

import pytest

import app
from components.options import ServerOptions
from components.run_source import source
from components.run_source.replay_link import token
from tests.run_logs import records

CONTENTS = "data:;base64," + base64.b64encode(json.dumps(records(30)).encode()).decode()


@pytest.fixture
def workers(tmp_path):
    """Two servers over one cache folder."""
    options = ServerOptions(tmp_path / "logs", cache_folder=tmp_path / "cache")
    return [app.create_app(options=options).server for _ in range(2)]


def browser_of(server):
    """A client that has opened a page, and its name."""
    client = server.test_client()
    answer = client.get("/")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    return client.get_cookie("gaba_browser").value


def asked(server, browser):
    return server.test_request_context("/", headers={"Cookie": f"gaba_browser={browser}"})


def test_a_log_opens_from_any_worker_and_after_a_restart_of_one(workers, tmp_path):
    first, second = workers
    browser = browser_of(first)
    with asked(first, browser):
        key = source.drop("mine.json", CONTENTS).key
    restarted = app.create_app(
        options=ServerOptions(tmp_path / "logs", cache_folder=tmp_path / "cache")
    ).server
    for server in (first, second, restarted):
        with asked(server, browser):
            (shown,), problems = source.shown([key])
            assert problems == ()
            assert len(shown.run.epochs) == 30


def test_a_link_that_another_browser_opens_says_which_file_to_drop(workers):
    first, second = workers
    with asked(first, browser_of(first)):
        key = source.drop("mine.json", CONTENTS).key
    for server in (first, second):
        for other in (browser_of(server), "", "x" * 32, "../../etc"):
            with asked(server, other):
                shown, problems = source.shown([key])
            assert shown == ()
            assert problems == (
                "run must be one that the server holds for this browser; got mine.json. Drop the file here.",
            )


def test_frames_of_a_dropped_log_are_no_other_browsers(workers):
    server = workers[0]
    own, other = server.test_client(), server.test_client()
    own.get("/")
    other.get("/")
    with asked(server, own.get_cookie("gaba_browser").value):
        key = source.drop("mine.json", CONTENTS).key
    path = f"/frames/replay?run={quote(token(key))}&mode=compare&control=beta&first=0&count=2"
    answer = own.get(path)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert other.get(path).status_code == 400


def test_a_browser_keeps_its_name(workers):
    client = workers[0].test_client()
    client.get("/")
    before = client.get_cookie("gaba_browser").value
    client.get("/runs")
    assert client.get_cookie("gaba_browser").value == before
