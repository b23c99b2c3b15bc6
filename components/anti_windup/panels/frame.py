"""The frame of a panel: its controls left, its pictures centre, its numbers below."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html, no_update

from gaba_core.parameters import quantities

from ...layout import cards, controls, ids
from ...layout.checked_state import state_or_default
from ...layout.protocols import PanelPage


def framed(panel: PanelPage, state: Any, head: list[Any]) -> html.Div:
    """A panel's page below its head."""
    found = panel.pictures(state)
    return html.Div(
        [
            html.Div(dmc.Stack(head, gap=6), className="gaba-top"),
            html.Div(panel.side(state), className="gaba-side"),
            html.Div(panel.centre(state, found), className="gaba-picture"),
            html.Div(
                panel.numbers(state, found), id=ids.part(panel.NAME, "numbers"), className="gaba-numbers"
            ),
            dcc.Input(type="hidden", value=panel.PANEL, id=ids.choice(panel.NAME, "panel")),
            *controls.stores(panel.NAME, state),
        ],
        className="gaba-view",
    )


def described_by(view: str, details: str = "numbers") -> dict[str, str]:
    """Where a panel says in words, and in a table, what its pictures show; for `cards.graph`."""
    return {"described": cards.live_id(view, "says"), "details": ids.part(view, details)}


def sliders(view: str, state: Any, block: int = 16) -> dict[str, Any]:
    """The slider of each quantity of a state, by name; `block` as in `controls.numbers`."""
    names = [f.name for f in quantities(type(state))]
    return dict(zip(names, controls.numbers(view, state, block), strict=True))


def stacked(*children: Any) -> Any:
    """Controls in one card."""
    return cards.card(dmc.Stack(list(children), gap="md"))


def with_note(view: str, control: Any, text: str) -> Any:
    """The floor's control, with a line that says where the number of tasks limits it."""
    note = dmc.Text(cards.live(view, "limit", text), size="xs", c="dimmed")
    return dmc.Stack([control, note], gap=0)


def live_rows(view: str, rows: Any, columns: list[str], text: dict[str, str]) -> list[Any]:
    """Rows for `cards.readouts` whose cells are the read-outs NAME-COLUMN."""
    return [
        (label, help_text, [cards.live(view, f"{name}-{c}", text[f"{name}-{c}"]) for c in columns])
        for name, label, help_text in rows
    ]


def written(view: str, text: dict[str, str], names: Iterable[str], axes: str = "") -> list[Any]:
    """What is written at places of a graph, and where; for a parent of both, that is positioned.

    Args:
        view: of the graph.
        text: its read-outs; `spots` lists the places, `mark-NAME` is what is written there.
        names: of the places.
        axes: number of the axes that they lie on, "" for the first ones.
    """
    where: Any = {"data-view": view, "data-axes": axes}
    labels = [html.Div(text[f"mark-{n}"], id=f"{view}-text-mark-{n}", className="gaba-mark") for n in names]
    return [
        html.Span(text["spots"], id=f"{view}-text-spots", className="gaba-spots", hidden=True, **where),
        *labels,
    ]


def spots(places: dict[str, tuple[float, float, int]]) -> str:
    """Return the read-out `spots`, from x, y and pixels below of each place."""
    return ";".join(f"{name} {x:.7g} {y:.7g} {below}" for name, (x, y, below) in places.items())


def register_drawing(
    app: Dash,
    view: str,
    cls: type[Any],
    pictures: Callable[[Any], dict[str, Any]],
    table: Callable[[Any], Any] | None = None,
) -> None:
    """Redraw every picture of a panel when its collected state changes, and its data table while open."""
    controls.register(app, view)
    names = list(pictures(cls()))
    opener = [Input(ids.part(view, "open"), "value")] if table else []
    data = [Output(ids.part(view, "data"), "children")] if table else []

    @app.callback(
        *(Output(ids.picture(view, name), "data") for name in names),
        *data,
        Input(ids.state(view), "data"),
        *opener,
        prevent_initial_call=True,
    )
    def redraw(text: dict[str, Any], opened: str | None = None) -> Any:
        state = state_or_default(cls, text)
        found = pictures(state)
        drawn: list[Any] = [{**found[name], "clock": text["clock"]} for name in names]
        if table:
            drawn.append(table(state) if opened else no_update)
        return drawn if len(drawn) > 1 else drawn[0]
