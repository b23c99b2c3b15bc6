"""The same pattern in other fields: what integrates, what clamps, and where the likeness ends."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import html

from ..layout import cards

HEAD = ("Field", "What integrates", "What clamps", "What it buys, and costs", "Where the likeness ends")
FIELDS: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "Aileron autopilot",
        "the angle error",
        "the deflection of the aileron",
        "no overshoot after a gust; a state that lags when it lets go",
        "its integrator does not leak: without a cure it winds up without end, GABA's by a floor at most",
    ),
    (
        "Insulin pump",
        "glucose above target",
        "the dose an hour",
        "no overdose after a meal; a slow start of the next dose",
        "a dose cannot be taken back: the clamp is one-sided",
    ),
    (
        "Oven temperature",
        "the temperature error",
        "the duty of the heater",
        "less overshoot; slower at the limit",
        "the integration is held at the limit (scheme C), GABA's runs on",
    ),
    (
        "PPO's trust region",
        "nothing: a ratio a sample",
        "the ratio of two policies",
        "a bounded update; samples beyond it teach nothing",
        "there is no filter, so there is no windup",
    ),
    (
        "Current-mode converter",
        "the current error",
        "the duty cycle",
        "no saturated inductor; a droop on recovery",
        "a millisecond loop in closed feedback; GABA's is open",
    ),
    (
        "Adam",
        "the squared gradient",
        "an epsilon in the denominator",
        "no division by zero; a bias for small gradients",
        "an epsilon is added: soft, where a clamp is hard",
    ),
    (
        "BatchNorm",
        "mean and variance",
        "an epsilon under the root",
        "no division by zero; quiet channels are scaled too little",
        "soft as Adam's, and nothing is renormalised",
    ),
    (
        "Robust federated averages",
        "the clients' updates",
        "a percentile band",
        "no client rules; honest outliers are cut too",
        "it clamps the inputs (scheme F), and is biased like it",
    ),
    (
        "Pulse oximeter",
        "the interval of beats",
        "the rate on the display",
        "no absurd reading; a wrong one that looks sane",
        "only the display is clamped; nothing acts on it",
    ),
    (
        "Cruise control",
        "the speed error",
        "a throttle of at least 0",
        "no negative throttle; brakes are another actuator",
        "the set-point is fed back; GABA has none",
    ),
    (
        "Vasopressor infusion",
        "the pressure error",
        "a least infusion",
        "a line that stays open; some drug always flows",
        "a floor on a dose is no share of a sum: nothing renormalises",
    ),
    (
        "Entropy coefficient",
        "the policy's entropy",
        "a least coefficient",
        "exploration never ends; nor does its noise",
        "one coefficient, not a simplex",
    ),
    (
        "Fair queueing",
        "the demand of a flow",
        "a least share of the link",
        "no flow starves; the loud one gives way",
        "the nearest of all: a filter, a floor and shares that are renormalised",
    ),
)


def table() -> Any:
    """Return the thirteen fields as a section."""
    rows = [dmc.TableTr([_cell(*named) for named in zip(HEAD, field, strict=True)]) for field in FIELDS]
    return html.Section(
        [
            html.H2("The same pattern in thirteen other fields", className="gaba-chapter"),
            cards.table(list(HEAD), rows, "Filters and clamps in other fields", "gaba-table gaba-stacked"),
        ],
        id="fields",
        className="gaba-lesson",
    )


def _cell(head: str, text: str) -> Any:
    """A cell that says what its column is where a narrow page stacks the cells of a row."""
    return dmc.TableTd(text, **{"data-label": head})
