"""The card of the Replay view that says whether gradients conflict, and which steps harm a task."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from gaba_core import number_text
from gaba_core.aggregators import Conflict
from gaba_core.runs.replay_schemes import REPLAY_SCHEMES

from ..layout import cards, ids
from .harm import WORDS, conflict, verdict
from .state import ReplayState
from .subject import ReplayedRun

HARMS = (
    "A step harms a task where the summed gradient points against the gradient of that task, by the recorded "
    "Gramians: it would raise that loss. The cosines are drawn with at most 200 such steps marked."
)
PLAIN = "To first order and for a plain gradient step; an AdamW step, or a clipped one, differs."
ROWS = (
    ("harm-recorded", "As recorded", "With the weights that the run applied."),
    ("harm-second", "Replayed: {}", "With the weights of what the run is replayed through."),
    ("harm-gaba", "GABA", "With the β, the floor and the warm-up of the sliders."),
    (
        "harm-unfloored",
        "GABA without floor",
        "The moving average itself: the difference is what the floor costs.",
    ),
    (
        "harm-raw",
        "GABA without floor and memory",
        "The raw shares of each step, as with β = 0: the difference is what the moving average costs.",
    ),
)
ALIKE = ("gaba", "gaba-unfloored", "raw")


def conflict_card(name: str, state: ReplayState, subject: ReplayedRun, text: dict[str, str]) -> Any:
    """Return the card; None for a run without Gramians."""
    found = verdict(subject.run)
    if found is None:
        return None
    said = dmc.Text(conflict(subject.run), size="sm", mb="sm", id=ids.part(name, "conflict"))
    pair = html.Div([_pair(found, subject), html.Div(_harm(name, state, text))], className="gaba-pair")
    return cards.card([cards.heading("Conflict and harm", HARMS), said, pair])


def _pair(found: Conflict, subject: ReplayedRun) -> Any:
    """Return the numbers of the pair that is worst off."""
    first, second = (subject.run.tasks[i] for i in found.opposed)
    larger, smaller = (subject.run.tasks[i] for i in found.unequal)
    worst = " Of all pairs, the one with the {}." if len(subject.run.tasks) > 2 else ""
    rows: list[tuple[str, str, list[Any]]] = [
        (
            f"Cosine of {first} and {second}",
            f"Between the gradients of the two tasks.{worst.format('lowest mean')}",
            [number_text.number(found.cosine), _ends(found.cosines)],
        ),
        (
            f"Norm of {larger} over {smaller}",
            f"Geometric mean over the steps.{worst.format('largest ratio')}",
            [number_text.number(found.ratio), _ends(found.ratios)],
        ),
        (
            "Steps with opposed gradients",
            f"Share of the {number_text.count(found.steps)} steps measured whose cosine is below 0.",
            [number_text.percent(found.opposing), ""],
        ),
    ]
    return cards.readouts(["", "Mean", "5 to 95 % of the steps"], rows, "Conflict of the gradients")


def _harm(name: str, state: ReplayState, text: dict[str, str]) -> list[Any]:
    """Return the share of harmful steps under each method, and in words what floor and memory cost."""
    label = REPLAY_SCHEMES[state.scheme].label
    replays = state.mode == "replay"
    shown = {"harm-recorded"} if not replays else {key for key, *_ in ROWS}
    if state.scheme in ALIKE:
        shown -= {"harm-second"}  # it has a row of its own
    rows = [
        (row.format(label), about, [cards.live(name, key, text[key])])
        for key, row, about in ROWS
        if key in shown
    ]
    body = [cards.readouts(["", "Steps that harm a task"], rows, "Steps that harm a task, by method")]
    if replays:
        body.append(dmc.Text(cards.live(name, WORDS, text[WORDS]), size="sm", mt="sm"))
    return [*body, dmc.Text(PLAIN, size="sm", c="dimmed", mt=6)]


def _ends(ends: tuple[float, float]) -> str:
    return " – ".join(number_text.number(end) for end in ends)
