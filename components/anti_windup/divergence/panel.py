"""Divergence panel: every method on the same noise, and how each of them fails."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, html, no_update

from gaba_core.comparators import COMPARATORS, LABELS

from ...layout import cards, controls, ids, palette
from ...layout.checked_state import state_or_default
from ...layout.protocols import unversioned
from ..panels.export import register_saving, saving
from ..panels.frame import register_drawing, sliders, stacked
from .curves import AT_ONCE, SMOOTHED, curves_of, prepare
from .figures import divergence_pictures, rates_picture
from .readouts import COLUMNS, first_failures, texts
from .state import (
    KINDS,
    MAX_SEEDS,
    OPTIMISERS,
    RATE_SEEDS,
    STARTS,
    DivergenceState,
    rates,
)

PANEL, LABEL = "divergence", "Divergence"
NAME = "anti-windup-divergence"
STATE = DivergenceState
version = unversioned
LOOK_FOR = (
    "two starvations. Without a floor GABA's weight falls far below the bound while the gradients stay "
    "balanced; with a floor the weight stays and the second task's gradient starves. Raw GradNorm leaves "
    "[0, 1]: a negative weight is gradient ascent. Softmax and exp cannot."
)
SET_UP = (
    "Nothing learns here: gradient norms are drawn, log-normal around the ratio, the same draws for every "
    "method, and losses do as the controls say (constant unless set otherwise). From rest: GABA starts at "
    "the mean share under the noise, GradNorm at balanced gradients, uncertainty weighting where weight "
    "times loss is one half. What fails here fails in this set-up; no more is claimed."
)
__all__ = [
    "AT_ONCE",
    "LABEL",
    "LOOK_FOR",
    "NAME",
    "PANEL",
    "STATE",
    "centre",
    "numbers",
    "pictures",
    "prepare",
    "register_callbacks",
    "side",
    "version",
]


def pictures(state: DivergenceState) -> dict[str, dict[str, Any]]:
    """The two pictures that follow a drag, with the read-outs that go with them."""
    curves = curves_of(state)
    failures = {method: each.judged.failures(state.floor) for method, each in curves.items()}
    return divergence_pictures(state, curves, failures, texts(state, failures))


def side(state: DivergenceState) -> Any:
    """Controls."""
    each = sliders(NAME, state)
    methods = {method: LABELS[method] for method in COMPARATORS}
    colors = {method: palette.method_color(i) for i, method in enumerate(COMPARATORS)}
    seeds = {str(seed): str(seed) for seed in dict.fromkeys((*palette.OFFERED_SEEDS, *state.seeds))}
    return stacked(
        *(each.pop(name) for name in ("sigma", "floor", "ratio", "steps")),
        controls.chips(NAME, "methods", "Methods", methods, state.methods, colors),
        controls.chips(
            NAME,
            "seeds",
            controls.helped("Seeds", f"Each seed has draws of its own; up to {MAX_SEEDS}, drawn alike."),
            seeds,
            tuple(map(str, state.seeds)),
        ),
        controls.segments(NAME, "start", "Start", STARTS, state.start),
        controls.segments(NAME, "optimiser", "GradNorm learns by", OPTIMISERS, state.optimiser),
        *each.values(),
    )


def centre(state: DivergenceState, found: dict[str, dict[str, Any]]) -> Any:
    """Weights above, what they make of the gradients below."""
    weights = "Share of the weights that the first task has, for each method, with its failures marked."
    pulls = "Share of the weighted gradient that the second task has, for each method."
    return cards.card(
        [
            cards.heading("Weights", "The first task's share of the weights.", saving(NAME, "weights")),
            cards.graph(NAME, "weights", found["weights"], weights, 400),
            cards.heading(
                "What they make of the gradients",
                f"The second task's share of Σ w g, averaged over the last {SMOOTHED} steps; failures are "
                "judged step by step.",
                saving(NAME, "pulls", numbers=False),
            ),
            cards.graph(NAME, "pulls", found["pulls"], pulls, 370),
        ]
    )


def numbers(state: DivergenceState, found: dict[str, dict[str, Any]]) -> Any:
    """Failures in words, the search for the first failure, and the set-up."""
    text = found["weights"]["text"]
    rows = [
        (
            LABELS[method],
            f"{comparator.source}. Weights sum to {comparator.total}.",
            [cards.live(NAME, f"{method}-{kind}", text[f"{method}-{kind}"]) for kind, *_ in COLUMNS],
        )
        for method, comparator in COMPARATORS.items()
    ]
    head = ["Method", *(controls.helped(label, help_text) for _, label, help_text in COLUMNS)]
    return dmc.Stack(
        [
            cards.card(
                [
                    cards.heading("Failures in words", "Of the seeds and the horizon shown."),
                    html.Div(cards.readouts(head, rows, "Failures of every method"), className="gaba-wide"),
                ]
            ),
            _search(state),
            cards.card([cards.heading("The set-up"), dmc.Text(SET_UP, size="sm")]),
        ],
        gap="md",
    )


def _search(state: DivergenceState) -> Any:
    help_text = (
        f"Runs every chosen method on {RATE_SEEDS} seeds at 13 noises from 0 to 3. Out of [0, 1] includes "
        "weights that are no number. A seed counts as starved where starvation fills more than half of the "
        "steps."
    )
    run = dmc.Button("Run to the first failure", id=ids.part(NAME, "run"), size="compact-sm")
    picture = rates_picture(state, None, {})
    label = "Share of the seeds that fail against noise, for each method."
    return cards.card(
        [
            cards.heading("Failure rate against noise", help_text, run),
            controls.segments(NAME, "kind", "Failure", KINDS, state.kind),
            cards.graph(NAME, "rates", picture, label, 340),
            html.Div(id=ids.part(NAME, "first")),
        ]
    )


def _first_table(state: DivergenceState) -> Any:
    rows = [
        dmc.TableTr([dmc.TableTd(cell) for cell in (LABELS[method], *cells)])
        for method, cells in first_failures(state)
    ]
    return cards.table(
        ["Smallest noise that fails", *KINDS.values()], rows, "Smallest noise at which a seed fails"
    )


def register_callbacks(app: Dash) -> None:
    """Redraw; search for the first failure when asked."""
    register_drawing(app, NAME, STATE, pictures)
    register_saving(app, NAME, STATE, pictures)

    @app.callback(
        Output(ids.picture(NAME, "rates"), "data"),
        Output(ids.part(NAME, "first"), "children"),
        Input(ids.part(NAME, "run"), "n_clicks"),
        Input(ids.choice(NAME, "kind"), "value"),
        State(ids.state(NAME), "data"),
        running=[(Output(ids.part(NAME, "run"), "loading"), True, False)],
        prevent_initial_call=True,
    )
    def search(clicks: int | None, kind: str, text: dict[str, Any]) -> tuple[Any, Any]:
        if not clicks:
            return no_update, no_update
        state = state_or_default(STATE, {**text, "kind": kind})
        return {**rates_picture(state, rates(state), {}), "clock": 0}, _first_table(state)
