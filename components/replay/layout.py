"""The page of the Replay view: its cards, from a state, its run and its pictures."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from gaba_core import number_text
from gaba_core.parameters import quantities, quantity_of
from gaba_core.runs.fitting.report import UNDETERMINED
from gaba_core.step_response import time_constant

from ..layout import cards, controls, ids
from ..layout.addresses import page_address
from ..run_source.mapping_text import changes_in_words
from ..run_source.replay_link import key_of
from ..run_source.runs_link import NAME as RUNS_NAME
from ..run_source.runs_link import PATH as RUNS
from ..run_source.runs_link import quoted
from .conflict_card import conflict_card
from .cosine_figure import PAIRS
from .figures import key_lines
from .harm import NONE
from .map_anchor import to_map
from .readouts import (
    LIMITS,
    ROWS,
    SECOND,
    SOURCES,
    interval,
    quantity,
    reproduction,
    value,
)
from .scheme_list import schemes
from .state import AXES, BELOWS, CONTROLLER, MODES, SHOWS, WINDOWS, ReplayState
from .subject import ReplayedRun

NAME = "replay"
DESCRIBED = {"described": cards.live_id(NAME, "outcome"), "details": ids.part(NAME, "open")}
MAIN = "Weight of one task over time: recorded, and replayed or simulated with the sliders' controller."
BELOW = (
    "What lies between the two curves above, the recorded gradient norms, or their cosines and harmful steps."
)
LEVEL: dict[str, Any] = {"data-level": "floor", "data-view": NAME, "data-param": "floor"}
PARAMETERS = (*CONTROLLER, "target", "sigma", "steps_per_epoch")
Pictures = dict[str, dict[str, Any]]


def side(state: ReplayState, subject: ReplayedRun, runs: list[dict[str, Any]]) -> Any:
    """Run and mode; what it is replayed through; what is drawn."""
    numbers = dict(zip([f.name for f in quantities(ReplayState)], controls.numbers(NAME, state), strict=True))
    for name in CONTROLLER:
        for ident in (ids.slider(NAME, name), ids.number(NAME, name)):
            numbers[name][ident].disabled = not state.reads(name)
    own = dmc.Button(
        "Reset to the run's parameters", id=ids.part(NAME, "own"), size="compact-sm", variant="light"
    )
    only = {mode: ids.part(NAME, f"only-{mode}") for mode in MODES}
    chosen = dmc.Stack(
        [
            dmc.Stack(
                [
                    _select(ids.part(NAME, "pick"), "Run", runs, state.run, searchable=True),
                    html.Div(reading(state, subject), id=ids.part(NAME, "reading")),
                ],
                gap=4,
            ),
            _modes(state),
        ],
        gap="md",
    )
    sliders = dmc.Stack(
        [
            html.Div(
                _select(ids.choice(NAME, "scheme"), "Replay through", schemes(subject), state.scheme),
                id=only["replay"],
                style=shown_if(state.mode == "replay"),
            ),
            *(numbers[name] for name in CONTROLLER),
            dmc.Text(cards.live(NAME, "floor-note", ""), size="xs", c="dimmed"),
            html.Div(
                dmc.Stack([numbers["target"], numbers["sigma"]], gap="md"),
                id=only["compare"],
                style=shown_if(state.mode == "compare"),
            ),
            html.Div(
                numbers["steps_per_epoch"],
                id=ids.part(NAME, "unknown-clock"),
                style=shown_if(clock_unknown(subject)),
            ),
            own,
            html.Div(to_map(state, subject), id=ids.part(NAME, "to-map")),
        ],
        gap="md",
    )
    drawing = dmc.Stack(
        [
            _select(ids.choice(NAME, "task"), "Task", tasks(subject), state.task or subject.task_name),
            controls.segments(NAME, "window", "Range", WINDOWS, state.window),
            controls.segments(NAME, "x", "x axis", AXES, state.x),
            html.Div(
                controls.segments(NAME, "below", "Lower panel", BELOWS, state.below),
                id=ids.part(NAME, "only-replay-too"),
                style=shown_if(state.mode == "replay"),
            ),
            controls.chips(NAME, "show", "Also show", SHOWS, state.show),
        ],
        gap="md",
    )
    return dmc.Stack([cards.card(chosen), cards.card(sliders), cards.card(drawing)], gap="md")


def hidden(state: ReplayState) -> list[Any]:
    """What the page holds without showing it: a choice is made in one go with the numbers it brings."""
    return [
        dcc.Input(type="hidden", id=ids.choice(NAME, name), value=getattr(state, name))
        for name in ("run", "mode", "reading")
    ]


def reading(state: ReplayState, subject: ReplayedRun) -> list[Any]:
    """What the reader decided on how the run's file is read, and the way to where that is decided."""
    changes = changes_in_words(subject.run)
    if subject.misread:
        words = f"Your mapping does not fit, and the file is read as proposed: {subject.misread}"
    elif changes:
        words = f"Read with your mapping: {changes}."
    else:
        return []
    query = {"runs": quoted(subject.key), "reading": key_of(state.reading)}
    carried = [dcc.Input(type="hidden", name=name, value=value) for name, value in query.items()]
    go = html.Button("Change it on Runs", className="gaba-go")
    # A form: the browser encodes what it sends once, whatever a file is called.
    where = f"{page_address(RUNS)}#{ids.part(RUNS_NAME, 'reading')}"
    form = html.Form([*carried, go], action=where, method="get")
    return [dmc.Text(words, size="xs", c="dimmed", mb=4), form]


