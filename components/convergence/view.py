"""Convergence view: drag the controller's parameters, watch the seeds converge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import ALL, ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update

from gaba_core.readouts import task_readouts

from ..layout import cards, controls, ids
from ..layout.checked_state import state_or_default
from ..layout.protocols import unversioned
from ..layout.url_state import from_text
from . import layout as page
from . import opening
from .figure.weights import weights_picture
from .idle import notes
from .presets import PRESET_SETS, PRESETS
from .readouts import texts
from .sampling import drawn
from .script import script
from .side import HIDDEN, side, task_controls
from .state import ConvergenceState, seconds_of, with_tasks
from .tables import as_csv, data_table, milestone_table

NAME, PATH, TITLE = page.NAME, "/", "Convergence"
HEADING, PURPOSE = opening.HEADING, opening.PURPOSE
CALL = opening.JUDGE, opening.JUDGE_HINT
STATE = ConvergenceState
cost, version = seconds_of, unversioned
AT_ONCE = 16  # positions whose random shares are still cached when they are drawn


def prepare(states: Sequence[ConvergenceState]) -> None:
    """Compute the read-outs of many states at once, in a fraction of the time."""
    task_readouts.many(asked for state in states for asked in state.simulated())


def pictures(state: ConvergenceState) -> page.Pictures:
    """Every picture of the view, with the read-outs that go with it."""
    return {"weights": weights_picture(drawn(state), texts(state))}


def layout(**query: str) -> html.Div:
    """The view as the URL describes it."""
    state, problems = from_text(ConvergenceState, query)
    found = pictures(state)
    return html.Div(
        [
            html.Div([opening.opening(), cards.refused(problems)], className="gaba-top"),
            html.Div(side(state), className="gaba-side"),
            html.Div(page.picture(found), className="gaba-picture"),
            html.Div(page.numbers(state, found), className="gaba-numbers"),
            *controls.stores(NAME, state),
        ],
        className="gaba-view gaba-front",
    )


def register_callbacks(app: Dash) -> None:
    """Redraw when the collected state changes; presets; pin; what can be taken away."""
    controls.register(app, NAME)
    _register_drawing(app)
    _register_exports(app)


def _register_drawing(app: Dash) -> None:
    @app.callback(
        Output(ids.picture(NAME, "weights"), "data"),
        Output(ids.part(NAME, "data"), "children"),
        Input(ids.state(NAME), "data"),
        Input(ids.part(NAME, "open"), "value"),  # in a callback of its own an older answer could come last
        prevent_initial_call=True,
    )
    def redraw(text: dict[str, Any], opened: str | None) -> tuple[Any, ...]:
        state = state_or_default(ConvergenceState, text)
        picture = {**pictures(state)["weights"], "clock": text["clock"]}
        picture["text"] = picture["text"] | {f"note-{name}": note for name, note in notes(state).items()}
        return picture, data_table(state) if opened else no_update

    @app.callback(
        Output(ids.part(NAME, "tasks"), "children"),
        Output(ids.part(NAME, "ratio"), "style"),
        Input(ids.choice(NAME, "tasks"), "value"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def offer_tasks(tasks: str, text: dict[str, Any]) -> tuple[Any, Any]:
        state = with_tasks(state_or_default(ConvergenceState, text), int(tasks))
        return task_controls(state), HIDDEN if state.tasks > 2 else {}

    @app.callback(
        Output(ids.part(NAME, "milestones"), "children"),
        Input(ids.choice(NAME, "seeds"), "value"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def show_milestones(seeds: list[str], text: dict[str, Any]) -> Any:
        state = state_or_default(ConvergenceState, {**text, "seeds": ",".join(seeds)})
        return milestone_table(state, texts(state))

    @app.callback(
        Output(ids.number(NAME, ALL), "value", allow_duplicate=True),
        Output(ids.choice(NAME, ALL), "value", allow_duplicate=True),
        Input(ids.preset(NAME, ALL), "n_clicks"),
        State(ids.number(NAME, ALL), "id"),
        State(ids.choice(NAME, ALL), "id"),
        prevent_initial_call=True,
    )
    def apply_preset(clicks: list[int | None], numbers: list[Any], choices: list[Any]) -> tuple[Any, Any]:
        if not any(clicks):
            return [no_update] * len(numbers), [no_update] * len(choices)
        name = ctx.triggered_id["name"]
        state, sets = ConvergenceState(**PRESETS[name].values), PRESET_SETS[name]
        return (
            [getattr(state, i["param"]) for i in numbers],
            [sets.get(i["param"], no_update) for i in choices],
        )

    app.clientside_callback(
        ClientsideFunction("gaba", "pin"),
        Output(ids.choice(NAME, "pin"), "value", allow_duplicate=True),
        Input(ids.part(NAME, "pin"), "n_clicks"),
        Input(ids.part(NAME, "unpin"), "n_clicks"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("gaba", "nothing"),
        Output(ids.part(NAME, "unpin"), "disabled"),
        Input(ids.choice(NAME, "pin"), "value"),
        prevent_initial_call=True,
    )


def _register_exports(app: Dash) -> None:
    @app.callback(
        Output(ids.part(NAME, "download"), "data"),
        Input(ids.part(NAME, "csv"), "n_clicks"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def download(_: int, text: dict[str, Any]) -> dict[str, Any]:
        return {
            "content": as_csv(state_or_default(ConvergenceState, text)),
            "filename": "gaba_convergence.csv",
        }

    @app.callback(
        Output(ids.part(NAME, "script"), "opened"),
        Output(ids.part(NAME, "code"), "children"),
        Input(ids.part(NAME, "python"), "n_clicks"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def show_script(_: int, text: dict[str, Any]) -> tuple[bool, Any]:
        return True, cards.code(
            script(state_or_default(ConvergenceState, text)), ids.part(NAME, "script-text")
        )
