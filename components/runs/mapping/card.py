"""The card of the Runs page that says how a file was read, and lets the reader decide otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_ag_grid as dag
import dash_mantine_components as dmc
from dash import html

from gaba_core import number_text
from gaba_core.runs import Run
from gaba_core.runs.diagnosis.quantity import RULE
from gaba_core.runs.implied_state import known_state
from gaba_core.runs.roles import QUANTITIES, REPEATS
from gaba_core.runs.weight_question import Question

from ...layout import cards, controls, ids
from ...run_source.mapping_text import LABELS, rows
from ...run_source.runs_link import NAME
from ...run_source.selected_run import Shown
from ..cards.parts import named, unticked
from ..cards.run_list import HEAD, ROW

HELP = (
    "The format is found from the content. What each column is was proposed from its name and its values; "
    "change it in the list, and every picture and verdict follows. The link keeps your changes."
)
REPEATS_HELP = (
    "Loggers write training and evaluation as rows of their own. Joined are neighbouring rows of one epoch "
    "and step that fill different columns: nothing is lost. One row an epoch keeps the last value of each."
)
FLOOR_HELP = "The log does not state the floor of its balancer. With it, the applied weight can be computed."
# Opened while the page is busy, a transition may stop at no height.
UNFOLDED: Any = {"transitionDuration": 0, "className": "gaba-columns"}
SHORT = 8  # columns up to which the list shows all
FEWEST = 7  # rows high at least: the choice of a role opens inside the list
COLUMNS: list[dict[str, Any]] = [
    {"field": "name", "headerName": "Column", "flex": 3, "minWidth": 170, "tooltipField": "name"},
    {
        "field": "kind",
        "headerName": "Read as",
        "flex": 2,
        "minWidth": 170,
        "editable": {"function": "!params.data.fixed"},
        "cellEditor": "agSelectCellEditor",
        "cellEditorParams": {"values": list(LABELS.values())},
        "cellClass": "gaba-editable",
        "headerTooltip": "Click a cell to read the column as something else.",
    },
    {
        "field": "task",
        "headerName": "Task",
        "flex": 1,
        "minWidth": 100,
        "editable": {"function": "params.data.task !== ''"},
        "cellClass": {"function": "params.data.task ? 'gaba-editable' : ''"},
        "headerTooltip": "Whose weight, state, norm or loss it is; any name.",
    },
    {"field": "range", "headerName": "From – to", "flex": 2, "minWidth": 150, "sortable": False},
    {"field": "rows", "headerName": "Rows", "flex": 1, "minWidth": 130, "sortable": False},
    {"field": "was", "headerName": "Proposed", "flex": 2, "minWidth": 120, "sortable": False},
]


def card(shown: Sequence[Shown]) -> Any:
    """The card for the first run of a foreign format, else the first run."""
    s = chosen(shown, None, ())
    whose = dmc.Select(
        id=ids.part(NAME, "file"),
        data=files(shown),
        value=None if s is None else s.key,
        size="xs",
        w=260,
        allowDeselect=False,
        style=cards.visible(len(shown) > 1),
        **cards.labelled("File to show"),
    )
    panel = dmc.AccordionItem(
        [dmc.AccordionControl("Columns"), dmc.AccordionPanel(_grid(s))], value="columns"
    )
    return cards.card(
        [
            cards.heading("File mapping", HELP, whose),
            html.Div(summary(s), id=ids.part(NAME, "summary")),
            _question(s),
            _rules(s),
            dmc.Accordion(panel, id=ids.part(NAME, "columns"), value=opened(s), **UNFOLDED),
        ],
        id=ids.part(NAME, "reading"),
        style=cards.visible(is_open(shown)),
    )


def chosen(shown: Sequence[Shown], wanted: str | None, known: Sequence[str]) -> Shown | None:
    """Return the run whose file is shown: a new one, else the wanted one, else the first foreign one."""
    fresh = [s for s in shown if known and s.key not in known]
    named_so = [s for s in shown if s.key == wanted]
    foreign = [s for s in shown if not is_reference(s.run)]
    return next(iter([*fresh[-1:], *named_so, *foreign, *shown]), None)


def files(shown: Sequence[Shown]) -> list[dict[str, str]]:
    """Return what the selector of files offers."""
    return [{"value": s.key, "label": s.label} for s in shown]


def is_reference(run: Run) -> bool:
    """Whether a log has the form that needs no second look: weights of named tasks over epochs."""
    return bool(run.tasks) and run.unit == "epoch" and run.origins.judged is None


def is_open(shown: Sequence[Shown]) -> bool:
    """Whether there is a file whose reading is in question."""
    return any(not is_reference(s.run) or is_changed(s) for s in shown)


def opened(s: Shown | None) -> str | None:
    """Return whether the columns are unfolded at first: where they are not those of our own logger."""
    return None if s is None or is_reference(s.run) else "columns"


def question(s: Shown | None) -> Question | None:
    """Return what is asked of a run's file: nothing once its columns were decided on."""
    if s is None or s.run.reading is None or is_changed(s):
        return None
    return s.run.reading.question


