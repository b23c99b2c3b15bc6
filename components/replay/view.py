"""Replay view: the recorded norms of a run through another controller, and a simulation to compare."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.exceptions import PreventUpdate

from gaba_core.errors import GabaError

from ..layout import cards, controls, ids
from ..layout.checked_state import notify_refused
from ..layout.url_state import to_text
from ..run_source import source
from ..run_source.replay_link import PATH
from . import data
from . import layout as page
from .map_anchor import to_map
from .pictures import pictures_of
from .readouts import LIMITS
from .scheme_list import schemes
from .state import CONTROLLER, ReplayState
from .table import as_csv, data_table

NAME, TITLE = page.NAME, "Replay"
STATE = ReplayState
QUESTION = "What would another controller have made of this run?"
OPENING = {"floor": "0"}  # what a link without settings shows: this very run without its floor
LOOK_FOR = {
    "replay": "how another β, floor or method would have weighted the same gradients: β sets when the weight "
    "arrives, the floor where it ends. With the run's own, the two curves are one.",
    "compare": "where a simulation with constant mean norms, started with the fitted parameters, leaves the "
    "run. What remains is what drifted in the training.",
}
AT_ONCE, prepare = 50, data.prepare  # what is prepared stays until it is drawn
cost, version = data.cost, data.version
__all__ = [
    "AT_ONCE",
    "NAME",
    "PATH",
    "STATE",
    "TITLE",
    "cost",
    "layout",
    "pictures",
    "prepare",
    "register_callbacks",
    "version",
]


WORDS = ("legend", "limits", "apart", "numbers", "reading", "look-for", "to-map")  # parts that are rewritten
HIDDEN = ("only-replay", "only-replay-too", "only-compare", "unknown-clock")  # parts that not every mode has


def pictures(state: ReplayState) -> page.Pictures:
    """Both pictures of the view, with the read-outs that go with them."""
    return pictures_of(data.subject(state), state)


def layout(**query: str) -> html.Div:
    """The view as the URL describes it; without a run one is chosen."""
    entries = source.library().entries()
    first = data.first_run(entries)
    problems: tuple[str, ...] = ()
    try:
        state, problems = data.completed({"run": first, **(query or OPENING)})
    except GabaError as error:
        if not first:
            return _empty()
        state, more = data.completed({**query, "run": first})
        problems = (f"{error} Another run is shown.", *more)
    subject = data.subject(state)
    found = pictures_of(subject, state)
    head = [
        dmc.Title(QUESTION, order=1, size="h3"),
        cards.look_for(html.Span(LOOK_FOR[state.mode], id=ids.part(NAME, "look-for"))),
        cards.refused(problems),
    ]
    return html.Div(
        [
            html.Div(dmc.Stack(head, gap=6), className="gaba-top"),
            html.Div(page.side(state, subject, data.options(state)), className="gaba-side"),
            html.Div(page.picture(state, subject, found), className="gaba-picture"),
            html.Div(page.below(state, subject, found), className="gaba-numbers"),
            *page.hidden(state),
            dcc.Store(id=ids.state(NAME), data={**to_text(state), "clock": 0}),
            dcc.Store(id=ids.part(NAME, "defaults"), data=_defaults(state)),
            dcc.Download(id=ids.part(NAME, "download")),
        ],
        className="gaba-view",
    )


def _empty() -> html.Div:
    words = "No run can be read yet: train one, or drop a log on the Runs page."
    return html.Div(html.Div(cards.card(dmc.Text(words)), className="gaba-top"), className="gaba-view")


def _defaults(state: ReplayState) -> dict[str, str]:
    """What a short link leaves out: the run's own parameters, and the view's own choices."""
    return to_text(ReplayState(**data.starts(state)))


def _state_of(text: dict[str, Any]) -> ReplayState:
    state, problems = data.completed(text)
    notify_refused(problems)
    return state


def register_callbacks(app: Dash) -> None:
    """Redraw; another run or mode with its own parameters; download."""
    controls.register(app, NAME)
    _register_drawing(app)
    _register_choice(app)

    @app.callback(
        Output(ids.part(NAME, "download"), "data"),
        Input(ids.part(NAME, "csv"), "n_clicks"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def download(_: int, text: dict[str, Any]) -> dict[str, Any]:
        state = _state_of(text)
        return {"content": as_csv(data.subject(state), state), "filename": "gaba_replay.csv"}

    @app.callback(
        Output(ids.part(NAME, "data"), "children"),
        Input(ids.part(NAME, "open"), "value"),
        Input(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def show_data(opened: str | None, text: dict[str, Any]) -> Any:
        if not opened:
            return no_update
        state = _state_of(text)
        return data_table(data.subject(state), state)


def _register_drawing(app: Dash) -> None:
    @app.callback(
        {
            **{name: Output(ids.picture(NAME, name), "data") for name in ("main", "below")},
            **{name: Output(ids.part(NAME, name), "children") for name in WORDS},
            **{name: Output(ids.part(NAME, name), "style") for name in HIDDEN},
            "sliders": [Output(ids.slider(NAME, name), "disabled") for name in CONTROLLER],
            "numbers_idle": [Output(ids.number(NAME, name), "disabled") for name in CONTROLLER],
        },
        Input(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def redraw(text: dict[str, Any]) -> dict[str, Any]:
        state = _state_of(text)
        subject = data.subject(state)
        found = pictures_of(subject, state)
        idle = [not state.reads(name) for name in CONTROLLER]
        replays, compares = page.shown_if(state.mode == "replay"), page.shown_if(state.mode == "compare")
        return {
            **{name: {**found[name], "clock": text["clock"]} for name in ("main", "below")},
            "legend": page.legend(found["main"]),
            "limits": LIMITS[state.mode],
            "apart": page.below_title(state, subject),
            "numbers": page.numbers(state, subject, found["main"]["text"]),
            "reading": page.reading(state, subject),
            "to-map": to_map(state, subject),
            "look-for": LOOK_FOR[state.mode],
            "only-replay": replays,
            "only-replay-too": replays,
            "only-compare": compares,
            "unknown-clock": page.shown_if(page.clock_unknown(subject)),
            "sliders": idle,
            "numbers_idle": idle,
        }


def _register_choice(app: Dash) -> None:
    @app.callback(
        {
            **{name: Output(ids.choice(NAME, name), "value") for name in ("run", "mode", "scheme", "task")},
            **{f"{name}_options": Output(ids.choice(NAME, name), "data") for name in ("scheme", "task")},
            "switch": Output(ids.part(NAME, "mode"), "value"),
            "numbers": Output(ids.number(NAME, ALL), "value", allow_duplicate=True),
            "defaults": Output(ids.part(NAME, "defaults"), "data"),
        },
        Input(ids.part(NAME, "pick"), "value"),
        Input(ids.part(NAME, "mode"), "value"),
        Input(ids.part(NAME, "own"), "n_clicks"),
        State(ids.number(NAME, ALL), "id"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def choose(
        key: str, mode: str, _: int | None, numbers: list[dict[str, str]], text: dict[str, Any]
    ) -> dict[str, Any]:
        picked = ctx.triggered_id == ids.part(NAME, "pick")
        wanted = {"run": key, "mode": mode, "reading": text.get("reading", "")}
        state, _ignored = data.completed(wanted)
        if picked and (mode := data.mode_for(state)) != state.mode:
            state, _ignored = data.completed({**wanted, "mode": mode})
        subject = data.subject(state)
        task = state.task if picked or text.get("task") not in subject.run.tasks else text["task"]
        offered = schemes(subject)
        requested = text.get("scheme")
        scheme = (
            requested if any(requested == i["value"] for g in offered for i in g["items"]) else state.scheme
        )
        return {
            "run": key,
            "mode": mode,
            "switch": mode,
            "scheme": scheme,
            "scheme_options": offered,
            "task": task,
            "task_options": page.tasks(subject),
            "numbers": [getattr(state, i["param"]) for i in numbers],
            "defaults": _defaults(state),
        }

    @app.callback(
        Output(ids.number(NAME, ALL), "value", allow_duplicate=True),
        Input(ids.state(NAME), "data"),
        State(ids.number(NAME, ALL), "id"),
        prevent_initial_call=True,
    )
    def refill(text: dict[str, Any], numbers: list[dict[str, str]]) -> list[Any]:
        """An emptied box returns to the run's own."""
        names = [i["param"] for i in numbers]
        if all(name in text for name in names):
            raise PreventUpdate
        own = data.starts(data.completed(text)[0])
        return [no_update if name in text else own[name] for name in names]
