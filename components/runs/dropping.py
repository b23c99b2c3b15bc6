"""Dropped files: selected alone, by their own first task and what their models are judged by.

On this page a callback takes them. On another one `assets/drop_anywhere.mjs` sends them to a route, which
answers with the address that shows them: the page comes once, and no other run is drawn before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote

import orjson
from dash import Dash, Input, Output, State, no_update
from flask import Flask, Response, request

from gaba_core.errors import GabaError
from gaba_core.parameters import REFERENCE_SEEDS
from gaba_core.runs import LibraryEntry
from gaba_core.runs.judged_metric import judged_metric
from gaba_core.runs.library_entry import labels_of

from ..layout import ids, shell
from ..layout.addresses import page_address
from ..run_source import source
from ..run_source.runs_link import NAME, PATH, quoted
from ..run_source.selected_run import Shown
from .cards import folder_notes, run_list
from .labels import metric_options, task_options
from .listing import Row, dropped_rows, listing
from .state import ALL_RUNS, MAX_RUNS

T = TypeVar("T")  # a file's content as it came
FEWEST = 3  # seeds whose mean is drawn unasked
PLAIN = ("baseline", "zoom", "judge", "reading")  # what was chosen for other runs
ROUTE = "/dropped"
LINKED = ("runs", "task", "metric", "group")  # what a link to dropped runs says


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
        Output(ids.part(NAME, "dropped"), "data"),
        Input(ids.part(NAME, "again"), "n_clicks"),
        Input(ids.part(NAME, "dropped"), "data"),
        State(ids.choice(NAME, "runs"), "value"),
    )
    def look_again(_: int | None, dropped: list[Row] | None, chosen: str | None) -> tuple[Any, ...]:
        every = with_linked(dropped or [], chosen)
        rows = listing(source.library().entries(), every)
        passed_by = folder_notes.passed_by(source.library().passed_by())
        return rows, run_list.columns_for(rows), passed_by, no_update if every == (dropped or []) else every

    @app.callback(
        {
            "dropped": Output(ids.part(NAME, "dropped"), "data", allow_duplicate=True),
            "contents": Output(ids.part(NAME, "upload"), "contents"),
            **_controls(),
        },
        Input(ids.part(NAME, "upload"), "contents"),
        State(ids.part(NAME, "upload"), "filename"),
        State(ids.part(NAME, "dropped"), "data"),
        prevent_initial_call=True,
    )
    def drop(contents: list[str] | None, names: list[str], dropped: list[Row] | None) -> dict[str, Any]:
        nothing = dict.fromkeys(("dropped", "contents", *_controls()), no_update)
        if not contents:
            return nothing
        entries, refused = _taken(source.drop_all, zip(names, contents, strict=True))
        if refused:
            shell.notify(*refused)
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


def with_linked(dropped: list[Row], chosen: str | None) -> list[Row]:
    """Return the rows of what was dropped, those first that are chosen and not among them: by a link."""
    known = {row["key"] for row in dropped}
    keys = [unquote(key) for key in (chosen or "").split(",")]
    return [*dropped_rows(source.dropped_entries([key for key in keys if key not in known])), *dropped]


def register_route(server: Flask) -> None:
    """Add the route that takes files dropped on another page, a multipart form with a `file` each.

    It answers with the `address` that shows their runs, None where none can be read, and a `notice` of title
    and sentence where a file is refused.
    """

    @server.post(ROUTE)
    def take() -> Response:
        entries, refused = _taken(source.taken, _sent())
        choices = choices_for([entry.key for entry in entries]) if entries else {}
        query = {name: _in_link(choices[name]) for name in LINKED if choices.get(name)}
        answer = {"address": page_address(PATH, query) if query else None, "notice": refused}
        return Response(orjson.dumps(answer), mimetype="application/json")


def _sent() -> Iterator[tuple[str, bytes]]:
    """Yield name and bytes of each file of the form that was sent; one is in memory at a time."""
    for one in request.files.getlist("file"):
        with one.stream:
            yield one.filename or "log", one.read()


def _in_link(value: str | list[str]) -> str:
    return value if isinstance(value, str) else ",".join(value)


def _taken(
    keep: Callable[[str, T], list[LibraryEntry]], files: Iterable[tuple[str, T]]
) -> tuple[list[LibraryEntry], tuple[str, str] | None]:
    """Return the runs of the files that can be read, and of the others what the reader is to know, titled."""
    entries, refused = [], []
    for name, content in files:
        try:
            entries.extend(keep(name, content))
        except GabaError as error:
            refused.append(str(error))
    title = "Not a training log" if len(refused) == 1 else "Not training logs"
    return entries, (title, " ".join(refused)) if refused else None
