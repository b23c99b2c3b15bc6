"""What the card on how files are read does: it follows the selection, and the page follows its changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Dash, Input, Output, State, ctx, no_update, set_props

from gaba_core.errors import GabaError
from gaba_core.runs import Run
from gaba_core.runs.roles import Mapping
from gaba_core.runs.weight_question import Question

from ...layout import cards, ids, shell
from ...layout.url_state import from_text
from ...run_source import source
from ...run_source.mapping_text import changes, rows, with_cell, with_reading, with_rules
from ...run_source.runs_link import NAME
from ...run_source.selected_run import Shown
from ..selection import drawn
from ..state import RunsState
from . import card

MOST = 64  # logs beside one whose question is answered for all of them
VALUES = ("file", "repeats", "quantity", "floor", "columns")
STYLES = ("file", "quantity-box", "floor-box", "propose-box", "asked-box", "roles", "reading")


def register(app: Dash) -> None:
    """Register the card's two halves."""

    @app.callback(
        {
            **{f"{name}_value": Output(ids.part(NAME, name), "value") for name in VALUES},
            **{f"{name}_options": Output(ids.part(NAME, name), "data") for name in ("file", "quantity")},
            **{f"{name}_style": Output(ids.part(NAME, name), "style") for name in STYLES},
            "summary": Output(ids.part(NAME, "summary"), "children"),
            "asked": Output(ids.part(NAME, "asked"), "children"),
            "quantity_label": Output(ids.part(NAME, "quantity"), "label"),
            "rows": Output(ids.part(NAME, "roles"), "rowData"),
        },
        Input(ids.state(NAME), "data"),
        Input(ids.part(NAME, "file"), "value"),
        State(ids.part(NAME, "file"), "data"),
        prevent_initial_call=True,
    )
    def follow(text: dict[str, Any], wanted: str | None, known: list[dict[str, str]]) -> dict[str, Any]:
        _, shown = _runs_of(text)
        s = card.chosen(shown, wanted, [item["value"] for item in known])
        other = s is not None and (s.key != wanted or ctx.triggered_id == ids.part(NAME, "file"))
        return {
            **_content(s),
            "file_options": card.files(shown),
            "file_value": None if s is None else s.key,
            "file_style": cards.visible(len(shown) > 1),
            "reading_style": cards.visible(card.is_open(shown)),
            "columns_value": card.opened(s) if other else no_update,
        }

    @app.callback(
        Input(ids.part(NAME, "roles"), "cellValueChanged"),
        Input(ids.part(NAME, "repeats"), "value"),
        Input(ids.part(NAME, "quantity"), "value"),
        Input(ids.part(NAME, "floor"), "value"),
        Input(ids.part(NAME, "propose"), "n_clicks"),
        State(ids.part(NAME, "file"), "value"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def overrule(
        cells: list[dict[str, Any]] | None,
        repeats: str | None,
        quantity: str | None,
        floor: Any,
        _: int | None,
        key: str | None,
        text: dict[str, Any],
    ) -> None:
        state, shown = _runs_of(text)
        run = next((s.run for s in shown if s.key == key), None)
        if run is None or run.reading is None or key is None:
            return
        try:
            mapping = _decided(run, cells or [], (repeats, quantity, floor))
        except GabaError as error:
            shell.notify("The column cannot be read so", str(error), "orange")
            set_props(ids.part(NAME, "roles"), {"rowData": rows(run)})
            return
        if mapping != run.reading.mapping:
            # Not an output: the state that it changes is what the card itself follows.
            value = with_reading(state.reading, key, changes(run, mapping))
            set_props(ids.choice(NAME, "reading"), {"value": ",".join(value)})

    @app.callback(
        Input(ids.part(NAME, "yes"), "n_clicks"),
        State(ids.part(NAME, "file"), "value"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def answer(clicks: int | None, key: str | None, text: dict[str, Any]) -> None:
        state, shown = _runs_of(text)
        s = next((s for s in shown if s.key == key), None)
        question = card.question(s)
        if not clicks or s is None or question is None:
            return
        entries = state.reading
        for one in alike(s, question, shown):
            entries = with_reading(entries, one, question.changes)
        set_props(ids.choice(NAME, "reading"), {"value": ",".join(entries)})


def alike(s: Shown, question: Question, shown: Sequence[Shown]) -> list[str]:
    """Return the keys of the runs that an answer holds for: drawn ones and those beside, asked the same."""
    folder = s.key.rpartition("/")[0]
    neighbours = [
        e.key for e in source.library().entries() if e.error is None and _is_neighbour(e.key, folder)
    ]
    runs = {one.key: one.run for one in shown}
    found = [s.key]
    for key in dict.fromkeys([*runs, *neighbours[:MOST]]):
        run = runs.get(key) or source.library().follow(key).run
        reading = None if run is None else run.reading
        if key == s.key or reading is None or reading.question is None:
            continue
        if reading.question.changes == question.changes and reading.mapping == reading.proposed:
            found.append(key)
    return found


def _is_neighbour(key: str, folder: str) -> bool:
    """Whether a log lies in a folder, or in a folder beside that."""
    above = folder.rpartition("/")[0]
    return key.rpartition("/")[0] == folder or (bool(above) and key.startswith(f"{above}/"))


def _runs_of(text: dict[str, Any]) -> tuple[RunsState, tuple[Shown, ...]]:
    """The state of the page and its runs; what cannot be shown is told by the picture."""
    state, _ = from_text(RunsState, text)
    return state, drawn(state)[0]


def _content(s: Shown | None) -> dict[str, Any]:
    mapping = Mapping() if s is None or s.run.reading is None else s.run.reading.mapping
    found = [] if s is None else rows(s.run)
    return {
        "summary": card.summary(s),
        "asked": card.asked(s),
        "asked-box_style": cards.visible(card.question(s) is not None),
        "repeats_value": mapping.repeats,
        "quantity_label": card.fields(s),
        "quantity_options": card.quantity_options(s),
        "quantity_value": mapping.quantity,
        "floor_value": "" if mapping.floor is None else mapping.floor,
        "quantity-box_style": cards.visible(card.asks_quantity(s)),
        "floor-box_style": cards.visible(card.asks_floor(s)),
        "propose-box_style": cards.visible(card.is_changed(s)),
        "rows": found,
        "roles_style": card.grid_height(len(found)),
    }


def _decided(run: Run, cells: list[dict[str, Any]], rules: tuple[Any, Any, Any]) -> Mapping:
    """Return the mapping after what the reader did just now."""
    if run.reading is not None and ctx.triggered_id == ids.part(NAME, "propose"):
        return run.reading.proposed
    if ctx.triggered_id == ids.part(NAME, "roles") and cells:
        return with_cell(run, cells[-1]["data"], cells[-1]["colId"])
    return with_rules(run, *rules)
