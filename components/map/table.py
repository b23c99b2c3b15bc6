"""The numbers behind a map, as a table."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc

from ..layout import cards
from .axes import value_text
from .figures import shown
from .state import MapState
from .surface import Shown

MOST = 16  # rows and columns: of a finer map every second, third ... stands in the table


def data_table(state: MapState, surface: Shown) -> Any:
    """Return the surface as a table, x across and y down, thinned to MOST rows and columns."""
    values = surface.values(state.measure)
    picked = [range(0, len(own), -(-len(own) // MOST)) for own in surface.ends]
    across, down = (
        [value_text(axis, own[at]) for at in places]
        for axis, own, places in zip(surface.axes, surface.ends, picked, strict=True)
    )
    corner = " \\ ".join(axis.letter for axis in reversed(surface.axes))
    rows = [
        dmc.TableTr(
            [
                dmc.TableTh(name, attributes={"root": {"scope": "row"}}),
                *(dmc.TableTd(shown(float(values[y, x]), state.measure)) for x in picked[0]),
            ]
        )
        for name, y in zip(down, picked[1], strict=True)
    ]
    return cards.table([corner, *across], rows, "The surface, a row each value on the upright axis")
