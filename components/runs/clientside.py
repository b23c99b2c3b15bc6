"""What the Runs page does without the server, in `assets/runs_list.mjs` and `assets/runs_playhead.mjs`."""

from __future__ import annotations

from dash import ClientsideFunction, Dash, Input, Output, State

from ..layout import ids
from ..run_source.runs_link import NAME


def register(app: Dash) -> None:
    """The search, the playhead, the player."""
    app.clientside_callback(
        ClientsideFunction("gaba_runs", "find"),
        Output(ids.part(NAME, "grid"), "dashGridOptions"),
        Input(ids.part(NAME, "find"), "value"),
        State(ids.part(NAME, "grid"), "dashGridOptions"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("gaba_runs", "clear"),
        Output(ids.part(NAME, "find"), "value"),
        Input(ids.part(NAME, "clear"), "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("gaba_runs", "load"),
        Output(ids.part(NAME, "scrub"), "max"),
        Output(ids.part(NAME, "scrub"), "value"),
        Input(ids.part(NAME, "head"), "data"),
    )
    app.clientside_callback(
        ClientsideFunction("gaba_runs", "scrub"),
        Output(ids.part(NAME, "when"), "children"),
        Input(ids.part(NAME, "scrub"), "value"),
        Input(ids.part(NAME, "head"), "data"),
    )
    app.clientside_callback(
        ClientsideFunction("gaba_runs", "play"),
        Output(ids.part(NAME, "play"), "children"),
        Input(ids.part(NAME, "play"), "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("gaba_runs", "speed"),
        Output(ids.part(NAME, "speed"), "className"),
        Input(ids.part(NAME, "speed"), "value"),
    )
