"""What the Runs page says of the folder of logs: what was passed by, what a run lacks, a file to fill in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import dash_mantine_components as dmc
from dash import html

from gaba_core.runs.sidecar_template import info_template
from gaba_core.runs.tailing.folder_scan import PassedBy

from ...layout import cards
from ...run_source.selected_run import Shown
from ..labels import tasks_of
from ..state import RunsState

MOST_PASSED = 100  # names
MOST_LACKING = 12  # runs


def template(s: Shown) -> list[Any]:
    """A link that saves a `run.json` to fill in, where a run has none."""
    if s.run.info is not None:
        return []
    name, text = info_template(s.run, s.key)
    link = html.A(f"Save a {name} to fill in", href=f"data:application/json,{quote(text)}", download=name)
    words = " and put it beside the log: then beta, floor, seed and method are known."
    return [dmc.Text([link, words], size="sm", mt=4)]


def passed_by(passed: Sequence[PassedBy]) -> Any:
    """What else the folder holds, and why it is no run: a line that opens to the names."""
    if not passed:
        return None
    count = f"{len(passed)} file{'' if len(passed) == 1 else 's'} passed by"
    lines = [html.Li([html.B(one.name), f": {one.reason}"]) for one in passed[:MOST_PASSED]]
    if len(passed) > MOST_PASSED:
        lines.append(html.Li(f"and {len(passed) - MOST_PASSED} more"))
    listed = html.Ul(lines, tabIndex=0, **cards.labelled(count))
    return html.Details([html.Summary(count), listed], className="gaba-passed")


def lacking(shown: Sequence[Shown], state: RunsState) -> list[Any]:
    """Which runs lack a task whose weight is drawn: nothing is drawn of them there."""
    drawn = tasks_of(shown, state)
    without = [(s, [task for task in drawn if task not in s.run.tasks]) for s in shown if s.run.tasks]
    said = [f"{s.label} has no task {_listed(missing)}" for s, missing in without if missing]
    if len(said) > MOST_LACKING:
        said[MOST_LACKING:] = [f"{len(said) - MOST_LACKING} more runs lack a task, too"]
    return [dmc.Text(f"{'; '.join(said)}.", size="sm", c="dimmed", span=True)] if said else []


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
