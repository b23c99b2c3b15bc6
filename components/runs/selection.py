"""What the page says is selected: its state, and the runs that can be drawn."""

from __future__ import annotations

from typing import Any

from dash import ctx
from dash.exceptions import PreventUpdate

from ..layout import shell
from ..layout.url_state import from_text
from ..run_source import source
from ..run_source.selected_run import Shown
from .live import polling
from .state import MAX_RUNS, RunsState


def drawn(state: RunsState) -> tuple[tuple[Shown, ...], tuple[str, ...]]:
    """Return the selected runs that can be drawn, and one sentence for each that cannot."""
    shown, problems = source.shown(state.keys[:MAX_RUNS], state.readings)
    if len(state.keys) > MAX_RUNS:
        problems = (*problems, f"{len(state.keys)} runs are selected; the first {MAX_RUNS} are drawn.")
    return shown, problems


def selected(text: dict[str, Any] | None) -> tuple[RunsState, tuple[Shown, ...]]:
    """Return the state the page sent with its runs; what is refused is shown and replaced or left out."""
    state, problems = from_text(RunsState, text if text else {})
    shown, more = drawn(state)
    if more and ctx.triggered_id == polling.LOOK:
        raise PreventUpdate  # what stands there is the last good view
    if problems or more:
        shell.notify("Not everything can be shown", " ".join((*problems, *more)), "orange")
    return state, shown
