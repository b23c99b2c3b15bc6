"""What the Map view says in words and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaba_core.number_text import count, percent
from gaba_core.sweep import MEASURES

from ..layout.addresses import page_address
from .axes import AXES, marked_cell, value_text
from .figures import shown
from .state import MapState
from .surface import Surface

CONVERGENCE = "/"
SEEDS = 5  # of a cell's trace: the first of those that it was measured on
CELL = {
    "settle": "the weights settle after {}",
    "equilibrium": "the first task's weight ends at {}",
    "noise": "the first task's weight scatters by {} from seed to seed",
    "smallest_share": "the smallest share of the update is {}",
    "failure_rate": "{} of the seeds never settle",
    "release_delay": "the first task's weight stays on its floor for {} once the gradients are equal",
}
NONE = {
    "settle": "the weights never settle within the run",
    "noise": "one seed has no scatter",
    "release_delay": "the first task's weight never leaves its floor",
}
GAPS = {"settle": "no seed settles", "release_delay": "the floor is never left"}


def texts(state: MapState, surface: Surface) -> dict[str, str]:
    """Return every read-out, by the name of its place on the page."""
    across, up = marked_cell(state, surface.ends)
    return {
        "says": _sentence(state, surface, (across, up)),
        "fineness": fineness(surface),
        **{f"value-{name}": shown(float(surface.values(name)[up, across]), name) for name in MEASURES},
        "where": _where(state, surface, (across, up)),
    }


def fineness(surface: Surface) -> str:
    """Return how fine a surface is, in words."""
    up, across = surface.result.grid.shape
    return f"{across} × {up} cells, {count(len(surface.result.seeds))} seeds each"


def _where(state: MapState, surface: Surface, cell: tuple[int, int]) -> str:
    named = zip((state.x, state.y), surface.ends, cell, strict=True)
    return ", ".join(f"{AXES[name].letter} {value_text(AXES[name], own[at])}" for name, own, at in named)


def _sentence(state: MapState, surface: Surface, cell: tuple[int, int]) -> str:
    """What the marked cell comes to, and what lies around it."""
    values, measure = surface.values(state.measure), state.measure
    value = float(values[cell[1], cell[0]])
    says = CELL[measure].format(shown(value, measure)) if np.isfinite(value) else NONE[measure]
    here = f"At {_where(state, surface, cell)} {says}."
    there = values[np.isfinite(values)]
    if not there.size:
        return f"{here} It is so in every cell."
    low, high = (shown(float(end), measure) for end in (there.min(), there.max()))
    least = low.removesuffix(f" {MEASURES[measure].unit}")
    around = f" Everywhere on this map it is {low}." if low == high else f" This map spans {least} to {high}."
    gaps = 1.0 - there.size / values.size
    missing = f" In {percent(gaps, 2)} of the cells {GAPS[measure]}." if gaps and measure in GAPS else ""
    return f"{here}{around}{missing}"


def trace_link(state: MapState, surface: Surface) -> str | None:
    """Return the address of the marked cell's trace; None where Convergence does not draw it."""
    query = trace_query(state)
    if query is None:
        return None
    own = dict(zip((state.x, state.y), surface.ends, strict=True))
    cell = dict(zip((state.x, state.y), marked_cell(state, surface.ends), strict=True))
    values = {name: repr(own[name][cell[name]]) for name in own}
    return page_address(CONVERGENCE, query | values)


def trace_query(state: MapState) -> dict[str, str] | None:
    """Return what a link to Convergence says of a setting; None for schemes that are not drawn there."""
    if state.scheme != "A" or {"scheme", "k"} & {state.x, state.y}:
        return None
    names = ("beta", "floor", "sigma", "ratio", "drift", "warmup_steps", "epochs", "steps_per_epoch", "noise")
    query = {name: str(getattr(state, name)) for name in names}
    return query | {"seeds": ",".join(map(str, range(SEEDS)))}


def cells(state: MapState, surface: Surface) -> dict[str, Any]:
    """Return what the pointer reads: the values of both axes, and what each cell says, row by row."""
    axes = [
        {
            "param": name,
            "name": AXES[name].letter,
            "values": list(values),
            "texts": [value_text(AXES[name], value) for value in values],
        }
        for name, values in zip((state.x, state.y), surface.ends, strict=True)
    ]
    values = surface.values(state.measure).ravel().tolist()
    return {
        "axes": axes,
        "texts": [shown(value, state.measure) for value in values],
        "cell": list(marked_cell(state, surface.ends)),
    }
