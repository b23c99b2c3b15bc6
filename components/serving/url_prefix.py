"""The dashboard under a path, `/gaba`: behind a proxy that keeps that path, or one that strips it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from flask import Flask, redirect, request
from werkzeug import Response

from gaba_core.errors import ParameterError

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
BARE = "gaba.bare_prefix"  # of an environment: the prefix was asked for without its slash
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def register(server: Flask, prefix: str, pages: Collection[str]) -> None:
    """Serve under a path; every route keeps its name below it.

    Args:
        server: the Flask application, with all of its routes.
        prefix: "/gaba"; "" for none.
        pages: paths of the pages, which are no routes of Flask.

    Raises:
        ParameterError: the prefix begins as an address of the dashboard does: "/runs/runs", of which a proxy
            strips the prefix, could not be told from the prefix itself.
    """
    if not prefix:
        return
    own = {_first(path) for path in (*pages, *(rule.rule for rule in server.url_map.iter_rules()))}
    if _first(prefix) in own:
        raise ParameterError(f"url_prefix must not begin like an address of the dashboard; got {prefix!r}.")

    @server.before_request
    def to_folder() -> Response | None:
        query = request.query_string.decode()
        return redirect(f"{prefix}/{query and f'?{query}'}", 308) if BARE in request.environ else None

    mounted: Any = _mounted(server.wsgi_app, prefix)
    server.wsgi_app = mounted  # type: ignore[method-assign]  # as Flask documents it


def _first(path: str) -> str:
    return path.split("/", 2)[1]


def _mounted(application: Application, prefix: str) -> Application:
    """Return the application under a path, as WSGI has it: `SCRIPT_NAME`, and `PATH_INFO` behind it."""

    def serve(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == prefix:  # addresses in a page count from the folder that it lies in
            environ[BARE] = True
        if path == prefix or path.startswith(f"{prefix}/"):
            environ["PATH_INFO"] = path[len(prefix) :]
        environ["SCRIPT_NAME"] = prefix
        return application(environ, start_response)

    return serve
