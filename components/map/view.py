"""Map view: a measure over two parameters, coarse at once and finer on request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update

from gaba_core.errors import GabaError

from ..layout import cards, controls, ids
from ..layout.checked_state import state_or_default
from ..layout.url_state import from_text
from ..run_source import map_link
from . import layout as page
from .figures import surface_picture
from .readouts import cells, texts, trace_link
from .run_surface import RunSurface, surface_of
from .state import MapState
from .stored_surface import StoredSurface, stored_surface, with_axes
from .surface import Shown, Surface, coarse, finest, refined
from .table import data_table

NAME, PATH, TITLE = map_link.NAME, map_link.PATH, "Map"
STATE = MapState
QUESTION = "Which setting settles soonest, and what does it cost?"
LOOK_FOR = (
    "where isolines run close together, a small change matters; where they run straight along one axis, the "
    "other parameter does nothing. A slow β is quiet and late; a high floor starves the smaller gradient."
)


def layout(**query: str) -> html.Div:
    """The view as the URL describes it; of a run that cannot be mapped the simulated one, which is said."""
    state, problems = from_text(MapState, query)
    try:
        state = _legal(state)
        surface = _surface(state, None)
    except GabaError as error:
        problems = (f"{error} Simulated gradients are mapped.", *problems)
        state = replace(state, run="", reading="", sweep="")
        surface = _surface(state, None)
    drawn = _picture(state, surface)
    top = dmc.Stack(
        [dmc.Title(QUESTION, order=1, size="h3"), cards.look_for(LOOK_FOR), cards.refused(problems)], gap=6
    )
    advice = page.advice(state, surface.advice) if isinstance(surface, RunSurface) else None
    below = page.numbers(drawn["text"], surface, trace_link(state, surface), advice)
    level = finest(state) if isinstance(surface, Surface) else None
    return html.Div(
        [
            html.Div(top, className="gaba-top"),
            html.Div(page.side(state, surface), className="gaba-side"),
            html.Div(page.picture(drawn, cells(state, surface), level), className="gaba-picture"),
            html.Div(below, className="gaba-numbers"),
            *controls.stores(NAME, state),
        ],
        className="gaba-view gaba-map-view",
    )


def _picture(state: MapState, surface: Shown) -> dict[str, Any]:
    return surface_picture(state, surface, texts(state, surface))


def _legal(state: MapState) -> MapState:
    """Return the state with the axes and measures that there are: of a run beta and floor."""
    if state.run:
        measure = "settle" if state.measure == "failure_rate" else state.measure
        return replace(state, x="beta", y="floor", measure=measure, sweep="")
    return with_axes(state, stored_surface(state)) if state.sweep else state


def _state_of(text: dict[str, Any]) -> MapState:
    return _legal(state_or_default(MapState, text))


def _surface(state: MapState, job: dict[str, Any] | None) -> Surface | RunSurface | StoredSurface:
    """Return the surface as fine as a job has made it, where it is one of this setting."""
    if state.run:
        return surface_of(state)
    if state.sweep:
        return stored_surface(state)
    if job and job.get("of") == repr(state.surface) and isinstance(job.get("pieces"), int):
        return refined(state, finest(state), job["pieces"]) if job["pieces"] > 0 else coarse(state)
    return coarse(state)


def register_callbacks(app: Dash) -> None:
    """Redraw when the collected state changes; refine; download."""
    controls.register(app, NAME)
    _register_drawing(app)
    _register_refining(app)

    @app.callback(
        Output(ids.part(NAME, "download"), "data"),
        Input(ids.part(NAME, "csv"), "n_clicks"),
        State(ids.state(NAME), "data"),
        State(ids.part(NAME, "progress"), "data"),
        prevent_initial_call=True,
    )
    def download(_: int, text: dict[str, Any], progress: dict[str, Any] | None) -> dict[str, Any]:
        surface = _surface(_state_of(text), progress)
        return {"content": surface.to_csv(), "filename": "gaba_map.csv"}


def _register_drawing(app: Dash) -> None:
    @app.callback(
        Output(ids.picture(NAME, "surface"), "data"),
        Output(ids.part(NAME, "cells"), "data"),
        Output(ids.part(NAME, "trace"), "children"),
        Output(ids.part(NAME, "data"), "children"),
        Output(ids.part(NAME, "refine"), "children"),
        Output(ids.part(NAME, "refine"), "disabled"),
        Output(ids.part(NAME, "job"), "data", allow_duplicate=True),
        Input(ids.state(NAME), "data"),
        Input(ids.part(NAME, "open"), "value"),
        State(ids.part(NAME, "progress"), "data"),
        State(ids.part(NAME, "job"), "data"),
        prevent_initial_call=True,
    )
    def redraw(
        text: dict[str, Any], opened: str | None, progress: dict[str, Any] | None, job: dict[str, Any] | None
    ) -> tuple[Any, ...]:
        state = _state_of(text)
        surface = _surface(state, progress)
        goes_on = job is not None and job.get("of") == repr(state.surface)
        return (
            {**_picture(state, surface), "clock": text["clock"]},
            cells(state, surface),
            page.trace_anchor(trace_link(state, surface)),
            data_table(state, surface) if opened else no_update,
            page.refine_words(finest(state)) if isinstance(surface, Surface) else no_update,
            isinstance(surface, Surface) and surface.is_finest,
            no_update if goes_on else None,
        )


def _register_refining(app: Dash) -> None:
    """Each piece is asked for by the page when the one before is drawn: to stop is not to ask."""

    @app.callback(
        Output(ids.part(NAME, "job"), "data"),
        Input(ids.part(NAME, "refine"), "n_clicks"),
        Input(ids.part(NAME, "cancel"), "n_clicks"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def begin(_refine: int, _cancel: int, text: dict[str, Any]) -> dict[str, Any] | None:
        if ctx.triggered_id != ids.part(NAME, "refine"):
            return None
        return {"of": repr(_state_of(text).surface), "pieces": 1}

    @app.callback(
        Output(ids.picture(NAME, "surface"), "data", allow_duplicate=True),
        Output(ids.part(NAME, "cells"), "data", allow_duplicate=True),
        Output(ids.part(NAME, "trace"), "children", allow_duplicate=True),
        Output(ids.part(NAME, "refine"), "disabled", allow_duplicate=True),
        Output(ids.part(NAME, "progress"), "data"),
        Input(ids.part(NAME, "job"), "data"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def refine(job: dict[str, Any] | None, text: dict[str, Any]) -> tuple[Any, ...]:
        state = _state_of(text)
        if not job or state.run or state.sweep or job.get("of") != repr(state.surface):
            return (no_update,) * 5
        surface = refined(state, finest(state), int(job["pieces"]))
        progress = {"of": job["of"], "pieces": surface.done, "all": surface.pieces}
        picture = {**_picture(state, surface), "clock": text["clock"]}
        link = page.trace_anchor(trace_link(state, surface))
        return picture, cells(state, surface), link, surface.is_finest, progress

    app.clientside_callback(
        ClientsideFunction("gaba_map", "remember"),
        Output(ids.part(NAME, "seen"), "data"),
        Input(ids.part(NAME, "cells"), "data"),
    )
    app.clientside_callback(
        ClientsideFunction("gaba_map", "work"),
        Output(ids.part(NAME, "refine"), "style"),
        Output(ids.part(NAME, "cancel"), "style"),
        Output(ids.part(NAME, "bar"), "style"),
        Input(ids.part(NAME, "job"), "data"),
    )
    app.clientside_callback(
        ClientsideFunction("gaba_map", "goOn"),
        Output(ids.part(NAME, "bar"), "value"),
        Output(ids.part(NAME, "bar"), "max"),
        Input(ids.part(NAME, "progress"), "data"),
        State(ids.part(NAME, "job"), "data"),
        prevent_initial_call=True,
    )
