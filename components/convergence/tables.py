"""The numbers behind the Convergence pictures, as CSV and as a table on the page."""

from __future__ import annotations

import csv
import io
from typing import Any

import dash_mantine_components as dmc

from gaba_core.readouts import MILESTONES

from ..layout import cards
from .readouts import milestone
from .sampling import drawn
from .state import ConvergenceState

ROWS = 60  # of the table on the page; the CSV has all


def columns(state: ConvergenceState) -> list[str]:
    """Names of the columns of `rows`."""
    names = [f"{name}_seed_{seed}" for seed in state.seeds for name in ("w_rul", "w_health", "ema_rul")]
    return ["step", "epoch", *names]


def rows(state: ConvergenceState) -> list[list[float]]:
    """What is drawn, one row a sample: step, epoch, and weights and EMA state of every seed."""
    found = drawn(state)
    run = found.run
    return [
        [step, step / state.steps_per_epoch]
        + [
            v
            for s in range(len(state.seeds))
            for v in (*run.weights[s, i].tolist(), float(run.state[s, i, 0]))
        ]
        for i, step in enumerate(run.steps[: found.seen].tolist())
    ]


def as_csv(state: ConvergenceState) -> str:
    """The rows as comma-separated text with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns(state))
    writer.writerows([[f"{value:.9g}" for value in row] for row in rows(state)])
    return out.getvalue()


def data_table(state: ConvergenceState) -> Any:
    """The same on the page, thinned to what a person reads."""
    found = rows(state)
    every = -(-len(found) // ROWS)
    body = [
        dmc.TableTr(
            [
                dmc.TableTd(str(int(row[0]))),
                dmc.TableTd(f"{row[1]:.2f}"),
                *(dmc.TableTd(f"{v:.5f}") for v in row[2:]),
            ]
        )
        for row in found[::every]
    ]
    heads = [name.replace("_seed_", ", seed ").replace("_", " ") for name in columns(state)]
    note = (
        f"{len(body)} of {len(found)} samples; the CSV has them all." if every > 1 else "Every sample drawn."
    )
    return dmc.Stack(
        [dmc.Text(note, size="sm", c="dimmed"), cards.table(heads, body, "Data table")],
        gap="xs",
    )


def milestone_table(state: ConvergenceState, text: dict[str, str]) -> Any:
    """The reference program's table: weight at the start of an epoch, by seed; it follows a drag."""
    body = [
        dmc.TableTr(
            [
                dmc.TableTd(str(epoch)),
                *(dmc.TableTd(cards.live("convergence", name, text[name])) for name in row),
            ]
        )
        for epoch in MILESTONES
        for row in [[milestone(epoch, seed) for seed in state.seeds]]
    ]
    return cards.table(
        ["Epoch", *map(str, state.seeds)], body, "Weight of the first task at milestone epochs, by seed"
    )
