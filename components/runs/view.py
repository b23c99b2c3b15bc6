"""Runs view: real training runs, weights above and metrics below, with a playhead over both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from ..layout import cards, controls, ids, published_runs
from ..layout.protocols import Component, unprepared
from ..layout.url_state import from_text
from ..run_source import source
from ..run_source.run_ranges import expanded
from ..run_source.runs_link import NAME, PATH
from ..run_source.selected_run import Shown
from ..serving.browser_cookie import browser_name
from . import clientside, dropping
from .cards import answer_card, differences, parameters, parts
from .cards import cards as cards_cards
from .cards import controls as cards_controls
from .figure.figure import runs_picture
from .figure.panels import baseline_options
from .groups import group_options
from .labels import metric_options, panels_hint, task_options
from .listing import listing
from .live import polling
from .mapping import callbacks, card
from .playhead import playhead
from .report import report
from .selection import drawn, selected
from .state import RunsState
from .table import as_csv
from .time_axis import clock_options
from .verdicts import deferred
from .verdicts.card import judge_options

TITLE = "Runs"
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
STATE = RunsState
AT_ONCE, prepare = None, unprepared
CARDS = (
    "answer",
    "legend",
    "bands",
    "readout",
    "differences",
    "verdicts",
    "parameters",
    "regimes",
    "remarks",
)
CHOICES = ("metric", "task", "group", "baseline", "x", "judge")  # lists whose options follow the runs


def layout(**query: str) -> html.Div:
    """The view as the URL describes it; without a choice of runs one is chosen."""
    state, problems = from_text(RunsState, query)
    state = replace(state, runs=expanded(state.runs))
    entries = source.library().entries()
    if "runs" not in query:
        state = replace(state, runs=dropping.examples(entries))
    shown, more = drawn(state)
    head = [dmc.Title("Training runs", order=1, size="h3"), cards.refused((*problems, *more))]
    dropped = dropping.with_linked([], ",".join(state.runs))
    listed = cards_cards.list_card(listing(entries, dropped), state, source.library().passed_by())
    return html.Div(
        [
            html.Div(dmc.Stack(head, gap=6), className="gaba-top"),
            html.Div([listed, cards_controls.upload()], className="gaba-side gaba-list"),
            html.Div(
                dmc.Stack(
                    [
                        answer_card.card(shown, state.judged_by),
                        cards_cards.picture_card(state, shown),
                        differences.card(shown, state),
                        deferred.card(shown, state),
                        card.card(shown),
                        parameters.card(shown),
                        *cards_cards.number_cards(shown),
                        published_runs.card(),
                    ],
                    gap="md",
                ),
                className="gaba-body",
            ),
            *controls.stores(NAME, state),
            *polling.parts(state),
            dcc.Store(id=ids.part(NAME, "dropped"), storage_type="session"),
            dcc.Store(id=ids.part(NAME, "head"), data=playhead(shown, state)),
            dcc.Download(id=ids.part(NAME, "download")),
            dcc.Download(id=ids.part(NAME, "report-file")),
            dcc.Input(id=ids.choice(NAME, "runs"), type="hidden", value=",".join(state.runs)),
            dcc.Input(id=ids.choice(NAME, "reading"), type="hidden", value=",".join(state.reading)),
        ],
        className="gaba-view",
    )


def register_callbacks(app: Dash) -> None:
    """Selection, redraw, playhead, dropped files, downloads."""
    controls.register(app, NAME)
    clientside.register(app)
    callbacks.register(app)
    polling.register(app)
    report.register(app)
    dropping.register(app)

    @app.callback(
        {
            "picture": Output(ids.picture(NAME, "main"), "data"),
            "playhead": Output(ids.part(NAME, "head"), "data"),
            "drawn": Output(ids.part(NAME, "drawn"), "data"),
            "height": Output(ids.part(NAME, "tall"), "style"),
            "no_report": Output(ids.part(NAME, "report"), "disabled"),
            "examples": Output(ids.part(NAME, "examples"), "style"),
            **{name: Output(ids.part(NAME, name), "children") for name in CARDS},
            **{f"{name}_options": Output(ids.choice(NAME, name), "data") for name in CHOICES},
            "metric_hint": Output(ids.choice(NAME, "metric"), "placeholder"),
        },
        Input(ids.state(NAME), "data"),
        Input(polling.LOOK, "data"),
        prevent_initial_call=True,
    )
    def redraw(text: dict[str, Any], look: dict[str, Any] | None) -> dict[str, Any]:
        seen = polling.drawn_of(text)  # before the runs are read: what changes meanwhile is drawn again
        state, shown = selected(text)
        # a look that overtook the answer to a change has to answer to both
        asked = ctx.triggered_id == polling.LOOK
        live = asked and look is not None and look["clock"] == text["clock"]
        return {
            "picture": {**runs_picture(shown, state), "clock": text["clock"]},
            "playhead": {**playhead(shown, state), "live": live},
            "drawn": {"tag": seen, "clock": text["clock"]},
            "height": parts.height(shown, state),
            "no_report": not shown,
            "examples": answer_card.examples_style(shown),
            **_cards(shown, state, live),
            **_choices(shown, state),
        }

    _register_table(app)


def _cards(shown: Sequence[Shown], state: RunsState, live: bool) -> dict[str, Component]:
    """The cards around the picture; of a run that is followed the browser writes the numbers."""
    return {
        "answer": deferred.answered_at_once(shown, state),
        "legend": parts.legend(shown, state),
        "bands": parts.bands_key(shown, state),
        "readout": no_update if live else parts.readout(shown, state),
        "differences": differences.content(shown, state),
        "verdicts": deferred.at_once(shown, state),
        "parameters": parameters.parameters(shown),
        "regimes": parts.regimes(shown),
        "remarks": parts.remarks(shown),
    }


def _choices(shown: Sequence[Shown], state: RunsState) -> dict[str, Any]:
    """What the lists offer; without a run they stay, for an emptied list would forget the choice."""
    found = {
        "metric_options": metric_options(shown) if shown else no_update,
        "task_options": task_options(shown) if shown else no_update,
        "group_options": group_options(shown, state) if shown else no_update,
        "baseline_options": baseline_options(shown, state) if shown else no_update,
        "x_options": clock_options(shown) if shown else no_update,
        "judge_options": judge_options(shown, state) if shown else no_update,
    }
    return {**found, "metric_hint": panels_hint(shown, state)}


def pictures(state: RunsState) -> dict[str, dict[str, Any]]:
    """The picture while smoothing is dragged: what moves in it."""
    picture = runs_picture(drawn(state)[0], state)
    moving = [t for t in picture["data"] if t["uid"].startswith(("metric-", "mean-", "band-"))]
    return {"main": {**picture, "data": moving}}


def cost(state: RunsState) -> float:
    """Return the seconds that the picture takes at most while smoothing is dragged."""
    shown = drawn(state)[0]
    smoothed = len(state.metrics) * sum(len(one.run.epochs) for one in shown)
    return 0.01 + 0.002 * len(shown) * len(state.metrics) + 1e-7 * smoothed


def version(state: RunsState) -> tuple[Any, ...]:
    """What tells the files of the selected runs from what they were, and whose the dropped ones are."""
    stamps = {entry.key: entry.stamp for entry in source.library().entries()}
    dropped = any(key.startswith(source.DROPPED) for key in state.keys)
    return (*(stamps.get(key) for key in state.keys), browser_name() if dropped else "")


def _register_table(app: Dash) -> None:
    """The records behind the picture, in a table and as a file."""

    @app.callback(
        Output(ids.part(NAME, "data"), "children"),
        Input(ids.part(NAME, "open"), "value"),
        Input(ids.state(NAME), "data"),
        Input(ids.part(NAME, "drawn"), "data"),
        prevent_initial_call=True,
    )
    def show_data(opened: str | None, text: dict[str, Any], _: str) -> Any:
        return parts.data_grid(selected(text)[1]) if opened else no_update

    @app.callback(
        Output(ids.part(NAME, "download"), "data"),
        Input(ids.part(NAME, "csv"), "n_clicks"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def download(_: int, text: dict[str, Any]) -> dict[str, Any]:
        return {"content": as_csv(selected(text)[1]), "filename": "gaba_runs.csv"}
