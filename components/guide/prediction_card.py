"""The card on which the reader predicts: the setting, two markers, the button that reveals, the verdict."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html

from ..layout import cards, controls, ids
from .examples import following
from .prediction_figure import MET, REST
from .state import NAME, GuideState

FIGURE = "guess"
LABEL = "Two markers, where the floor is met and where the weight settles; and the curve, once it is shown."
LEVELS: Any = {
    "data-view": NAME,
    "data-level": REST,
    "data-param": "rest",
    "data-upright": MET,
    "data-upright-param": "met",
}


def card(state: GuideState, picture: dict[str, Any]) -> Any:
    """Return the card."""
    text = picture["text"]
    described = {"described": cards.live_id(NAME, "verdict"), "details": ids.part(NAME, "lessons")}
    graph = cards.graph(NAME, FIGURE, picture, LABEL, 340, **described)
    buttons = dmc.Group(
        [
            dmc.Button("Show the curve", id=ids.part(NAME, "reveal"), size="xs"),
            dmc.Button("New example", id=ids.part(NAME, "next"), size="xs", variant="default"),
        ],
        gap="xs",
    )
    return html.Section(
        cards.card(
            [
                html.H2("Predict, then look", className="gaba-chapter"),
                dmc.Text(cards.live(NAME, "setting", text["setting"]), size="sm"),
                html.Div(graph, className="gaba-draggable", **LEVELS),
                html.Div(controls.numbers(NAME, state, names=("met", "rest")), className="gaba-sliders"),
                dmc.Stack(
                    [
                        buttons,
                        dmc.Text(cards.outcome(NAME, "verdict", text["verdict"]), size="sm", fw=600),
                    ],
                    gap="xs",
                    mt="sm",
                ),
                *(
                    dcc.Input(type="hidden", id=ids.choice(NAME, name), value=getattr(state, name))
                    for name in ("example", "shown")
                ),
            ]
        ),
        id="predict",
    )


def register(app: Dash) -> None:
    """Show the curve; take the next example."""

    @app.callback(
        Output(ids.choice(NAME, "example"), "value"),
        Output(ids.choice(NAME, "shown"), "value"),
        Input(ids.part(NAME, "reveal"), "n_clicks"),
        Input(ids.part(NAME, "next"), "n_clicks"),
        State(ids.choice(NAME, "example"), "value"),
        prevent_initial_call=True,
    )
    def turn(_: int | None, __: int | None, example: str) -> tuple[str, str]:
        if ctx.triggered_id == ids.part(NAME, "next"):
            return following(example), "guess"
        return example, "curve"
