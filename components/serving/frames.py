"""Frames for a dragged control: a small binary route beside Dash's own.

While a control is held, the browser asks for the pictures at the control's positions, those before the hand
first, and then only picks. `assets/gaba.js` is the other end.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from functools import lru_cache
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

import orjson
from flask import Flask, Response, request

from gaba_core.errors import GabaError, ParameterError
from gaba_core.parameters import quantity_of

from ..layout.url_state import from_text
from ..plotting.arrays import frame
from . import cache, compression
from .frame_codec import packed_frames

MAX_FRAMES = 400


def register(server: Flask, views: dict[str, ModuleType]) -> None:
    """Add the route GET /frames/VIEW?control=..&first=..&count=..&STATE: so many positions of a control.

    Without `first` it answers with the state as it stands. A view that takes part has STATE (a frozen
    dataclass of quantities) and pictures(state). One whose pictures are cheaper together than one by one also
    has prepare(states), called before them, and where it cannot keep all it prepared, AT_ONCE: of how many
    states at a time. One whose pictures show files has version(state), which says which ones they were.
    """

    @server.get("/frames/<name>")
    def frames(name: str) -> Response:
        if name not in views:
            return _refusal(f"There is no view {name!r}.", 404)
        try:
            question = _question(views[name], request.query_string)
            coding = compression.encoding()
            version = getattr(views[name], "version", lambda _: None)(question[0])
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
        view = views[name]
        moved = [replace(state, **{control: value}) for value in values]
        found = [{k: frame(v) for k, v in shown.items()} for shown in pictures_of(view, moved)]
        return compression.packed(packed_frames(found), coding, compression.FRAME)


def pictures_of(view: ModuleType, states: Sequence[Any]) -> Iterator[dict[str, Any]]:
    """Yield the pictures of each of many states of a view."""
    at_once = getattr(view, "AT_ONCE", len(states))
    for start in range(0, len(states), at_once):
        some = states[start : start + at_once]
        if hasattr(view, "prepare"):
            view.prepare(some)
        yield from (view.pictures(state) for state in some)


@lru_cache(maxsize=1024)  # the browser asks the same again at every grab
def _question(view: ModuleType, text: bytes) -> tuple[Any, str, tuple[float, ...]]:
    query = dict(parse_qsl(text.decode(), keep_blank_values=True))
    state, problems = from_text(view.STATE, query)
    if problems:
        raise ParameterError(" ".join(problems))
    control = query.get("control", "")
    if control not in {f.name for f in fields(view.STATE) if "quantity" in f.metadata}:
        raise ParameterError(f"control must be a number of the view; got {control!r}.")
    if "first" not in query:
        return state, control, (getattr(state, control),)
    first, count = _whole(query, "first"), min(_whole(query, "count"), MAX_FRAMES)
    values = quantity_of(view.STATE, control).positions()[first : first + count]
    if not values:
        raise ParameterError(f"first must be a position of {control}; got {first}.")
    kind = type(getattr(state, control))
    return state, control, tuple(kind(value) for value in values)


def _whole(query: dict[str, str], name: str) -> int:
    text = query.get(name, "")
    if not text.isdecimal():
        raise ParameterError(f"{name} must be a whole number of at least 0; got {text!r}.")
    return int(text)


def _refusal(words: str, status: int) -> Response:
    return Response(orjson.dumps({"error": words}), status, mimetype="application/json")
