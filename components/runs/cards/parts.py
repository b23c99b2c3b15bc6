"""Pieces of the Runs page that follow the selection: list, legend, read-outs, regimes, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import html

from ...layout import cards, ids
from ...layout.controls import helped
from ...run_source.runs_link import NAME
from ...run_source.selected_run import Shown
from ..figure.legend_keys import mark, quantity_lines, regime_fill
from ..figure.panels import baseline_of
from ..groups import Group, groups_of
from ..labels import (
    REGIMES,
    axis_title,
    first_with_regimes,
    holds_weights,
    members,
    panels_of,
    regime_cells,
    tasks_of,
    weights_title,
)
from ..playhead import cell, columns, playhead
from ..state import RunsState
from ..table import record_table
from . import folder_notes

TABLE_ROWS = 5000
SHORT_LIST = 5
UNPINNED = "Values as logged: the baseline is not among the runs drawn"
ROW, HEAD = 30, 34  # pixels
# Tab leaves a list at once, not through its every cell; arrow keys walk in it, the space bar ticks.
ONE_STOP = {"tabToNextCell": {"function": "false"}, "tabToNextHeader": {"function": "false"}}


def _number(digits: int) -> dict[str, str]:
    return {"function": f"params.value == null ? '–' : d3.format(',.{digits}f')(params.value)"}


def _whole() -> dict[str, str]:
    return {"function": "params.value == null ? '' : d3.format(',~r')(params.value)"}


def _digits(digits: int) -> dict[str, str]:
    return {"function": f"params.value == null ? '–' : d3.format(',.{digits}~r')(params.value)"}


OURS = ("rmse", "rmse_uncapped", "nasa", "accuracy")  # figures that only runs on C-MAPSS have
_WHICH = "Each cell says which engines."


def _figure(field: str, name: str, shown: dict[str, str], width: int, about: str = "") -> dict[str, Any]:
    column = {"field": field, "headerName": name, "type": "rightAligned", "valueFormatter": shown}
    tips = {"headerTooltip": about, "tooltipField": "figures_from"} if about else {}
    return column | tips | {"minWidth": width, "flex": 1}


COLUMNS: list[dict[str, Any]] = [
    {
        "field": "subset",
        "headerName": "Subset",
        "minWidth": 84,
        "flex": 2,
        "tooltipField": "subset",
        # a log of another program has a file name and nothing else to say in the next columns
        "colSpan": {
            "function": "params.data.method || params.data.seed != null || params.data.device ? 1 : 4"
        },
    },
    {"field": "method", "headerName": "Method", "minWidth": 132, "flex": 2, "tooltipField": "method"},
    {"field": "seed", "headerName": "Seed", "type": "rightAligned", "minWidth": 72, "flex": 1},
    {"field": "device", "headerName": "Device", "minWidth": 120, "flex": 3, "tooltipField": "device"},
    _figure("epochs", "Epochs", _whole(), 84),
    _figure("best_epoch", "Best epoch", _whole(), 104),
    _figure("rmse", "RMSE (cycles)", _number(2), 124, "Last window of each engine, RUL capped. " + _WHICH),
    _figure("rmse_uncapped", "RMSE, uncapped", _number(2), 132, "The same, RUL not capped. " + _WHICH),
    _figure("nasa", "NASA score", _number(1), 108, "Late predictions cost more. " + _WHICH),
    _figure("accuracy", "Health (%)", _number(1), 100, "Engines whose health class is right. " + _WHICH),
    {"field": "metric", "headerName": "Judged by", "minWidth": 112, "flex": 2, "tooltipField": "metric"},
    _figure("at_best", "At best", _digits(4), 92, "The metric at the best epoch of the log."),
    {"field": "note", "headerName": "Note", "minWidth": 100, "flex": 2, "tooltipField": "note"},
]


def columns_for(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the columns of the list: those of C-MAPSS where a run has them, else each log's own metric."""
    filled = {name for row in rows for name in OURS if row.get(name) is not None}
    own = any(row.get("metric") and row.get("rmse") is None for row in rows)
    hidden = {*(set(OURS) - filled), *(() if own else ("metric", "at_best"))}
    return [column | {"hide": column["field"] in hidden} for column in COLUMNS]


