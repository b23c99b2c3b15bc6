"""Frames for a dragged control: a small binary route of our own.

While a control is held, the browser asks for the pictures at the control's positions, those ahead of the
pointer first, and then only picks. `assets/frame_prefetch.mjs` is the other end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any
from urllib.parse import parse_qsl

import orjson
from flask import Flask, Response, request

from gaba_core.abandoning import while_awaited
from gaba_core.errors import GabaError, ParameterError
from gaba_core.lru_cache import cached
from gaba_core.parameters import quantity_of
from gaba_core.runs.legible_names import shortened

from ..layout.protocols import Panel
from ..layout.url_state import from_text
from ..plotting.arrays import frame
from . import cache, compression
from .frame_codec import packed_frames

MAX_FRAMES = 400
DIGITS = 9  # of a number in a query
MOST_SECONDS = 1.0  # of one core for an answer, as its panel estimates them


def register(server: Flask, panels: Mapping[str, Panel]) -> None:
    """Add the route GET /frames/PANEL?control=..&first=..&count=..&STATE: so many positions of a control.

    Without `first` it answers with the state as it stands. An answer of fewer positions than asked says why
    in the `note` of its head.
    """

    @server.get("/frames/<name>")
    def frames(name: str) -> Response:
        if name not in panels:
            return _refusal(f"There is no view {name!r}.", 404)
        try:
            question = _question(panels[name], request.query_string)
            coding = compression.encoding()
            version = panels[name].version(question[0])
            body = cache.cached(_frames, (name, *question, coding, version))
        except GabaError as error:
            return _refusal(str(error), 400)
        answer = Response(body, mimetype="application/octet-stream")
        answer.headers["Vary"] = "Accept-Encoding"
        if coding:
            answer.headers["Content-Encoding"] = coding
        return answer

    def _frames(question: tuple[Any, ...]) -> bytes:
        name, state, control, values, coding, _ = question
        panel = panels[name]
        moved, note = affordable(panel, [replace(state, **{control: value}) for value in values])
        found = [{k: frame(v) for k, v in shown.items()} for shown in pictures_of(panel, moved)]
        return compression.packed(packed_frames(found, note), coding, compression.FRAME)


def affordable(panel: Panel, states: Sequence[Any]) -> tuple[Sequence[Any], str]:
    """Return as many of neighbouring states as MOST_SECONDS are enough for, and why not all; one at least."""
    each = max(panel.cost(states[0]), panel.cost(states[-1]))
    most = max(1, int(MOST_SECONDS / each))
    if most >= len(states):
        return states, ""
    return states[:most], (
        f"count must be at most {most} in this setting, where one position takes up to {each:.2g} s of a "
        f"processor; got {len(states)}. The first {most} are sent."
    )


def pictures_of(panel: Panel, states: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield the pictures of each of many states of a panel."""
    at_once = panel.AT_ONCE or max(len(states), 1)
    for start in while_awaited(range(0, len(states), at_once)):
        some = states[start : start + at_once]
        panel.prepare(some)
        yield from (panel.pictures(state) for state in while_awaited(some))


@cached(4 * 2**20)  # the browser asks the same again at every grab
def _question(panel: Panel, text: bytes) -> tuple[Any, str, tuple[float, ...]]:
    query = dict(parse_qsl(text.decode(), keep_blank_values=True))
    state, problems = from_text(panel.STATE, query)
    if problems:
        raise ParameterError(" ".join(problems))
    control = query.get("control", "")
    if control not in {f.name for f in fields(panel.STATE) if "quantity" in f.metadata}:
        raise ParameterError(f"control must be a number of the view; got {control!r}.")
    if "first" not in query:
        return state, control, (getattr(state, control),)
    first, count = _whole(query, "first"), min(_whole(query, "count"), MAX_FRAMES)
    values = quantity_of(panel.STATE, control).positions()[first : first + count]
    if not values:
        raise ParameterError(f"first must be a position of {control}; got {first}.")
    kind = type(getattr(state, control))
    return state, control, tuple(kind(value) for value in values)


def _whole(query: dict[str, str], name: str) -> int:
    text = query.get(name, "")
    if not text.isdecimal() or len(text) > DIGITS:
        raise ParameterError(f"{name} must be a whole number of at least 0; got {shortened(text)!r}.")
    return int(text)


def _refusal(words: str, status: int) -> Response:
    return Response(orjson.dumps({"error": words}), status, mimetype="application/json")
