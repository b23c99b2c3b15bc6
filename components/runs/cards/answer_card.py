"""The first thing below the title: the answer for the selected runs, or what to do where none is selected."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from ...layout import cards, ids
from ...run_source import source
from ...run_source.runs_link import NAME
from ...run_source.selected_run import Shown
from ..verdicts.answer import answer
from ..verdicts.diagnoses import diagnoses, is_long

HELP = (
    "Do the weights settle where the sibling runs settle, long before the error stops improving? Then the "
    "balancer did its job; later changes in error come from the model."
)
TRAIN = "python -m gaba_core.training --epochs 30 --out LOGS"


def card(shown: Sequence[Shown], judged_by: str) -> Any:
    """The card with the answer, and the way back from dropped files to the examples."""
    return cards.card(
        [
            html.Div(content(shown, judged_by), id=ids.part(NAME, "answer")),
            dmc.Button(
                "Show the examples again",
                id=ids.part(NAME, "examples"),
                size="compact-sm",
                variant="light",
                style=examples_style(shown),
            ),
        ],
        className="gaba-first-said",
    )


def content(shown: Sequence[Shown], judged_by: str) -> Any:
    """The answer in a line; without runs what the next step is."""
    if not shown:
        return _nothing()
    if is_long(shown):
        return dmc.Text("Being judged …", c="dimmed")
    return said(shown, judged_by)


def said(shown: Sequence[Shown], judged_by: str) -> Any:
    """The answer, however long it takes to find."""
    text = answer(shown, diagnoses(shown, judged_by))
    says = dmc.Text(text, fw=600, **cards.announced())
    return html.Div([says, cards.hint("the answer", HELP)], className="gaba-said")


def examples_style(shown: Sequence[Shown]) -> dict[str, str]:
    """Whether the way back to the examples is shown: while dropped files are drawn alone."""
    alone = bool(shown) and all(s.key.startswith(source.DROPPED) for s in shown)
    return {} if alone and source.library().listed() else {"display": "none"}


def _nothing() -> html.Div:
    """What to do where no run is selected, or where there is none."""
    if source.library().listed():
        return html.Div(
            [
                dmc.Text("No run is ticked.", fw=600),
                dmc.Text("Tick a run in the list to draw it, or drop a log.", size="sm"),
            ],
            className="gaba-nothing",
        )
    return html.Div(
        [
            dmc.Text("This folder holds no runs yet.", fw=600),
            dmc.Text("Drop a training log anywhere on this page, or train a run into the folder:", size="sm"),
            html.Pre(TRAIN, className="gaba-code", tabIndex=0),
            dmc.Text("A run appears here as soon as it writes its first epoch.", size="sm"),
        ],
        className="gaba-nothing",
    )
