"""Frames for a dragged control: a small binary-in-JSON route beside Dash's own.

While a control is held, the browser asks once for the pictures at the control's positions, the nearest first,
and then only picks. `assets/gaba.js` is the other end.
"""

from __future__ import annotations

from dataclasses import fields, replace
from functools import lru_cache
from types import ModuleType
from typing import Any
from urllib.parse import parse_qsl

import orjson
from flask import Flask, Response, request

from components import cache, wire
from components.figures.arrays import frame
from components.state import from_text
from gaba_core.errors import GabaError, ParameterError
from gaba_core.parameters import quantity_of

MAX_FRAMES = 400


def register(server: Flask, views: dict[str, ModuleType]) -> None:
    """Add the route GET /frames/VIEW?control=..&value=..&first=..&count=..&STATE.

    A view that takes part has STATE (a frozen dataclass of quantities) and pictures(state). One whose
    pictures are cheaper together than one by one also has prepare(states), called before them; one whose
    pictures show files has version(state), which says which ones they were.
    """

    @server.get("/frames/<name>")
    def frames(name: str) -> Response:
        if name not in views:
            return _answer(orjson.dumps({"error": f"There is no view {name!r}."}), 404)
        try:
            question = _question(views[name], request.query_string)
            coding = wire.encoding()
            version = getattr(views[name], "version", lambda _: None)(question[0])
            answer = _answer(cache.cached(_frames, (name, *question, coding, version)))
        except GabaError as error:
            return _answer(orjson.dumps({"error": str(error)}), 400)
        answer.headers["Vary"] = "Accept-Encoding"
        if coding:
            answer.headers["Content-Encoding"] = coding
        return answer

    def _frames(question: tuple[Any, ...]) -> bytes:
        name, state, control, values, coding, _ = question
        view = views[name]
        moved = {repr(value): replace(state, **{control: value}) for value in values}
        if hasattr(view, "prepare"):
            view.prepare(list(moved.values()))
        found = {value: {k: frame(v) for k, v in view.pictures(one).items()} for value, one in moved.items()}
        return wire.packed(orjson.dumps(found), coding, wire.FRAME)


@lru_cache(maxsize=1024)  # the browser asks the same again at every grab
def _question(view: ModuleType, text: bytes) -> tuple[Any, str, tuple[float, ...]]:
    query = dict(parse_qsl(text.decode(), keep_blank_values=True))
    state, problems = from_text(view.STATE, query)
    if problems:
        raise ParameterError(" ".join(problems))
    control = query.get("control", "")
    if control not in {f.name for f in fields(view.STATE) if "quantity" in f.metadata}:
        raise ParameterError(f"control must be a number of the view; got {control!r}.")
    if "value" not in query:
        return state, control, (getattr(state, control),)
    first, count = _whole(query, "first", 0), min(_whole(query, "count", MAX_FRAMES), MAX_FRAMES)
    near = getattr(from_text(view.STATE, {control: query["value"]})[0], control)
    positions = quantity_of(view.STATE, control).scale.positions()
    at = min(range(len(positions)), key=lambda i: abs(positions[i] - near))
    nearest = sorted(range(len(positions)), key=lambda i: (abs(i - at), i))[first : first + count]
    kind = type(near)
    return state, control, tuple(kind(positions[i]) for i in nearest)


def _whole(query: dict[str, str], name: str, default: int) -> int:
    text = query.get(name, str(default))
    if not text.isdecimal():
        raise ParameterError(f"{name} must be a whole number of at least 0; got {text!r}.")
    return int(text)


def _answer(body: bytes, status: int = 200) -> Response:
    return Response(body, status, mimetype="application/json")
