"""Projection panel: a raw point under the floor, and where both projections take it."""

from __future__ import annotations

from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, dcc, html

from ...layout import cards, controls, ids
from ...layout.protocols import unprepared, unversioned
from ..panels.export import register_saving, spoken
from ..panels.frame import described_by, live_rows, register_drawing, sliders, stacked, with_note, written
from .figures import projection_picture
from .marks_figure import NAMES as MARKS
from .readouts import BOUNDS, POINTS, texts
from .state import TASKS, ProjectionState

PANEL, LABEL = "projection", "Projection"
NAME = "anti-windup-projection"
STATE = ProjectionState
AT_ONCE, prepare, version = None, unprepared, unversioned
QUESTION = "Where does the floor put me?"
LOOK_FOR = (
    "drag the blue point left, out of the green band. Floor + renormalise, GABA's own rule, lands just below "
    "the floor, because dividing by the sum shrinks what was just raised. The exact projection stops on it."
)
HANDLE = (
    "Raw point. Drag it, or use the arrow keys: right and left, with three tasks also up and down; "
    "with Shift ten times as far."
)


def pictures(state: ProjectionState) -> dict[str, dict[str, Any]]:
    """The one picture of the panel, with the read-outs that go with it."""
    return {"simplex": projection_picture(state, texts(state))}


def cost(state: ProjectionState) -> float:
    """Return the seconds that one picture takes at most."""
    return 0.003


SPLIT = (ids.slider(NAME, "split"), ids.number(NAME, "split"))


def _idle(tasks: str) -> bool:
    """Whether nothing is left to split: of two tasks the second takes all the rest."""
    return tasks == "2"


def side(state: ProjectionState) -> Any:
    """Controls."""
    each = sliders(NAME, state)
    for ident in SPLIT:
        each["split"][ident].disabled = _idle(state.tasks)
    return stacked(
        controls.segments(NAME, "tasks", "Number of tasks K", TASKS, state.tasks),
        each["x1"],
        each["split"],
        with_note(NAME, each["floor"], texts(state)["limit"]),
    )


def centre(state: ProjectionState, found: dict[str, dict[str, Any]]) -> Any:
    """The picture with its handle, and what it says in words."""
    label = "Raw point with arrows to where floor and renormalise and the exact projection take it."
    picture = found["simplex"]
    value = str(state.x1)
    aria: Any = {"aria-label": HANDLE, "aria-valuemin": "0", "aria-valuemax": "1", "aria-valuenow": value}
    handle = html.Div(
        id=ids.part(NAME, "handle"),
        className="gaba-handle",
        tabIndex=0,
        role="slider",
        **aria,
    )
    return cards.card(
        [
            html.Div(
                [
                    cards.graph(NAME, "simplex", picture, label, 440, **described_by(NAME)),
                    handle,
                    *written(NAME, picture["text"], MARKS, axes="2"),
                ],
                className="gaba-spotted",
            ),
            html.Span(picture["text"]["spot"], id=f"{NAME}-text-spot", hidden=True),
            spoken(NAME, "simplex", picture["text"]["says"]),
            dcc.Store(id=ids.part(NAME, "seen")),
        ]
    )


def numbers(state: ProjectionState, found: dict[str, dict[str, Any]]) -> Any:
    """Where the points lie, and the bounds."""
    text = found["simplex"]["text"]
    heads = ["", "Task 1", "Task 2", "Task 3", "Sum"]
    points = live_rows(NAME, POINTS, ["0", "1", "2", "sum"], text)
    limits = live_rows(NAME, BOUNDS, ["low", "high"], text)
    return html.Div(
        [
            cards.card(
                [
                    cards.heading("Weights", "The factors applied to the losses after each projection."),
                    html.Div(
                        cards.readouts(heads, points, "Raw point and both projections, task by task"),
                        className="gaba-wide gaba-wide-little",
                    ),
                ]
            ),
            cards.card(
                [
                    cards.heading(
                        "Bounds of a weight",
                        "The published bound is slightly too tight for floor + renormalise; the exact one "
                        "holds at every step, whatever the gradients do.",
                    ),
                    cards.readouts(["", "Lowest", "Highest"], limits, "Nominal, exact and reachable bounds"),
                ]
            ),
        ],
        className="gaba-pair",
    )


def register_callbacks(app: Dash) -> None:
    """Redraw; and tell the handle in the picture what the controls hold."""
    register_drawing(app, NAME, STATE, pictures)
    register_saving(app, NAME, STATE, pictures)

    @app.callback(
        *(Output(ident, "disabled") for ident in SPLIT),
        Input(ids.choice(NAME, "tasks"), "value"),
        prevent_initial_call=True,
    )
    def rest(tasks: str) -> list[bool]:
        return [_idle(tasks)] * len(SPLIT)

    app.clientside_callback(
        ClientsideFunction("gaba_anti_windup", "remember"),
        Output(ids.part(NAME, "seen"), "data"),
        Input(ids.number(NAME, ALL), "value"),
        Input(ids.choice(NAME, ALL), "value"),
        State(ids.number(NAME, ALL), "id"),
        State(ids.choice(NAME, ALL), "id"),
    )
