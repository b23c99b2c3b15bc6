"""The frame around every view: header, navigation, colour scheme, notifications."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import dash_mantine_components as dmc
from dash import (
    ALL,
    MATCH,
    ClientsideFunction,
    Dash,
    Input,
    Output,
    State,
    dcc,
    html,
    page_container,
    set_props,
)

from . import cards, ids, server_notice, theme
from .addresses import page_address
from .link_parts import unknown_parts
from .protocols import View

INDEX = """<!DOCTYPE html>
<html lang="en">
  <head>
    {%metas%}
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{%title%}</title>
    <link rel="icon" type="image/svg+xml" href="assets/mark.svg">
    {%css%}
    <style>STYLE</style>
  </head>
  <body>
    {%app_entry%}
    <footer>{%config%}{%scripts%}{%renderer%}</footer>
  </body>
</html>""".replace("STYLE", theme.css_variables())


def layout(views: tuple[View, ...], prefix: str = "") -> dmc.MantineProvider:
    """The whole page, served under a path; Dash puts the view of the address into it."""
    return dmc.MantineProvider(
        [
            dcc.Store(id=ids.TEMPLATES, data=theme.TEMPLATES),
            dmc.NotificationContainer(id=ids.NOTIFY, position="top-right"),
            server_notice.notice(),
            html.Div(id="gaba-heard", role="status", className="gaba-heard"),
            html.Div("Drop to judge this log", className="gaba-dropping", **cards.hidden()),
            html.A("Skip to the content", href="#content", className="gaba-skip"),
            html.Button("Leave (Esc)", id="gaba-leave", className="gaba-quiet"),
            _header(views, prefix),
            html.Main(page_container, id="content", className="gaba-main"),
        ],
        theme=theme.MANTINE,
        defaultColorScheme="auto",
    )


def _header(views: tuple[View, ...], prefix: str) -> html.Header:
    links = [
        dmc.NavLink(id=ids.link_to(path), label=title, href=path, w="auto", className="gaba-nav")
        for path, title in ((f"{prefix}{view.PATH}", view.TITLE) for view in views)
    ]
    brand = dmc.Group(
        [html.Img(src="assets/mark.svg", alt="", width=28, height=28), dmc.Text("GABA", fw=600, size="lg")],
        gap="xs",
        wrap="nowrap",
        className="gaba-brand",
    )
    toggle = dmc.ColorSchemeToggle(
        id=ids.SCHEME,
        lightIcon=_icon("sun"),
        darkIcon=_icon("moon"),
        variant="subtle",
        color="gray",
        size="lg",
        **{"aria-label": "Light or dark"},
    )
    return html.Header(
        [
            dmc.Group(
                [brand, html.Nav(dmc.Group(links, gap=4, wrap="nowrap"), **cards.labelled("Views"))],
                wrap="nowrap",
                className="gaba-views",
            ),
            dmc.Group([*_actions(), toggle], gap=4, wrap="nowrap"),
        ],
        className="gaba-header",
    )


def _actions() -> list[Any]:
    """What every view has: its settings by default, and a link to what it shows."""
    words = {"gaba-present": "Present", "gaba-reset": "Reset", "gaba-copy": "Copy link"}
    return [
        html.Button(text, id=name, className="gaba-quiet", **cards.named_words(text))
        for name, text in words.items()
    ]


def page(view: View, names: frozenset[str]) -> Callable[..., html.Div]:
    """A view's layout, which says where it stands: the navigation lights what has come.

    Args:
        view: whose layout it is.
        names: what a link to it may hold; any other part of one is named.
    """

    def whole(**query: str) -> html.Div:
        strange = cards.refused(unknown_parts(query, names))
        known = {name: text for name, text in query.items() if name in names}
        to_numbers = html.A("Skip to the numbers", href="#numbers", className="gaba-skip")
        store = dcc.Store(id=ids.PAGE, data=page_address(view.PATH))
        return html.Div([store, to_numbers, view.layout(**known), html.Div(strange)])

    return whole


def nowhere(**_: str) -> html.Div:
    """What stands at an address without a view."""
    return html.Div(
        [
            dcc.Store(id=ids.PAGE, data=""),
            dmc.Title("Page not found", order=1, size="h3"),
            dmc.Text(["Go to ", dmc.Anchor("Convergence", href=page_address("/"))], mt=8),
        ],
        className="gaba-nowhere",
    )


def _icon(name: str) -> html.Span:
    return html.Span(className=f"gaba-icon gaba-icon-{name}")


def register_callbacks(app: Dash) -> None:
    """Paint every picture as it comes, on load and on change, without the server."""
    app.clientside_callback(
        ClientsideFunction("gaba", "picture"),
        Output(ids.figure(MATCH, MATCH), "figure"),
        Input(ids.picture(MATCH, MATCH), "data"),
        State(ids.TEMPLATES, "data"),
        State(ids.picture(MATCH, MATCH), "id"),
    )
    app.clientside_callback(
        ClientsideFunction("gaba", "light"),
        Output(ids.link_to(ALL), "active"),
        Output(ids.link_to(ALL), "href"),
        Input(ids.PAGE, "data"),
        State(ids.link_to(ALL), "id"),
    )


def notify(title: str, message: str, color: str = "red") -> None:
    """Show one notification; call it from within a callback."""
    notice = {"action": "show", "title": title, "message": message, "color": color, "autoClose": 12_000}
    set_props(ids.NOTIFY, {"sendNotifications": [notice]})
