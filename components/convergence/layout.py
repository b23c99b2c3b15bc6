"""The page of the Convergence view: its cards, from a state and its pictures."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from gaba_core.regimes import REGIMES

from ..layout import cards, ids, palette
from .opening import questions
from .readouts import ROWS
from .state import ConvergenceState
from .tables import milestone_table

NAME = "convergence"
WEIGHTS = (
    "Weight of a task over time for each seed, with the four regimes of convergence; below it each seed's "
    "weight minus its expected course."
)
ABOUT = (
    "The factor applied to a task's loss; the other losses get the remainder. Drag the floor by its handle. "
    "The dotted bracket is the time constant τ: 63 % of the way. Equilibrium begins where the mean of all "
    "seeds stays within 0.1 % of its end or, where that is larger, half a standard deviation; under a drift "
    "only the 0.1 % counts. The lower row shows the same weights minus their expected course, with a band "
    "of two standard deviations."
)
HEIGHT = "var(--gaba-front-height)"  # convergence.css: what the window has room for
HIDDEN = {"display": "none"}
LEVEL: dict[str, Any] = {"data-level": "floor", "data-view": NAME, "data-param": "floor"}
Pictures = dict[str, dict[str, Any]]


def picture(pictures: Pictures) -> Any:
    """The card of the picture: what the setting does, weights and seeds, and the regimes in numbers."""
    weights = pictures["weights"]
    says = html.H2(cards.outcome(NAME, "sentence", weights["text"]["sentence"]), className="gaba-says")
    return cards.card(
        [
            html.Div(
                [says, cards.hint("the picture", ABOUT), cards.exports(NAME, "weights")],
                className="gaba-answer",
            ),
            html.Div(
                cards.graph(
                    NAME,
                    "weights",
                    weights,
                    WEIGHTS,
                    HEIGHT,
                    described=cards.live_id(NAME, "sentence"),
                    details=ids.part(NAME, "open"),
                ),
                className="gaba-draggable",
                **LEVEL,
            ),
            _regimes(weights["text"]),
        ]
    )


def _regimes(text: dict[str, str]) -> html.Div:
    """Where each regime begins and ends, in four columns that never wrap anew."""
    return html.Div(
        [
            html.Div(
                [
                    html.Span(className="gaba-swatch", style={"background": palette.regime_fill(name)}),
                    html.Span(f"{i} {name.capitalize()}", className="gaba-regime-name"),
                    cards.live(NAME, f"regime-{name}", text[f"regime-{name}"]),
                ],
                className="gaba-regime",
            )
            for i, name in enumerate(REGIMES, 1)
        ],
        className="gaba-regimes",
    )


def numbers(state: ConvergenceState, pictures: Pictures) -> Any:
    """Where to go from here, read-outs, milestones, data."""
    text = pictures["weights"]["text"]
    return dmc.Stack(
        [
            questions(),
            html.Div([_readouts(state, text), _milestones(state, text)], className="gaba-pair"),
            cards.folded("Data table", ids.part(NAME, "open"), ids.part(NAME, "data")),
        ],
        gap="md",
    )


def _readouts(state: ConvergenceState, text: dict[str, str]) -> Any:
    kinds = ("predicted", "simulated", "pinned")
    rows = [
        (label, about, [cards.live(NAME, f"{name}-{kind}", text[f"{name}-{kind}"]) for kind in kinds])
        for name, label, about in ROWS
    ]
    pin = dmc.Group(
        [
            dmc.Button("Pin", id=ids.part(NAME, "pin"), size="compact-sm", variant="default"),
            dmc.Button(
                "Unpin",
                id=ids.part(NAME, "unpin"),
                size="compact-sm",
                variant="subtle",
                disabled=not state.pin,
            ),
            dmc.TextInput(id=ids.choice(NAME, "pin"), value=state.pin, style=HIDDEN),
        ],
        gap=4,
        wrap="nowrap",
    )
    return cards.card(
        [
            cards.heading(
                "Predicted and simulated",
                "Predicted from the parameters alone, beside what the simulated seeds did. Steps are counted "
                "from 0; the value at a step is the value after its update. Pin this setting to compare "
                "against; it stays in the plot as a ghost.",
                pin,
            ),
            cards.readouts(["", "Predicted", "Simulated", "Pinned"], rows, "Read-outs"),
            dmc.Text(cards.outcome(NAME, "pin", text["pin"]), size="sm"),
        ]
    )


def _milestones(state: ConvergenceState, text: dict[str, str]) -> Any:
    buttons = dmc.Group(
        [
            dmc.Button("CSV", id=ids.part(NAME, "csv"), size="compact-sm", variant="default"),
            dmc.Button("Copy as Python", id=ids.part(NAME, "python"), size="compact-sm", variant="default"),
        ],
        gap=4,
    )
    return cards.card(
        [
            cards.heading(
                "Milestones",
                "The weight at the start of an epoch, as the reference program prints it. Training logs are "
                "written at the end of an epoch, so they read one epoch later. Below: what the published "
                "run of each seed reached, of the subset whose clock is set.",
                buttons,
            ),
            html.Div(milestone_table(state, text), id=ids.part(NAME, "milestones")),
            dcc.Download(id=ids.part(NAME, "download")),
            dmc.Modal(
                id=ids.part(NAME, "script"),
                title="Reproduce in NumPy",
                size="xl",
                children=html.Div(id=ids.part(NAME, "code")),
            ),
        ]
    )
