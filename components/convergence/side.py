"""The controls of the Convergence view: three at hand, the rest in folded groups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from gaba_core.parameters import quantities

from ..layout import cards, controls, ids, palette
from ..layout.fields import NOISES
from .idle import notes
from .names import short_name
from .presets import PRESET_SETS, PRESETS
from .state import (
    AXES,
    CURVES,
    MAX_SEEDS,
    MAX_TASKS,
    NORM_FIELDS,
    SHOWS,
    WINDOWS,
    ConvergenceState,
)

NAME = "convergence"
HIDDEN = {"display": "none"}
OF_TWO_ONLY = (
    "The drift is that of task 1's norm. “Health weight” is the sum of the other tasks, “RUL share of w·g” "
    "that of the task drawn. The published best epochs belong to runs of two tasks and are not drawn."
)
TWO_TASKS = tuple(f.name for f in quantities(ConvergenceState) if f.name not in NORM_FIELDS)
MAIN_CONTROLS = ("beta", "floor", "sigma")
GROUPS = {  # the rest of the numbers, by the group that holds them
    "Controller": ("warmup_steps",),
    "Gradients": ("drift",),
    "Run": ("epochs", "steps_per_epoch"),
}


def side(state: ConvergenceState) -> Any:
    """Return the controls: beta, floor and noise, the presets, and the groups."""
    numbers = _numbers(state, TWO_TASKS)
    presets = {name: (preset.label, preset.help) for name, preset in PRESETS.items()}
    more = {"Gradients": _gradients(state), "Controller": [], "Run": []}
    before = {"Gradients": _tasks(state, numbers["ratio"]), "Controller": [], "Run": []}
    groups = [
        cards.group(title, [*before[title], *(numbers[name] for name in names), *more[title]])
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


def _numbers(state: ConvergenceState, names: Sequence[str]) -> dict[str, html.Div]:
    """Number boxes with their sliders, each with what is said of it."""
    said = notes(state)
    return {
        name: html.Div(
            [control, cards.live(NAME, f"note-{name}", said.get(name, ""))], className="gaba-noted"
        )
        for name, control in zip(names, controls.numbers(NAME, state, names=names), strict=True)
    }


def _tasks(state: ConvergenceState, ratio: html.Div) -> list[Any]:
    """How many tasks there are, what their gradients are, and which of them is drawn."""
    counts = {str(count): str(count) for count in range(2, MAX_TASKS + 1)}
    hidden = HIDDEN if state.tasks > 2 else {}
    return [
        controls.segments(NAME, "tasks", "Tasks", counts, str(state.tasks)),
        html.Div(ratio, id=ids.part(NAME, "ratio"), style=hidden),
        html.Div(task_controls(state), id=ids.part(NAME, "tasks")),
        controls.segments(NAME, "curves", "Lines", CURVES, state.curves),
    ]


def task_controls(state: ConvergenceState) -> Any:
    """Return what a number of tasks asks for: from three on a norm each; which task is drawn."""
    names = [name for name in state.numbers if name in NORM_FIELDS]
    tasks = {str(k + 1): short_name(k, state.tasks) if not names else str(k + 1) for k in range(state.tasks)}
    norms = list(_numbers(state, names).values())
    return dmc.Stack(
        [
            *norms,
            *([dmc.Text(OF_TWO_ONLY, size="xs", c="dimmed")] if norms else []),
            controls.segments(NAME, "task", "Task drawn", tasks, str(state.place + 1)),
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
