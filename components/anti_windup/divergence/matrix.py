"""The failure matrix of the Divergence panel: every method against every way to fail."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dash_mantine_components as dmc
from dash import html

from gaba_core.comparators import COMPARATORS, LABELS, FailureKind, FailureRates, Failures
from gaba_core.number_text import number, percent

from ...layout import cards, controls
from .readouts import COLUMNS
from .state import RATE_SIGMAS, DivergenceState

VIEW = "anti-windup-divergence"
Cell = dict[str, Any]


def cell_id(cell: Any) -> Cell:
    """Id of the button of a cell, METHOD/FAILURE."""
    return {"type": "cell", "view": VIEW, "cell": cell}


def matrix(
    state: DivergenceState,
    failures: Mapping[str, Failures],
    text: Mapping[str, str],
    found: FailureRates | None = None,
) -> Any:
    """Return a row a method and a button a failure; a button lets its method stand out in the pictures below.

    Args:
        state: the panel's state.
        failures: of the methods that are shown.
        text: read-outs, what each cell says among them.
        found: failure rates against noise, drawn in each cell as a row of bars; none before they are known.
    """
    rows = []
    for method in state.shown:
        comparator = COMPARATORS[method]
        about = f"{comparator.source}. Weights sum to {comparator.total}."
        cells = [_cell(state, method, kind, failures[method], text, found) for kind, *_ in COLUMNS]
        name = controls.helped(LABELS[method], about)
        rows.append(dmc.TableTr([dmc.TableTd(name), *(dmc.TableTd(cell) for cell in cells)]))
    head = ["Method", *(controls.helped(label, about) for _, label, about in COLUMNS)]
    return html.Div(
        cards.table(head, rows, "Failures of every method", "gaba-table gaba-readouts gaba-matrix"),
        className="gaba-wide",
    )


def severity(found: Failures, kind: FailureKind) -> str:
    """Return "none" where no seed ever fails in this way, "fails" where one counts as failed, else "some"."""
    if found.failed(kind).any():
        return "fails"
    return "some" if (found.first[kind] >= 0).any() else "none"


def _cell(
    state: DivergenceState,
    method: str,
    kind: FailureKind,
    failed: Failures,
    text: Mapping[str, str],
    found: FailureRates | None,
) -> Any:
    cell = f"{method}/{kind}"
    words = cards.live(VIEW, f"{method}-{kind}", text[f"{method}-{kind}"])
    pressed: Any = {"aria-pressed": "true" if state.cell == cell else "false"}
    return html.Button(
        [words, _bars(found, method, kind)],
        id=cell_id(cell),
        className=f"gaba-cell gaba-cell-{severity(failed, kind)}",
        **pressed,
    )


def _bars(found: FailureRates | None, method: str, kind: FailureKind) -> Any:
    """The failure rate at each noise, from 0 to the largest, as a row of bars."""
    rates = None if found is None else found.rates[method][kind].tolist()
    if rates is None:
        return html.Span(className="gaba-bars")
    first, last = (percent(rates[i]) for i in (0, -1))
    most = number(RATE_SIGMAS[-1])
    said = f"Seeds that fail: {first} without noise, {last} at \N{GREEK SMALL LETTER SIGMA} = {most}"
    bars = [html.Span(style={"height": f"{max(6.0, 100.0 * rate):.0f}%"}) for rate in rates]
    return html.Span(bars, className="gaba-bars", role="img", title=said, **cards.labelled(said))
