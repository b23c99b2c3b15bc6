"""The numbers behind the Step response pictures, as CSV and as tables on the page."""

from __future__ import annotations

import csv
import io
from typing import Any

import dash_mantine_components as dmc
import numpy as np

from gaba_core.filter_study import filter_figures, study_response
from gaba_core.number_text import count, fixed
from gaba_core.step_response import frequency_response

from ..layout import cards
from .figures import FREQUENCIES
from .readouts import power, settling
from .state import StepState

ROWS = 60  # of the table on the page; the CSV has all
WAVES = 8  # every so many of the frequencies drawn


def as_csv(state: StepState) -> str:
    """Return one row a step: closed form and recursion of every beta."""
    betas = sorted(set(state.drawn))
    studies = [study_response(beta, state.start, state.target, state.steps) for beta in betas]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(
        ["step", *(f"{kind}_beta_{beta:g}" for beta in betas for kind in ("analytic", "simulated"))]
    )
    for t in range(state.steps):
        writer.writerow([t, *(v for s in studies for v in (s.analytic[t], s.simulated[t]))])
    return out.getvalue()


def data_table(state: StepState) -> Any:
    """Return both pictures in numbers, every beta a column: the response by step, the gain by frequency."""
    betas = sorted(set(state.drawn))
    studies = [study_response(beta, state.start, state.target, state.steps) for beta in betas]
    drawn = range(0, state.steps, -(-state.steps // ROWS))
    steps = [[count(t), *(fixed(float(study.analytic[t]), 5) for study in studies)] for t in drawn]
    waves = FREQUENCIES[::WAVES]
    gains = [20.0 * np.log10(frequency_response(beta, 2.0 * np.pi * waves)) for beta in betas]
    rows = [[f"{f:.3g}", *(fixed(float(gain[i]), 2) for gain in gains)] for i, f in enumerate(waves)]
    names = [f"β {beta:g}" for beta in betas]
    note = f"{len(drawn)} of {state.steps} steps; the CSV has them all." if len(drawn) < state.steps else ""
    return dmc.Stack(
        [
            dmc.Text(f"The moving average at a step. {note}", size="sm", c="dimmed"),
            cards.table(["step", *names], _body(steps), "Data table of the step response"),
            dmc.Text("The gain at a frequency, in dB.", size="sm", c="dimmed"),
            cards.table(["cycles/step", *names], _body(rows), "Data table of the frequency response"),
        ],
        gap="xs",
    )


def betas_table(state: StepState) -> Any:
    """Return what the theory and the recursion say of each beta, a row each."""
    rows = []
    for beta in sorted(set(state.drawn)):
        found = filter_figures(beta, state.seed)
        gains = f"{found.noise_gain:.5f}", f"{found.measured_noise_gain:.5f}"
        rows.append([f"{beta:g}", f"{found.time_constant:.2f}", *settling(beta), *gains, power(found)])
    head = [
        "β",
        "τ",
        *(f"Settles within\u00a0{share}\u00a0%" for share in (5, 2, 1)),
        "noise gain",
        "measured",
        "−3\u00a0dB at",
    ]
    return cards.table(head, _body(rows), "Settling time, noise gain and half-power frequency of each beta")


def _body(rows: list[list[str]]) -> list[Any]:
    return [dmc.TableTr([dmc.TableTd(cell) for cell in row]) for row in rows]
