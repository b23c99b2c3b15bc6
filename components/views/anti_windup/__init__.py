"""Anti-windup view: what the floor does, one panel at a time; each has a state and pictures of its own."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, html

from components import cards
from components.anti_windup.layout import framed
from components.state import from_text
from components.views.anti_windup import monte_carlo, projection, recovery

NAME, PATH, TITLE = "anti-windup", "/anti-windup", "Anti-windup"
PANELS = (projection, monte_carlo, recovery)


def layout(panel: str = projection.PANEL, **query: str) -> html.Div:
    """The panel that the URL names, as the URL describes it."""
    shown = next((p for p in PANELS if panel == p.PANEL), projection)
    state, problems = from_text(shown.STATE, query)
    if panel != shown.PANEL:
        names = ", ".join(p.PANEL for p in PANELS)
        problems = (f"panel must be one of {names}; got {panel!r}. The first is shown.", *problems)
    head = [
        dmc.Title("The floor as anti-windup", order=2, size="h3"),
        _tabs(shown.PANEL),
        cards.look_for(shown.LOOK_FOR),
        cards.refused(problems),
    ]
    return framed(shown, state, head)


def _tabs(current: str) -> Any:
    links = [
        dmc.NavLink(
            label=p.LABEL,
            href=f"{PATH}?panel={p.PANEL}",
            active=current == p.PANEL,
            w="auto",
            className="gaba-nav",
        )
        for p in PANELS
    ]
    return html.Nav(dmc.Group(links, gap=4), **cards.labelled("Panels of the Anti-windup view"))


def register_callbacks(app: Dash) -> None:
    """Register every panel's callbacks."""
    for panel in PANELS:
        panel.register_callbacks(app)
