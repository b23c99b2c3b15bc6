"""What a browser of ours never asks of a route is answered with 4xx and a sentence: no 5xx, no traceback."""

import json
import random
from urllib.parse import quote, urlencode

import pytest

import app
from components.layout.url_state import to_text
from components.views import PANELS, VIEWS
from gaba_core.parameters import quantities

NUMBERS = (
    "",
    "-1",
    "0",
    "3",
    "1e9",
    "1e999",
    "nan",
    "inf",
    "9" * 5000,
    "٣",
    "²",
    "0x10",
    "1_0",
    " 7",
    "10^400",
)
TEXTS = (
    *("x", "a/" * 300, "x" * 300 + ".jsonl", "../../etc/passwd", "\x00", "\n", "‮gpj", "<b>%{y}</b>", "#"),
    *(
        "FD002/gaba/seed_42",
        "FD002%2Fgaba%2Fseed_42",
        "dropped: x #1",
        "dropped:",
        "__proto__",
        "\ud800",
        "=,;&",
    ),
)
RAW = (b"%ff%fe", b"%00", b"%", b"%zz", b"=&=&=", b"a" * 3000, b"%ed%a0%80", b"\xff\xfe", b"+" * 40)
BODIES = (
    *(b"", b"{", b"null", b"[]", b"[[]]", b"1", b'"x"', b"\xff", b"[" * 200_000, b'{"a":' * 5000),
    *(b'{"x": {"records": 1' + b"0" * 400 + b"}}", b'{"x": {"label": "\\ud800", "tag": "\\ud800"}}'),
    *(b'{"x": null}', b'{"x": {"records": "y", "status": 3, "written": []}}', b'{"x": {"records": 1e999}}'),
)
OTHER = (
    *(
        "/frames",
        "/frames/",
        "/frames/%00",
        "/live",
        "/live/",
        "/live/runs/",
        "/healthz/",
        "/assets/",
        "/assets/%00",
    ),
    *(
        "/assets/..%2f..%2fapp.py",
        "/assets/%ff",
        "/_dash-component-suites/os/path.py",
        "/nowhere",
        "//",
        "/%ff",
    ),
    *("/_dash-component-suites/dash/dash.py", "/_dash-component-suites/..%2f..%2fapp.py", "/_dash-layout"),
    *("/_dash-component-suites/", "/_dash-component-suites/dash", "/_dash-dependencies", "/_reload-hash"),
    *(
        "/_favicon.ico",
        "/console",
        "/_mcp",
        "/_dash-component-suites/dash/%00",
        "/_dash-component-suites/%ff/x",
    ),
)
NAMES = {f.name for panel in PANELS for f in quantities(panel.STATE)}
FIELDS = sorted(
    NAMES | {"control", "first", "count", "run", "runs", "seen", "show", "pin", "seeds", "reading"}
)


def mutated_query(pairs, rng):
    """The query with some of its values replaced by what no page sends, as bytes."""
    found = dict(pairs)
    for _ in range(rng.randrange(3)):
        found[rng.choice(FIELDS)] = rng.choice((*NUMBERS, *TEXTS, *(str(rng.random()),)))
    for name in [name for name in found if rng.random() < 0.1]:
        del found[name]
    text = urlencode(found, errors="surrogatepass").encode()
    return text + b"&" + rng.choice(RAW) if rng.random() < 0.2 else text


def page_of(view, rng):
    """The body by which a browser asks for a page, with a query that no page writes."""
    search = "?" + mutated_query({}, rng).decode("latin-1")
    values = {"pathname": view.PATH, "search": search}
    return json.dumps(
        {
            "output": ".._pages_content.children..._pages_store.data..",
            "outputs": [
                {"id": "_pages_content", "property": "children"},
                {"id": "_pages_store", "property": "data"},
            ],
            "inputs": [{"id": "_pages_location", "property": k, "value": v} for k, v in values.items()],
            "state": [],
            "changedPropIds": ["_pages_location.search"],
        }
    ).encode()


def question(rng):
    """Method, path with query, and body of one generated request."""
    kind = rng.randrange(5)
    if kind == 0:
        path, method = rng.choice(OTHER), rng.choice(("GET", "POST", "PUT", "HEAD", "OPTIONS"))
        return method, path, rng.choice(BODIES)
    if kind in (1, 2):
        panel = rng.choice(PANELS)
        names = [f.name for f in quantities(panel.STATE)]
        asked = {**to_text(panel.STATE()), "control": rng.choice(names), "first": "1", "count": "2"}
        name = panel.NAME if rng.random() < 0.95 else quote(rng.choice(TEXTS), errors="surrogatepass")
        return "GET", f"/frames/{name}?".encode() + mutated_query(asked, rng), b""
    if kind == 3:
        query = mutated_query({"run": rng.choice(TEXTS), "seen": "x"}, rng)
        route = rng.choice((b"/live/runs?", b"/live/verdicts?"))
        return rng.choice(("GET", "POST")), route + query, rng.choice(BODIES)
    view = rng.choice(VIEWS)
    if rng.random() < 0.3:
        return "POST", "/_dash-update-component", page_of(view, rng)
    return "GET", view.PATH.encode() + b"?" + mutated_query({}, rng), b""


def failures(client, count, seed):
    """The requests of so many that were answered by 5xx, an exception or a traceback."""
    rng, found, answered = random.Random(seed), [], set()
    for _ in range(count):
        method, path, body = question(rng)
        address, _, query = (path if isinstance(path, bytes) else path.encode()).partition(b"?")
        answer = client.open(
            address.decode("latin-1"),
            method=method,
            data=body,
            content_type="application/json",
            environ_overrides={"QUERY_STRING": query.decode("latin-1")},
        )
        answered.add(answer.status_code)
        if answer.status_code >= 500 or b"Traceback" in answer.data:
            found.append((answer.status_code, method, path[:300]))
    assert {200, 400, 404} <= answered
    return found


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


@pytest.mark.parametrize("seed", range(3))
def test_malformed_requests_of_our_routes_are_refused_and_nothing_fails(client, seed):
    assert failures(client, 100, seed) == []


@pytest.mark.slow
def test_ten_thousand_malformed_requests_are_refused_and_nothing_fails(client):
    assert failures(client, 10_000, 2026) == []


@pytest.mark.parametrize("name", ["first", "count"])
def test_a_number_of_five_thousand_digits_is_refused_in_words(client, name):
    asked = {"control": "beta", "first": "0", "count": "1", name: "9" * 5000}
    answer = client.get("/frames/convergence", query_string=asked)
    assert answer.status_code == 400
    assert answer.get_json()["error"].startswith(f"{name} must be a whole number of at least 0")
    assert len(answer.get_json()["error"]) < 400


def test_a_query_that_is_no_text_is_refused_in_words(client):
    answer = client.get("/frames/convergence", environ_overrides={"QUERY_STRING": "control=beta&\xff\xfe=1"})
    assert answer.status_code == 400
    assert answer.get_json()["error"] == "The query must be UTF-8."


@pytest.mark.parametrize("path", ["os/path.py", "dash/dash.py", "..%2f..%2fapp.py", "dash/nothing.js"])
def test_what_is_no_script_of_dash_is_not_found(client, path):
    assert client.get(f"/_dash-component-suites/{path}").status_code == 404


def test_bodies_are_what_they_are_meant_to_be():
    kinds = set()
    for body in BODIES:
        try:
            json.loads(body)
            kinds.add("json")
        except (ValueError, RecursionError):
            kinds.add("none")
    assert kinds == {"json", "none"}
