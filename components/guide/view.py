"""Guide view: how to read a plot of weights, what goes wrong, and where the source chapters err."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html

from ..layout import cards, controls, ids
from ..layout.checked_state import state_or_default
from ..layout.protocols import unprepared, unversioned
from ..layout.url_state import from_text
from . import analogy_card, diagram, prediction_card
from . import state as states
from .analogy_figure import analogy_picture
from .bound import bound_picture
from .diagram_figure import trio_picture
from .figures import curve_picture
from .layout import contents, lessons, picture, side
from .prediction_figure import prediction_picture
from .state import GuideState

NAME, PATH, TITLE = states.NAME, "/guide", "Guide"
STATE = GuideState
QUESTION = "How is a plot of task weights read, and what is true of it?"
DRAWN = ("curve", "guess", "trio", "field")
AT_ONCE, prepare, version = None, unprepared, unversioned


def pictures(state: GuideState) -> dict[str, dict[str, Any]]:
    """Every picture of the view, with the words that go with it."""
    return {
        "curve": curve_picture(state),
        "guess": prediction_picture(state),
        "trio": trio_picture(state),
        "bound": bound_picture(state),
        "field": analogy_picture(state),
    }


def cost(state: GuideState) -> float:
    """Return the seconds that the picture takes at most: four runs of 25 epochs and a loop twice."""
    return 0.06


def layout(**query: str) -> html.Div:
    """The view as the URL describes it."""
    state, problems = from_text(GuideState, query)
    found = pictures(state)
    head = [dmc.Title(QUESTION, order=1, size="h3"), contents(), cards.refused(problems)]
    return html.Div(
        [
            html.Div(dmc.Stack(head, gap=6), className="gaba-top"),
            html.Div(side(state), className="gaba-side"),
            html.Div(picture(found), className="gaba-picture"),
            html.Div(
                [
                    prediction_card.card(state, found["guess"]),
                    diagram.card(state, found["trio"]),
                    lessons(state),
                    analogy_card.card(state, found["field"]),
                ],
                className="gaba-numbers gaba-course",
            ),
            *controls.stores(NAME, state),
        ],
        className="gaba-view",
    )


def register_callbacks(app: Dash) -> None:
    """Redraw when the collected state changes."""
    controls.register(app, NAME)
    prediction_card.register(app)

    @app.callback(
        *(Output(ids.picture(NAME, name), "data") for name in DRAWN),
        Input(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def redraw(text: dict[str, Any]) -> list[dict[str, Any]]:
        found = pictures(state_or_default(GuideState, text))
        words = {name: value for picture in found.values() for name, value in picture["text"].items()}
        return [{**found[name], "text": words, "clock": text["clock"]} for name in DRAWN]
