"""Divergence panel: every method on the same noise, and how each of them fails."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import ALL, Dash, Input, Output, ctx, dcc, html, no_update

from gaba_core.comparators import COMPARATORS, LABELS, FailureRates

from ...layout import cards, controls, ids, palette
from ...layout.checked_state import state_or_default
from ...layout.protocols import unversioned
from ..panels.export import register_saving, saving
from ..panels.frame import described_by, register_drawing, sliders, stacked
from .curves import AT_ONCE, SMOOTHED, curves_of, failures_in, prepare
from .figures import divergence_pictures, rates_picture
from .matrix import cell_id, matrix
from .readouts import first_failures, texts
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
QUESTION = "What breaks under noise?"
LOOK_FOR = (
    "two starvations. Without a floor GABA's weight falls far below the bound while the gradients stay "
    "balanced; with a floor the weight stays and the second task's gradient starves. Press a cell to see its "
    "method stand out below."
)
SET_UP = (
    "No model is trained here. Gradient norms are sampled log-normally around the ratio, with the same draws "
    "for every method, and losses follow the controls (constant unless set otherwise). From rest: GABA "
    "starts at the mean share under the noise, GradNorm at balanced gradients, uncertainty weighting where "
    "weight times loss is one half. Results hold for this set-up only."
)
KEY = "✕ first out of [0, 1]   ★ first not finite   ▼ first weight-starved   ▲ first gradient-starved"
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


def pictures(state: DivergenceState) -> dict[str, dict[str, Any]]:
    """The two pictures that follow a drag, with the read-outs that go with them."""
    curves = curves_of(state)
    failures = failures_in(curves, state.floor)
    return divergence_pictures(state, curves, failures, texts(state, failures))


def cost(state: DivergenceState) -> float:
    """Return the seconds that both pictures take at most."""
    return 0.003 + 2.5e-6 * state.steps * len(state.seeds) * len(state.methods)


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
            controls.helped("Seeds", f"Each seed has its own draws (up to {MAX_SEEDS}).", stop=True),
            seeds,
            tuple(map(str, state.seeds)),
        ),
        controls.segments(NAME, "start", "Start", STARTS, state.start),
        controls.segments(NAME, "optimiser", "GradNorm optimiser", OPTIMISERS, state.optimiser),
        *each.values(),
    )


def centre(state: DivergenceState, found: dict[str, dict[str, Any]]) -> Any:
    """The failure matrix: the answer, before any trace."""
    text = found["weights"]["text"]
    return cards.card(
        [
            dmc.Text(cards.outcome(NAME, "says", text["says"]), fw=600, mb="xs"),
            html.Div(_matrix(state, text), id=ids.part(NAME, "matrix")),
            dcc.Input(type="hidden", value=state.cell, id=ids.choice(NAME, "cell")),
        ]
    )


def numbers(state: DivergenceState, found: dict[str, dict[str, Any]]) -> Any:
    """Traces, failure rates against noise, and the set-up."""
    return dmc.Stack(
        [
            _traces(found),
            _rates_card(state),
            cards.card([cards.heading("The set-up"), dmc.Text(SET_UP, size="sm")]),
        ],
        gap="md",
    )


def _matrix(state: DivergenceState, text: dict[str, str], found: FailureRates | None = None) -> Any:
    return matrix(state, failures_in(curves_of(state), state.floor), text, found)


def _traces(found: dict[str, dict[str, Any]]) -> Any:
    weights = "Share of the weights that the first task has, for each method, with its failures marked."
    pulls = "Share of the weighted gradient that the second task has, for each method."
    return cards.card(
        [
            cards.heading("Weights", "The first task's share of the weights.", saving(NAME, "weights")),
            cards.graph(NAME, "weights", found["weights"], weights, 300, **described_by(NAME)),
            dmc.Text(KEY, size="xs", c="dimmed"),
            cards.heading(
                "Effect on the gradients",
                f"The second task's share of Σ w g, averaged over the last {SMOOTHED} steps; failures are "
                "judged step by step.",
                saving(NAME, "pulls", numbers=False),
            ),
            cards.graph(NAME, "pulls", found["pulls"], pulls, 300, **described_by(NAME)),
        ]
    )


def _rates_card(state: DivergenceState) -> Any:
    help_text = (
        f"Every chosen method on up to {RATE_SEEDS} seeds at 13 noises from 0 to 3. Out of [0, 1] includes "
        "weights that are no number. A seed counts as starved where starvation fills more than half of the "
        "steps."
    )
    label = "Share of the seeds that fail against noise, for each method."
    return cards.card(
        [
            cards.heading("Failure rate against noise", help_text, cards.exports(NAME, "rates")),
            controls.segments(NAME, "kind", "Failure", KINDS, state.kind),
            cards.graph(NAME, "rates", rates_picture(state, None, {}), label, 300, **described_by(NAME)),
            html.Div("Counting failures \u2026", id=ids.part(NAME, "first")),
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
    """Redraw; count failures against noise once the picture stands; let a pressed cell's method stand out."""
    register_drawing(app, NAME, STATE, pictures)
    register_saving(app, NAME, STATE, pictures)

    @app.callback(
        Output(ids.picture(NAME, "rates"), "data"),
        Output(ids.part(NAME, "first"), "children"),
        Output(ids.part(NAME, "matrix"), "children"),
        Input(ids.state(NAME), "data"),
        Input(ids.part(NAME, "defaults"), "data"),  # the page is there: its state alone tells nobody
    )
    def count(text: dict[str, Any], _: Any) -> tuple[Any, Any, Any]:
        state = state_or_default(STATE, text)
        found = rates(state)
        said = pictures(state)["weights"]["text"]
        return (
            {**rates_picture(state, found, {}), "clock": text.get("clock", 0)},
            _first_table(state),
            _matrix(state, said, found),
        )

    @app.callback(
        Output(ids.choice(NAME, "cell"), "value"),
        Input(cell_id(ALL), "n_clicks"),
        prevent_initial_call=True,
    )
    def choose(clicks: list[int | None]) -> Any:
        return ctx.triggered_id["cell"] if any(clicks) and ctx.triggered_id else no_update
