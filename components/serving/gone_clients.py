"""Clients that went away before their answer: what is computed for them stops at the next block."""

from __future__ import annotations

import logging
import select
import socket
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

from gaba_core.abandoning import Abandoned, abandoned_when

Environ = dict[str, Any]
SOCKETS = ("gunicorn.socket", "werkzeug.socket")
DISCONNECTED = "waitress.client_disconnected"  # a function, where waitress looks ahead

log = logging.getLogger(__name__)


def register(server: Flask) -> None:
    """Ask of every request between its blocks of work whether its client is still there.

    A proxy in front hangs up as its own client does: nginx by default. A server that lends neither its socket
    nor a function is answered to the end.
    """
    application = server.wsgi_app

    def serve(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            with abandoned_when(probe_of(environ)):
                return application(environ, start_response)
        except Abandoned:
            log.info("A client went away; its work was stopped.")
            start_response("499 Client Closed Request", [("Content-Length", "0")])
            return [b""]

    server.wsgi_app = serve  # type: ignore[method-assign]  # as Flask documents it


def probe_of(environ: Environ) -> Callable[[], bool] | None:
    """Return a function that says whether the client of a request has gone; None where nothing can tell."""
    found: Callable[[], bool] | None = environ.get(DISCONNECTED)
    if found is not None:
        return found
    line = next((environ[name] for name in SOCKETS if name in environ), None)
    return None if line is None or not hasattr(select, "poll") else lambda: has_gone(line)


def has_gone(line: socket.socket) -> bool:
    """Return whether the other end of a connection was closed; waits for nothing and takes nothing it sent.

    A client that closes its half after the request counts as gone, as it does for nginx.
    """
    try:
        readable = select.poll()
        readable.register(line, select.POLLIN)
        return bool(readable.poll(0)) and not line.recv(1, socket.MSG_PEEK)
    except ValueError:  # one that encrypts cannot be looked into; a closed one has no number
        return line.fileno() < 0
    except OSError:
        return True