def picture(state: ReplayState, subject: ReplayedRun, found: Pictures) -> Any:
    """The weights, and below them what lies between them."""
    exports = cards.exports(NAME, "main", ("CSV", ids.part(NAME, "csv")))
    keys = html.Div(legend(found["main"]), id=ids.part(NAME, "legend"))
    says = html.H2(
        cards.outcome(NAME, "outcome", found["main"]["text"]["outcome"]), className="gaba-replayed"
    )
    return cards.card(
        [
            says,
            html.Div([keys, exports], className="gaba-over"),
            html.Div(
                cards.graph(NAME, "main", found["main"], MAIN, 400, **DESCRIBED),
                className="gaba-draggable",
                **LEVEL,
            ),
        ]
    )


def below(state: ReplayState, subject: ReplayedRun, found: Pictures) -> Any:
    """What lies between the curves, and the numbers."""
    title = dmc.Title(below_title(state, subject), order=2, size="h5", id=ids.part(NAME, "apart"))
    between = cards.card(
        [
            dmc.Group([title, cards.exports(NAME, "below")], justify="space-between", mb="xs"),
            cards.graph(NAME, "below", found["below"], BELOW, 220, **DESCRIBED),
            dmc.Text(LIMITS[state.mode], id=ids.part(NAME, "limits"), size="sm", c="dimmed", mt=6),
        ]
    )
    more = html.Div(numbers(state, subject, found["main"]["text"]), id=ids.part(NAME, "numbers"))
    data = cards.folded("Data table", ids.part(NAME, "open"), ids.part(NAME, "data"))
    return dmc.Stack([between, more, data], gap="md")


def below_title(state: ReplayState, subject: ReplayedRun) -> str:
    """What the lower picture is called."""
    if state.mode == "compare":
        return "Recorded minus simulated"
    some = f", the {PAIRS} that oppose {subject.task_name} most" if len(subject.run.tasks) > PAIRS + 1 else ""
    titles = {
        "difference": "Replayed minus recorded",
        "norms": "Recorded gradient norms",
        "cosine": f"Cosines between the recorded gradients{some}",
    }
    return titles[subject.below(state.below)]


def legend(drawn: dict[str, Any]) -> html.Div:
    """Which line is which."""
    lines: list[Any] = [
        html.Span(
            [html.Span(className="gaba-dash", style={"borderTop": border}), html.Span(name)],
            className="gaba-key gaba-key-line",
        )
        for name, border in key_lines(drawn)
    ]
    return html.Div(lines, className="gaba-keys")


def numbers(state: ReplayState, subject: ReplayedRun, text: dict[str, str]) -> Any:
    """Read-outs, and where the parameters come from."""
    pair = html.Div([_readouts(state, subject, text), _parameters(state, subject)], className="gaba-pair")
    conflict = conflict_card(NAME, state, subject, text)
    return pair if conflict is None else dmc.Stack([conflict, pair], gap="md")


