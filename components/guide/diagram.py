"""The controller as a block diagram: the signal at each stage, and what is and is not fed back."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from ..layout import cards, controls, ids
from ..layout.addresses import page_address
from .state import NAME, GuideState

FIGURE = "trio"
LABEL = "The first task's signal after each stage: raw share, average, clamped average, weight."
STAGES = (
    ("norms", "Gradient norms", "measured before any weight"),
    ("share", "Proportional rule", "gain 1/(K − 1) = 1"),
    ("average", "Low-pass", "↺ its own state is fed back"),
    ("clamped", "Clamp", "x itself is left alone"),
    ("weight", "Divide by the sum", "multiplies the loss"),
)
FIXES = (
    ("B", "Clamp the state"),
    ("C", "Freeze it while saturated"),
    ("D", "Feed the excess back"),
)


def card(state: GuideState, picture: dict[str, Any]) -> Any:
    """Return the section: one slider, the blocks, the signals over time, three fixes."""
    text = picture["text"]
    blocks = [
        html.Li(
            [html.Strong(label), cards.live(NAME, name, text[name]), html.Small(note)],
            className="gaba-block",
        )
        for name, label, note in STAGES
    ]
    fixes = [
        dcc.Link(
            f"{label} ({key})",
            href=page_address("/anti-windup", {"panel": "recovery", "schemes": f"A,{key}"}),
            className="gaba-fix",
        )
        for key, label in FIXES
    ]
    described = {"described": cards.live_id(NAME, "trio"), "details": ids.part(NAME, "blocks")}
    return html.Section(
        cards.card(
            [
                html.H2("The signal, stage by stage", className="gaba-chapter"),
                html.Div(controls.numbers(NAME, state, names=("ratio",)), className="gaba-sliders"),
                html.Div(
                    [
                        html.Ol(blocks, className="gaba-blocks"),
                        html.P(
                            "Not fed back: the clamped value to the average, the weight to the norms.",
                            className="gaba-open-loop",
                        ),
                    ],
                    id=ids.part(NAME, "blocks"),
                ),
                cards.graph(NAME, FIGURE, picture, LABEL, 300, **described),
                dmc.Text(cards.outcome(NAME, "trio", text["trio"]), size="sm"),
                html.P(["Three fixes, each beside GABA: ", *fixes], className="gaba-fixes"),
            ]
        ),
        id="signal",
        className="gaba-lesson",
    )
