"""Controls of the Runs page: what is drawn, how runs are compared, and where a log can be dropped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html

from ...layout import cards, controls, ids
from ...run_source.runs_link import NAME, quoted
from ...run_source.selected_run import Shown
from ..figure.panels import baseline_options
from ..groups import group_options
from ..labels import metric_options, panels_hint, panels_of, task_options, tasks_of
from ..state import MAX_PANELS, SHOWS, WINDOWS, RunsState
from ..time_axis import clock_options

MAX_UPLOAD = 64 * 1024 * 1024
GROUP_HELP = (
    "Runs that share a value become one line, their mean, in a band of one standard deviation; each run "
    "stays faintly behind. Offered are the columns of the list and every parameter that differs."
)
BASELINE_HELP = (
    "Draws every line minus that of this run or group, at the same time; in between its records the "
    "baseline is read off in a straight line, and beyond its end nothing is drawn."
)


def side(shown: Sequence[Shown], state: RunsState) -> Any:
    """The column of controls."""
    return dmc.Stack([_picture(shown, state), _comparison(shown, state), _upload()], gap="md")


def _picture(shown: Sequence[Shown], state: RunsState) -> Any:
    tasks = tasks_of(shown, state)
    task = state.task or (tasks[0] if tasks else None)
    return cards.card(
        dmc.Stack(
            [
                _select("task", "Weight above", task_options(shown), task),
                _panels(shown, state),
                controls.segments(NAME, "window", "Time drawn", WINDOWS, state.window),
                controls.segments(NAME, "x", "Time counted in", _clocks(shown), state.x),
                controls.chips(NAME, "show", "Show", SHOWS, state.show),
            ],
            gap="md",
        )
    )


def _clocks(shown: Sequence[Shown]) -> dict[str, str]:
    return {option["value"]: option["label"] for option in clock_options(shown)}


def _comparison(shown: Sequence[Shown], state: RunsState) -> Any:
    return cards.card(
        dmc.Stack(
            [
                *controls.numbers(NAME, state),
                _select(
                    "group",
                    controls.helped("Average runs by", GROUP_HELP, stop=True),
                    group_options(shown, state),
                    state.group,
                ),
                _select(
                    "baseline",
                    controls.helped("Differences from", BASELINE_HELP, stop=True),
                    baseline_options(shown, state),
                    state.baseline,
                ),
            ],
            gap="md",
        )
    )


def _panels(shown: Sequence[Shown], state: RunsState) -> dmc.MultiSelect:
    drawn = [quoted(name) for name in panels_of(shown, state)]
    return dmc.MultiSelect(
        id=ids.choice(NAME, "metric"),
        label=_label(f"Below, up to {MAX_PANELS}"),
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


def _upload() -> Any:
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
                max_size=MAX_UPLOAD,
                className="gaba-drop",
            ),
        ]
    )
