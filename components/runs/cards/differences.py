"""The card that says in numbers how far each run, or group, ends from the baseline."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html

from gaba_core import number_text
from gaba_core.checks import FloatArray
from gaba_core.runs import Run
from gaba_core.runs.outcomes import Outcome, mean_outcome, outcome_of

from ...layout import cards, ids
from ...run_source.runs_link import NAME
from ...run_source.selected_run import Shown
from ..figure.panels import baseline_of
from ..groups import Group, groups_of
from ..labels import GROUPS, axis_title, members, panels_of, tasks_of
from ..state import NAMED, RunsState
from . import many
from .parts import named

HELP = (
    "Each run at its end and at its own best epoch, as logged, and how far that is from the baseline. "
    "A group counts as the mean of its runs."
)


@dataclass(frozen=True, slots=True)
class Row:
    """One run or group: its outcomes by quantity, and what they are less the baseline's."""

    owner: Shown | Group
    outcomes: tuple[Outcome, ...]
    differences: tuple[Outcome, ...]


def card(shown: Sequence[Shown], state: RunsState) -> html.Div:
    """The card while there is a baseline, else nothing."""
    return html.Div(content(shown, state), id=ids.part(NAME, "differences"), className="gaba-maybe")


def content(shown: Sequence[Shown], state: RunsState) -> Any:
    """The table under its title; None without a baseline."""
    groups = groups_of(shown, state)
    base = baseline_of(shown, groups, state)
    if base is None:
        return None
    names, rows = table(shown, state)
    first = "Group" if isinstance(rows[0].owner, Group) else "Run"
    body = [_line(row, texts, base) for row, texts in zip(rows, cells(rows), strict=True)]
    words = f"Differences from {base.label}"
    shown_table = cards.table([first, *head(names)], body, words, "gaba-table gaba-numeric")
    return cards.card([cards.heading(words, HELP), shown_table, *([] if groups else many.rest(shown))])


def _line(row: Row, texts: Sequence[tuple[str, str]], base: Shown | Group) -> dmc.TableTr:
    is_base = row.owner.key == base.key
    note = [dmc.Text("baseline", size="xs", c="dimmed", span=True)] if is_base else []
    numbers = [
        dmc.TableTd([value, html.Span("" if is_base else change, className="gaba-less")])
        for value, change in texts
    ]
    return dmc.TableTr([dmc.TableTd(html.Span([named(row.owner), *note], className="gaba-key")), *numbers])


def table(shown: Sequence[Shown], state: RunsState) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """Return the names of the quantities and a row for each run, or for each group where there are any."""
    groups = groups_of(shown, state)
    base = baseline_of(shown, groups, state)
    quantities = _quantities(shown, state)
    if base is None:
        return tuple(quantities), ()
    below = _outcomes(base, quantities.values())
    rows = []
    for owner in groups or shown[:NAMED]:
        found = _outcomes(owner, quantities.values())
        rows.append(Row(owner, found, tuple(o.less(b) for o, b in zip(found, below, strict=True))))
    return tuple(quantities), tuple(rows)


def head(names: Sequence[str]) -> list[str]:
    """Return the titles of the columns after the first."""
    return [part for name in names for part in (f"{name}, last", "At best epoch")]


def cells(rows: Sequence[Row]) -> list[list[tuple[str, str]]]:
    """Return the columns of each row as the page writes them: the value, and its difference with a sign.

    A column has as many decimals as show five digits of its middle value.
    """
    columns: list[list[tuple[str, str]]] = []
    for place in range(len(rows[0].outcomes) if rows else 0):
        for when in ("last", "best"):
            values = [getattr(row.outcomes[place], when) for row in rows]
            less = [getattr(row.differences[place], when) for row in rows]
            digits = decimals(values)
            pairs = zip(values, less, strict=True)
            columns.append([(number(v, digits), number(d, digits, "+")) for v, d in pairs])
    return [list(row) for row in zip(*columns, strict=True)]


def decimals(values: Sequence[float | None], figures: int = 5) -> int:
    """Return how many decimals show so many figures of the middle value, eight at most."""
    sizes = sorted(abs(value) for value in values if value is not None and math.isfinite(value))
    middle = sizes[len(sizes) // 2] if sizes else 0.0
    return min(8, max(0, figures - 1 - math.floor(math.log10(middle)))) if middle > 0.0 else 2


def number(value: float | None, digits: int, sign: str = "") -> str:
    """Return a number as the page writes it, with a sign where that is wanted."""
    return f"{'+' if sign and value is not None and value > 0 else ''}{number_text.fixed(value, digits)}"


def _quantities(shown: Sequence[Shown], state: RunsState) -> dict[str, tuple[str, str]]:
    """The weights and lines that are drawn: by name, which panel and which line of it."""
    found = {f"Weight {task}": ("", task) for task in tasks_of(shown, state)}
    for name in panels_of(shown, state):
        for what in dict.fromkeys(what for s in shown for what in members(s.run, name)):
            title = axis_title(name)
            title = f"{title[:1].upper()}{title[1:]}"
            found[f"{title}, {what}" if name in GROUPS else title] = (name, what)
    return found


def _outcomes(owner: Shown | Group, quantities: Any) -> tuple[Outcome, ...]:
    runs = owner.members if isinstance(owner, Group) else (owner,)
    found = []
    for panel, what in quantities:
        columns = [(s.run, _column(s.run, panel, what)) for s in runs]
        found.append(mean_outcome([outcome_of(run, c) for run, c in columns if c is not None]))
    return tuple(found)


def _column(run: Run, panel: str, what: str) -> FloatArray | None:
    if panel:
        return members(run, panel).get(what)
    values = run.weights if run.weights is not None else run.state
    return None if values is None or what not in run.tasks else values[:, run.tasks.index(what)]
