"""What the Map view says in words and numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from gaba_core.number_text import percent
from gaba_core.sweep import MEASURES

from ..layout.addresses import page_address
from ..run_source.replay_link import PATH as REPLAY
from .axes import marked_cell, value_text
from .figures import shown
from .state import MapState
from .stored_surface import StoredSurface
from .surface import Shown

CONVERGENCE = "/"
SEEDS = 5  # of a cell's trace: the first of those that it was measured on


def texts(state: MapState, surface: Shown) -> dict[str, str]:
    """Return every read-out, by the name of its place on the page."""
    across, up = marked_cell(state, surface.axes, surface.ends)
    return {
        "says": _sentence(state, surface, (across, up)),
        "fineness": surface.fineness,
        **{
            f"value-{name}": shown(float(surface.values(name)[up, across]), name)
            for name in surface.phrases.cell
        },
        "where": _where(surface, (across, up)),
    }


def _where(surface: Shown, cell: tuple[int, int]) -> str:
    named = zip(surface.axes, surface.ends, cell, strict=True)
    return ", ".join(f"{axis.letter} {value_text(axis, own[at])}" for axis, own, at in named)


def _sentence(state: MapState, surface: Shown, cell: tuple[int, int]) -> str:
    """What the marked cell comes to, and what lies around it."""
    values, measure = surface.values(state.measure), state.measure
    value = float(values[cell[1], cell[0]])
    words = surface.phrases
    says = words.none.get(measure, "there is no number")
    if np.isfinite(value):
        says = words.cell[measure].format(shown(value, measure))
    here = f"At {_where(surface, cell)} {says}."
    there = values[np.isfinite(values)]
    if not there.size:
        return f"{here} It is so in every cell."
    low, high = (shown(float(end), measure) for end in (there.min(), there.max()))
    least = low.removesuffix(f" {MEASURES[measure].unit}")
    around = f" Everywhere on this map it is {low}." if low == high else f" This map spans {least} to {high}."
    gaps = 1.0 - there.size / values.size
    missing = (
        f" In {percent(gaps, 2)} of the cells {words.gaps[measure]}."
        if gaps and measure in words.gaps
        else ""
    )
    return f"{here}{around}{missing}"


def trace_link(state: MapState, surface: Shown) -> str | None:
    """Return the address of the marked cell's trace; None where Convergence does not draw it."""
    marked = marked_cell(state, surface.axes, surface.ends)
    if isinstance(surface, StoredSurface):
        whole = surface.trace_query(*marked)
        seeds = ",".join(map(str, surface.result.seeds[:SEEDS]))
        return None if whole is None else page_address(CONVERGENCE, whole | {"seeds": seeds})
    path, query = (REPLAY, replay_query(state)) if state.run else (CONVERGENCE, trace_query(state))
    if query is None:
        return None
    cell = {axis.name: own[at] for axis, own, at in zip(surface.axes, surface.ends, marked, strict=True)}
    return page_address(path, query | {name: repr(value) for name, value in cell.items()})


def replay_query(state: MapState) -> dict[str, str]:
    """Return what a link to Replay says of a run's setting, but for beta and floor."""
    query = {"run": state.run, "warmup_steps": str(state.warmup_steps)}
    return query | ({"reading": state.reading} if state.reading else {})


def trace_query(state: MapState) -> dict[str, str] | None:
    """Return what a link to Convergence says of a setting; None for schemes that are not drawn there."""
    if state.scheme != "A" or {"scheme", "k"} & {state.x, state.y}:
        return None
    names = ("beta", "floor", "sigma", "ratio", "drift", "warmup_steps", "epochs", "steps_per_epoch", "noise")
    query = {name: str(getattr(state, name)) for name in names}
    return query | {"seeds": ",".join(map(str, range(SEEDS)))}


def cells(state: MapState, surface: Shown) -> dict[str, Any]:
    """Return what the pointer reads: the values of both axes, and what each cell says, row by row."""
    axes = [
        {
            "param": axis.name,
            "name": axis.letter,
            "values": list(values),
            "texts": [value_text(axis, value) for value in values],
        }
        for axis, values in zip(surface.axes, surface.ends, strict=True)
    ]
    values = surface.values(state.measure).ravel().tolist()
    return {
        "axes": axes,
        "texts": [shown(value, state.measure) for value in values],
        "cell": list(marked_cell(state, surface.axes, surface.ends)),
    }
