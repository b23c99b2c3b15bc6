"""What is drawn as a table of numbers: one row a point."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Callable
from typing import Any

import dash_mantine_components as dmc
import numpy as np
from dash import Dash, Input, Output, State, dcc, html

from ...layout import cards, ids
from ...layout.checked_state import state_or_default


def saving(view: str, name: str, numbers: bool = True) -> Any:
    """The menu that saves a picture as PNG or SVG and, once a panel, what is drawn as CSV."""
    if not numbers:
        return cards.exports(view, name)
    menu = cards.exports(view, name, ("CSV", ids.part(view, "csv")))
    return html.Div([menu, dcc.Download(id=ids.part(view, "save"))])


def headline(view: str, name: str, says: str) -> html.Div:
    """The answer in one sentence above its picture, and the buttons that save that."""
    words = dmc.Text(cards.outcome(view, "says", says), fw=600, flex=1, miw=0)
    row = dmc.Group([words, saving(view, name)], mb="xs", wrap="nowrap", align="flex-start")
    return html.Div(row, className="gaba-outcome")


def spoken(view: str, name: str, says: str) -> html.Div:
    """What a picture says in words, and the buttons that save it."""
    words = dmc.Text(cards.outcome(view, "says", says), size="sm", flex=1, miw=240)
    return html.Div(dmc.Group([words, saving(view, name)], mt="xs"), className="gaba-outcome")


def as_csv(pictures: dict[str, dict[str, Any]]) -> str:
    """Every drawn point once: picture, curve, x and y, with every digit that is drawn."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["picture", "curve", "x", "y"])
    for name, picture in pictures.items():
        for trace in picture["data"]:
            if trace.get("xaxis", "x") != "x":
                continue  # a lens shows the same again
            x, y = (_numbers(trace[axis]["bdata"]) for axis in ("x", "y"))
            for point in zip(x, y, strict=True):
                writer.writerow([name, trace["uid"], *point])
    return out.getvalue()


def register_saving(app: Dash, view: str, cls: type[Any], pictures: Callable[[Any], dict[str, Any]]) -> None:
    """Send the CSV of a panel when asked."""

    @app.callback(
        Output(ids.part(view, "save"), "data"),
        Input(ids.part(view, "csv"), "n_clicks"),
        State(ids.state(view), "data"),
        prevent_initial_call=True,
    )
    def save(_: int, text: dict[str, Any]) -> dict[str, Any]:
        return {
            "content": as_csv(pictures(state_or_default(cls, text))),
            "filename": f"gaba_{view.replace('-', '_')}.csv",
        }


def _numbers(bdata: str) -> list[float]:
    values: list[float] = np.frombuffer(base64.b64decode(bdata), dtype=np.float32).tolist()
    return values
