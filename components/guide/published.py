"""The ten published runs, and the question that one of them asks."""

from __future__ import annotations

from typing import Any

from dash import dcc, html

from ..layout import published_runs
from ..layout.addresses import page_address


def table() -> Any:
    """Return the ten runs as a section, the odd one marked, with the answer to its question."""
    odd = published_runs.odd_one()
    link = dcc.Link(
        "See it: the same seed of ours",
        href=page_address("/runs", {"runs": f"{odd.subset}/gaba/seed_{odd.seed}"}),
    )
    return html.Section(
        [
            html.H2("The ten published runs", className="gaba-chapter"),
            html.P(published_runs.answer()),
            published_runs.table(),
            link,
        ],
        id="published",
        className="gaba-lesson",
    )
