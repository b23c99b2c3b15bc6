"""The controls of the Convergence view: three at hand, the rest in folded groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from gaba_core.parameters import quantities

from ..layout import cards, controls, palette
from .idle import notes
from .presets import PRESET_SETS, PRESETS
from .state import AXES, MAX_SEEDS, NOISES, SHOWS, WINDOWS, ConvergenceState

NAME = "convergence"
MAIN_CONTROLS = ("beta", "floor", "sigma")
GROUPS = {  # the rest of the numbers, by the group that holds them
    "Controller": ("warmup_steps",),
    "Gradients": ("ratio", "drift"),
    "Run": ("epochs", "steps_per_epoch"),
}


def side(state: ConvergenceState) -> Any:
    """Return the controls: beta, floor and noise, the presets, and the groups."""
    fields = [f.name for f in quantities(ConvergenceState)]
    said = notes(state)
    numbers = {
        name: html.Div([control, cards.live(NAME, f"note-{name}", said[name])], className="gaba-noted")
        for name, control in zip(fields, controls.numbers(NAME, state), strict=True)
    }
    presets = {name: (preset.label, preset.help) for name, preset in PRESETS.items()}
    more = {"Gradients": _gradients(state), "Controller": [], "Run": []}
    groups = [
        cards.group(title, [*(numbers[name] for name in names), *more[title]])
        for title, names in GROUPS.items()
    ]
    return dmc.Stack(
        [
            cards.card(dmc.Stack([numbers[name] for name in MAIN_CONTROLS], gap="md")),
            cards.card([cards.heading("Presets"), controls.presets(NAME, presets, PRESET_SETS)]),
            cards.card([*groups, cards.group("Picture", _picture(state))], py="xs"),
        ],
        gap="md",
    )


def _gradients(state: ConvergenceState) -> list[Any]:
    seeds = {str(s): str(s) for s in dict.fromkeys((*palette.OFFERED_SEEDS, *state.seeds))}
    return [
        controls.segments(NAME, "noise", "Noise model", NOISES, state.noise),
        controls.chips(
            NAME,
            "seeds",
            controls.helped(
                "Seeds", f"Each seed is one run with its own noise (up to {MAX_SEEDS}).", stop=True
            ),
            seeds,
            tuple(map(str, state.seeds)),
            {text: palette.color(int(text)) for text in seeds},
        ),
    ]


def _picture(state: ConvergenceState) -> Sequence[Any]:
    """What is drawn, and how."""
    return [
        controls.segments(NAME, "window", "Range", WINDOWS, state.window),
        controls.segments(NAME, "x", "Time axis", AXES, state.x),
        controls.chips(NAME, "show", "Show", SHOWS, state.show),
    ]
