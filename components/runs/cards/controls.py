"""Controls of the Runs page: what is drawn, how runs are compared, and where a log can be dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from ...layout import cards, controls, ids
from ...run_source.runs_link import NAME, quoted
from ...run_source.selected_run import Shown
from ...serving import guard
from ..figure.panels import baseline_options
from ..groups import group_options
from ..labels import metric_options, panels_hint, panels_of, task_options, tasks_of
from ..state import MAX_PANELS, SHOWS, WINDOWS, RunsState
from ..time_axis import clock_options

GROUP_HELP = (
    "Runs that share a value become one line, their mean, in a band of one standard deviation; each run "
    "stays faintly behind. Offered are the columns of the list and every parameter that differs."
)
BASELINE_HELP = (
    "Draws every line minus that of this run or group, at the same time; in between its records the "
    "baseline is read off in a straight line, and beyond its end nothing is drawn."
)


def above(shown: Sequence[Shown], state: RunsState) -> html.Div:
    """What is drawn, over the picture: task, metrics and time at hand, the rest folded."""
    tasks = tasks_of(shown, state)
    task = state.task or (tasks[0] if tasks else None)
    at_hand = [
        dmc.Box(_select("task", "Task weight", task_options(shown), task), w=140),
        dmc.Box(_panels(shown, state), className="gaba-panels"),
        controls.segments(NAME, "x", "x axis", _clocks(shown), state.x),
    ]
    rest = [
        controls.segments(NAME, "window", "Range", WINDOWS, state.window),
        controls.chips(NAME, "show", "Show", SHOWS, state.show),
        *controls.numbers(NAME, state),
        _select(
            "group",
            controls.helped("Group by", GROUP_HELP, stop=True),
            group_options(shown, state),
            state.group,
        ),
        _select(
            "baseline",
            controls.helped("Baseline", BASELINE_HELP, stop=True),
            baseline_options(shown, state),
            state.baseline,
        ),
    ]
    more = html.Details(
        [html.Summary("Range, lines, smoothing, groups, baseline"), html.Div(rest, className="gaba-choices")],
        className="gaba-more",
    )
    return html.Div([html.Div(at_hand, className="gaba-choices"), more])


def _clocks(shown: Sequence[Shown]) -> dict[str, str]:
    return {option["value"]: option["label"] for option in clock_options(shown)}


def _panels(shown: Sequence[Shown], state: RunsState) -> dmc.MultiSelect:
    drawn = [quoted(name) for name in panels_of(shown, state)]
    return dmc.MultiSelect(
        id=ids.choice(NAME, "metric"),
        label=_label(f"Metric panels (up to {MAX_PANELS})"),
        data=metric_options(shown),
        value=drawn or list(state.metric),
        maxValues=MAX_PANELS,
        hidePickedOptions=True,
        placeholder=panels_hint(shown, state),
        size="xs",
    )


def _select(name: str, label: Any, options: list[dict[str, str]], value: str | None) -> dmc.Select:
    return dmc.Select(
        id=ids.choice(NAME, name),
        label=_label(label),
        data=options,
        value=value,
        size="xs",
        allowDeselect=False,
        searchable=len(options) > 8,
        placeholder="None in these logs",
    )


def _label(label: Any) -> Any:
    return dmc.Text(label, size="sm", fw=400, mb=2) if isinstance(label, str) else label


def upload() -> Any:
    """The place that takes logs; every other place of the page takes them too."""
    return cards.card(
        [
            cards.heading(
                "Add a log",
                "A convergence_log.json, or what HuggingFace, Lightning, Keras, detectron2 or TensorBoard "
                "wrote: JSON, JSON Lines, CSV or an event file. It stays on this page only.",
            ),
            dcc.Upload(
                dmc.Text(
                    ["Drop a log of any format here, or ", html.U("choose a file")],
                    size="sm",
                    ta="center",
                ),
                id=ids.part(NAME, "upload"),
                multiple=True,
                max_size=guard.LARGEST_DROP,
                className="gaba-drop",
            ),
        ]
    )
