"""The selected runs as one HTML file that needs nothing else: picture, verdicts, parameters, remarks."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import orjson
from dash import Dash, Input, Output, State
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gaba_core import number_text
from gaba_core.runs import Diagnosis, Run, Verdict
from gaba_core.runs.outcomes import outcome_of

from ...folders import ASSETS
from ...layout import ids
from ...layout.addresses import page_address
from ...layout.url_state import to_text
from ...run_source.runs_link import NAME, PATH
from ...run_source.selected_run import Shown
from ..cards import differences, many
from ..cards.parameters import side_by_side, summed_up
from ..figure.legend_keys import mark
from ..figure.lines import POINTS
from ..figure.panels import baseline_of
from ..groups import Group, group_options, groups_of
from ..labels import GROUPS, REGIMES, axis_title, panels_of, regime_cells, tasks_of
from ..selection import selected
from ..state import NAMED, RunsState
from ..time_axis import unit_of
from ..verdicts.card import evidence_text, words
from ..verdicts.diagnoses import diagnoses
from .figure import FONT, TEMPLATES, report_picture

FILE = "gaba_runs_report.html"


def register(app: Dash) -> None:
    """The report comes down as a file."""

    @app.callback(
        Output(ids.part(NAME, "report-file"), "data"),
        Input(ids.part(NAME, "report"), "n_clicks"),
        State(ids.state(NAME), "data"),
        prevent_initial_call=True,
    )
    def download(_: int, text: dict[str, Any]) -> dict[str, Any]:
        state, shown = selected(text)
        made = datetime.now(UTC)
        return {"content": report(shown, state, made), "filename": FILE, "type": "text/html"}


def report(
    shown: Sequence[Shown],
    state: RunsState,
    made: datetime,
    judged: Sequence[Diagnosis] | None = None,
    more_left_out: Sequence[str] = (),
) -> str:
    """Return the file as text; it opens without a network.

    Args:
        shown: the runs, one at least.
        state: what the page shows of them.
        made: when the report is made.
        judged: a diagnosis of each run where no page made them; the report then holds no link to one.
        more_left_out: sentences on what else the report does not hold.
    """
    is_of_a_page = judged is None
    judged = diagnoses(shown, state.judged_by) if judged is None else judged
    picture, height = report_picture(shown, state)
    count = f"{len(shown)} run{'' if len(shown) == 1 else 's'}"
    text: str = _template().render(
        title=shown[0].label if len(shown) == 1 else "Training runs",
        count=count,
        made=f"{made:%Y-%m-%d %H:%M} UTC",
        font=FONT,
        height=height,
        caption=caption(shown, state),
        runs=_runs(shown, state),
        left_out=[*left_out(shown), *_unjudged(shown, judged), *more_left_out],
        verdicts=[_judged(s, d) for s, d in zip(shown[: len(judged)], judged, strict=True)],
        differences=_differences(shown, state),
        regime_names=[name.capitalize() for name in REGIMES],
        regimes=[{"name": _name(s), "cells": c.values()} for s in shown if (c := regime_cells(s.run))],
        parameters=_parameters(shown),
        remarks=[{"name": _name(s), "notes": s.run.notes} for s in shown if s.run.notes],
        made_of=_made_of(shown, state if is_of_a_page else None),
        library=_library(),
        picture=_embedded(picture),
        templates=_embedded(TEMPLATES),
    )
    return text


def caption(shown: Sequence[Shown], state: RunsState) -> str:
    """Return what the picture shows in a sentence or two."""
    tasks = " and ".join(tasks_of(shown, state)) or "no task"
    below = ", ".join(axis_title(name) for name in panels_of(shown, state))
    parts = [f"Weight of {tasks}{f'; below: {below}' if below else ''}. Time in {unit_of(shown, state)}."]
    groups = groups_of(shown, state)
    if len(shown) > NAMED:
        parts.append(many.drawn_words(shown, groups))
    if groups:
        labels = {option["value"]: option["label"] for option in group_options(shown, state)}
        parts.append(f"Mean ± sd by: {labels.get(state.group, state.group).lower()}.")
    base = baseline_of(shown, groups, state)
    if base is not None:
        parts.append(f"Drawn are differences from {base.label}.")
    if state.smooth > 0.0 and below:
        by = number_text.number(state.smooth)
        parts.append(f"Metrics are smoothed by {by}; the lines as logged lie faintly below.")
    return " ".join(parts)


def left_out(shown: Sequence[Shown]) -> list[str]:
    """Return in sentences what of long runs is not in the report."""
    long = [
        f"{s.label} has {number_text.count(len(s.run.epochs))}" for s in shown if len(s.run.epochs) > POINTS
    ]
    steps = sum(len(s.run.steps.step) for s in shown if s.run.steps is not None)
    sentences = []
    if long:
        sentences.append(
            f"At most {number_text.count(POINTS)} points of a line are drawn, every peak among them; other "
            f"records are left out ({', '.join(long)}). The numbers below rest on all of them."
        )
    if steps:
        sentences.append(
            f"{number_text.count(steps)} recorded steps were read for verdicts and regimes, and are left out."
        )
    return sentences


def _unjudged(shown: Sequence[Shown], judged: Sequence[Diagnosis]) -> list[str]:
    if len(judged) == len(shown):
        return []
    counts = number_text.count(len(judged)), number_text.count(len(shown))
    return [f"The verdicts are those on the first {counts[0]} of {counts[1]} runs."]


@cache
def _template() -> Any:
    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=folder, autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.get_template("template.html")


@cache
def _library() -> str:
    """The script that draws, as the page itself loads it; its licence stands at its top."""
    (path,) = (ASSETS / "vendor").glob("plotly-basic-*.min.js")
    return path.read_text(encoding="utf-8").replace("</script", "<\\/script")


def _embedded(value: Any) -> str:
    """A value as a script may hold it: nothing in it can end the script."""
    text = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _name(owner: Shown | Group) -> dict[str, str]:
    glyph, color = mark(owner)
    return {"glyph": glyph, "color": color, "label": owner.label}


def _runs(shown: Sequence[Shown], state: RunsState) -> dict[str, Any]:
    """Return a line for each run: what it was trained for, or else the metric that is drawn first."""
    own = any(name in s.run.metrics for s in shown for name in ("rmse_last", "nasa"))
    metrics = [name for name in panels_of(shown, state) if name not in GROUPS]
    columns: list[tuple[str, str, bool, int | None]] = [
        ("RMSE at best (cycles)", "rmse_last", True, 2),
        ("NASA score at best", "nasa", True, 1),
        ("RMSE at end (cycles)", "rmse_last", False, 2),
    ]
    if not own:
        ends = ((True, "best"), (False, "end"))
        columns = [(f"{name} at {end}", name, best, None) for name in metrics[:1] for best, end in ends]
    return {
        "head": ["Epochs", "Best epoch", *(head for head, *_ in columns)],
        "rows": [
            {
                "name": _name(s),
                "cells": [*_counts(s.run), *(_figure(s.run, n, at, p) for _, n, at, p in columns)],
            }
            for s in shown
        ],
    }


def _counts(run: Run) -> list[str]:
    return [number_text.count(len(run.epochs)), number_text.number(run.best_epoch, 12)]


def _figure(run: Run, name: str, at_best: bool, places: int | None) -> str:
    found = outcome_of(run, run.metrics.get(name, np.full(len(run.epochs), np.nan)))
    value = found.best if at_best else found.last
    return number_text.number(value) if places is None else differences.number(value, places)


def _judged(s: Shown, diagnosis: Diagnosis) -> dict[str, Any]:
    both = (("Balancer", diagnosis.balancer), ("Model", diagnosis.model))
    items = [_item(title, words(v.code), v) for title, v in both]
    items += [_item(words(v.code).capitalize(), "", v) for v in diagnosis.findings]
    return {"name": _name(s), "summary": diagnosis.summary, "judged": items}


def _item(title: str, code: str, verdict: Verdict) -> dict[str, str]:
    evidence = evidence_text(verdict)
    return {
        "title": title,
        "code": code,
        "sentence": verdict.sentence,
        "evidence": evidence,
        "rule": verdict.rule,
    }


def _differences(shown: Sequence[Shown], state: RunsState) -> dict[str, Any] | None:
    base = baseline_of(shown, groups_of(shown, state), state)
    if base is None:
        return None
    names, rows = differences.table(shown, state)
    return {
        "base": base.label,
        "head": differences.head(names),
        "rows": [
            {"name": _name(row.owner), "cells": texts}
            for row, texts in zip(rows, differences.cells(rows), strict=True)
        ],
    }


def _parameters(shown: Sequence[Shown]) -> list[tuple[str, list[tuple[str, list[str]]], bool]]:
    unlike, alike = (summed_up if len(shown) > NAMED else side_by_side)(shown)
    return [
        (f"{len(unlike)} that differ", unlike, True),
        (f"{len(alike)} shared by all runs", [(label, values[:1]) for label, values in alike], False),
    ]


def _made_of(shown: Sequence[Shown], state: RunsState | None) -> list[tuple[str, str]]:
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "dash", "plotly"))
    return [
        ("Logs", ", ".join(s.key for s in shown)),
        *(
            []
            if state is None
            else [("Link", f"{page_address(PATH)}?{urlencode(_changed(state), safe=',/')}")]
        ),
        ("Software", f"Python {platform.python_version()}, {packages}"),
        (
            "Rules",
            "Every verdict stands with the rule that it follows and the numbers that it rests on; regimes "
            "are found in the recorded steps, else in the records. Nothing here was simulated.",
        ),
    ]


def _changed(state: RunsState) -> dict[str, str]:
    """What a link must say: all that is not as it is at first."""
    first = to_text(RunsState())
    return {name: text for name, text in to_text(state).items() if text != first[name]}
