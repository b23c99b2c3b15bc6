"""The dashboard as one WSGI application: every view, route and cache of it."""

from __future__ import annotations

from pathlib import Path

import dash
from dash import Dash
from flask import request
from threadpoolctl import threadpool_limits

from gaba_core.errors import GabaError

from .command import main
from .folders import ASSETS, LOGS
from .layout import shell
from .options import ServerOptions
from .runs import dropping
from .runs.live import polling
from .runs.verdicts import pills
from .serving import (
    browser_cookie,
    cache,
    callback_bodies,
    compression,
    frames,
    gone_clients,
    guard,
    prerender,
    request_log,
    security_headers,
    url_prefix,
)
from .serving.dropped_files import SECONDS
from .views import PANELS, PRERENDERED, VIEWS, link_names

__all__ = ["LOGS", "create_app", "main"]


def create_app(logs: str | Path | None = None, options: ServerOptions | None = None) -> prerender.Dashboard:
    """Build a fresh, independent app; tests build as many as they like.

    Args:
        logs: folder of training runs, searched at every depth; None for the one of the options.
        options: how it is served; None for what the environment states.

    Raises:
        ParameterError: an option, or its variable of the environment, is out of its range.
    """
    options = ServerOptions.from_environment() if options is None else options
    app = prerender.Dashboard(
        __name__,
        prerendered=PRERENDERED,
        assets_folder=str(ASSETS),
        use_pages=True,
        pages_folder="",
        requests_pathname_prefix=f"{options.url_prefix}/",
        routes_pathname_prefix="/",
        title="GABA dashboard",
        update_title="",
        on_error=_show_error,
        suppress_callback_exceptions=True,
    )
    threadpool_limits(1, user_api="blas")  # our products are small: on a busy machine threads cost 5x
    app.index_string = shell.INDEX
    app.server.config["GABA_LOGS"] = options.logs if logs is None else Path(logs)
    request_log.register(app.server)  # first: what it times is all that follows
    _protect(app, options)
    cache.init_app(app.server)
    app.server.config["GABA_CACHE_FOLDER"] = options.cache_folder
    browser_cookie.register(app.server, SECONDS)
    compression.register(app.server)
    for order, view in enumerate(VIEWS):
        dash.register_page(
            view.__name__,
            path=view.PATH,
            name=view.TITLE,
            title=f"{view.TITLE} · GABA",
            order=order,
            layout=shell.page(view, link_names(view)),
        )
        view.register_callbacks(app)
    dash.register_page("not_found_404", title="Not found · GABA", layout=shell.nowhere)
    frames.register(app.server, {panel.NAME: panel for panel in PANELS})
    polling.register_route(app.server)
    pills.register_route(app.server)
    dropping.register_route(app.server)
    shell.register_callbacks(app)
    app.layout = shell.layout(VIEWS, options.url_prefix)
    gone_clients.register(app.server)
    url_prefix.register(app.server, options.url_prefix, [view.PATH for view in VIEWS])
    return app


def _protect(app: Dash, options: ServerOptions) -> None:
    """Refuse what no page of ours sends, and tell browsers what a page of ours may do."""
    security_headers.register(app.server)
    guard.register(
        app.server,
        options.allow_hosts,
        options.trust_proxy,
        lambda body: request.path == dropping.ROUTE or callback_bodies.takes_files(app.callback_map, body),
    )
    callback_bodies.register(app)


def _show_error(error: Exception) -> None:
    """Show our own errors as written; let the log keep the rest."""
    if not isinstance(error, GabaError):
        raise error
    shell.notify("Not possible", str(error))
