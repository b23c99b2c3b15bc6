"""The dashboard under a path: whether a proxy keeps it or strips it, every address leads somewhere."""

import json
import re

import pytest

import app
from components.options import ServerOptions
from components.views import VIEWS
from gaba_core.errors import ParameterError

PREFIX = "/gaba"


@pytest.fixture(scope="module")
def served():
    return app.create_app(options=ServerOptions(url_prefix=PREFIX)).server.test_client()


def addresses(page):
    """Every address that a page names, those of its import map too."""
    tags, modules = r'(?:src|href)="([^"#]+)"', r'": "(/[^"]+\.mjs[^"]*)"'
    return {*re.findall(tags, page), *re.findall(modules, page)}


@pytest.mark.parametrize("sent", [PREFIX, ""])
def test_whatever_the_proxy_sends_each_page_and_all_it_names_come(served, sent):
    for path in ("/", "/runs", "/replay", "/step-response", "/anti-windup", "/map"):
        answer = served.get(f"{sent}{path}")
        assert answer.status_code == 200
        named = addresses(answer.get_data(as_text=True))
        assert len(named) > 20
        for address in named:
            assert address.startswith((f"{PREFIX}/", "assets/")), address
            inside = address.removeprefix(PREFIX) if address.startswith("/") else f"/{address}"
            with served.get(f"{sent}{inside}") as found:
                assert found.status_code == 200, address
                assert found.mimetype != "text/html", address
    assert served.get(f"{sent}/frames/convergence?control=beta&first=0&count=1").status_code == 200
    assert served.get(f"{sent}/live/runs").status_code == 200
    assert served.get(f"{sent}/healthz").get_json() == {"status": "ok"}


def test_the_prefix_without_its_slash_leads_to_the_page(served):
    answer = served.get(f"{PREFIX}?beta=0.9")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"{PREFIX}/?beta=0.9")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert served.get(PREFIX).headers["Location"] == f"{PREFIX}/"
    assert served.get(PREFIX, headers={"Host": "evil.example"}).status_code == 403


@pytest.mark.parametrize("sent", [PREFIX, ""])
def test_the_links_of_each_page_lead_under_the_prefix(served, sent):
    layout = json.dumps(served.get(f"{sent}/_dash-layout").get_json())
    assert set(re.findall(r'"href": "([^"]+)"', layout)) - {"#content"} == {
        f"{PREFIX}{view.PATH}" for view in VIEWS
    }
    for path in ("/", "/anti-windup?guide=1", "/nowhere"):
        links = re.findall(r'"(?:href|action)": "(/[^"]*)"', page_of(served, sent, path))
        assert links, path
        assert all(link.startswith(f"{PREFIX}/") for link in links), path


def page_of(client, sent, path):
    """What the callback of Dash's pages sends for an address."""
    where, _, search = path.partition("?")
    answer = client.post(
        f"{sent}/_dash-update-component",
        json={
            "output": ".._pages_content.children..._pages_store.data..",
            "outputs": [
                {"id": "_pages_content", "property": "children"},
                {"id": "_pages_store", "property": "data"},
            ],
            "inputs": [
                {"id": "_pages_location", "property": "pathname", "value": f"{PREFIX}{where}"},
                {"id": "_pages_location", "property": "search", "value": search and f"?{search}"},
            ],
            "changedPropIds": ["_pages_location.pathname"],
        },
    )
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return json.dumps(answer.get_json())


@pytest.mark.parametrize(
    "prefix", ["gaba", "/a b", "/a//b", "/../a", "//", "/é", "/a?b", "/.", "https://a/b"]
)
def test_what_is_no_path_is_refused(prefix):
    if prefix == "//":
        assert ServerOptions(url_prefix=prefix).url_prefix == ""
        return
    with pytest.raises(ParameterError, match="url_prefix must be a path"):
        ServerOptions(url_prefix=prefix)


@pytest.mark.parametrize("prefix", ["/runs", "/assets/gaba", "/frames", "/replay/", "/healthz", "/live"])
def test_a_prefix_that_begins_like_a_page_is_refused(prefix):
    with pytest.raises(ParameterError, match="must not begin like an address of the dashboard"):
        app.create_app(options=ServerOptions(url_prefix=prefix))


def test_the_environment_and_a_slash_at_the_end_say_the_same():
    stated = ServerOptions.from_environment({"GABA_URL_PREFIX": "/team/gaba/"})
    assert stated.url_prefix == "/team/gaba"
