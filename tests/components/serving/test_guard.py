"""Who may ask for what: host names, other sites, sizes, headers, and bodies that no page of ours sends."""

import base64
import json

import pytest

import app
from components.folders import ASSETS
from components.options import ServerOptions
from components.serving import guard, security_headers
from gaba_core.errors import ParameterError

ROUTES = ("/", "/runs", "/frames/convergence", "/live/runs", "/_dash-layout", "/assets/gaba.css", "/nowhere")


@pytest.fixture(scope="module")
def client():
    return app.create_app().server.test_client()


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8050", ""]
)
def test_an_unknown_name_is_refused_on_every_route(client, route, host):
    assert client.get(route, headers={"Host": host}).status_code == 403


@pytest.mark.parametrize(
    "host",
    ["localhost", "localhost:8050", "127.0.0.1", "127.8.0.1:99", "[::1]:8050", "LOCALHOST.", "app.localhost"],
)
def test_the_loopback_names_are_answered_on_any_port(client, host):
    assert client.get("/nowhere", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["a@localhost", "localhost/x", "localhost:99999", "[::1", "10.0.0.1", "::1"])
def test_what_only_looks_like_a_loopback_name_is_refused(host):
    assert not guard.is_known(host, ())


def test_a_name_can_be_added_and_every_name_allowed():
    lab = app.create_app(options=ServerOptions(allow_hosts=("gaba.lab.example",))).server.test_client()
    assert lab.get("/nowhere", headers={"Host": "GABA.lab.example:443"}).status_code == 200
    assert lab.get("/nowhere", headers={"Host": "other.lab.example"}).status_code == 403
    anyone = app.create_app(options=ServerOptions(allow_hosts=("*",))).server.test_client()
    assert anyone.get("/nowhere", headers={"Host": "other.lab.example"}).status_code == 200


@pytest.mark.parametrize(
    ("allowed", "host"),
    [
        ("10.0.0.5", "10.0.0.5:8050"),
        ("[2001:db8::1]", "[2001:db8::1]:443"),
        ("2001:DB8:0::1", "[2001:db8::1]"),
        ("Gaba.lab.example.", "gaba.lab.example"),
    ],
)
def test_an_address_can_be_added_however_it_is_written(allowed, host):
    names = ServerOptions(allow_hosts=(allowed,)).allow_hosts
    assert guard.is_known(host, names)
    assert not guard.is_known("10.0.0.6", names)


def test_a_health_check_is_answered_under_any_name(client):
    answer = client.get("/healthz", headers={"Host": "10.1.2.3"})
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "http://localhost"}, True),
        ({"Origin": "http://localhost:1"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "https://evil.example"}, False),
    ],
)
def test_a_page_of_another_site_changes_nothing(client, headers, allowed):
    assert (client.post("/live/runs", json={}, headers=headers).status_code != 403) == allowed
    assert client.get("/live/runs", headers=headers).status_code != 403


def test_forwarded_names_are_believed_of_trusted_proxies_alone(client):
    forwarded = {"Host": "127.0.0.1", "X-Forwarded-Host": "evil.example"}
    assert client.get("/nowhere", headers=forwarded).status_code == 200
    behind = app.create_app(options=ServerOptions(trust_proxy=1)).server.test_client()
    assert behind.get("/nowhere", headers=forwarded).status_code == 403


def body(output="runs-dropped", size=0):
    return json.dumps({"output": output, "inputs": [], "changedPropIds": [], "pad": "x" * size})


@pytest.mark.parametrize("route", ["/_dash-update-component", "/live/runs", "/runs"])
def test_a_body_over_a_mebibyte_is_refused_wherever_no_file_is_dropped(client, route):
    sent = body("convergence-state.data", guard.LARGEST_BODY)
    answer = client.post(route, data=sent, content_type="application/json")
    assert answer.status_code == 413
    assert "48 MiB for a dropped file, 1 MiB for all else" in answer.get_json()["error"]


def test_a_dropped_file_may_be_larger_and_has_a_limit_of_its_own():
    served = app.create_app()
    output = next(key for key in served.callback_map if "runs-dropped.data" in key and "upload" in key)
    contents = "data:;base64," + base64.b64encode(b"[" + b" " * 2**21 + b"]").decode()
    sent = {
        "output": output,
        "outputs": [
            {"id": json.loads(place) if place.startswith("{") else place, "property": name}
            for place, name in (one.rsplit(".", 1) for one in output.strip(".").split("..."))
        ],
        "inputs": [{"id": "runs-upload", "property": "contents", "value": [contents]}],
        "state": [
            {"id": "runs-upload", "property": "filename", "value": ["a.json"]},
            {"id": "runs-dropped", "property": "data", "value": None},
        ],
        "changedPropIds": ["runs-upload.contents"],
    }
    client = served.server.test_client()
    assert client.post("/_dash-update-component", json=sent).status_code == 200
    length = {"CONTENT_LENGTH": str(guard.LARGEST_SENT + 1)}
    assert client.post("/_dash-update-component", environ_overrides=length).status_code == 413


