"""Anti-windup view: what the floor does, one panel at a time; each has a state and pictures of its own."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, html

from ..layout import cards
from ..layout.addresses import page_address
from ..layout.protocols import PanelPage
from ..layout.url_state import from_text
from .divergence import panel as divergence_panel
from .experiments import GUIDES, guide_of
from .monte_carlo import panel as monte_carlo_panel
from .panels.frame import framed
from .projection import panel as projection_panel
from .recovery import panel as recovery_panel

NAME, PATH, TITLE = "anti-windup", "/anti-windup", "Anti-windup"
PANELS: tuple[PanelPage, ...] = (projection_panel, monte_carlo_panel, recovery_panel, divergence_panel)


def layout(panel: str = projection_panel.PANEL, guide: str = "", **query: str) -> html.Div:
    """The panel that the URL names, as the URL describes it."""
    shown = next((p for p in PANELS if panel == p.PANEL), projection_panel)
    state, problems = from_text(shown.STATE, query)
    if panel != shown.PANEL:
        names = ", ".join(p.PANEL for p in PANELS)
        problems = (f"panel must be one of {names}; got {panel!r}. The first is shown.", *problems)
    head = [
        _tabs(shown.PANEL),
        dmc.Group(
            [dmc.Title(shown.QUESTION, order=1, size="h3"), _guides(guide)], justify="space-between", gap="xs"
        ),
        _guided(guide) or cards.look_for(shown.LOOK_FOR),
        cards.refused(problems),
    ]
    return framed(shown, state, head)


def _tabs(current: str) -> Any:
    links = [
        dmc.NavLink(
            label=p.LABEL,
            description=p.QUESTION,
            href=page_address(PATH, {"panel": p.PANEL}),
            active=current == p.PANEL,
            w="auto",
            className="gaba-nav gaba-tab",
        )
        for p in PANELS
    ]
    return html.Nav(dmc.Group(links, gap=4), **cards.labelled("Panels of the Anti-windup view"))


def _guides(current: str) -> Any:
    links = [
        dmc.Anchor(guide.label, href=guide.href(number), size="sm", fw=600 if str(number) == current else 400)
        for number, guide in enumerate(GUIDES, 1)
    ]
    return dmc.Group([dmc.Text("Guided experiments", size="sm", c="dimmed"), *links], gap="md")


def _guided(text: str) -> Any:
    """What to look at in a guided experiment: it stands where the panel's own hint would."""
    guide = guide_of(text)
    if guide is None:
        return None
    label = dmc.Text(f"{guide.label}. ", fw=600, span=True)
    return dmc.Text([label, guide.look()], id="anti-windup-guide", size="sm", className="gaba-look")


def register_callbacks(app: Dash) -> None:
    """Register every panel's callbacks."""
    for panel in PANELS:
        panel.register_callbacks(app)
