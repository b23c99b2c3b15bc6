"""What is computed for a client that has gone stops at the next block."""

import socket
import threading
from contextlib import contextmanager

import pytest
import waitress
from werkzeug.serving import make_server

import app
from components.command import LOOK_AHEAD
from components.convergence import view as convergence
from components.map import surface
from components.serving.gone_clients import DISCONNECTED, has_gone, probe_of
from components.step_response import view as step_response

ASKED = "/frames/convergence?control=beta&first=0&count=40&sigma={}"
LONG = 20  # seconds that nothing here takes


@pytest.fixture(scope="module")
def served():
    return app.create_app()


def counted(monkeypatch, module, name):
    """The calls of a function, which is still called."""
    calls, real = [], getattr(module, name)
    monkeypatch.setattr(module, name, lambda *args: (calls.append(args), real(*args))[1])
    return calls


@pytest.mark.parametrize(("view", "first"), [(convergence, 0), (step_response, 5)])
def test_no_picture_is_drawn_once_the_client_has_gone(served, monkeypatch, view, first):
    drawn = counted(monkeypatch, view, "pictures")
    asked = f"/frames/{view.NAME}?control=beta&first=0&count=40"
    answer = served.server.test_client().get(
        asked, environ_overrides={DISCONNECTED: lambda: len(drawn) >= first}
    )
    assert answer.status_code == 499
    assert len(drawn) == first
    assert served.server.test_client().get(asked).status_code == 200  # and nothing of it was cached
    assert len(drawn) == first + 40


def test_no_piece_of_a_map_is_computed_once_the_client_has_gone(served, monkeypatch):
    pieces = counted(monkeypatch, surface, "compute")
    probe = {DISCONNECTED: lambda: True}
    body = {
        "output": ".._pages_content.children..._pages_store.data..",
        "outputs": [
            {"id": "_pages_content", "property": "children"},
            {"id": "_pages_store", "property": "data"},
        ],
        "inputs": [
            {"id": "_pages_location", "property": "pathname", "value": "/map"},
            {"id": "_pages_location", "property": "search", "value": "?sigma=0.0123&epochs=33"},
        ],
        "state": [],
        "changedPropIds": ["_pages_location.search"],
    }
    client = served.server.test_client()
    client.get("/")
    ask = "/_dash-update-component"
    assert client.post(ask, json=body, environ_overrides=probe).status_code == 499
    assert pieces == []
    assert client.post(ask, json=body).status_code == 200
    assert len(pieces) == 1


def test_a_closed_connection_is_seen_and_one_that_says_more_is_not_closed():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = socket.create_connection(listening.getsockname())
        line, _ = listening.accept()
    with line:
        assert not has_gone(line)
        client.sendall(b"GET")
        assert not has_gone(line)
        assert line.recv(3) == b"GET"  # nothing was taken
        client.close()
        line.settimeout(LONG)
        assert line.recv(1) == b""  # the end has come
        assert has_gone(line)
    assert has_gone(line)


def test_a_server_that_cannot_tell_is_answered_to_the_end():
    assert probe_of({}) is None


@contextmanager
def by_werkzeug(application):
    server = make_server("127.0.0.1", 0, application, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def by_waitress(application):
    server = waitress.create_server(application, port=0, channel_request_lookahead=LOOK_AHEAD)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.effective_port
    finally:
        server.trigger.pull_trigger(server.close)
        thread.join()


@pytest.mark.parametrize(("serving", "sigma"), [(by_werkzeug, 0.21), (by_waitress, 0.22)])
def test_a_connection_that_is_closed_stops_what_is_drawn_for_it(served, monkeypatch, serving, sigma):
    begun, over, drawn, probes = threading.Event(), threading.Event(), [], []
    real = convergence.pictures

    def slow(state):
        drawn.append(state)
        begun.set()
        for _ in range(LONG * 100):  # a block that lasts until the server can know
            if probes[0]():
                break
            over.wait(0.01)
        return real(state)

    def application(environ, start_response):
        probes.append(probe_of(environ))
        try:
            return served.server(environ, start_response)
        finally:
            over.set()

    monkeypatch.setattr(convergence, "pictures", slow)
    with serving(application) as port:
        client = socket.create_connection(("127.0.0.1", port))
        client.sendall(f"GET {ASKED.format(sigma)} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        assert begun.wait(LONG)
        client.close()
        assert over.wait(LONG)
    assert len(drawn) == 1