def test_the_route_for_dropped_files_takes_a_larger_body_too_and_refuses_one_over_the_limit():
    client = app.create_app().server.test_client()
    padded = b'[{"epoch": 0, "w_a": 0.5, "w_b": 0.5}' + b" " * 2**21 + b"]"
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n' + padded
    form = {"data": part + b"\r\n--x--\r\n", "content_type": "multipart/form-data; boundary=x"}
    answer = client.post("/dropped", **form)
    assert answer.get_json()["address"].startswith("/runs?runs=dropped")
    length = {"CONTENT_LENGTH": str(guard.LARGEST_SENT + 1)}
    assert client.post("/dropped", environ_overrides=length).status_code == 413


def test_the_page_refuses_what_is_larger_than_the_server_takes():
    text = (ASSETS / "drop_anywhere.mjs").read_text(encoding="utf-8")
    assert f"LARGEST = {guard.LARGEST_DROP // 2**20} * MEBI" in text


def test_a_script_and_a_style_carry_no_policy_of_a_document_and_are_still_what_they_say(client):
    for path in ("/assets/gaba.css", "/assets/main.mjs"):
        answer = client.get(path, headers={"Accept-Encoding": "br"})
        assert answer.status_code == 200
        assert not {"Content-Security-Policy", *security_headers.OF_DOCUMENTS} & set(answer.headers.keys())
        for name, value in security_headers.HEADERS.items():
            assert answer.headers[name] == value


DOCUMENTS = [path for path in ROUTES if not path.endswith(".css")]


@pytest.mark.parametrize("path", [*DOCUMENTS, "/assets/mark.svg", "/assets/none.js", "/frames/none"])
def test_every_document_carries_the_security_headers(client, path):
    answer = client.get(path, headers={"Accept-Encoding": "br"})  # a file that is packed is read to its end
    for name, value in {**security_headers.HEADERS, **security_headers.OF_DOCUMENTS}.items():
        assert answer.headers[name] == value
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["script-src"].split()[0] == "'self'"
    assert not {"'unsafe-inline'", "'unsafe-eval'", "*"} & set(policy["script-src"].split())
    assert policy["frame-ancestors"] == "'none'"


def test_a_refusal_carries_them_too(client):
    answer = client.get("/", headers={"Host": "evil.example"})
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_hashes_are_those_of_the_pages_own_scripts_and_none_of_a_link(client):
    answer = client.get("/?pin=<script>alert(1)</script>")
    allowed = set(answer.headers["Content-Security-Policy"].split("script-src ")[1].split(";")[0].split())
    page = answer.get_data(as_text=True)
    assert set(security_headers.script_hashes(page)) == allowed - {"'self'"}
    planted = page.replace("</body>", "<script>alert(1)</script></body>")
    assert not set(security_headers.script_hashes(planted)) <= allowed


@pytest.mark.parametrize("path", ["/_mcp", "/console", "/?__debugger__=yes&cmd=resource&f=debugger.js"])
def test_routes_of_development_are_off(client, path):
    assert b'id="_dash-config"' in client.get(path).data  # the plain page, as at any address


def test_options_come_from_the_environment_and_bad_ones_are_named(tmp_path):
    found = ServerOptions.from_environment(
        {"GABA_LOGS": str(tmp_path), "GABA_ALLOW_HOST": "a.example, b.example", "GABA_TRUST_PROXY": "2"}
    )
    assert found == ServerOptions(tmp_path, ("a.example", "b.example"), 2)
    assert ServerOptions.from_environment({}) == ServerOptions()
    assert ServerOptions.from_environment({"GABA_TRUST_PROXY": "", "GABA_ALLOW_HOST": ""}) == ServerOptions()
    for environ in (
        {"GABA_TRUST_PROXY": "two"},
        {"GABA_TRUST_PROXY": "99"},
        {"GABA_ALLOW_HOST": "http://a"},
        {"GABA_ALLOW_HOST": "a:80"},
    ):
        with pytest.raises(ParameterError, match="must be a"):
            ServerOptions.from_environment(environ)
