"""A line a request, for whoever runs the server: what was asked for, what came back, and how long it took.

Written by the logger `gaba.requests` at level INFO, and so only where somebody turns that on, as
`deploy/gunicorn.conf.py` does. All callbacks have one address: a line names what its callback was to fill.
"""

from __future__ import annotations

import logging
import time

import orjson
from flask import Flask, Response, g, request

from .callback_bodies import ROUTE

LARGEST_READ = 2**20  # bytes of a body whose output is looked up; a dropped file is larger
LONGEST = 120  # letters of what is named

log = logging.getLogger("gaba.requests")


def register(server: Flask) -> None:
    """Write a line for every request that is answered, refusals and errors too."""

    @server.before_request
    def start() -> None:
        g.gaba_started = time.perf_counter()

    @server.after_request
    def write(response: Response) -> Response:
        if log.isEnabledFor(logging.INFO):
            took = 1e3 * (time.perf_counter() - g.get("gaba_started", time.perf_counter()))
            size = response.calculate_content_length() or 0
            log.info("%d %.0f ms %d B %s %s", response.status_code, took, size, request.method, _asked())
        return response


def _asked() -> str:
    """Return the path, of a callback with its output; printable, so that a line stays a line."""
    output = ""
    if request.path.endswith(ROUTE) and (request.content_length or 0) <= LARGEST_READ:
        try:
            sent = orjson.loads(request.get_data())
            output = f" {sent['output']}" if isinstance(sent, dict) else ""
        except (orjson.JSONDecodeError, KeyError):
            output = " ?"
    text = f"{request.path}{output}"[:LONGEST]
    return "".join(c if c.isprintable() else "?" for c in text)