def grid(rows: list[dict[str, Any]], selected: Sequence[str]) -> dag.AgGrid:
    """The list of runs; ticked ones are drawn."""
    short = len(rows) <= SHORT_LIST
    return dag.AgGrid(
        id=ids.part(NAME, "grid"),
        rowData=rows,
        columnDefs=columns_for(rows),
        defaultColDef={"sortable": True, "filter": True, "resizable": True},
        selectedRows=[row for row in rows if row["key"] in selected],
        getRowId="'run ' + params.data.key",  # the grid looks an id up in an object, which has `__proto__`
        dashGridOptions={
            "rowSelection": {
                "mode": "multiRow",
                "enableClickSelection": True,
                "enableSelectionWithoutKeys": True,
                "headerCheckbox": False,
                "isRowSelectable": {"function": "!params.data.failed"},
            },
            "domLayout": "autoHeight" if short else "normal",
            **ONE_STOP,
            "rowHeight": ROW,
            "headerHeight": HEAD,
            "tooltipShowDelay": 300,
            "localeText": {"noRowsToShow": "No runs yet: train one, or drop a log on the page."},
        },
        className="gaba-grid",
        style={"height": None if short else HEAD + 5.5 * ROW},
    )


def height(shown: Sequence[Shown], state: RunsState) -> dict[str, int]:
    """How many panels the picture has, for its height."""
    return {"--gaba-panels": len(panels_of(shown, state)) if shown else 1}


def legend(shown: Sequence[Shown], state: RunsState) -> html.Div:
    """Which colour and symbol is which run or group, and which line is which quantity."""
    groups = groups_of(shown, state)
    base = baseline_of(shown, groups, state)
    owners = [html.Span([named(g), _count(g, shown, state)], className="gaba-key") for g in groups] or [
        html.Span([named(s), *_best(s, state)], className="gaba-key") for s in shown
    ]
    lines = [
        html.Span(
            [html.Span(className="gaba-dash", style={"borderTop": border}), html.Span(name)],
            className="gaba-key gaba-key-line",
        )
        for name, border in quantity_lines(shown, state, grouped=bool(groups), compared=base is not None)
    ]
    words = f"Differences from {base.label}" if base else UNPINNED if state.baseline and shown else ""
    against = [dmc.Text(words, size="sm", fw=600, span=True)] if words else []
    weights = [weights_title(tasks_of(shown, state))] if holds_weights(shown) else []
    names = [*weights, *map(axis_title, panels_of(shown, state))]
    order = f"From the top: {'; '.join(names)}"  # a phone has no room for the titles of the axes
    panels = [dmc.Text(order, size="xs", c="dimmed", className="gaba-narrow")] if shown else []
    return html.Div(
        [*against, *owners, *lines, *folder_notes.lacking(shown, state), *panels], className="gaba-keys"
    )


def _count(group: Group, shown: Sequence[Shown], state: RunsState) -> Any:
    """How many runs a group has, and of which of them a quantity that is drawn is missing."""
    count = len(group.members)
    said = [f"{count} run{'' if count == 1 else 's'}"]
    applied = state.shows.applied  # of groups one of the two is drawn
    wanted = {"applied weight": applied, "EMA state": state.shows.state and not applied}
    held = {
        "applied weight": [s.run.weights is not None for s in group.members],
        "EMA state": [s.run.state is not None for s in group.members],
    } | {name: [bool(members(s.run, name)) for s in group.members] for name in panels_of(shown, state)}
    for name, has in held.items():
        if wanted.get(name, True) and 0 < sum(has) < count:
            missing = ", ".join(s.label for s, h in zip(group.members, has, strict=True) if not h)
            said.append(
                f"{axis_title(name) if name not in wanted else name}: {sum(has)} of {count}, not {missing}"
            )
    return dmc.Text("; ".join(said), size="xs", c="dimmed", span=True)


def _best(s: Shown, state: RunsState) -> list[Any]:
    if not state.shows.best or s.run.best_epoch is None:
        return []
    return [dmc.Text(f"best epoch {s.run.best_epoch}", size="xs", c="dimmed", span=True)]


def named(s: Shown | Group) -> html.Span:
    """A run's symbol in its colour, and its name; a group's likewise."""
    glyph, color = mark(s)
    return html.Span(
        [
            html.Span(glyph, style={"color": color}, className="gaba-glyph"),
            html.Span(s.label, className="gaba-label", title=s.label),
        ],
        className="gaba-key gaba-run",
    )


