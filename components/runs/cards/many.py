"""What the page says where runs are too many to name each: how they are drawn, and where a list ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc

from gaba_core import number_text

from ...run_source.selected_run import Shown
from ..groups import MOST, Group, fact_label
from ..labels import axis_title, holds_weights, members, panels_of
from ..state import LINES, NAMED, RunsState


def words(shown: Sequence[Shown], groups: Sequence[Group], state: RunsState) -> str:
    """Return what stands in place of a legend: how the runs are drawn, and what some of them lack."""
    return " ".join([drawn_words(shown, groups), *_grouping(shown, groups, state), *_lacking(shown, state)])


def drawn_words(shown: Sequence[Shown], groups: Sequence[Group]) -> str:
    """Return in a sentence how more runs than the page names are drawn."""
    count = number_text.count(len(shown))
    if len(shown) <= LINES:
        return f"{count} runs, a line each. Point at a line to read which run it is."
    if groups:
        return f"{count} runs, only the means of their groups."
    return f"{count} runs as bands: their median, the middle half of them, and 90 % of them."


def _grouping(shown: Sequence[Shown], groups: Sequence[Group], state: RunsState) -> list[str]:
    """Return that what runs are grouped by makes too many groups, where it does."""
    if not state.group or groups or len(shown) <= MOST:
        return []
    return [f"{fact_label(state.group)} makes more than {MOST} groups, so none is drawn."]


def _lacking(shown: Sequence[Shown], state: RunsState) -> list[str]:
    """Return of each quantity that is drawn and that some runs do not hold, how many do."""
    held = {"weights": [s.run.weights is not None or s.run.state is not None for s in shown]}
    held = held if holds_weights(shown) else {}
    held |= {
        axis_title(name): [bool(members(s.run, name)) for s in shown] for name in panels_of(shown, state)
    }
    every = number_text.count(len(shown))
    return [
        f"{name[:1].upper()}{name[1:]}: {number_text.count(sum(has))} of {every} runs."
        for name, has in held.items()
        if sum(has) < len(has)
    ]


def rest(shown: Sequence[Shown]) -> list[Any]:
    """What is said at the end of a list of the first NAMED runs, where there are more."""
    if len(shown) <= NAMED:
        return []
    text = f"The first {NAMED} of {number_text.count(len(shown))} runs are listed."
    return [dmc.Text(text, size="sm", c="dimmed")]
