"""Following logs that are being written: a small route the Runs page asks every 0.6 s, and its answer.

A quiet folder costs one listing and answers with nothing. `assets/runs_polling.mjs` is the other end: it
shows the news in words, keeps the list of runs up to date, and has the picture drawn again where a run
changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import dash_mantine_components as dmc
import orjson
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from flask import Flask, Response, current_app, request

from gaba_core import number_text
from gaba_core.errors import ParameterError
from gaba_core.runs.legible_names import valid
from gaba_core.runs.tailing.log_status import Followed, Status, reported_again

from ...layout import cards, ids
from ...layout.url_state import from_text
from ...run_source import source
from ...run_source.runs_link import NAME
from ..listing import listing
from ..state import MAX_RUNS, RunsState
from ..verdicts import deferred
from .client_memory import Reported, facts_of, reported_of

LOOK = ids.part(NAME, "look")  # written by the browser where a selected run has changed
READING = "reading"  # what a browser has seen that was told how far the reading is
BADGES: dict[Status, str] = {
    "growing": "live",
    "quiet": "not finished",
    "torn": "incomplete",
    "truncated": "cut",
    "deleted": "deleted",
    "returned": "back",
}


def register_route(server: Flask) -> None:
    """Add the route /live/runs?run=..&run=..&seen=..; it answers 204 where nothing is new.

    A browser sends JSON with `runs`, `seen` and what it holds of the logs, `reported` by an earlier answer:
    a hundred keys are too long for an address.
    """

    @server.route("/live/runs", methods=["GET", "POST"])
    def live() -> Response:
        sent = _sent()
        asked = request.args.getlist("run") or [
            key for key in _listed_in(sent, "runs") if isinstance(key, str)
        ]
        keys, seen = list(map(valid, asked[:MAX_RUNS])), request.args.get("seen", str(sent.get("seen", "")))
        answer = being_read(keys, seen) or news(keys, seen, reported_of(sent.get("reported")))
        if answer is None:
            return Response(status=204)
        return Response(
            orjson.dumps(answer), mimetype="application/json", headers={"Cache-Control": "no-store"}
        )


def _sent() -> Mapping[str, object]:
    """Return the JSON object that the browser sent; an empty one where it is none that can be read."""
    with suppress(RecursionError):  # what nests too deeply for a parser
        sent = request.get_json(silent=True)
        return sent if isinstance(sent, Mapping) else {}
    return {}


def _listed_in(sent: Mapping[str, object], name: str) -> list[object]:
    found = sent.get(name)
    return found if isinstance(found, list) else []


def being_read(keys: Sequence[str], seen: str) -> dict[str, Any] | None:
    """Return words on the long logs that are being read for the first time; None where none is.

    Whoever draws them reads them, and holds the library meanwhile. Where nobody has begun by the second look,
    as in a process that does not draw them, `news` reads.
    """
    found = {key: one for key in keys if (one := source.library().reading(key)) is not None}
    if not found or (seen == READING and all(one.done is None for one in found.values())):
        return None
    plain = {"status": "growing", "badge": "reading", "written": 0.0, "age": None}
    words = [
        f"{(one.done or 0.0):.0%} of {one.size / 1e6:.0f} MB; untick the run to stop"
        for one in found.values()
    ]
    return {
        "seen": READING,
        "words": [{"label": key, "words": text, **plain} for key, text in zip(found, words, strict=True)],
    }


def news(keys: Sequence[str], seen: str, reported: Mapping[str, Reported]) -> dict[str, Any] | None:
    """Return what is new since an earlier answer said `seen`; None where nothing is.

    The answer holds the tag of what a picture of these runs would show now, words for every run that is not
    simply complete, what the browser is to tell at its next look, and the rows of the list where one of them
    is another.

    Args:
        keys: of the runs.
        seen: tag of the earlier answer.
        reported: what was reported to the browser of each run before, by this process or by another.
    """
    looks = {key: _look(key, found, reported.get(key)) for key, found in _followed(keys).items()}
    rows, listed = _listed()
    words = [_words(label, seen_as) for label, seen_as, _ in looks.values() if seen_as.status in BADGES]
    words += _waiting(source.library().waiting())
    plain = [{name: value for name, value in one.items() if name != "age"} for one in words]
    drawn = _digest(repr([(key, tag) for key, (_, _, tag) in looks.items()]).encode())
    now = f"{drawn}.{_digest(orjson.dumps(plain))}.{listed}"
    if now == seen:
        return None
    facts = {key: facts_of(tag, label, seen_as) for key, (label, seen_as, tag) in looks.items()}
    fresh = {} if seen.endswith(f".{listed}") else {"rows": rows}
    return {"seen": now, "drawn": drawn, "words": words, "reported": facts, **fresh}


def drawn_tag(state: RunsState) -> str:
    """Return what tells one state of the selected runs' logs from another."""
    return _tag_of(_followed(state.keys[:MAX_RUNS]))


