"""The ten published runs, and the question that one of them asks."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from gaba_core.number_text import fixed, number
from gaba_core.published import PUBLISHED_RUNS

from ..layout import cards
from ..layout.addresses import page_address
from . import figures_of_theory as found

HEAD = ("Subset", "Seed", "Best epoch", "RMSE (cycles)", "NASA score", "Health accuracy (%)")


def odd_one() -> Any:
    """Return the run whose error is the largest."""
    return max(PUBLISHED_RUNS, key=lambda run: run.rmse_last)


def table() -> Any:
    """Return the ten runs as a section, the odd one marked, with the answer to its question."""
    odd = odd_one()
    rows = []
    for run in PUBLISHED_RUNS:
        cells = (
            *(run.subset, str(run.seed), str(run.best_epoch)),
            *(fixed(run.rmse_last, 2), fixed(run.nasa, 1), fixed(run.health_accuracy, 2)),
        )
        marked = [html.Strong(cell) if run is odd else cell for cell in cells]
        rows.append(dmc.TableTr([dmc.TableTd(cell) for cell in marked]))
    rest = [run.rmse_last for run in PUBLISHED_RUNS if run.subset == odd.subset and run is not odd]
    answer = (
        f"Seed {odd.seed} of {odd.subset} has an RMSE of {fixed(odd.rmse_last, 2)} where its siblings have "
        f"{fixed(min(rest), 2)} to {fixed(max(rest), 2)}. Which did not converge, the balancer or the model? "
        "The "
        f"weights rest at {number(found.rest())} whatever the seed, long before epoch {odd.best_epoch}: the "
        "balancer is innocent, and the model is the outlier."
    )
    link = dcc.Link(
        "See it: the same seed of ours",
        href=page_address("/runs", {"runs": f"{odd.subset}/gaba/seed_{odd.seed}"}),
    )
    return html.Section(
        [
            html.H2("The ten published runs", className="gaba-chapter"),
            html.P(answer),
            cards.table(list(HEAD), rows, "The ten published runs"),
            link,
        ],
        id="published",
        className="gaba-lesson",
    )
