"""The numbers at the playhead: which columns, and every run's values at every position."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

import numpy as np

from gaba_core import number_text
from gaba_core.checks import FloatArray
from gaba_core.runs import Run, record_steps
from gaba_core.runs.ensemble import quantiles_of
from gaba_core.runs.implied_state import known_state
from gaba_core.runs.schema import Bools

from ..run_source.selected_run import Shown
from .labels import GROUPS, METRICS, holds_weights, metric_label, panels_of, tasks_of
from .state import LINES, NAMED, RunsState
from .time_axis import TimeAxis

MISSING = "–"
FOUR = -4  # in place of decimals: four significant digits, for numbers of any size
MOST = 2000  # positions; where there are more, a slider a thousand pixels wide could not be set to each
POSITIONS = 600  # at most where runs do not share them
LEVELS = (0.95, 0.75, 0.5, 0.25, 0.05)
QUANTILES = ("95th percentile", "75th percentile", "Median", "25th percentile", "5th percentile")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the read-outs at the playhead; `digits` are decimals, or FOUR."""

    name: str
    label: str
    help: str
    digits: int


def columns(shown: Sequence[Shown], state: RunsState) -> tuple[Column, ...]:
    """Return the columns of the read-outs at the playhead."""
    found = []
    for task in tasks_of(shown, state):
        found.append(
            Column(
                f"w {task}", f"Weight {task}", "The factor applied to the loss at the end of this epoch.", 5
            )
        )
        if any(known_state(s.run) is not None for s in shown):
            words = "The moving average before floor and renormalising."
            found.append(Column(f"s {task}", f"EMA state {task}", words, 5))
    usual = (
        Column("rmse_last", "RMSE (cycles)", "Over the last window of each test engine.", 3),
        Column("nasa", "NASA score", "Late predictions cost more than early ones; smaller is better.", 1),
        Column("ratio_p50", "Gradient ratio", "Median over the epoch's steps: first task over second.", 1),
    )
    found += [c for c in usual if not shown or any(c.name in s.run.metrics for s in shown)]
    if "losses" in panels_of(shown, state) and not holds_weights(shown):
        losses = {name: task for s in shown for task, name in s.run.losses.items()}
        found += [Column(name, f"Loss {task}", "As logged.", FOUR) for name, task in losses.items()]
    known = {c.name for c in found}
    more = [name for name in panels_of(shown, state) if name not in GROUPS and name not in known]
    drawn = "Drawn below the weights."
    digits = {name: 4 if name in METRICS else FOUR for name in more}
    return (*found, *(Column(name, metric_label(name), drawn, digits[name]) for name in more))


def playhead(shown: Sequence[Shown], state: RunsState) -> dict[str, Any]:
    """Return what the browser needs to move the playhead: positions, and every run's numbers at each.

    The numbers are the file's own; of more than NAMED runs they are the quantiles of those. In epochs they
    are those of the same epoch, of which the last record counts; in steps and seconds, those of the last
    record by then.
    """
    if not shown:
        return {"epochs": [], "xs": [], "words": [], "digits": [], "best": 0, "values": []}
    wanted, axis = columns(shown, state), TimeAxis(shown, state)
    by_epoch = axis.unit == "epochs"
    epochs, xs, picks = _by_epoch(shown, axis) if by_epoch else _by_time(shown, axis)
    leading = next((s for s in shown if s.run.best_index is not None), shown[0])
    best = leading.run.best_index
    at = xs.size - 1 if best is None else int(np.abs(xs - axis.records(leading.run)[best]).argmin())
    steps = _first_known([_taken(record_steps(s.run), rows) for s, rows in zip(shown, picks, strict=True)])
    values = [_values(s.run, wanted, rows) for s, rows in zip(shown, picks, strict=True)]
    if len(shown) > NAMED:
        values = list(_ranked(np.array(values)))
    return {
        "epochs": epochs.tolist(),
        "xs": xs.tolist(),
        "words": [_words(e, n, x, axis) for e, n, x in zip(epochs, steps, xs, strict=True)],
        "digits": [c.digits for c in wanted],
        "best": at,
        "values": [[[None if np.isnan(v) else v for v in row] for row in table.tolist()] for table in values],
    }


def _ranked(values: FloatArray) -> FloatArray:
    """Return (L, C, P): the quantiles of the runs' numbers, (R, C, P)."""
    return np.array([quantiles_of(values[:, c], LEVELS)[0] for c in range(values.shape[1])]).swapaxes(0, 1)


def cell(value: float | None, digits: int) -> str:
    """Return one number of the read-outs; `assets/runs_playhead.mjs` writes the same, ties included."""
    if value is None:
        return MISSING
    size = abs(value)
    exact = Decimal(value + 0.0)  # no -0
    with localcontext(rounding=ROUND_HALF_UP):
        if digits == FOUR and size and not 1e-4 <= size < 1e7:
            mantissa, _, exponent = f"{exact:.3e}".partition("e")
            return f"{mantissa}×{number_text.power_of_ten(int(exponent))}"
        if digits == FOUR:
            digits = 3 - math.floor(math.log10(size)) if 0 < size < 1000.0 else 0
        return f"{exact:.{digits}f}"