def asked(s: Shown | None) -> str:
    """Return the question in one sentence; empty where there is none."""
    found = question(s)
    return "" if found is None else found.sentence


def _question(s: Shown | None) -> Any:
    """One sentence and one button: what neither the names nor the values of the columns decide."""
    return html.Div(
        [
            dmc.Text(asked(s), id=ids.part(NAME, "asked"), size="sm"),
            dmc.Button("Yes, they are", id=ids.part(NAME, "yes"), size="compact-sm", variant="light"),
        ],
        id=ids.part(NAME, "asked-box"),
        className="gaba-summary",
        style=cards.visible(question(s) is not None),
    )


def _counted(count: int, noun: str) -> str:
    return f"{number_text.count(count)} {noun}{'' if count == 1 else 's'}"


def summary(s: Shown | None) -> Any:
    """What the file is, where its time, weights and EMA state come from, and how sure that is."""
    if s is None or s.run.reading is None:
        return unticked("to see how its file is read")
    run, reading = s.run, s.run.reading
    kind = reading.format[:1].upper() + reading.format[1:]
    size = f"{_counted(reading.table.rows, 'row')} of {_counted(len(reading.table.columns), 'column')}"
    records = _counted(len(run.epochs), "record")
    taken = "" if len(run.epochs) == reading.table.rows else f", read as {records}"
    return html.Div(
        [
            html.Div(
                [named(s), dmc.Text(f"{kind}, {size}{taken}.", size="sm", fw=600)], className="gaba-summary"
            ),
            html.Div([html.Div([html.Strong(f"{k}: "), v]) for k, v in _origins(run)], className="gaba-read"),
        ]
    )


def _origins(run: Run) -> list[tuple[str, str]]:
    if not run.tasks:
        losses = f"the losses of {_listed(tuple(run.losses))}" if run.losses else "its metrics"
        return [("Weights", f"none found for two tasks or more; the file is read for {losses}.")]
    found = run.origins.judged
    floor = "" if run.floor is None else f"{run.floor:g}"
    words = {"recorded": "as recorded", "computed": "computed from the EMA state with floor "}
    unknown = "not in the log" + ("" if run.state is None else "; state the floor to have it computed")
    weights = words.get(run.origins.weights, unknown) + (floor if run.origins.weights == "computed" else "")
    lost = "not in the log" + ("" if run.weights is None else "; state the floor to have it computed")
    if run.state is None and known_state(run) is not None:
        lost = f"computed from the applied weight with floor {floor}, where one task at most is clamped"
    state = words.get(run.origins.state, lost)
    read_as = [] if found is None else [(found.fields, f"{found.quantity} ({found.sure}): {found.why}.")]
    tasks = ("Tasks", f"{_listed(run.tasks)}.")
    return [tasks, *read_as, ("Applied weight", f"{weights}."), ("EMA state", f"{state}.")]


