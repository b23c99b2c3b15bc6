"""The ten published runs as a table, and the answer to the question that one of them asks."""

from __future__ import annotations

from functools import cache
from typing import Any

import dash_mantine_components as dmc
from dash import html

from gaba_core import SimulationParams, equilibrium
from gaba_core.number_text import fixed, number
from gaba_core.published import PUBLISHED_RUNS, PublishedRun

from . import cards

QUESTION = "Which converged: the balancer or the model?"
HEAD = ("Subset", "Seed", "Best epoch", "RMSE (cycles)", "NASA score", "Health accuracy (%)")


def odd_one() -> PublishedRun:
    """Return the run whose error is the largest."""
    return max(PUBLISHED_RUNS, key=lambda run: run.rmse_last)


@cache
def answer() -> str:
    """Return what the run with the largest error teaches."""
    odd = odd_one()
    rest = [run.rmse_last for run in PUBLISHED_RUNS if run.subset == odd.subset and run is not odd]
    weight = number(float(equilibrium(SimulationParams())[0]))
    return (
        f"Seed {odd.seed} of {odd.subset} has an RMSE of {fixed(odd.rmse_last, 2)} where its siblings have "
        f"{fixed(min(rest), 2)} to {fixed(max(rest), 2)}. Which did not converge, the balancer or the model? "
        f"The weights rest at {weight} whatever the seed, long before epoch {odd.best_epoch}: the balancer "
        "is innocent, and the model is the outlier."
    )


def table() -> Any:
    """Return the ten runs, the odd one marked."""
    odd = odd_one()
    rows = []
    for run in PUBLISHED_RUNS:
        cells = (
            *(run.subset, str(run.seed), str(run.best_epoch)),
            *(fixed(run.rmse_last, 2), fixed(run.nasa, 1), fixed(run.health_accuracy, 2)),
        )
        marked = [html.Strong(cell) if run is odd else cell for cell in cells]
        rows.append(dmc.TableTr([dmc.TableTd(cell) for cell in marked]))
    return cards.table(list(HEAD), rows, "The ten published runs")


def card() -> Any:
    """Return the question with its answer, and the runs folded away below it."""
    return cards.card(
        [
            cards.heading(QUESTION),
            dmc.Text(answer(), size="sm", mb="xs"),
            cards.group("The ten published runs", [table()]),
        ]
    )
