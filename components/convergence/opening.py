"""The first words of the front door, and the questions that lead on from it."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from ..layout import cards
from ..layout.addresses import page_address

HEADING = "Does GABA settle, and on what?"
PURPOSE = (
    "GABA is a gradient-based balancer for multi-task training: it weighs each loss by the size of its "
    "gradients, smooths the weights by an exponential moving average (EMA) and keeps them above a floor. "
    "By default it balances remaining useful life (RUL) against health."
)
JUDGE, JUDGE_HINT = "Judge my run", "drop a log anywhere"
RUNS = "/runs"
QUESTIONS = (  # what is asked, where the answer is, and what its controls are set to
    ("Why does it settle below the floor?", "/anti-windup", {"panel": "projection", "x1": "0.002"}),
    ("What does the floor cost?", "/anti-windup", {"panel": "recovery", "after": "0.3"}),
    ("What breaks under noise?", "/anti-windup", {"panel": "divergence", "sigma": "1.5"}),
    ("A real run: is the balancer innocent?", RUNS, {"runs": "FD004/gaba/seed_789"}),
)


def opening() -> html.Div:
    """Return what the page is for, and the way to a verdict on one's own run."""
    return html.Div(
        [
            html.Div([html.H1(HEADING), html.P(PURPOSE)]),
            dcc.Link(
                [html.Strong(JUDGE), html.Span(JUDGE_HINT)], href=page_address(RUNS), className="gaba-judge"
            ),
        ],
        className="gaba-opening",
    )


def questions() -> Any:
    """Return four links, each to a view that is set to answer."""
    links = [
        dcc.Link(f"{number} {text}", href=page_address(path, query), className="gaba-question")
        for number, (text, path, query) in enumerate(QUESTIONS, 1)
    ]
    return html.Nav(links, className="gaba-questions", **cards.labelled("Questions that lead on"))
