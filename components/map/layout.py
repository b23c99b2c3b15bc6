"""The page of the Map view: its controls and cards."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from gaba_core.number_text import count
from gaba_core.sweep import Recommendation

from ..layout import cards, controls, ids
from ..layout.addresses import page_address
from ..layout.fields import NOISES
from ..run_source.map_link import NAME, PATH
from ..run_source.replay_link import PATH as REPLAY
from . import axes
from .state import MEASURE_NAMES, SCHEME_NAMES, MapState
from .stored_surface import StoredSurface
from .surface import Level, Shown

LABEL = "Map of a measure over two parameters, in colours and isolines, with the cell of the setting marked."
ABOUT = (
    "Every cell is simulated over all its seeds. Point at a cell to read it, click it to set its values; on "
    "the keyboard, arrow keys move from cell to cell. Where there is no colour there is no number."
)
REPLAYED = "its recorded gradients, replayed. Other weights would have changed them."
READING = "Move with the arrow keys; the values are set when you stop."
Picture = dict[str, Any]


def side(state: MapState, surface: Shown) -> Any:
    """Return the controls: of a recorded run those that change a replay."""
    measures = {name: MEASURE_NAMES[name] for name in surface.phrases.cell}
    parts = [_choice("measure", "Measure", measures, state.measure), *_hidden(state)]
    if state.run:
        parts += [
            *controls.numbers(NAME, state, names=("beta", "floor", "warmup_steps")),
            _ways(f"{surface.title}: {REPLAYED}"),
        ]
        return cards.card(dmc.Stack(parts, gap="md"))
    if isinstance(surface, StoredSurface):
        return cards.card(dmc.Stack([*parts, *_of_stored(state, surface)], gap="md"))
    parts += [
        _choice("x", "Across", axes.NAMES, state.x),
        _choice("y", "Upwards", axes.NAMES, state.y),
        *controls.numbers(NAME, state, names=state.numbers),
        controls.segments(NAME, "noise", "Kind of noise", NOISES, state.noise),
        _choice("scheme", "Scheme", SCHEME_NAMES, state.scheme),
        dmc.Text(
            [
                "A run of your own: ",
                dmc.Anchor("open it on Replay", href=page_address(REPLAY), inherit=True, underline="always"),
                " and ask for a recommended setting.",
            ],
            size="sm",
            c="dimmed",
        ),
    ]
    return cards.card(dmc.Stack(parts, gap="md"))


def _of_stored(state: MapState, surface: StoredSurface) -> list[Any]:
    """The controls of a stored sweep: which of its axes are shown, and where it is cut on the others."""
    held = {name: axes.NAMES[name] for name in surface.result.axes}
    numbers = [name for name in held if name != "scheme"]
    scheme = [_choice("scheme", "Scheme", SCHEME_NAMES, state.scheme)] if "scheme" in held else []
    return [
        _choice("x", "Across", held, state.x),
        _choice("y", "Upwards", held, state.y),
        *controls.numbers(NAME, state, names=numbers),
        *scheme,
        _ways(f"The stored sweep {surface.title}."),
    ]


def _hidden(state: MapState) -> list[Any]:
    return [
        dcc.Input(type="hidden", id=ids.choice(NAME, name), value=getattr(state, name))
        for name in ("run", "reading", "sweep")
    ]


def _ways(words: str) -> Any:
    back = dmc.Anchor("Map simulated gradients", href=page_address(PATH), size="sm")
    return dmc.Stack([dmc.Text(words, size="sm", c="dimmed"), back], gap="xs")


def _choice(param: str, label: str, options: dict[str, str], chosen: str) -> dmc.Select:
    return dmc.Select(
        id=ids.choice(NAME, param),
        label=dmc.Text(label, size="sm", span=True),
        data=[{"value": key, "label": text} for key, text in options.items()],
        value=chosen,
        size="xs",
        allowDeselect=False,
    )


def picture(drawn: Picture, cells: dict[str, Any], finest: Level | None) -> Any:
    """Return the card of the map: what the cell comes to, the map, and how fine it is."""
    says = html.H2(cards.outcome(NAME, "says", drawn["text"]["says"]), className="gaba-says")
    menu = cards.exports(NAME, "surface", ("CSV", ids.part(NAME, "csv")))
    graph = cards.graph(
        NAME,
        "surface",
        drawn,
        LABEL,
        "var(--gaba-map-height)",
        described=cards.live_id(NAME, "says"),
        details=ids.part(NAME, "open"),
    )
    return cards.card(
        [
            html.Div([says, cards.hint("the map", ABOUT), menu], className="gaba-answer"),
            html.Div([graph, _cursor(drawn["text"]["where"])], className="gaba-map"),
            _refining(drawn["text"]["fineness"], finest),
            dcc.Store(id=ids.part(NAME, "cells"), data=cells),
            dcc.Store(id=ids.part(NAME, "job")),
            dcc.Store(id=ids.part(NAME, "progress")),
            dcc.Store(id=ids.part(NAME, "seen")),
            dcc.Download(id=ids.part(NAME, "download")),
        ]
    )


def _cursor(where: str) -> html.Div:
    """What lies over the cells and takes pointer and keys (`assets/map_cells.mjs`)."""
    tip = html.Div(className="gaba-map-tip", id=ids.part(NAME, "tip"), **cards.hidden())
    role: dict[str, Any] = {
        **cards.labelled(f"Cell of the map. {READING}"),
        "aria-valuenow": 0,
        "aria-valuetext": where,
    }
    return html.Div(
        tip, id=ids.part(NAME, "cursor"), className="gaba-map-cells", role="slider", tabIndex=0, **role
    )


def _refining(fineness: str, finest: Level | None) -> html.Div:
    button = dmc.Button(
        "" if finest is None else refine_words(finest),
        id=ids.part(NAME, "refine"),
        size="compact-sm",
        variant="default",
    )
    cancel = dmc.Button(
        "Cancel",
        id=ids.part(NAME, "cancel"),
        size="compact-sm",
        variant="default",
        style=cards.visible(there=False),
    )
    bar = html.Progress(
        id=ids.part(NAME, "bar"),
        value="0",
        max="1",
        style=cards.visible(there=False),
        **cards.labelled("Refining"),
    )
    words = dmc.Text(cards.live(NAME, "fineness", fineness), size="sm", c="dimmed")
    action = html.Div([bar, button, cancel], style=cards.visible(finest is not None))
    return html.Div([words, action], className="gaba-map-refining")


def refine_words(finest: Level) -> str:
    """Return what the button promises."""
    return f"Refine to {finest.side} × {finest.side} cells, {count(finest.seeds)} seeds"


def numbers(text: dict[str, str], surface: Shown, link: str | None, advice: Any = None) -> Any:
    """Return what is recommended, the measures of the marked cell, its trace, and the data table."""
    about = surface.phrases.about
    rows = [
        (MEASURE_NAMES[name], about[name], [cards.live(NAME, f"value-{name}", text[f"value-{name}"])])
        for name in surface.phrases.cell
    ]
    heading = cards.heading(
        "The marked cell",
        "All measures of the cell that the setting lies in.",
        html.Div(trace_anchor(link), id=ids.part(NAME, "trace")),
    )
    where = dmc.Text(cards.live(NAME, "where", text["where"]), size="sm", c="dimmed", mb="xs")
    table = cards.readouts(["", "In this cell"], rows, "Measures of the marked cell")
    return dmc.Stack(
        [
            *([] if advice is None else [advice]),
            cards.card([heading, where, table]),
            cards.folded("Data table", ids.part(NAME, "open"), ids.part(NAME, "data")),
        ],
        gap="md",
    )


def advice(state: MapState, found: Recommendation) -> Any:
    """Return the card of what is recommended for a run, and the link that sets it."""
    values = {"beta": found.beta, "floor": found.floor, "warmup_steps": found.warmup_steps}
    carried = {name: getattr(state, name) for name in ("run", "reading") if getattr(state, name)}
    query = {name: str(value) for name, value in (carried | values).items()}
    go = dmc.Anchor("Set it", href=page_address(PATH, query), size="sm")
    about = (
        "Read off the recorded gradients: the fastest average that predicts the next step's shares as well "
        "as any, the floor it undercuts on 1 % of the steps at rest, a warm-up while the first shares "
        "differ. The disc on the map marks it."
    )
    lines = [dmc.ListItem(sentence) for sentence in found.sentences]
    return cards.card([cards.heading("What this run asks for", about, go), dmc.List(lines, size="sm")])


def trace_anchor(link: str | None) -> Any:
    """Return the link to the cell's trace, or why there is none."""
    if link is None:
        return dmc.Text("Convergence draws scheme A alone", size="sm", c="dimmed")
    words = "Open its replay" if REPLAY in link else "Open its trace"
    return dmc.Anchor(words, href=link, size="sm", id=ids.part(NAME, "trace-link"))
