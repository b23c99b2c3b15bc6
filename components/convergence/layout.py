"""The page of the Convergence view: its cards, from a state and its pictures."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from gaba_core.regimes import REGIMES

from ..layout import cards, controls, ids, palette
from .readouts import ROWS
from .state import AXES, MAX_SEEDS, NOISES, PRESET_SETS, PRESETS, SHOWS, WINDOWS, ConvergenceState
from .tables import milestone_table

NAME = "convergence"
FIRST = "Weight of the RUL task, w_rul"  # what the first picture shows
WEIGHTS = "Weight of the RUL task over time for each seed, with the four regimes of convergence."
DEVIATION = "Weight of the RUL task minus its theoretical course, for each seed."
HIDDEN = {"display": "none"}
LEVEL: dict[str, Any] = {"data-level": "floor", "data-view": NAME, "data-param": "floor"}
Pictures = dict[str, dict[str, Any]]


def side(state: ConvergenceState) -> Any:
    """Presets, numbers, noise model and seeds."""
    seeds = {str(s): str(s) for s in dict.fromkeys((*palette.OFFERED_SEEDS, *state.seeds))}
    presets = {name: (preset.label, preset.help) for name, preset in PRESETS.items()}
    about = f"Each seed is one run with noise of its own; up to {MAX_SEEDS}."
    return dmc.Stack(
        [
            cards.card([cards.heading("Presets"), controls.presets(NAME, presets, PRESET_SETS)]),
            cards.card(
                dmc.Stack(
                    [
                        *controls.numbers(NAME, state),
                        controls.segments(NAME, "noise", "Noise model", NOISES, state.noise),
                        controls.chips(
                            NAME,
                            "seeds",
                            controls.helped("Seeds", about),
                            seeds,
                            tuple(map(str, state.seeds)),
                            {text: palette.color(int(text)) for text in seeds},
                        ),
                    ],
                    gap="md",
                )
            ),
        ],
        gap="md",
    )


def toolbar(state: ConvergenceState) -> Any:
    """What is drawn, and how."""
    return cards.card(
        dmc.Group(
            [
                dmc.Box(controls.segments(NAME, "window", "Time drawn", WINDOWS, state.window), miw=220),
                dmc.Box(controls.segments(NAME, "x", "Time counted in", AXES, state.x), miw=140),
                dmc.Box(
                    controls.chips(NAME, "show", "Also show", SHOWS, state.show),
                    flex=1,
                    miw="min(26rem, 100%)",
                ),
            ],
            align="flex-start",
            gap="lg",
        )
    )


def picture(pictures: Pictures) -> Any:
    """The weights, and the strip of regimes under them."""
    weights = pictures["weights"]
    return cards.card(
        [
            cards.heading(
                FIRST,
                "What multiplies the loss of the RUL task; the health task has the rest. "
                "Drag the floor line to move it. Equilibrium begins where the mean over seeds is within "
                "0.1 % of its "
                "end or, where that is larger, half a standard deviation; under a drift the 0.1 % alone "
                "count.",
                cards.exports(NAME, "weights"),
            ),
            html.Div(
                cards.graph(NAME, "weights", weights, WEIGHTS),
                className="gaba-draggable",
                **LEVEL,
            ),
            _regimes(weights["text"]),
        ]
    )


def _regimes(text: dict[str, str]) -> html.Div:
    return html.Div(
        [
            html.Span(
                [
                    html.Span(className="gaba-swatch", style={"background": palette.regime_fill(name)}),
                    dmc.Text(f"{i} {name.capitalize()}", size="sm", fw=400, span=True),
                    cards.live(NAME, f"regime-{name}", text[f"regime-{name}"]),
                ],
                className="gaba-regime",
            )
            for i, name in enumerate(REGIMES, 1)
        ],
        className="gaba-regimes",
    )


def numbers(state: ConvergenceState, pictures: Pictures) -> Any:
    """Deviation, read-outs, milestones, data."""
    return dmc.Stack(
        [
            cards.card(
                [
                    cards.heading(
                        "Deviation from theory",
                        "The same weights minus their expected course, with the band of two standard "
                        "deviations. At 5 % noise the seeds differ by less than 0.0001: here they differ.",
                        cards.exports(NAME, "deviation"),
                    ),
                    cards.graph(NAME, "deviation", pictures["deviation"], DEVIATION, 220),
                ]
            ),
            html.Div(
                [
                    _readouts(state, pictures["weights"]["text"]),
                    _milestones(state, pictures["weights"]["text"]),
                ],
                className="gaba-pair",
            ),
            cards.folded("Data behind the pictures", ids.part(NAME, "open"), ids.part(NAME, "data")),
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
                "Predicted from the parameters alone, then what the simulated seeds did. Steps are counted "
                "from 0; the value at a step is the value after its update. Pin keeps a setting to compare "
                "with, as a ghost in the picture.",
                pin,
            ),
            cards.readouts(["", "Predicted", "Simulated", "Pinned"], rows, "Read-outs"),
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
                "w_rul at the start of an epoch, as the reference program prints it. A training logger "
                "writes at the end of an epoch and so reads one epoch further on.",
                buttons,
            ),
            html.Div(milestone_table(state, text), id=ids.part(NAME, "milestones")),
            dcc.Download(id=ids.part(NAME, "download")),
            dmc.Modal(
                id=ids.part(NAME, "script"),
                title="This setting as a NumPy script",
                size="xl",
                children=html.Div(id=ids.part(NAME, "code")),
            ),
        ]
    )
