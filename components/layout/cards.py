"""Pieces that more than one view shows: cards, hints, tables of read-outs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from . import ids
from .controls import helped

PLOT_CONFIG: Any = {
    "displaylogo": False,
    "doubleClick": "autosize",  # assets/plot_painter.mjs then leads back to the picture's own ranges
    "responsive": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "resetScale2d", "toImage"],
    "locale": "en",
    "locales": {"en": {"dictionary": {"Autoscale": "Reset axes"}}},
    "showSendToCloud": False,  # Plotly would offer to send what is drawn to its own site
}


def card(children: Any, **more: Any) -> dmc.Paper:
    """A surface that groups related items."""
    return dmc.Paper(children, withBorder=True, p="md", radius="md", **more)


def heading(text: str, help_text: str | None = None, right: Any = None) -> dmc.Group:
    """A card's title, with an explanation on hover where there is one."""
    title = dmc.Title(text, order=2, size="h5")
    left = dmc.Group([title, hint(text, help_text)], gap=6) if help_text else title
    return dmc.Group([left, right], justify="space-between", mb="xs")


def hint(subject: str, text: str) -> Any:
    """A small question mark that explains its subject."""
    return dmc.Tooltip(
        dmc.Badge(
            "?", circle=True, size="sm", variant="light", tabIndex=0, **{"aria-label": f"About {subject}"}
        ),
        label=text,
        multiline=True,
        w=300,
        withArrow=True,
        events={"hover": True, "focus": True, "touch": True},
    )


def look_for(text: Any) -> dmc.Text:
    """The one line that says what to look for in a view."""
    return dmc.Text(
        [dmc.Text("What to look for: ", fw=600, span=True), text], size="sm", className="gaba-look"
    )


def graph(
    view: str,
    name: str,
    picture: dict[str, Any],
    label: str,
    height: int | str = 460,
    *,
    described: str,
    details: str,
) -> dmc.Box:
    """A figure whose picture lies in a store, painted in the browser in the colours of the theme.

    Args:
        view: where it stands.
        name: of the picture in its view.
        picture: what it shows at first.
        label: its accessible name.
        height: pixels, or a length of CSS.
        described: id of the sentence that says, with its numbers, what it shows.
        details: id of the table that holds what it shows.
    """
    return dmc.Box(
        [
            dcc.Store(id=ids.picture(view, name), data={**picture, "clock": 0}),
            html.Div(
                dcc.Graph(
                    id=ids.figure(view, name), config=PLOT_CONFIG, style={"height": "100%"}, responsive=True
                ),
                role="figure",
                className="gaba-graph",
                style={"--gaba-height": f"{height}px" if isinstance(height, int) else height},
                **labelled(label),
                **_described(described, details),
                **named(view, name),
            ),
            html.Div(className="gaba-names", **hidden(), **named(view, name)),
        ]
    )


def named(view: str, name: str) -> dict[str, Any]:
    """What the scripts find a figure's place by."""
    return {"data-view": view, "data-figure": name}


def named_words(text: str) -> dict[str, Any]:
    """The words of a button whose text changes for a moment."""
    return {"data-words": text}


def hidden() -> dict[str, Any]:
    """What keeps from a screen reader what a pointer alone is told."""
    return {"aria-hidden": "true"}


def visible(there: bool) -> dict[str, str]:
    """The style of a part that is not always there."""
    return {} if there else {"display": "none"}


def labelled(text: str) -> dict[str, Any]:
    """The accessible name of a component."""
    return {"aria-label": text}


def live(view: str, name: str, value: str) -> html.Span:
    """A read-out that a dragged control rewrites in place."""
    return html.Span(value, id=live_id(view, name), className="gaba-live")


def live_id(view: str, name: str) -> str:
    """Id of a read-out that a dragged control rewrites."""
    return f"{view}-text-{name}"


def outcome(view: str, name: str, value: str) -> html.Span:
    """A read-out that a screen reader hears once the hand has let go (`assets/announcer.mjs`)."""
    return html.Span(value, id=live_id(view, name), className="gaba-live", **announced())


def announced() -> dict[str, Any]:
    """What marks the words in which a page says what its setting comes to."""
    return {"data-outcome": "true"}


def _described(sentence: str, table: str) -> dict[str, Any]:
    return {"aria-describedby": sentence, "aria-details": table}


def readouts(head: Sequence[str], rows: Sequence[tuple[str, str, Sequence[Any]]], label: str) -> Any:
    """A table of read-outs: each row a label, its help, and the cells."""
    body = [
        dmc.TableTr([dmc.TableTd(helped(name, text)), *(dmc.TableTd(cell) for cell in cells)])
        for name, text, cells in rows
    ]
    return table(head, body, label, "gaba-table gaba-readouts")


def table(head: Sequence[Any], body: Sequence[Any], label: str, looks: str = "gaba-table") -> Any:
    """A plain table that scrolls sideways inside its card where the page is narrow."""
    cells = [dmc.TableTh(h or dmc.VisuallyHidden("Quantity")) for h in head]
    return html.Div(
        dmc.Table(
            [dmc.TableThead(dmc.TableTr(cells)), dmc.TableTbody(list(body))],
            verticalSpacing=6,
            horizontalSpacing="sm",
            highlightOnHover=True,
            className=looks,
            **labelled(label),
        ),
        className="gaba-scroll",
        tabIndex=0,  # arrow keys scroll what has the focus, and go through the labels that explain themselves
        role="group",
        **labelled(label),
    )


def exports(view: str, name: str, *more: tuple[str, Any]) -> Any:
    """What a card offers to take away: its picture, by the dialog of figures, and what else there is.

    Args:
        view: whose picture it is.
        name: of the picture.
        more: label and id of each further item, a button whose callback is the view's.
    """
    to_figure = {**named(view, name), "aria-haspopup": "dialog"}
    figure = html.Button("Figure", className="gaba-quiet gaba-to-figure", **to_figure)
    if not more:
        return figure
    items = [html.Button(label, id=own, className="gaba-quiet") for label, own in more]
    opener = html.Summary("Export", className="gaba-quiet")
    return html.Details([opener, html.Div([figure, *items])], className="gaba-menu")


def folded(title: str, opener: str, content: str) -> dmc.Accordion:
    """A section that stays closed until it is asked for; `opener` holds "open" while it is open."""
    panel = dmc.AccordionPanel(html.Div(id=content))
    item = dmc.AccordionItem([dmc.AccordionControl(title), panel], value="open")
    return dmc.Accordion(item, id=opener, variant="contained")


def group(title: str, content: Sequence[Any]) -> html.Details:
    """Controls that are folded away under a title until they are wanted."""
    return html.Details([html.Summary(title), dmc.Stack(list(content), gap="md")], className="gaba-group")


def code(text: str, name: str) -> dmc.Stack:
    """Source code with a button that copies it."""
    copy = dmc.Group(
        [dcc.Clipboard(target_id=name, title="Copy"), dmc.Text("Copy to the clipboard", size="sm")]
    )
    return dmc.Stack([copy, html.Pre(text, id=name, className="gaba-code", tabIndex=0)], gap="xs")


def refused(problems: Sequence[str]) -> Any:
    """What a link asked for and did not get, over the page, where it moves nothing."""
    if not problems:
        return None
    return dmc.Alert(
        dmc.List([dmc.ListItem(p) for p in problems], size="sm"),
        title="Part of this link was ignored",
        color="orange",
        withCloseButton=True,
        closeButtonLabel="Close",
        className="gaba-refused",
    )
