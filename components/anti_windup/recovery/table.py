"""The numbers behind the Recovery picture, as a table on the page."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc

from gaba_core.anti_windup import SCHEMES
from gaba_core.number_text import count, fixed

from ...layout import cards
from .figures import drawn_schemes, samples, window
from .state import RecoveryState, recoveries

ROWS = 60  # of the table; the CSV has every sample drawn


def data_table(state: RecoveryState) -> Any:
    """Return output and, where it is drawn, state of every drawn scheme, a row a step since the switch."""
    found, shown = recoveries(state), drawn_schemes(state)
    at = samples(state, *window(state))
    columns = {f"{key} {SCHEMES[key].name}": found[key].output for key in shown}
    if state.shows.state:
        columns |= {f"{key} state": found[key].state for key in shown}
    picked = at[:: -(-len(at) // ROWS)]
    rows = [
        [count(i - state.steps_before), *(fixed(float(v[i]), 5) for v in columns.values())] for i in picked
    ]
    body = [dmc.TableTr([dmc.TableTd(cell) for cell in row]) for row in rows]
    note = f"{len(rows)} of the {len(at)} samples drawn; the CSV has them all."
    return dmc.Stack(
        [
            dmc.Text(note, size="sm", c="dimmed"),
            cards.table(["steps since the switch", *columns], body, "Data table of the recovery"),
        ],
        gap="xs",
    )
