"""The frame around every view: header, navigation, colour scheme, notifications."""

from __future__ import annotations

import dash_mantine_components as dmc
from dash import MATCH, ClientsideFunction, Dash, Input, Output, State, dcc, html, page_container, set_props

from . import cards, ids, theme
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


def layout(views: tuple[View, ...]) -> dmc.MantineProvider:
    """The whole page; Dash puts the view of the address into it."""
    return dmc.MantineProvider(
        [
            dcc.Store(id=ids.TEMPLATES, data=theme.TEMPLATES),
            dmc.NotificationContainer(id=ids.NOTIFY, position="top-right"),
            html.A("Skip to the content", href="#content", className="gaba-skip"),
            _header(views),
            html.Main(page_container, id="content", className="gaba-main"),
        ],
        theme=theme.MANTINE,
        defaultColorScheme="auto",
    )


def _header(views: tuple[View, ...]) -> html.Header:
    links = [
        dmc.NavLink(label=view.TITLE, href=view.PATH, active="exact", w="auto", className="gaba-nav")
        for view in views
    ]
    brand = dmc.Group(
        [html.Img(src="assets/mark.svg", alt="", width=28, height=28), dmc.Text("GABA", fw=750, size="lg")],
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
            toggle,
        ],
        className="gaba-header",
    )


def nowhere(**_: str) -> html.Div:
    """What stands at an address without a view."""
    return html.Div(
        [
            dmc.Title("There is no page at this address", order=1, size="h3"),
            dmc.Text("The views are named above.", size="sm", mt=6),
            dmc.Anchor("To Convergence, the first of them", href="/", size="sm"),
        ]
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
        ClientsideFunction("gaba", "save"),
        Output(ids.export(MATCH, MATCH, MATCH), "n_clicks"),
        Input(ids.export(MATCH, MATCH, MATCH), "n_clicks"),
        State(ids.export(MATCH, MATCH, MATCH), "id"),
        prevent_initial_call=True,
    )


def notify(title: str, message: str, color: str = "red") -> None:
    """Show one notification; call it from within a callback."""
    notice = {"action": "show", "title": title, "message": message, "color": color, "autoClose": 12_000}
    set_props(ids.NOTIFY, {"sendNotifications": [notice]})
