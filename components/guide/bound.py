"""The lower bound of floor + renormalise, proved, with its numbers."""

from __future__ import annotations

import re
from typing import Any

import dash_mantine_components as dmc
from dash import html

from gaba_core import weight_bounds
from gaba_core.number_text import fixed

from ..layout import cards

FLOOR = 0.05
TASKS = (2, 3, 5, 8)
STEPS = (
    "Let *x* be the smoothed shares, which sum to 1, and *m* the floor. The clamp gives *u*_i_ = max(*x*_i_, "
    "*m*), and the weight is *w*_i_ = *u*_i_ / Σ*u*_j_.",
    "Only tasks below the floor are lifted. If task *i* is one of them, the other shares sum to at most 1, "
    "and "
    "lifting each of them adds at most *m*: Σ*u*_j_ ≤ 1 + (*K* − 1) *m*.",
    "So *w*_i_ ≥ *m* / (1 + (*K* − 1) *m*): below the floor, but never below this. At a corner, one share 1 "
    "and "
    "the others 0, it is met.",
    "The share rule never gives more than 1 / (*K* − 1). Of what it can feed to the average the sum is at "
    "most "
    "1 + *m*, and the bound is *m* / (1 + *m*) for any *K*.",
)
_MARKED = re.compile(r"\*(\w)\*|_(\w)_")


def rows(floor: float = FLOOR) -> list[tuple[str, str, str]]:
    """Return K, the bound over the whole simplex, and over what the share rule can reach."""
    found = []
    for tasks in TASKS:
        whole, reached = (weight_bounds(tasks, floor, reachable=flag)[0] for flag in (False, True))
        found.append((str(tasks), fixed(whole, 4), fixed(reached, 4)))
    return found


def proof() -> Any:
    """Return the proof as a section, its steps as a list."""
    body = [dmc.TableTr([dmc.TableTd(cell) for cell in row]) for row in rows()]
    head = ["K", "Any share", "Shares of the rule"]
    return html.Section(
        [
            html.H2("The bound, proved", className="gaba-chapter"),
            html.Ol([html.Li(mathematics(step)) for step in STEPS]),
            cards.table(head, body, f"Lower bounds at a floor of {FLOOR:g}"),
        ],
        id="bound",
        className="gaba-lesson",
    )


def mathematics(text: str) -> list[Any]:
    """Return a text in which *x* is a variable and _i_ an index, set as such."""
    children: list[Any] = []
    end = 0
    for found in _MARKED.finditer(text):
        children.append(text[end : found.start()])
        variable, index = found.groups()
        children.append(html.Var(variable) if variable else html.Sub(html.Var(index)))
        end = found.end()
    return [*children, text[end:]]
