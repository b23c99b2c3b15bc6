"""What a browser sends to run a callback: checked against the callbacks there are before Dash reads it.

A body of the wrong shape is refused with 400 and a sentence. So is one on whose values a callback fails; that
one is written to the log with its traceback, since it may be our fault all the same.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

import msgspec
import orjson
from dash import Dash
from dash.exceptions import CallbackException, DependencyException, InvalidCallbackReturnValue
from flask import Flask, Response, request

from . import guard

ROUTE = "_dash-update-component"
PYTHONS = (TypeError, KeyError, ValueError, AttributeError, IndexError, RecursionError)
MALFORMED = (*PYTHONS, CallbackException, InvalidCallbackReturnValue)
LISTS = ("outputs", "inputs", "state", "changedPropIds", "parsedChangedPropsIds")

log = logging.getLogger(__name__)


class _Named(msgspec.Struct):
    output: str


def register(app: Dash) -> None:
    """Check the body of every callback request, and answer with 400 where one cannot be used.

    What is asked of Dash's own files and is none of them is not found.
    """
    server: Flask = app.server
    path = f"{app.config.routes_pathname_prefix}{ROUTE}"

    @server.before_request
    def check() -> Response | None:
        if request.path != path or request.method != "POST":
            return None
        problem = problem_of(request.get_data(), app.callback_map)
        return guard.refusal(f"This request cannot be used: {problem}.", 400) if problem else None

    @server.errorhandler(DependencyException)
    def miss(_: DependencyException) -> Response:
        return guard.refusal("There is nothing at this address.", 404)

    for kind in MALFORMED:

        @server.errorhandler(kind)
        def fail(error: Exception) -> Response:
            if request.path == path:
                log.exception("A callback failed on what it was sent.")
                return guard.refusal("This request cannot be used: a value in it has a wrong form.", 400)
            raise error


def problem_of(body: bytes, callbacks: Mapping[str, Any]) -> str:
    """Return what is wrong with the shape of a body; empty where it names a callback and its values."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError:
        return "it must be JSON in UTF-8"
    if not isinstance(sent, dict) or not isinstance(sent.get("output"), str):
        return "it must be an object that names an output"
    if sent["output"] not in callbacks and not _is_pattern(sent["output"]):
        return "its output must be that of a callback"
    for name in LISTS:
        value = sent.get(name, [])
        if not isinstance(value, list) and not (name == "outputs" and isinstance(value, dict)):
            return f"{name} must be a list"
    if not all(isinstance(name, str) and "." in name for name in sent.get("changedPropIds", [])):
        return "changedPropIds must name a property each"
    return "" if _are_values(sent.get("inputs", [])) and _are_values(sent.get("state", [])) else VALUES


VALUES = "inputs and state must be objects with id and property, or lists of them"


def _is_pattern(output: str) -> bool:
    """Whether an output names components by pattern; Dash finds the callback of these itself."""
    return "{" in output


def _are_values(found: list[Any]) -> bool:
    every = [one for group in found for one in (group if isinstance(group, list) else [group])]
    return all(
        isinstance(one, dict) and "id" in one and isinstance(one.get("property"), str) for one in every
    )


def takes_files(callbacks: Mapping[str, Any], body: bytes) -> bool:
    """Return whether a body is for a callback that takes the contents of dropped files."""
    try:
        output = msgspec.json.decode(body, type=_Named).output  # passes over the files, which may be large
        inputs = callbacks[output]["inputs"]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError):
        return False
    return any(one["property"] == "contents" for one in inputs)
