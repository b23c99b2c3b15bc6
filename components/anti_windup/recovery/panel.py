"""Recovery panel: a starved task is wanted again; eight schemes, and how each comes back."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import Dash, Input, Output, html

from gaba_core.anti_windup import SCHEMES

from ...layout import cards, controls, ids
from ...layout.checked_state import state_or_default
from ...layout.protocols import unversioned
from ...layout.subscripts import subscripts
from ..panels.export import headline, register_saving
from ..panels.frame import described_by, register_drawing, sliders, stacked, written
from .figures import recovery_picture
from .readouts import COLUMNS, biases, texts
from .state import SHOWS, WINDOWS, RecoveryState, prepare
from .table import data_table

PANEL, LABEL = "recovery", "Recovery"
NAME = "anti-windup-recovery"
STATE = RecoveryState
version = unversioned
QUESTION = "How long does it stay stuck?"
AT_ONCE = 40  # positions whose experiments are still cached when they are drawn
LOOK_FOR = (
    "the flat stretch of A after the switch: its output is stuck while the state (dotted) climbs back to the "
    "floor. Raise the target to 0.5 and the schemes become nearly identical."
)
WHAT_IT_IS = (
    "In control terms GABA's floor (A) is an output saturation with a free-running filter state. It is not "
    "back-calculation (D feeds the saturation back, A does not), not conditional integration (C) and not a "
    "state clamp (B). The moving average leaks and its input is bounded, so windup is at most λ_min."
)
WHAT_IT_BUYS = (
    "What it buys is a guard against starvation: while saturated, every task keeps at least "
    "λ_min / (1 + (K−1) λ_min) of the weight. What it costs is the release delay, about three times the "
    "error of B at a target of 0.06 and a tenth more at 0.5, and gradients that are no longer balanced."
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


def pictures(state: RecoveryState) -> dict[str, dict[str, Any]]:
    """The one picture of the panel, with the read-outs that go with it."""
    return {"recovery": recovery_picture(state, texts(state))}


def cost(state: RecoveryState) -> float:
    """Return the seconds that one picture takes at most: every scheme is run, drawn or not."""
    return 0.002 + 3e-7 * (state.steps_before + state.steps_after)


def side(state: RecoveryState) -> Any:
    """Controls."""
    names = {key: f"{key} {scheme.name}" for key, scheme in SCHEMES.items()}
    colors = {key: f"var(--gaba-seed-{i})" for i, key in enumerate(SCHEMES)}
    return stacked(
        *sliders(NAME, state, block=64).values(),
        controls.chips(NAME, "schemes", "Schemes", names, state.schemes, colors),
        controls.segments(NAME, "window", "Range", WINDOWS, state.window),
        controls.chips(NAME, "show", "Also show", SHOWS, state.show),
    )


def centre(state: RecoveryState, found: dict[str, dict[str, Any]]) -> Any:
    """The picture, and the release delay in words."""
    picture = found["recovery"]
    label = "Output and state of each anti-windup scheme before and after the target moves."
    return cards.card(
        [
            headline(NAME, "recovery", picture["text"]["says"]),
            html.Div(
                [
                    cards.graph(NAME, "recovery", picture, label, 440, **described_by(NAME, "open")),
                    *written(NAME, picture["text"], ["stuck"]),
                ],
                className="gaba-spotted",
            ),
        ]
    )


def numbers(state: RecoveryState, found: dict[str, dict[str, Any]]) -> Any:
    """Metrics of all schemes, and what the floor is."""
    text = found["recovery"]["text"]
    head = ["Scheme", *(controls.helped(label, help_text) for _, label, help_text in COLUMNS), _bias_head()]
    rows = [
        (
            f"{key} {scheme.name}",
            f"{scheme.rule}. Source: {scheme.source}.",
            [
                *(cards.live(NAME, f"{key}-{name}", text[f"{key}-{name}"]) for name, *_ in COLUMNS),
                html.Span("…", id=ids.part(NAME, f"bias-{key}"), className="gaba-live"),
            ],
        )
        for key, scheme in SCHEMES.items()
    ]
    return dmc.Stack(
        [
            cards.card(
                [
                    cards.heading("Metrics", "Of the first task's output before renormalising; in samples."),
                    html.Div(
                        cards.readouts(head, rows, "Metrics of every anti-windup scheme"),
                        className="gaba-wide gaba-metrics",
                    ),
                ]
            ),
            cards.folded("Data table", ids.part(NAME, "open"), ids.part(NAME, "data")),
            cards.card(
                [
                    cards.heading("What the floor is and what it costs"),
                    dmc.Text(subscripts(WHAT_IT_IS), size="sm"),
                    dmc.Text(subscripts(WHAT_IT_BUYS), size="sm", mt="xs"),
                ]
            ),
        ],
        gap="md",
    )


def _bias_head() -> Any:
    return controls.helped(
        "Bias",
        "Mean output under the noise less the output when the same mean share comes steadily. F clamps "
        "before it averages and so settles too high.",
    )


def register_callbacks(app: Dash) -> None:
    """Redraw; the bias follows when the pointer has left the control."""
    register_drawing(app, NAME, STATE, pictures, data_table)
    register_saving(app, NAME, STATE, pictures)

    @app.callback(
        *(Output(ids.part(NAME, f"bias-{key}"), "children") for key in SCHEMES),
        Input(ids.state(NAME), "data"),
        Input(ids.part(NAME, "defaults"), "data"),
    )
    def show_bias(text: dict[str, Any], _: Any) -> list[str]:
        return list(biases(state_or_default(STATE, text)).values())