def unticked(purpose: str) -> dmc.Text:
    """What a card says while no run is drawn."""
    return dmc.Text(f"Tick a run in the list {purpose}.", size="sm", c="dimmed")


def readout(shown: Sequence[Shown], state: RunsState) -> Any:
    """Every run's numbers at the playhead; the browser rewrites the cells as it moves."""
    if not shown:
        return None  # the picture says what to do
    wanted, head = columns(shown, state), playhead(shown, state)
    body = []
    for i, s in enumerate(shown):
        row = head["values"][i]
        cells = [
            dmc.TableTd(cards.live(NAME, f"{i}-{k}", cell(row[k][head["best"]], c.digits)))
            for k, c in enumerate(wanted)
        ]
        body.append(dmc.TableTr([dmc.TableTd(named(s)), *cells]))
    return cards.table(
        ["Run", *(helped(c.label, c.help) for c in wanted)], body, "Every run's numbers at the playhead"
    )


def bands_key(shown: Sequence[Shown], state: RunsState) -> Any:
    """The regimes drawn behind the first run, with their steps; nothing where none was found."""
    compared = baseline_of(shown, groups_of(shown, state), state) is not None
    first = first_with_regimes(shown) if state.shows.regimes and not compared else None
    if first is None:
        return None
    parts = [
        html.Span(
            [
                html.Span(className="gaba-swatch", style={"background": regime_fill(name)}),
                dmc.Text(name.capitalize(), size="sm", fw=550, span=True),
                html.Span(text, className="gaba-live"),
            ],
            className="gaba-regime",
        )
        for name, text in regime_cells(first.run).items()
    ]
    whose = dmc.Text(f"Bands: {first.label}", size="sm", c="dimmed", span=True) if len(shown) > 1 else None
    return html.Div([whose, *parts], className="gaba-regimes")


def regimes(shown: Sequence[Shown]) -> Any:
    """Where the regimes of each run lie, found in its steps, else in its records."""
    body = [
        dmc.TableTr(
            [
                dmc.TableTd(named(s)),
                *(
                    dmc.TableTd(html.Span(_breaking_once(text), className="gaba-live"))
                    for text in cells.values()
                ),
            ]
        )
        for s, cells in ((s, regime_cells(s.run)) for s in shown)
        if cells
    ]
    if not body:
        words = "None of these runs has regimes: they are those of GABA, in logs that hold its weights."
        return unticked("to see its regimes") if not shown else dmc.Text(words, size="sm", c="dimmed")
    head = ["Run", *(f"{i} {name.capitalize()}" for i, name in enumerate(REGIMES, 1))]
    return cards.table(head, body, "Regimes found in the steps, else in the records")


def _breaking_once(text: str) -> list[Any]:
    """The text in pieces that hold together: it may be broken after a comma only."""
    pieces = text.split(", ")
    ends = [*[", "] * (len(pieces) - 1), ""]
    return [part for piece, end in zip(pieces, ends, strict=True) for part in (_held(piece), end)]


def _held(text: str) -> html.Span:
    return html.Span(text, className="gaba-run")


def remarks(shown: Sequence[Shown]) -> Any:
    """What was unusual about each log, or had to be assumed to read it."""
    if not shown:
        return unticked("to see what was unusual in its log")
    groups = [
        dmc.Box(
            [
                named(s),
                dmc.List([dmc.ListItem(note) for note in s.run.notes], size="sm", mt=4),
                *folder_notes.template(s),
            ]
        )
        for s in shown
        if s.run.notes or s.run.info is None
    ]
    return dmc.Stack(groups, gap="sm") if groups else dmc.Text("Nothing unusual.", size="sm", c="dimmed")


def data_grid(shown: Sequence[Shown]) -> Any:
    """The records behind the picture."""
    head, rows = record_table(shown, TABLE_ROWS)
    return dag.AgGrid(
        rowData=[{f"c{i}": value for i, value in enumerate(row)} for row in rows],
        columnDefs=[
            {"field": f"c{i}", "headerName": name, "pinned": "left" if i < 2 else None, "minWidth": 110}
            | ({} if i < 2 else {"valueFormatter": {"function": "params.value == null ? '–' : params.value"}})
            for i, name in enumerate(head)
        ],
        defaultColDef={"sortable": True, "filter": True, "resizable": True},
        dashGridOptions={"rowHeight": ROW, "headerHeight": HEAD, **ONE_STOP},
        className="gaba-grid",
        style={"height": 340},
    )
