"""The dashboard: `python app.py` to look at logs, `gunicorn 'app:create_app()'` to serve them."""

from __future__ import annotations

import argparse
from pathlib import Path

import dash
import dash_mantine_components as dmc
from threadpoolctl import threadpool_limits

from components import cache, first_sight, frames, later, runs_live, shell, wire
from components.views import VIEWS
from gaba_core.errors import GabaError

LOGS = Path(__file__).parent / "logs"

dmc.pre_render_color_scheme()  # process-wide hooks: once, never inside create_app
later.drop_polyfill()


def create_app(logs: str | Path = LOGS) -> first_sight.Dashboard:
    """Build a fresh, independent app; tests build as many as they like.

    Args:
        logs: folder of training runs, searched at every depth.
    """
    app = first_sight.Dashboard(
        __name__,
        sights=tuple(view for view in VIEWS if hasattr(view, "FIRST")),
        use_pages=True,
        pages_folder="",
        title="GABA dashboard",
        update_title="",
        on_error=_show_error,
        suppress_callback_exceptions=True,
        meta_tags=[later.grid_tag()],
        external_scripts=[later.graph_script()],
    )
    threadpool_limits(1, user_api="blas")  # our products are small: on a busy machine threads cost 5x
    app.index_string = shell.INDEX
    app.server.config["GABA_LOGS"] = Path(logs)
    cache.init_app(app.server)
    wire.register(app.server)
    for order, view in enumerate(VIEWS):
        dash.register_page(
            view.__name__,
            path=view.PATH,
            name=view.TITLE,
            title=f"{view.TITLE} · GABA",
            order=order,
            layout=view.layout,
        )
        view.register_callbacks(app)
    dash.register_page("not_found_404", title="Not found · GABA", layout=shell.nowhere)
    parts = [part for view in VIEWS for part in getattr(view, "PANELS", (view,))]
    frames.register(app.server, {part.NAME: part for part in parts if hasattr(part, "pictures")})
    runs_live.register_route(app.server)
    shell.register_callbacks(app)
    app.layout = shell.layout(VIEWS)
    return app


def _show_error(error: Exception) -> None:
    """Show our own errors as written; let the log keep the rest."""
    if not isinstance(error, GabaError):
        raise error
    shell.notify("Not possible", str(error))


def main() -> None:
    """Serve the dashboard until it is interrupted."""
    parser = argparse.ArgumentParser(description="Serve the GABA dashboard.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8050)
    parser.add_argument(
        "--logs", type=Path, default=LOGS, help="folder of training runs (default: %(default)s)"
    )
    options = parser.parse_args()
    create_app(options.logs).run(host=options.host, port=options.port)


if __name__ == "__main__":
    main()
