"""The numbers behind the Convergence pictures, as CSV and as a table on the page."""

from __future__ import annotations

import csv
import io
from typing import Any

import dash_mantine_components as dmc
import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.readouts import MILESTONES

from ..layout import cards
from .names import short_name, weight_name
from .readouts import PUBLISHED, milestone, published
from .sampling import Drawn, drawn
from .state import ConvergenceState

ROWS = 60  # of the table on the page; the CSV has all


def columns(state: ConvergenceState) -> list[str]:
    """Names of the columns of `rows`."""
    return ["step", "epoch", *(name for name, _ in _columns(drawn(state)))]


def _columns(found: Drawn) -> list[tuple[str, FloatArray]]:
    """Names and values of what is drawn: of two tasks both weights of a seed, else a weight a line."""
    run, tasks = found.run, found.params.tasks
    if tasks == 2 and found.of_seeds:
        return [
            (f"{name}_seed_{seed}", values)
            for s, seed in enumerate(found.params.seeds)
            for name, values in (
                ("w_rul", run.weights[s, :, 0]),
                ("w_health", run.weights[s, :, 1]),
                ("ema_rul", run.state[s, :, 0]),
            )
        ]
    return [
        (f"{kind}_{short_name(c.task, tasks).lower().replace(' ', '')}_seed_{found.params.seeds[c.seed]}", y)
        for c in found.curves
        for kind, y in (("w", c.weights), ("ema", c.state))
    ]


def rows(state: ConvergenceState) -> list[list[float]]:
    """What is drawn, one row a sample: step, epoch, and weights and EMA state of every line."""
    found = drawn(state)
    values = np.stack([column for _, column in _columns(found)], axis=-1).tolist()
    steps = found.run.steps[: found.seen].tolist()
    return [[step, step / state.steps_per_epoch, *row] for step, row in zip(steps, values, strict=False)]


def as_csv(state: ConvergenceState) -> str:
    """The rows as comma-separated text with a header."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns(state))
    writer.writerows(rows(state))  # every digit
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
    """The weight at the start of an epoch, by seed, and what the published run of that seed reached."""

    def said(name: str) -> Any:
        return cards.live("convergence", name, text[name])

    heads = (said("published-subset"), "Its RMSE (cycles)", "Its NASA score")
    rows = [(str(epoch), [milestone(epoch, seed) for seed in state.seeds]) for epoch in MILESTONES]
    rows += [
        (head, [published(kind, seed) for seed in state.seeds])
        for head, kind in zip(heads, PUBLISHED, strict=True)
    ]
    body = [
        dmc.TableTr([dmc.TableTd(head), *(dmc.TableTd(said(name)) for name in names)]) for head, names in rows
    ]
    return cards.table(
        ["Epoch", *map(str, state.seeds)],
        body,
        f"{weight_name(state.place, state.tasks)} at milestone epochs, by seed",
    )