def tasks(subject: ReplayedRun) -> list[dict[str, str]]:
    """What the list of tasks offers."""
    return [{"value": task, "label": task} for task in subject.run.tasks]


def clock_unknown(subject: ReplayedRun) -> bool:
    """Whether the log does not say how many steps an epoch has."""
    return subject.own.steps_per_epoch.source == "reference"


def shown_if(there: bool) -> dict[str, str]:
    """Return the style of what is shown in some cases only."""
    return {} if there else {"display": "none"}


def _select(
    name: Any, label: str, options: list[dict[str, Any]], chosen: str, *, searchable: bool = False
) -> dmc.Select:
    return dmc.Select(
        id=name,
        label=dmc.Text(label, size="sm", fw=400, span=True),
        data=options,
        value=chosen,
        size="xs",
        allowDeselect=False,
        searchable=searchable,
    )


def _modes(state: ReplayState) -> Any:
    return dmc.SegmentedControl(
        id=ids.part(NAME, "mode"),
        data=[{"value": key, "label": label} for key, label in MODES.items()],
        value=state.mode,
        size="xs",
        fullWidth=True,
        **{"aria-label": "Replay the run's norms, or compare a simulation with it"},
    )


def _readouts(state: ReplayState, subject: ReplayedRun, text: dict[str, str]) -> Any:
    second = SECOND[state.mode]
    what = quantity(subject)
    rows: list[tuple[str, str, list[Any]]] = []
    for name, label, about in ROWS:
        kinds = (f"{name}-recorded", f"{name}-second")
        cells = [cards.live(NAME, kind, text[kind]) for kind in kinds]
        rows.append((label.format(what), about.format(what), cells))
    apart = f"{second} minus recorded, where it is furthest from 0, over the whole run."
    rows.append(("Largest difference", apart, ["", cards.live(NAME, "apart", text["apart"])]))
    if state.mode == "compare":
        about = "Root mean square of recorded minus simulated; of recorded minus the fitted curve."
        both = html.Span(["fit: ", cards.live(NAME, "rms-fit", text["rms-fit"])])
        rows.append(("Residual", about, [both, cards.live(NAME, "rms", text["rms"])]))
    body = [cards.readouts(["", "Recorded", second], rows, f"Read-outs, recorded and {second.lower()}")]
    is_replayed = state.mode == "replay" and not subject.refusal
    check = reproduction(subject.run) if is_replayed else ""
    if check:
        body.append(dmc.Text(check, size="sm", mt="sm", id=ids.part(NAME, "check")))
    return cards.card([cards.heading(f"Recorded and {second.lower()}"), *body])


def _parameters(state: ReplayState, subject: ReplayedRun) -> Any:
    """Where the sliders start and how it is known; then what the fit says."""
    own, fit = subject.own, subject.own.fit
    names = PARAMETERS if state.mode == "compare" else CONTROLLER
    rows = []
    for name in names:
        what, one = quantity_of(ReplayState, name), getattr(own, name)
        fitted = interval(one.fitted) if name in (*CONTROLLER, "target") else (NONE, NONE)
        cells = (f"{what.label} {what.symbol}", value(name, one.value), SOURCES[one.source], *fitted)
        rows.append(dmc.TableTr([dmc.TableTd(cell) for cell in cells]))
    unit = "" if fit.time_constant is None else f", {fit.unit}"
    tau = number_text.fixed(time_constant(own.beta.value), 2)
    first = ("Time constant τ" + unit, tau, SOURCES[own.beta.source], *interval(fit.time_constant))
    rows.insert(0, dmc.TableTr([dmc.TableTd(cell) for cell in first]))
    head = ["", "Value", "Source", "Fitted", "95 % interval"]
    residual = UNDETERMINED if fit.residual is None else number_text.number(fit.residual)
    words = f"Fitted to the {fit.task} task; residual of one step ahead {residual}." if fit.task else ""
    notes = [dmc.Text(note, size="sm", c="dimmed") for note in (words, *fit.notes) if note]
    return cards.card(
        [
            cards.heading("The run's own parameters", "Where the sliders start, and how that is known."),
            cards.table(head, rows, "The run's own parameters"),
            dmc.Stack(notes, gap=2, mt="sm"),
        ]
    )
