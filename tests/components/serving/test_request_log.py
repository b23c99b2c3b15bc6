"""The line that a request leaves for an operator."""

import logging
import re

import pytest

import app
from tests.paths import ROOT


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


@pytest.fixture
def lines(caplog):
    caplog.set_level(logging.INFO, "gaba.requests")
    return lambda: [record.getMessage() for record in caplog.records if record.name == "gaba.requests"]


def test_a_line_says_status_time_bytes_and_what_was_asked(client, lines):
    client.get("/healthz?secret=1")
    assert re.fullmatch(r"200 \d+ ms 15 B GET /healthz", lines()[0])


def test_a_refusal_leaves_a_line_too(client, lines):
    client.get("/healthz", headers={"Host": "evil.example.com"})
    client.get("/", headers={"Host": "evil.example.com"})
    assert [line.split(" ")[0] for line in lines()] == ["200", "403"]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"output": "runs-table.children", "inputs": []}', "_dash-update-component runs-table.children"),
        (b'{"output": "a\\nb\\u202e"}', "_dash-update-component a?b?"),
        (b"[]", "_dash-update-component"),
        (b"{", "_dash-update-component ?"),
        (b"{}", "_dash-update-component ?"),
        (b'"' + b"x" * 2**20 + b'"', "_dash-update-component"),
    ],
)
def test_a_callback_is_named_by_what_it_fills_and_a_line_stays_a_line(client, lines, body, said):
    client.post("/_dash-update-component", data=body, content_type="application/json")
    assert lines()[0].endswith(f"POST /{said}")
    assert "\n" not in lines()[0]


def test_nothing_is_written_where_nobody_turns_it_on(client, caplog):
    client.get("/healthz")
    assert not [record for record in caplog.records if record.name == "gaba.requests"]


SAID = ("deploy/Dockerfile", "deploy/nginx.conf", "deploy/try_proxy.py", "README.md")


def variables(paths):
    return {n for path in paths for n in re.findall(r"GABA_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))}


def test_the_files_of_deploy_name_variables_that_there_are():
    sources = [path for part in ("components", "gaba_core") for path in (ROOT / part).rglob("*.py")]
    said = variables(ROOT / name for name in SAID)
    assert len(said) > 5
    assert said <= variables([*sources, ROOT / "deploy/gunicorn.conf.py"])
