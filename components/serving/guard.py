"""Who may ask for what: known host names, requests of our own pages, bodies of a stated size.

A page of another site can have a browser send requests here (cross-site forgery), or reach a loopback server
under a name of its own (DNS rebinding): both are refused before a route sees them.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Collection
from urllib.parse import urlsplit

import orjson
from flask import Flask, Response, request
from werkzeug.middleware.proxy_fix import ProxyFix

LOCAL = "localhost"
HEALTH = "/healthz"
SAFE = {"GET", "HEAD", "OPTIONS"}
OUR_SITE = {"same-origin", "none"}  # what a browser says of the page that sends, "none" for the address bar
LARGEST_DROP = 48 * 2**20  # bytes of a dropped file
LARGEST_BODY = 2**20
ENVELOPE = 2**20  # what a callback sends besides a dropped file
LARGEST_SENT = LARGEST_DROP * 4 // 3 + ENVELOPE  # a browser sends a dropped file as base64


def register(
    server: Flask, allowed: Collection[str], proxies: int, takes_files: Callable[[bytes], bool]
) -> None:
    """Refuse what no page of ours asks for, before any route runs, and add the route /healthz.

    Args:
        server: the Flask application.
        allowed: host names besides the loopback ones, as `options.host_name` writes them; "*" for any.
        proxies: how many proxies in front are trusted to say who asked, and under which name.
        takes_files: whether a body is that of a callback that takes dropped files.
    """
    if proxies:
        server.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask's documentation has it
            server.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies, x_port=proxies
        )
    server.config["MAX_CONTENT_LENGTH"] = LARGEST_SENT
    names = set(allowed)

    @server.before_request
    def check() -> Response | None:
        if request.path == HEALTH:
            return None
        if "*" not in names and not is_known(request.headers.get("Host", ""), names):
            return refusal("This server does not answer under that name; --allow-host adds one.", 403)
        if request.method not in SAFE and is_foreign():
            return refusal("This request comes from a page of another site.", 403)
        if "\0" in request.path:
            return refusal("There is nothing at this address.", 404)
        if not is_text(request.query_string):
            return refusal("The query must be UTF-8.", 400)
        return _check_size(takes_files)

    @server.get(HEALTH)
    def health() -> Response:
        return Response(orjson.dumps({"status": "ok"}), mimetype="application/json")


def is_known(host: str, names: Collection[str]) -> bool:
    """Return whether a Host header names this machine's loopback or one of the names, on any port."""
    try:
        parts = urlsplit(f"//{host}")
        name, _ = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return False
    if not name or parts.username is not None or parts.path or parts.query or parts.fragment:
        return False
    if name in names or name == LOCAL or name.endswith(f".{LOCAL}"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def is_text(data: bytes) -> bool:
    """Return whether bytes are text in UTF-8."""
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def is_foreign() -> bool:
    """Return whether the present request was sent by a page of another site, as far as its browser says."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in OUR_SITE
    origin = request.headers.get("Origin")
    return origin is not None and urlsplit(origin).netloc != request.host


def refusal(words: str, status: int) -> Response:
    """Return an answer that says in a sentence why there is none."""
    return Response(orjson.dumps({"error": words}), status, mimetype="application/json")


def _check_size(takes_files: Callable[[bytes], bool]) -> Response | None:
    """Return why a body is too large; only a callback that takes dropped files may have a large one."""
    if request.method in SAFE:
        return None
    length = request.content_length
    if length is None and request.headers.get("Transfer-Encoding"):
        return refusal("A body must say how long it is.", 411)
    if (length or 0) <= LARGEST_BODY:
        return None
    if length is not None and length <= LARGEST_SENT and takes_files(request.get_data()):
        return None
    limit = f"{LARGEST_DROP // 2**20} MiB for a dropped file, {LARGEST_BODY // 2**20} MiB for all else"
    return refusal(f"A body must be at most {limit}; got {length or 0:,} bytes.", 413)