def drawn_of(text: dict[str, Any]) -> str:
    """Return the same of a state as text."""
    return drawn_tag(from_text(RunsState, text)[0])


def _look(key: str, found: Followed, reported: Reported | None) -> tuple[str, Followed, str]:
    """Return what the page calls a log, what its reader is reported of it, and the tag of what is drawn."""
    seen = reported_again(None if reported is None else reported.followed, found, source.library().clock())
    as_drawn = reported is not None and not seen.is_whole  # the last good view stays, whoever has it
    label = key if reported is None else reported.label
    return (
        label if found.run is None else source.label(key, found.run),
        seen,
        reported.tag if reported is not None and as_drawn else _tag(found),
    )


def _followed(keys: Sequence[str]) -> dict[str, Followed]:
    found = {}
    for key in keys:
        if not key.startswith(source.DROPPED):
            try:
                found[key] = source.library().follow(key)
            except ParameterError as error:  # deleted before this process ever read it
                found[key] = Followed((None,), (), None, "deleted", "The log was deleted.", 0.0, str(error))
    return found


def _listed() -> tuple[list[dict[str, Any]], str]:
    """The rows of the list and their tag, made anew only where the library says that something changed."""
    entries, cached = source.library().entries(), current_app.extensions.get("gaba_rows")
    if cached is None or cached[0] is not entries:
        rows = listing(entries)
        cached = current_app.extensions["gaba_rows"] = (entries, rows, _digest(orjson.dumps(rows)))
    return cached[1], cached[2]


def _tag_of(followed: dict[str, Followed]) -> str:
    return _digest(repr([(key, _tag(found)) for key, found in followed.items()]).encode())


def _tag(found: Followed) -> str:
    return _digest(repr(found.content).encode())


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def _waiting(count: int) -> list[dict[str, Any]]:
    """What is said of the folder while its list is being made."""
    if not count:
        return []
    words = f"{number_text.count(count)} more run{'s are' if count > 1 else ' is'} being listed"
    plain = {"status": "growing", "badge": "listing", "written": 0.0, "age": None}
    return [{"label": "Folder", "words": words, **plain}]


def _words(label: str, found: Followed) -> dict[str, Any]:
    run, clock = found.run, source.library().clock
    return {
        "label": label,
        "status": found.status,
        "badge": BADGES[found.status],
        "words": found.sentence or ("" if run is None else f"{run.unit} {run.epochs[-1]:.12g}"),
        "written": found.written,
        "age": max(0.0, clock() - found.written) if found.status in ("growing", "quiet") else None,
    }


def parts(state: RunsState) -> list[Any]:
    """What the page needs to be followed: where the browser and the server leave word for each other."""
    return [
        dcc.Store(id=LOOK),
        dcc.Store(id=ids.part(NAME, "drawn"), data={"tag": drawn_tag(state), "clock": 0}),
        dcc.Input(id=ids.choice(NAME, "follow"), type="hidden", value=state.follow),
        dcc.Input(id=ids.choice(NAME, "zoom"), type="hidden", value=",".join(state.zoom)),
    ]


def switch(state: RunsState) -> Any:
    """The switch that follows logs or leaves them."""
    return dmc.Tooltip(
        dmc.Switch(
            id=ids.part(NAME, "follow"),
            label="Follow",
            checked=state.follow == "on",
            size="xs",
            persistence=False,
        ),
        label="Logs that are being written are followed: list and picture show a new epoch within 2 s.",
        multiline=True,
        w=240,
        withArrow=True,
    )


def reported() -> html.Div:
    """Where the browser says what becomes of the selected logs.

    What happened to a log is announced to a screen reader, each new epoch is not.
    """
    places = [html.Div(), html.Div(**cards.announced())]
    return html.Div(places, id=ids.part(NAME, "news"), className="gaba-news")


def register(app: Dash) -> None:
    """The switch, the zoom, and what the browser must know of list and picture."""
    deferred.register(app)
    app.clientside_callback(
        ClientsideFunction("gaba_zoom", "know"),
        Output(ids.figure(NAME, "main"), "className"),
        Input(ids.figure(NAME, "main"), "figure"),
        Input(ids.choice(NAME, "zoom"), "value"),
    )
    app.clientside_callback(
        ClientsideFunction("gaba_live", "follow"),
        Output(ids.choice(NAME, "follow"), "value"),
        Input(ids.part(NAME, "follow"), "checked"),
        prevent_initial_call=True,  # the state would take it for a change
    )
    app.clientside_callback(
        ClientsideFunction("gaba_live", "drawn"),
        Output(ids.part(NAME, "news"), "title"),
        Input(ids.part(NAME, "drawn"), "data"),
        Input(ids.choice(NAME, "runs"), "value"),
        Input(ids.choice(NAME, "follow"), "value"),
    )
    app.clientside_callback(
        ClientsideFunction("gaba_live", "listed"),
        Output(ids.part(NAME, "grid"), "className"),
        Input(ids.part(NAME, "grid"), "rowData"),
        State(ids.part(NAME, "grid"), "className"),
    )
