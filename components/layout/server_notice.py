"""What the page says while its server does not answer; `assets/server_watch.mjs` shows it."""

from __future__ import annotations

from typing import Any

from dash import html

STANDS = "The page stays as it is, and catches up by itself."
WORDS = {
    "gone": f"No connection to the server. {STANDS}",
    "silent": f"The server is not answering. {STANDS}",
    "earlier": "Shows an earlier setting",
    "computing": "Computing this setting …",
}


def notice() -> html.Div:
    """The banner, empty while all is well: it lies over the page and moves nothing."""
    words: dict[str, Any] = {f"data-{name}": text for name, text in WORDS.items()}
    return html.Div(id="gaba-server", role="alert", className="gaba-server", **words)
