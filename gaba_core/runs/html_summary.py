"""A run in a notebook's cell: a small table, in the notebook's own look."""

from __future__ import annotations

from html import escape

from gaba_core import number_text
from gaba_core.runs.diagnosis.diagnose import diagnose
from gaba_core.runs.number_text import epoch_text
from gaba_core.runs.schema import Run

FEW = 6  # weights that are shown
LEFT = "text-align: left; vertical-align: top"  # notebooks set tables to the right


def html_summary(run: Run) -> str:
    """Return the table as HTML; no name of a log can become part of it."""
    found = diagnose(run)
    rows = [("Records", _length(run)), *_controller(run), *_weights(run), *_best(run)]
    rows += [("Balancer", found.balancer.sentence), ("Model", found.model.sentence)]
    body = "".join(
        f'<tr><th style="{LEFT}">{escape(name)}</th><td style="{LEFT}">{escape(text)}</td></tr>'
        for name, text in rows
    )
    return f'<table><caption style="{LEFT}">{escape(run.name)}</caption><tbody>{body}</tbody></table>'


def _length(run: Run) -> str:
    records = number_text.count(len(run.epochs))
    if not len(run.epochs):
        return records
    return f"{records}, the last of {run.unit} {epoch_text(float(run.epochs[-1]))}"


def _controller(run: Run) -> list[tuple[str, str]]:
    info = run.info
    if info is None:
        return []
    numbers = (("β", info.beta), ("floor", info.floor))
    said = [f"{name} {number_text.number(value)}" for name, value in numbers if value is not None]
    parts = [*filter(None, (info.method,)), *said]
    return [("Method", ", ".join(parts))] if parts else []


def _weights(run: Run) -> list[tuple[str, str]]:
    values = run.state if run.weights is None else run.weights
    if values is None or not len(values):
        return []
    pairs = list(zip(run.tasks, values[-1], strict=True))
    texts = [f"{name} {number_text.number(float(value))}" for name, value in pairs[:FEW]]
    more = [f"{len(pairs) - FEW} more"] if len(pairs) > FEW else []
    title = "EMA state at the end" if run.weights is None else "Weights at the end"
    return [(title, ", ".join([*texts, *more]))]


def _best(run: Run) -> list[tuple[str, str]]:
    name, index = run.best_metric, run.best_index
    if name is None or index is None:
        return []
    value = number_text.number(float(run.metrics[name][index]))
    return [("Best", f"{name} {value} at {run.unit} {epoch_text(float(run.epochs[index]))}")]
