"""Verdicts that take long come after the picture, which does not wait for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html, no_update
from dash.exceptions import PreventUpdate

from ...layout import cards, ids
from ...layout.url_state import from_text
from ...run_source import source
from ...run_source.runs_link import NAME
from ...run_source.selected_run import Shown
from ..cards import answer_card
from ..state import MAX_RUNS, RunsState
from . import card as verdicts_card
from .card import verdicts
from .diagnoses import is_long


def card(shown: Sequence[Shown], state: RunsState) -> Any:
    """The card of verdicts; those that take long are still to come."""
    if not is_long(shown):
        return verdicts_card.card(shown, state)
    wait = dmc.Text("Being judged …", size="sm", c="dimmed")
    content = html.Div(wait, id=ids.part(NAME, "verdicts"))
    return cards.card([verdicts_card.head(shown, state), content])


def at_once(shown: Sequence[Shown], state: RunsState) -> Any:
    """The verdicts, unless they take long: then what stands there stays until they have come."""
    return no_update if is_long(shown) else verdicts(shown, state.judged_by)


def answered_at_once(shown: Sequence[Shown], state: RunsState) -> Any:
    """The answer for the selection, unless it takes long: then what stands there stays until it has come."""
    return no_update if is_long(shown) else answer_card.content(shown, state.judged_by)


def register(app: Dash) -> None:
    """Judge long runs once their picture is drawn."""

    @app.callback(
        Output(ids.part(NAME, "verdicts"), "children", allow_duplicate=True),
        Output(ids.part(NAME, "answer"), "children", allow_duplicate=True),
        Input(ids.part(NAME, "drawn"), "data"),
        State(ids.state(NAME), "data"),
        prevent_initial_call="initial_duplicate",
    )
    def judge(_: str, text: dict[str, Any]) -> tuple[Any, Any]:
        state, _ignored = from_text(RunsState, text)
        shown, _missing = source.shown(state.keys[:MAX_RUNS], state.readings)
        if not is_long(shown):
            raise PreventUpdate
        return verdicts(shown, state.judged_by), answer_card.said(shown, state.judged_by)
