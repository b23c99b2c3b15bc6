"""The page of the Guide: its picture, and its lessons one below the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from ..layout import cards, controls, ids
from ..layout.addresses import page_address
from . import bound, errata, fields, gradnorm, pitfalls, published, takeaways, trio
from .lesson import Lesson
from .state import NAME, READ, GuideState

CURVE = "Weight of the RUL loss and the state of its average over time, with the four regimes as bands."
CHAPTERS = (
    ("trio", "The controller in three parts", trio.trio),
    ("reading", "Pitfalls of reading a plot", pitfalls.of_reading),
    ("setting", "Pitfalls of setting the floor", pitfalls.of_the_floor),
    ("gradnorm", "GABA against GradNorm, claim by claim", gradnorm.claims),
    ("errata", "Where the source chapters err", errata.errata),
    ("takeaways", "What to remember", takeaways.takeaways),
)
FIRST = (
    ("regimes", "The four regimes"),
    ("predict", "Predict, then look"),
    ("signal", "The signal, stage by stage"),
)
LAST: tuple[tuple[str, str, Callable[[GuideState], Any]], ...] = (
    ("bound", "The bound, proved", bound.proof),
    ("published", "The ten published runs", lambda _: published.table()),
    ("fields", "Thirteen other fields", lambda _: fields.table()),
)


def contents() -> html.Nav:
    """Return links to the chapters of the page."""
    places = (
        *FIRST,
        *((anchor, title) for anchor, title, _ in (*CHAPTERS, *LAST)),
        ("analogies", "Five of them, run"),
    )
    links = [html.A(title, href=f"#{anchor}") for anchor, title in places]
    return html.Nav(links, className="gaba-contents", **cards.labelled("Contents"))


def side(state: GuideState) -> Any:
    """Return the controls: what is read about, and the setting."""
    return cards.card(
        dmc.Stack(
            [
                *controls.numbers(NAME, state, names=("beta", "floor")),
                controls.segments(NAME, "regime", "Read about", READ, state.regime),
            ],
            gap="md",
        ),
        className="gaba-guide-side",
    )


def picture(found: dict[str, dict[str, Any]]) -> Any:
    """Return the card of the picture: where the regime lies, what drives it, what it looks like."""
    text = found["curve"]["text"]
    says = dmc.Text(cards.outcome(NAME, "says", text["says"]), fw=600, size="sm", flex=1)
    above = dmc.Group([says, cards.exports(NAME, "curve")], mb="xs", wrap="nowrap", align="flex-start")
    words = [
        dmc.Text([html.Strong(f"{label}: "), cards.live(NAME, name, text[name])], size="sm")
        for label, name in (("What happens", "mechanism"), ("What one sees", "signature"))
    ]
    described = {"described": cards.live_id(NAME, "says"), "details": ids.part(NAME, "lessons")}
    graph = cards.graph(NAME, "curve", found["curve"], CURVE, 380, **described)
    return html.Div(cards.card([above, graph, dmc.Stack(words, gap=4, mt="xs")]), id="regimes")


def lessons(state: GuideState) -> html.Div:
    """Return the chapters, each a card."""
    chapters = [cards.card(_chapter(anchor, title, made())) for anchor, title, made in CHAPTERS]
    chapters += [cards.card(made(state)) for _, _, made in LAST]
    return html.Div(dmc.Stack(chapters, gap="md"), id=ids.part(NAME, "lessons"))


def _chapter(anchor: str, title: str, made: Sequence[Lesson]) -> list[Any]:
    heading = html.H2(title, id=anchor, className="gaba-chapter")
    return [heading, html.Div([_section(lesson) for lesson in made], className="gaba-lessons")]


def _section(lesson: Lesson) -> html.Section:
    chapter = html.P([html.Strong("The chapter: "), lesson.claim], className="gaba-claim")
    claim = [chapter] if lesson.claim else []
    link = dcc.Link(f"See it: {lesson.link}", href=page_address(lesson.path, lesson.query))
    return html.Section(
        [html.H3(lesson.heading), *claim, html.P(lesson.truth), link],
        id=lesson.anchor,
        className="gaba-lesson",
    )
