"""The lower bound of floor + renormalise, proved, with the numbers of any K and floor."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from gaba_core import weight_bounds
from gaba_core.number_text import fixed

from ..layout import cards, controls
from .state import NAME, GuideState

FLOOR = 0.05
TASKS = (2, 3, 5, 8)
STEPS = (
    (
        "Clamp the averages, which sum to 1, at the floor m, and divide by the sum.",
        "u_i = max ( x_i , m ) , w_i = u_i / Σ u_j",
    ),
    (
        "If task i is below the floor, the others sum to at most 1, and lifting each adds at most m.",
        "Σ u_j ≤ 1 + ( K − 1 ) m = [sum]",
    ),
    (
        "A clamped weight is therefore never smaller than this, which a corner of the simplex meets.",
        "w_i ≥ m / [sum] = [lower]",
    ),
    (
        "A share that is 1, with the others on the floor, is the largest.",
        "w_i ≤ 1 / [sum] = [upper]",
    ),
    (
        "The share rule never gives more than 1/(K − 1), so the sum it can reach is at most 1 + m.",
        "w_i ≥ m / [reached-sum] = [reached]",
    ),
)


def texts(state: GuideState) -> dict[str, str]:
    """Return the numbers of the proof, by the name that its formulas give them."""
    floor = min(state.m, 1.0 / state.tasks)
    lower, upper = weight_bounds(state.tasks, floor)
    reached = weight_bounds(state.tasks, floor, reachable=True)[0]
    cut = "" if floor == state.m else f" A floor above 1/K means nothing: {fixed(floor, 4)} is used."
    return {
        "sum": fixed(1.0 + (state.tasks - 1) * floor, 4),
        "lower": fixed(lower, 4),
        "upper": fixed(upper, 4),
        "reached-sum": fixed(1.0 + floor, 4),
        "reached": fixed(reached, 4),
        "proof": (
            f"With {state.tasks} tasks and a floor of {fixed(floor, 3)} every weight lies in "
            f"[{fixed(lower, 4)}, {fixed(upper, 4)}], whatever came before.{cut}"
        ),
    }


def bound_picture(state: GuideState) -> dict[str, Any]:
    """Return the words of the proof as a picture that draws nothing: they follow its two sliders."""
    return {"key": "bound", "data": [], "layout": {}, "text": texts(state)}


def rows(floor: float = FLOOR) -> list[tuple[str, str, str]]:
    """Return K, the bound over the whole simplex, and over what the share rule can reach."""
    found = []
    for tasks in TASKS:
        whole, reached = (weight_bounds(tasks, floor, reachable=flag)[0] for flag in (False, True))
        found.append((str(tasks), fixed(whole, 4), fixed(reached, 4)))
    return found


def proof(state: GuideState) -> Any:
    """Return the proof as a section, its steps as a list."""
    body = [dmc.TableTr([dmc.TableTd(cell) for cell in row]) for row in rows()]
    head = ["K", "Any share", "Shares of the rule"]
    known = texts(state)
    steps = [html.Li([words, formula(text, known)]) for words, text in STEPS]
    return html.Section(
        [
            html.H2("The bound, proved", className="gaba-chapter"),
            html.Div(controls.numbers(NAME, state, names=("tasks", "m")), className="gaba-sliders"),
            html.Ol(steps),
            html.P(cards.outcome(NAME, "proof", known["proof"])),
            cards.table(head, body, f"Lower bounds at a floor of {FLOOR:g}"),
        ],
        id="bound",
        className="gaba-lesson",
    )


def formula(text: str, known: dict[str, str]) -> Any:
    """Return a formula that `assets/mathematics.mjs` sets as MathML; its live numbers are read-outs.

    Args:
        text: tokens parted by blanks; a / b is a fraction, x_i an index, [name] a live number.
        known: the numbers at first.
    """
    numbers = {f"[{name}]": value for name, value in known.items() if f"[{name}]" in text}
    marks = {f"data-{name.strip('[]')}": value for name, value in numbers.items()}
    named: Any = {"data-formula": text, "data-view": NAME, **marks}
    return html.Div(className="gaba-formula", **named)
