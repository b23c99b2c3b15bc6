"""Which controls change nothing that can be seen at a setting: said beside them, lest they seem broken."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.errors import ParameterError
from gaba_core.number_text import number
from gaba_core.parameters import quantity_of

from ..plotting.arrays import unpacked
from .figure.weights import weights_picture
from .sampling import drawn
from .state import ConvergenceState, seconds_of

REACH = 0.1  # of a slider: a move by so much to either side is tried
ALWAYS_SEEN = ("floor", "sigma")  # a line of its own, and the band of the seeds
MOST_SECONDS = 1.0  # of one core, as estimated: what would take longer is not tried
SEEN = 0.004  # of an axis: less is about a pixel
NOTE = "Changes nothing in sight at this setting."
NOTES = {"epochs": "Nothing in sight: it settles before. See Picture, Whole run."}


@lru_cache(maxsize=64)
def notes(state: ConvergenceState) -> dict[str, str]:
    """Return by the name of each number what to say of it: nothing where moving it can be seen."""
    return _idle(state) | _lowered(state)


def _idle(state: ConvergenceState) -> dict[str, str]:
    names = state.numbers
    if 2 * len(names) * seconds_of(state) > MOST_SECONDS:
        return dict.fromkeys(names, "")
    here = weights_picture(drawn(state), {})
    return {
        name: "" if name in ALWAYS_SEEN or _shows(state, name, here) else NOTES.get(name, NOTE)
        for name in names
    }


def _lowered(state: ConvergenceState) -> dict[str, str]:
    """What is said of a floor that so many tasks do not allow."""
    if state.floor <= state.params.floor:
        return {}
    return {"floor": f"At most 1/K = {number(state.params.floor)} for {state.tasks} tasks, which is used."}


def _shows(state: ConvergenceState, param: str, here: dict[str, Any]) -> bool:
    return any(_differ(here, weights_picture(drawn(moved), {})) for moved in _neighbours(state, param))


def _neighbours(state: ConvergenceState, param: str) -> Iterator[ConvergenceState]:
    """The settings a tenth of the slider away, on either side."""
    positions, value = quantity_of(ConvergenceState, param).positions(), getattr(state, param)
    at = min(range(len(positions)), key=lambda i: abs(positions[i] - value))
    far = max(1, round(REACH * len(positions)))
    for place in (at - far, at + far):
        if 0 <= place < len(positions):
            with suppress(ParameterError):  # so long a run is refused
                yield replace(state, **{param: type(value)(positions[place])})


def _differ(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two pictures with the same traces can be told apart."""
    names = ("xaxis", "yaxis", "yaxis2")
    if any(one["layout"][name]["range"] != other["layout"][name]["range"] for name in names):
        return True
    pairs = zip(one["data"], other["data"], strict=True)
    return any(_moved(a, b, one["layout"]) for a, b in pairs if a["mode"] != "text")


def _moved(one: dict[str, Any], other: dict[str, Any], layout: dict[str, Any]) -> bool:
    here, there = (_visible(each, layout) for each in (one, other))
    return here.shape != there.shape or bool((np.abs(here - there) > SEEN).any())


def _visible(trace: dict[str, Any], layout: dict[str, Any]) -> FloatArray:
    """The points of a trace as fractions of its axes, those out of sight at the edge; shape (2, N)."""
    found = []
    for letter in ("x", "y"):
        axis = layout[f"{letter}axis{trace.get(f'{letter}axis', letter)[1:]}"]
        low, high = axis["range"]
        values = unpacked(trace[letter])
        with np.errstate(divide="ignore"):
            placed = np.log10(np.maximum(values, 0.0)) if axis.get("type") == "log" else values
        found.append(np.clip((placed - low) / (high - low), -0.001, 1.001))
    x, y = found
    x = np.where((y >= 0.0) & (y <= 1.0), x, 0.0)  # what lies above or below the row moves unseen
    if trace["uid"].startswith(("seed-", "task-", "off-", "state-", "theory", "mean", "health", "share")):
        inside = x <= 1.0
        return np.stack([x[inside], y[inside]])
    return np.stack([x, y])
