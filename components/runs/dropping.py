"""Files dropped on the page: selected alone, by their own first task and what their models are judged by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dash import Dash, Input, Output, State, no_update

from gaba_core.errors import GabaError
from gaba_core.parameters import REFERENCE_SEEDS
from gaba_core.runs import LibraryEntry
from gaba_core.runs.judged_metric import judged_metric
from gaba_core.runs.library_entry import labels_of

from ..layout import ids, shell
from ..run_source import source
from ..run_source.runs_link import NAME, quoted
from ..run_source.selected_run import Shown
from .cards import folder_notes, run_list
from .labels import metric_options, task_options
from .listing import dropped_rows, listing
from .state import ALL_RUNS, MAX_RUNS

FEWEST = 3  # seeds whose mean is drawn unasked
PLAIN = ("baseline", "zoom", "judge", "reading")  # what was chosen for other runs


def examples(entries: Sequence[LibraryEntry]) -> tuple[str, ...]:
    """Return the run to start with: GABA before other methods, seed 42 before other seeds."""
    good = [e for e in entries if e.error is None]
    chosen = min(good, key=lambda e: (e.method != "gaba", e.seed != REFERENCE_SEEDS[0], e.key), default=None)
    return () if chosen is None else (quoted(chosen.key),)


def choices_for(keys: Sequence[str]) -> dict[str, Any]:
    """Return what the controls hold that show these runs alone, by name, and the lists they choose from."""
    shown, _problems = source.shown(keys[:MAX_RUNS])
    tasks = [task for s in shown for task in s.run.tasks]
    judged = next((found.name for s in shown if (found := judged_metric(s.run)) is not None), None)
    offered = metric_options(shown)
    metric = quoted(judged) if judged is not None else offered[0]["value"] if offered else None
    return {
        "runs": ",".join(map(quoted, keys)),
        "task": tasks[0] if tasks else "",
        "task_data": task_options(shown),
        "metric": [metric] if metric else [],
        "metric_data": offered,
        "group": ALL_RUNS if _are_seeds(shown) else "",
        **dict.fromkeys(PLAIN, ""),
    }


def _are_seeds(shown: Sequence[Shown]) -> bool:
    """Whether the runs are one set-up by several seeds, enough for a mean with its band."""
    labels = [labels_of(s.key, s.run.info) for s in shown]
    kinds, seeds = {label[:2] for label in labels}, {label[2] for label in labels}
    return len(kinds) == 1 and None not in seeds and len(seeds) == len(shown) >= FEWEST


def _controls() -> dict[str, Output]:
    names = ("runs", "task", "metric", "group", *PLAIN)
    values = {name: Output(ids.choice(NAME, name), "value", allow_duplicate=True) for name in names}
    lists = ("task", "metric")
    return values | {
        f"{name}_data": Output(ids.choice(NAME, name), "data", allow_duplicate=True) for name in lists
    }


def register(app: Dash) -> None:
    """The list follows the folder when asked, and takes in what is dropped on the page."""

    @app.callback(
        Output(ids.part(NAME, "grid"), "rowData"),
        Output(ids.part(NAME, "grid"), "columnDefs"),
        Output(ids.part(NAME, "passed"), "children"),
        Input(ids.part(NAME, "again"), "n_clicks"),
        Input(ids.part(NAME, "dropped"), "data"),
    )
    def look_again(
        _: int | None, dropped: list[dict[str, Any]] | None
    ) -> tuple[list[dict[str, Any]], list[dict[str, Any]], Any]:
        rows = listing(source.library().entries(), dropped or ())
        return rows, run_list.columns_for(rows), folder_notes.passed_by(source.library().passed_by())

    @app.callback(
        {
            "dropped": Output(ids.part(NAME, "dropped"), "data"),
            "contents": Output(ids.part(NAME, "upload"), "contents"),
            **_controls(),
        },
        Input(ids.part(NAME, "upload"), "contents"),
        State(ids.part(NAME, "upload"), "filename"),
        State(ids.part(NAME, "dropped"), "data"),
        prevent_initial_call=True,
    )
    def drop(
        contents: list[str] | None, names: list[str], dropped: list[dict[str, Any]] | None
    ) -> dict[str, Any]:
        nothing = dict.fromkeys(("dropped", "contents", *_controls()), no_update)
        if not contents:
            return nothing
        entries = _taken(names, contents)
        if not entries:
            return nothing | {"contents": None}
        fresh = {row["key"]: row for row in dropped_rows(entries)}
        retained = [row for row in dropped or () if row["key"] not in fresh]
        return {"dropped": [*fresh.values(), *retained], "contents": None, **choices_for(list(fresh))}

    @app.callback(
        _controls(),
        Input(ids.part(NAME, "examples"), "n_clicks"),
        prevent_initial_call=True,
    )
    def show_examples(_: int) -> dict[str, Any]:
        keys = examples(source.library().entries())
        return choices_for(keys) | {"runs": ",".join(keys)}


def _taken(names: Sequence[str], contents: Sequence[str]) -> list[LibraryEntry]:
    """The runs of the files that can be read; of the others the reader is told."""
    entries, refused = [], []
    for name, content in zip(names, contents, strict=True):
        try:
            entries.extend(source.drop_all(name, content))
        except GabaError as error:
            refused.append(str(error))
    if refused:
        shell.notify("Not a training log" if len(refused) == 1 else "Not training logs", " ".join(refused))
    return entries
