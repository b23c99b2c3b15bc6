"""Cards of the Runs page: controls, list, picture with its player, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from gaba_core.runs.tailing.folder_scan import PassedBy

from ...layout import cards, ids
from ...run_source.runs_link import NAME
from ...run_source.selected_run import Shown
from ..figure.figure import runs_picture
from ..live import polling
from ..playhead import playhead
from ..state import RunsState
from . import controls, folder_notes, parts, run_list

SPEEDS = ("½", "1", "2", "4")
PICTURE_LABEL = "Weights of each selected run above, metrics of the same runs below, on one time axis."


def list_card(rows: list[dict[str, Any]], state: RunsState, passed: Sequence[PassedBy] = ()) -> Any:
    """The list of runs, with a box that narrows it, and what the folder holds beside them."""
    tools = dmc.Group(
        [
            polling.switch(state),
            dmc.Button("Refresh", id=ids.part(NAME, "again"), size="compact-sm", variant="default"),
        ],
        gap="xs",
    )
    clear = html.Button(
        "Show all runs", id=ids.part(NAME, "clear"), className="gaba-plain", style={"display": "none"}
    )
    return cards.card(
        [
            cards.heading(
                "Runs",
                "Every log in the folder. Tick a run to draw it, several to compare them, a group to draw "
                "its seeds. The box at the top ticks every run that is listed.",
                tools,
            ),
            dmc.TextInput(
                id=ids.part(NAME, "find"),
                placeholder="Filter: FD002 gaba ...",
                size="xs",
                **{"aria-label": "Filter the list of runs"},
            ),
            html.Div(
                [html.Span(id=ids.part(NAME, "count"), **cards.announced()), " ", clear],
                className="gaba-count",
            ),
            html.Div(run_list.grid(rows), className="gaba-rows"),
            html.Div(folder_notes.passed_by(passed), id=ids.part(NAME, "passed")),
        ]
    )


def picture_card(state: RunsState, shown: tuple[Shown, ...]) -> Any:
    """The picture between its legend and its player, with the numbers at the playhead."""
    report = dmc.Button(
        "Report", id=ids.part(NAME, "report"), size="compact-sm", variant="default", disabled=not shown
    )
    menu = cards.exports(NAME, "main", ("CSV", ids.part(NAME, "csv")))
    exports = dmc.Group([menu, report], gap=4, wrap="nowrap")
    legend = html.Div(parts.legend(shown, state), id=ids.part(NAME, "legend"))
    return cards.card(
        [
            controls.above(shown, state),
            html.Div([legend, exports], className="gaba-over"),
            polling.reported(),
            html.Div(
                cards.graph(
                    NAME,
                    "main",
                    runs_picture(shown, state),
                    PICTURE_LABEL,
                    460,
                    described=ids.part(NAME, "verdicts"),
                    details=ids.part(NAME, "open"),
                ),
                id=ids.part(NAME, "tall"),
                className="gaba-tall",
                style=parts.height(shown, state),
            ),
            _player(shown, state),
            html.Div(parts.readout(shown, state), id=ids.part(NAME, "readout")),
            html.Div(parts.bands_key(shown, state), id=ids.part(NAME, "bands")),
        ],
        className="gaba-board",
    )


def _player(shown: tuple[Shown, ...], state: RunsState) -> html.Div:
    head = playhead(shown, state)
    return html.Div(
        [
            dmc.Button("Play", id=ids.part(NAME, "play"), size="compact-sm", variant="light", w=72),
            _step("back", "‹", "One record back"),
            _step("on", "›", "One record on"),
            dmc.Slider(
                id=ids.part(NAME, "scrub"),
                min=0,
                max=max(1, len(head["xs"]) - 1),
                step=1,
                value=head["best"],
                updatemode="drag",
                label=None,
                thumbLabel="Playhead, position in the run",
                thumbSize=18,
            ),
            dmc.SegmentedControl(
                id=ids.part(NAME, "speed"),
                data=[{"value": value, "label": f"{value}×"} for value in SPEEDS],
                value="1",
                size="xs",
                **cards.labelled("Speed of the player"),
            ),
            html.Span("", id=ids.part(NAME, "when"), className="gaba-live gaba-when"),
        ],
        className="gaba-player",
    )


def _step(name: str, sign: str, words: str) -> dmc.Button:
    return dmc.Button(
        sign, id=ids.part(NAME, name), size="compact-sm", variant="default", px=8, **cards.labelled(words)
    )


def number_cards(shown: tuple[Shown, ...]) -> list[Any]:
    """Regimes, remarks and the records themselves."""
    return [
        cards.card(
            [
                cards.heading(
                    "Regimes found",
                    "Found in the recorded steps, else in the records to one record: warm-up ends at the "
                    "first "
                    "movement, floor activation starts where a share is first below the floor, and at "
                    "equilibrium every weight stays within 0.1 % or four standard deviations of its level. "
                    "A run whose weights drift, swing or cannot be judged has no equilibrium.",
                ),
                html.Div(parts.regimes(shown), id=ids.part(NAME, "regimes")),
            ]
        ),
        cards.card(
            [
                cards.heading("Remarks", "What was unusual in a log, or had to be assumed to read it."),
                html.Div(parts.remarks(shown), id=ids.part(NAME, "remarks")),
            ],
            className="gaba-remarks",
        ),
        dmc.Accordion(
            dmc.AccordionItem(
                [
                    dmc.AccordionControl("Data table"),
                    dmc.AccordionPanel(html.Div(id=ids.part(NAME, "data"))),
                ],
                value="data",
            ),
            id=ids.part(NAME, "open"),
            variant="contained",
        ),
    ]