def _listed(names: Sequence[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _rules(s: Shown | None) -> Any:
    mapping = None if s is None or s.run.reading is None else s.run.reading.mapping
    repeats = dmc.Select(
        id=ids.part(NAME, "repeats"),
        label=controls.helped("Rows of the same epoch", REPEATS_HELP, stop=True),
        data=[{"value": key, "label": text} for key, text in REPEATS.items()],
        value=None if mapping is None else mapping.repeats,
        **_SMALL,
    )
    quantity = dmc.Select(
        id=ids.part(NAME, "quantity"),
        label=fields(s),
        data=quantity_options(s),
        value=None if mapping is None else mapping.quantity,
        **_SMALL,
    )
    floor = dmc.NumberInput(
        id=ids.part(NAME, "floor"),
        label=controls.helped("Floor of the run", FLOOR_HELP, stop=True),
        value="" if mapping is None or mapping.floor is None else mapping.floor,
        min=0.0,
        max=0.5,
        step=0.01,
        clampBehavior="blur",
        debounce=400,
        placeholder="not known",
        size="xs",
        w=130,
    )
    clear = dmc.Button("Reset mapping", id=ids.part(NAME, "propose"), size="compact-sm", variant="default")
    return html.Div(
        [
            html.Div(repeats),
            html.Div(quantity, id=ids.part(NAME, "quantity-box"), style=cards.visible(asks_quantity(s))),
            html.Div(floor, id=ids.part(NAME, "floor-box"), style=cards.visible(asks_floor(s))),
            html.Div(clear, id=ids.part(NAME, "propose-box"), style=cards.visible(is_changed(s))),
        ],
        className="gaba-rules",
    )


_SMALL: dict[str, Any] = {
    "size": "xs",
    "w": 340,
    "allowDeselect": False,
    "comboboxProps": {"withinPortal": True},
}


def fields(s: Shown | None) -> Any:
    """Return the label of the question which of the two quantities a file holds."""
    found = None if s is None else s.run.origins.judged
    return controls.helped(f"{found.fields if found else 'w_*'} holds", RULE, stop=True)


def quantity_options(s: Shown | None) -> list[dict[str, str]]:
    """Return the answers to that question; the first one says what was found and how sure that is."""
    found = None if s is None else s.run.origins.judged
    seen = "" if found is None else f": {found.found}"
    return [
        {"value": key, "label": f"{text}{seen}" if key == "found" else text}
        for key, text in QUANTITIES.items()
    ]


def asks_quantity(s: Shown | None) -> bool:
    """Whether a file has columns that may be either quantity."""
    return s is not None and s.run.origins.judged is not None


def asks_floor(s: Shown | None) -> bool:
    """Whether a floor would help and the run does not state its own."""
    return s is not None and bool(s.run.tasks) and (s.run.info is None or s.run.info.floor is None)


def is_changed(s: Shown | None) -> bool:
    """Whether the reader changed how the file is read."""
    return s is not None and s.run.reading is not None and s.run.reading.mapping != s.run.reading.proposed


def _grid(s: Shown | None) -> dag.AgGrid:
    found = [] if s is None else rows(s.run)
    return dag.AgGrid(
        id=ids.part(NAME, "roles"),
        rowData=found,
        columnDefs=COLUMNS,
        defaultColDef={"sortable": True, "filter": True, "resizable": True},
        getRowId="params.data.name",
        dashGridOptions={
            "rowHeight": ROW,
            "headerHeight": HEAD,
            "singleClickEdit": True,
            "stopEditingWhenCellsLoseFocus": True,
            "tooltipShowDelay": 300,
        },
        className="gaba-grid",
        style=grid_height(len(found)),
    )


def grid_height(count: int) -> dict[str, float]:
    """Return the height of the list of columns: all of a few, else a part that scrolls."""
    return {"height": HEAD + 4 + ROW * (max(count, FEWEST) if count <= SHORT else SHORT + 0.5)}
