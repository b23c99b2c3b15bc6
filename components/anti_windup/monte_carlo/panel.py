"""Monte Carlo panel: the bounds put to the test on random draws."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash

from ...layout import cards, controls
from ...layout.protocols import unversioned
from ..panels.export import headline, register_saving
from ..panels.frame import described_by, live_rows, register_drawing, sliders, stacked, with_note
from .figures import monte_carlo_picture
from .state import (
    AT_ONCE,
    KINDS,
    ROWS,
    WINDOWS,
    MonteCarloState,
    prepare,
    texts,
)

PANEL, LABEL = "monte-carlo", "Monte Carlo"
NAME = "anti-windup-monte-carlo"
STATE = MonteCarloState
version = unversioned
QUESTION = "Does the bound hold?"
LOOK_FOR = (
    "how many draws lie left of the floor, and that none lies left of the exact bound. The reference program "
    "reports that its bound holds in all 100,000 draws. Run as printed, it fails in 99,998."
)
__all__ = [
    "AT_ONCE",
    "LABEL",
    "LOOK_FOR",
    "NAME",
    "PANEL",
    "QUESTION",
    "STATE",
    "centre",
    "cost",
    "numbers",
    "pictures",
    "prepare",
    "register_callbacks",
    "side",
    "version",
]


def pictures(state: MonteCarloState) -> dict[str, dict[str, Any]]:
    """The one picture of the panel, with the read-outs that go with it."""
    return {"histogram": monte_carlo_picture(state, texts(state))}


def cost(state: MonteCarloState) -> float:
    """Return the seconds that one picture takes at most, once the draws are made."""
    return 0.002 + 1e-9 * state.draws * state.tasks


def side(state: MonteCarloState) -> Any:
    """Controls."""
    each = sliders(NAME, state, block=8)
    kinds = dmc.Text(
        "Uniform on the simplex; or adversarial: one random weight per draw is first set to 10⁻⁶.",
        size="xs",
        c="dimmed",
    )
    return stacked(
        with_note(NAME, each["floor"], texts(state)["limit"]),
        each["tasks"],
        each["draws"],
        each["seed"],
        controls.segments(NAME, "kind", "Sampling", KINDS, state.kind),
        kinds,
        controls.segments(NAME, "window", "Show", WINDOWS, state.window),
    )


def centre(state: MonteCarloState, found: dict[str, dict[str, Any]]) -> Any:
    """The histogram and what it says in words."""
    picture = found["histogram"]
    label = "Histogram of the smallest weight of each draw, with the nominal and the exact bound."
    return cards.card(
        [
            headline(NAME, "histogram", picture["text"]["says"]),
            cards.graph(NAME, "histogram", picture, label, 430, **described_by(NAME)),
        ]
    )


def numbers(state: MonteCarloState, found: dict[str, dict[str, Any]]) -> Any:
    """The honest counts."""
    rows = live_rows(NAME, ROWS, ["count", "bound"], found["histogram"]["text"])
    return cards.card(
        [
            cards.heading("Counts", "A weight counts as outside where it is more than 1e-9 past the bound."),
            cards.readouts(["", "Found", "Bound"], rows, "Violations of the nominal and of the exact bound"),
        ]
    )


def register_callbacks(app: Dash) -> None:
    """Redraw."""
    register_drawing(app, NAME, STATE, pictures)
    register_saving(app, NAME, STATE, pictures)
