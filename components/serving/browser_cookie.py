"""Which browser asks: a random name that it brings along, so that what it dropped is shown to it alone.

There are no accounts: the name says nothing of who sits there, and lives as long as what was dropped.
"""

from __future__ import annotations

import re
import secrets

from flask import Flask, Response, g, has_request_context, request

COOKIE = "gaba_browser"
NAME = re.compile(r"[A-Za-z0-9_-]{32}")


def register(server: Flask, seconds: int) -> None:
    """Give each browser its name with the first page, and anew with each page that it opens.

    Args:
        server: the Flask application.
        seconds: how long a browser that is not used keeps its name.
    """

    @server.after_request
    def name_it(response: Response) -> Response:
        if response.mimetype == "text/html" or "gaba_browser" in g:
            response.set_cookie(
                COOKIE,
                browser_name(),
                max_age=seconds,
                path=f"{request.script_root}/",
                secure=request.is_secure,
                httponly=True,
                samesite="Lax",  # a link in a mail leads to the same browser
            )
        return response


def browser_name() -> str:
    """Return the name of the browser that asks; one that has none gets one with its answer."""
    if not has_request_context():
        return ""
    brought = request.cookies.get(COOKIE, "")
    if NAME.fullmatch(brought):
        return brought
    if "gaba_browser" not in g:
        g.gaba_browser = secrets.token_urlsafe(24)
    return str(g.gaba_browser)
