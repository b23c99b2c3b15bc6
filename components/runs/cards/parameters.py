"""The card that lays the parameters of the selected runs side by side, those that differ first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import html

from gaba_core import number_text
from gaba_core.runs.run_parameters import Fact, differing, facts

from ...layout import cards, ids
from ...run_source.runs_link import NAME
from ...run_source.selected_run import Shown
from ..groups import fact_label, fact_text
from ..playhead import MISSING
from ..state import NAMED
from .parts import named, unticked

USUAL = 6  # values of a parameter that are named
HELP = "What made each run, as its run.json says. Marked is what differs; what all runs share is folded."


def card(shown: Sequence[Shown]) -> Any:
    """The parameters under their title."""
    content = html.Div(parameters(shown), id=ids.part(NAME, "parameters"))
    return cards.card([cards.heading("Parameters", HELP), content])


def parameters(shown: Sequence[Shown]) -> Any:
    """A table of what differs, and one of what does not, folded."""
    several = len(shown) > NAMED
    found = summed_up(shown) if several else side_by_side(shown)
    if not any(found):
        words = "None of these runs says what made it: there is no run.json beside the log."
        return dmc.Text(words, size="sm", c="dimmed") if shown else unticked("to see what made it")
    unlike, alike = found
    parts = []
    if unlike:
        body = [_row(label, values, marked=True) for label, values in unlike]
        heads = ["Values"] if several else map(named, shown)
        parts.append(cards.table(["Parameter", *heads], body, "Parameters that differ", LOOKS))
    elif len(shown) > 1:
        parts.append(dmc.Text("Nothing differs between these runs.", size="sm", c="dimmed"))
    if alike:
        body = [_row(label, values[:1], marked=False) for label, values in alike]
        shared = cards.table(["Parameter", "Value"], body, "Parameters that all runs share", LOOKS)
        count = f"{len(alike)} parameter{'' if len(alike) == 1 else 's'}"
        parts.append(_folded(f"{count} shared by all runs" if len(shown) > 1 else count, shared))
    return html.Div(parts, className="gaba-parameters")


def side_by_side(shown: Sequence[Shown]) -> tuple[list[tuple[str, list[str]]], list[tuple[str, list[str]]]]:
    """Return the label and every run's value of each parameter: first those that differ, then the others."""
    rows = [facts(s.run, s.key) for s in shown]
    unlike, alike = differing(rows)
    unlike = tuple(sorted(unlike, key=lambda name: "sha256" in name))  # sums are for machines: they come last
    return _texts(unlike, rows), _texts(alike, rows)


def summed_up(shown: Sequence[Shown]) -> tuple[list[tuple[str, list[str]]], list[tuple[str, list[str]]]]:
    """Return the same of many runs: of what differs the usual values, each with how many runs have it."""
    unlike, alike = side_by_side(shown)
    return [(label, [_usual(values)]) for label, values in unlike], alike


def _usual(values: Sequence[str]) -> str:
    counts = Counter(values).most_common()
    if len(counts) > USUAL and counts[0][1] == 1:
        return f"{number_text.count(len(counts))} different values"
    said = [f"{value} ({number_text.count(count)} runs)" for value, count in counts[:USUAL]]
    more = len(counts) - USUAL
    return ", ".join(said) + (f" and {number_text.count(more)} more values" if more > 0 else "")


LOOKS = "gaba-table gaba-facts"


def _texts(names: Sequence[str], rows: Sequence[dict[str, Fact]]) -> list[tuple[str, list[str]]]:
    return [
        (fact_label(name), [fact_text(row[name]) if name in row else MISSING for row in rows])
        for name in names
    ]


def _row(label: str, values: Sequence[str], *, marked: bool) -> dmc.TableTr:
    name = html.Span(label, className="gaba-unlike" if marked else "")
    cells = [dmc.TableTd(html.Span(value, title=value, className="gaba-fact")) for value in values]
    return dmc.TableTr([dmc.TableTd(name), *cells])


def _folded(title: str, content: Any) -> dmc.Accordion:
    item = dmc.AccordionItem([dmc.AccordionControl(title), dmc.AccordionPanel(content)], value="open")
    return dmc.Accordion(
        item,
        id=ids.folded(NAME, "parameters"),
        value=None,
        persistence=True,
        persistence_type="memory",
    )
