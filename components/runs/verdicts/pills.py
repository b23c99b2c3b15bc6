"""Verdicts for the list of runs: a small route that judges the rows in sight, a few at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from flask import Flask, Response, request

from gaba_core.runs import Verdict

from ...run_source import source
from ..state import MAX_RUNS
from .card import words
from .diagnoses import diagnoses
from .tones import gravity


def register_route(server: Flask) -> None:
    """Add the route /live/verdicts?run=..&run=..; it answers with what each run is judged to be."""

    @server.route("/live/verdicts")
    def verdicts() -> Response:
        answer = pills(request.args.getlist("run")[:MAX_RUNS])
        return Response(
            orjson.dumps(answer), mimetype="application/json", headers={"Cache-Control": "no-store"}
        )


def pills(keys: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return for each run that can be read the verdicts on its balancer and on its model, in few words."""
    shown, _problems = source.shown(keys)
    judged = zip(shown, diagnoses(shown), strict=True)
    return {s.key: [_pill(one.balancer), _pill(one.model)] for s, one in judged}


def _pill(verdict: Verdict) -> dict[str, Any]:
    return {"word": words(verdict.code), "gravity": gravity(verdict.code), "why": verdict.sentence}