def _by_epoch(shown: Sequence[Shown], axis: TimeAxis) -> tuple[FloatArray, FloatArray, list[FloatArray]]:
    """Every epoch of any run; of each run the row that holds it, NaN where none does."""
    places = [s.run.epochs.astype(np.float64) for s in shown]
    shift = 1.0 if axis.log else 0.0
    epochs = _offered(_distinct(places) + shift, shown, axis) - shift
    return epochs, epochs + shift, [_rows_at(own, epochs) for own in places]


def _distinct(places: Sequence[FloatArray]) -> FloatArray:
    """Every place of any run, ascending; that of a single plain run is its own, which saves sorting it."""
    first = places[0]
    alike = all(own.size == first.size and bool((own == first).all()) for own in places[1:])
    return first if alike and bool((np.diff(first) > 0).all()) else np.unique(np.concatenate(places))


def _rows_at(own: FloatArray, epochs: FloatArray) -> FloatArray:
    """The last row that holds each epoch, NaN where none does."""
    order = np.argsort(own, kind="stable")  # fast where it is sorted already
    rows = np.searchsorted(own[order], epochs, side="right") - 1
    found = order[np.maximum(rows, 0)]
    return np.where((rows >= 0) & (own[found] == epochs), found, np.nan)


def _offered(places: FloatArray, shown: Sequence[Shown], axis: TimeAxis) -> FloatArray:
    """The places of the playhead: all, or of very many MOST of the visible ones, and best epochs."""
    most = MOST if len(shown) <= LINES else POSITIONS
    if places.size <= most:
        return places
    low, high = axis.view or (places[0], places[-1])
    seen = places[(places >= low) & (places <= high)]
    seen = seen if seen.size else places
    marked = [s for s in shown[:NAMED] if s.run.best_index is not None]
    best = [axis.records(s.run)[s.run.best_index] for s in marked]
    within = [place for place in best if seen[0] <= place <= seen[-1]]
    return np.unique(np.concatenate([seen[:: -(-seen.size // most)], seen[-1:], within]))


def _by_time(shown: Sequence[Shown], axis: TimeAxis) -> tuple[FloatArray, FloatArray, list[FloatArray]]:
    """Every time of any record, thinned where runs do not share them; of each run the last row by then."""
    places = [axis.records(s.run) for s in shown]
    xs = _distinct(places)
    if xs.size > max(POSITIONS, *(p.size for p in places)):
        xs = np.unique(np.concatenate([places[0], xs[:: -(-xs.size // POSITIONS)], xs[-1:]]))
    xs = _offered(xs, shown, axis)
    picks = []
    for x in places:
        order = np.argsort(x, kind="stable")
        found = np.searchsorted(x[order], xs, side="right") - 1
        over = (found < 0) | (xs > x.max())
        picks.append(np.where(over, np.nan, order[np.maximum(found, 0)]))
    epochs = _first_known(
        [_taken(s.run.epochs.astype(np.float64), rows) for s, rows in zip(shown, picks, strict=True)]
    )
    return epochs, xs, picks


def _words(epoch: float, step: float, x: float, axis: TimeAxis) -> str:
    text = f"{axis.counted} {number_text.number(epoch, 12)}"
    if axis.unit == "seconds":
        return f"{number_text.fixed(x, 1)} s, {text}"
    if axis.counted == "step":
        return text
    return text if np.isnan(step) else f"{text}, step {number_text.count(round(step))}"


def _values(run: Run, wanted: Sequence[Column], rows: FloatArray) -> FloatArray:
    """Return (C, P): each wanted column at each position."""
    table: dict[str, FloatArray | None] = {}
    for kind, values in (("w", run.weights), ("s", known_state(run))):
        for k, t in enumerate(run.tasks):
            table[f"{kind} {t}"] = None if values is None else _held(run, values[:, k], run.silent)
    return np.array([_taken(table.get(c.name, _logged(run, c.name)), rows) for c in wanted])


def _logged(run: Run, name: str) -> FloatArray | None:
    """The metric with what an earlier record of the same epoch said where a later one says nothing."""
    values = run.metrics.get(name)
    return None if values is None else _held(run, values, run.unlogged.get(name))


def _held(run: Run, values: FloatArray, absent: Bools | None) -> FloatArray:
    """The values with what an earlier record of the same epoch said where a later one says nothing."""
    if absent is None:
        return values
    last = np.maximum.accumulate(np.where(absent, -1, np.arange(values.size)))
    known = (last >= 0) & (run.epochs[np.maximum(last, 0)] == run.epochs)
    return np.where(known, values[np.maximum(last, 0)], np.nan)


def _taken(values: FloatArray | None, rows: FloatArray) -> FloatArray:
    """The values at these rows; NaN where there is no such row or nothing to take."""
    if values is None:
        return np.full(rows.size, np.nan)
    known = np.isfinite(rows)
    return np.where(known, values[np.where(known, rows, 0).astype(np.int64)], np.nan)


def _first_known(rows: Sequence[FloatArray]) -> FloatArray:
    out = np.full(rows[0].size, np.nan)
    for row in rows:
        out = np.where(np.isnan(out), row, out)
    return out
