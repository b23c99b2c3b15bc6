"""Pieces of the Runs page that follow the selection: list, legend, read-outs, regimes, remarks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import html

from gaba_core import number_text

from ...layout import cards
from ...layout.controls import helped
from ...run_source.runs_link import NAME
from ...run_source.selected_run import Shown
from ...run_source.styles import MEAN_OF_ALL
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
from ..playhead import QUANTILES, cell, columns, playhead
from ..state import LINES, NAMED, RunsState
from ..table import record_table
from . import folder_notes, many
from .run_list import HEAD, ONE_STOP, ROW

TABLE_ROWS = 5000
UNPINNED = "Values as logged: the baseline is not among the runs drawn"


def height(shown: Sequence[Shown], state: RunsState) -> dict[str, int]:
    """How many panels the picture has, for its height."""
    return {"--gaba-panels": len(panels_of(shown, state)) if shown else 1}


def legend(shown: Sequence[Shown], state: RunsState) -> html.Div:
    """Which colour and symbol is which run or group, and which line is which quantity."""
    groups = groups_of(shown, state)
    base = baseline_of(shown, groups, state)
    owners = [html.Span([named(g), _count(g, shown, state)], className="gaba-key") for g in groups]
    if len(shown) > NAMED:
        owners.append(dmc.Text(many.words(shown, groups, state), size="sm", span=True))
    elif not groups or groups[0].style == MEAN_OF_ALL:  # then each run has a colour of its own
        owners += [html.Span([named(s), *_best(s, state)], className="gaba-key") for s in shown]
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
    ranked = len(shown) > NAMED
    body = []
    for i, name in enumerate(QUANTILES if ranked else map(named, shown)):
        row = head["values"][i]
        cells = [
            dmc.TableTd(cards.live(NAME, f"{i}-{k}", cell(row[k][head["best"]], c.digits)))
            for k, c in enumerate(wanted)
        ]
        body.append(dmc.TableTr([dmc.TableTd(name), *cells]))
    first = f"Of {number_text.count(len(shown))} runs" if ranked else "Run"
    words = "Quantiles of the runs' numbers" if ranked else "Every run's numbers"
    return cards.table([first, *(helped(c.label, c.help) for c in wanted)], body, f"{words} at the playhead")


def bands_key(shown: Sequence[Shown], state: RunsState) -> Any:
    """The regimes drawn behind the first run, with their steps; nothing where none was found."""
    compared = baseline_of(shown, groups_of(shown, state), state) is not None
    switched = state.shows.regimes and not compared and len(shown) <= LINES
    first = first_with_regimes(shown) if switched else None
    if first is None:
        return None
    parts = [
        html.Span(
            [
                html.Span(className="gaba-swatch", style={"background": regime_fill(name)}),
                dmc.Text(name.capitalize(), size="sm", fw=400, span=True),
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
        for s, cells in ((s, regime_cells(s.run)) for s in shown[:NAMED])
        if cells
    ]
    if not body:
        words = "None of these runs has regimes: they are those of GABA, in logs that hold its weights."
        return unticked("to see its regimes") if not shown else dmc.Text(words, size="sm", c="dimmed")
    head = ["Run", *(f"{i} {name.capitalize()}" for i, name in enumerate(REGIMES, 1))]
    table = cards.table(head, body, "Regimes found in the steps, else in the records")
    return [table, *many.rest(shown)]


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
        for s in shown[:NAMED]
        if s.run.notes or s.run.info is None
    ]
    return dmc.Stack([*groups, *many.rest(shown)], gap="sm") if groups else None


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
