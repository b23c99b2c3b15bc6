"""The card on which five other fields run, under two sliders."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from ..layout import cards, controls, ids
from .state import FIELDS, NAME, GuideState

LABEL = "The actuator with and without a cure against windup, its limit, and what the controller asked for."
ROWS = (
    ("tau", "Time constant", "How fast what integrates follows."),
    ("limit", "Limit", "Where the output is clamped."),
    ("depth", "Depth", "How far beyond the limit the controller's wish went."),
    ("release", "Release", "How long the output sits on its limit after the cause has gone."),
    ("cost", "Cost", "Sum of the error after the cause has gone."),
)


def card(state: GuideState, picture: dict[str, Any]) -> Any:
    """Return the card."""
    text = picture["text"]
    rows = [(label, words, [cards.live(NAME, name, text[name])]) for name, label, words in ROWS]
    described = {"described": cards.live_id(NAME, "field"), "details": ids.part(NAME, "field-numbers")}
    return html.Section(
        cards.card(
            [
                html.H2("Five of them, run", className="gaba-chapter"),
                controls.segments(NAME, "field", "Field", FIELDS, state.field),
                html.Div(
                    controls.numbers(NAME, state, names=("strength", "lasts")), className="gaba-sliders"
                ),
                cards.graph(NAME, "field", picture, LABEL, 320, **described),
                dmc.Text(cards.outcome(NAME, "field", text["field"]), size="sm", fw=600, mb="xs"),
                html.Div(
                    cards.readouts(["", "This setting"], rows, "Numbers of the field that runs"),
                    id=ids.part(NAME, "field-numbers"),
                ),
            ]
        ),
        id="analogies",
    )
