"""Runs view: real training runs, weights above and metrics below, with a playhead over both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update

from gaba_core.errors import GabaError
from gaba_core.parameters import REFERENCE_SEEDS
from gaba_core.runs import LibraryEntry

from ..layout import cards, controls, ids, shell
from ..layout.protocols import Component, unprepared
from ..layout.url_state import from_text
from ..run_source import source
from ..run_source.runs_link import NAME, PATH, quoted
from ..run_source.selected_run import Shown
from ..serving.browser_cookie import browser_name
from . import clientside
from .cards import cards as cards_cards
from .cards import controls as cards_controls
from .cards import differences, folder_notes, parameters, parts, run_list
from .figure.figure import runs_picture
from .figure.panels import baseline_options
from .groups import group_options
from .labels import metric_options, panels_hint, task_options
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
CARDS = ("legend", "bands", "readout", "differences", "verdicts", "parameters", "regimes", "remarks")
CHOICES = ("metric", "task", "group", "baseline", "x", "judge")  # lists whose options follow the runs
LOOK_FOR = (
    "do the weights settle where their siblings' do, long before the error stops falling? Then the balancer "
    "did its job, and what the error does later is the model's affair."
)


def layout(**query: str) -> html.Div:
    """The view as the URL describes it; without a choice of runs one is chosen."""
    state, problems = from_text(RunsState, query)
    entries = source.library().entries()
    if "runs" not in query:
        state = replace(state, runs=_first(entries))
    shown, more = drawn(state)
    head = [
        dmc.Title("Training runs", order=1, size="h3"),
        cards.look_for(LOOK_FOR),
        cards.refused((*problems, *more)),
    ]
    rows = source.rows(entries)
    return html.Div(
        [
            html.Div(dmc.Stack(head, gap=6), className="gaba-top"),
            html.Div(cards_controls.side(shown, state), className="gaba-side"),
            html.Div(
                dmc.Stack(
                    [
                        cards_cards.list_card(rows, state, source.library().passed_by()),
                        cards_cards.picture_card(state, shown),
                        differences.card(shown, state),
                        card.card(shown),
                        deferred.card(shown, state),
                        parameters.card(shown),
                        *cards_cards.number_cards(shown),
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


def _first(entries: Sequence[LibraryEntry]) -> tuple[str, ...]:
    """One run to start with: GABA before other methods, seed 42 before other seeds."""
    good = [e for e in entries if e.error is None]
    chosen = min(good, key=lambda e: (e.method != "gaba", e.seed != REFERENCE_SEEDS[0], e.key), default=None)
    return () if chosen is None else (quoted(chosen.key),)


def register_callbacks(app: Dash) -> None:
    """Selection, redraw, playhead, dropped files, downloads."""
    controls.register(app, NAME)
    clientside.register(app)
    callbacks.register(app)
    polling.register(app)
    report.register(app)
    _register_list(app)

    @app.callback(
        {
            "picture": Output(ids.picture(NAME, "main"), "data"),
            "playhead": Output(ids.part(NAME, "head"), "data"),
            "drawn": Output(ids.part(NAME, "drawn"), "data"),
            "height": Output(ids.part(NAME, "tall"), "style"),
            "no_report": Output(ids.part(NAME, "report"), "disabled"),
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
            **_cards(shown, state, live),
            **_choices(shown, state),
        }

    _register_table(app)


def _cards(shown: Sequence[Shown], state: RunsState, live: bool) -> dict[str, Component]:
    """The cards around the picture; of a run that is followed the browser writes the numbers."""
    return {
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


def _register_list(app: Dash) -> None:
    """The list follows the folder when asked, and takes in what is dropped on the page."""

    @app.callback(
        Output(ids.part(NAME, "grid"), "rowData"),
        Output(ids.part(NAME, "grid"), "columnDefs"),
        Output(ids.part(NAME, "passed"), "children"),
        Input(ids.part(NAME, "again"), "n_clicks"),
        Input(ids.part(NAME, "dropped"), "data"),
    )
    def look_again(
        _: int | None, dropped: list[dict[str, Any]] | None
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]], Any]:
        rows = [*(dropped or ()), *source.rows(source.library().entries())]
        return rows, run_list.columns_for(rows), folder_notes.passed_by(source.library().passed_by())

    @app.callback(
        Output(ids.part(NAME, "dropped"), "data"),
        Output(ids.part(NAME, "upload"), "contents"),
        Input(ids.part(NAME, "upload"), "contents"),
        State(ids.part(NAME, "upload"), "filename"),
        State(ids.part(NAME, "dropped"), "data"),
        prevent_initial_call=True,
    )
    def drop(
        contents: list[str] | None, names: list[str], dropped: list[dict[str, Any]] | None
    ) -> tuple[Any, Any]:
        if not contents:
            return no_update, no_update
        entries, refused = [], []
        for name, content in zip(names, contents, strict=True):
            try:
                entries.extend(source.drop_all(name, content))
            except GabaError as error:
                refused.append(str(error))
        if refused:
            shell.notify("This file is no training log", " ".join(refused))
        if not entries:
            return no_update, None
        fresh = {row["key"]: {**row, "fresh": True} for row in source.rows(entries)}
        retained = [{**row, "fresh": False} for row in dropped or () if row["key"] not in fresh]
        return [*fresh.values(), *retained], None
