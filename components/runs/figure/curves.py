"""What the Runs picture draws, as numbers: lines of runs, smoothed, averaged over groups, less a baseline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs import Run, difference, smoothed, spread
from gaba_core.runs.implied_state import known_state
from gaba_core.runs.restarts import resumed
from gaba_core.runs.schema import Integers

from ...run_source.selected_run import Shown
from ..groups import Group
from ..labels import logged, members
from ..time_axis import TimeAxis


@dataclass(frozen=True, slots=True, eq=False)
class RunCurve:
    """A line of one run.

    Attributes:
        kind: "applied", "state" or "metric".
        what: task, member of a group of metrics, or metric.
        index: place among those of its kind.
        x, y: (P,) each.
        raw: (P,) as logged, where y is smoothed.
        around: (P,) each, lower and upper end of what the line stands for, or None.
        breaks: places on the axis at which the run was resumed: the line breaks there.
    """

    kind: str
    what: str
    index: int
    x: FloatArray
    y: FloatArray
    raw: FloatArray
    around: tuple[FloatArray, FloatArray] | None = None
    breaks: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Mean:
    """Mean of a quantity over the runs of a group; `sd` and `count` as in `gaba_core.runs.Spread`.

    Attributes:
        raw: (P,) mean of the lines as logged.
        members: how many runs of the group have the quantity.
    """

    kind: str
    what: str
    index: int
    x: FloatArray
    y: FloatArray
    raw: FloatArray
    sd: FloatArray
    count: FloatArray
    members: int = 1


Maker = Callable[[Shown], list[RunCurve]]


def weight_curves(s: Shown, axis: TimeAxis, tasks: Sequence[str], kinds: Sequence[str]) -> list[RunCurve]:
    """Return the run's applied weights and EMA states, every step of them where time is drawn in steps."""
    run = s.run
    source = run.steps if axis.unit == "steps" and run.steps is not None else run
    x = axis.records(run) if source is run else axis.steps(run, run.steps.step)  # type: ignore[union-attr]
    tables = {"state": known_state(run) if source is run else source.state, "applied": source.weights}
    rows, breaks = _counting(run, x) if source is run and x is not None else (slice(None), ())
    found = []
    for kind in ("state", "applied"):
        table = tables[kind]
        if kind not in kinds or table is None or x is None:
            continue
        for index, task in enumerate(run.tasks):
            if task in tasks:
                y = table[rows, index]
                found.append(RunCurve(kind, task, index, x[rows], y, y, breaks=breaks))
    return found


def _counting(
    run: Run, x: FloatArray, spoken: Integers | None = None
) -> tuple[slice | Integers, tuple[float, ...]]:
    """Return the records that are drawn and where the run was resumed: none that logs nothing, none old."""
    again = resumed(run)
    rows = again.records
    breaks = tuple(x[rows[again.starts]].tolist())
    silent = run.silent if spoken is None else None
    if silent is not None:
        rows = rows[~silent[rows]]
    if spoken is not None and spoken.size < x.size:
        rows = np.intersect1d(rows, spoken)
    return (slice(None) if rows.size == x.size else rows), breaks


def metric_curves(s: Shown, axis: TimeAxis, metric: str, smooth: float) -> list[RunCurve]:
    """Return the metric's line, or every line of a group of metrics."""
    x, found = axis.records(s.run), []
    for index, (what, values) in enumerate(members(s.run, metric).items()):
        around = _around(s.run, smooth) if metric == "ratio" else None
        rows, breaks = _counting(s.run, x, logged(s.run, metric, what))
        values = values[rows]
        band = None if around is None else (around[0][rows], around[1][rows])
        line = smoothed(values, smooth)
        found.append(RunCurve("metric", what, index, x[rows], line, values, band, breaks))
    return found


def _around(run: Run, smooth: float) -> tuple[FloatArray, FloatArray]:
    return smoothed(run.metrics["ratio_p05"], smooth), smoothed(run.metrics["ratio_p95"], smooth)


def means_of(group: Group, curves: Maker) -> list[Mean]:
    """Return the mean of each quantity over a group's runs; that of a single run is its own line."""
    found: dict[tuple[str, str, int], list[RunCurve]] = {}
    for s in group.members:
        for curve in curves(s):
            found.setdefault((curve.kind, curve.what, curve.index), []).append(curve)
    return [_mean(key, lines) for key, lines in found.items()]


def _mean(key: tuple[str, str, int], lines: Sequence[RunCurve]) -> Mean:
    if len(lines) == 1:
        one = lines[0]
        return Mean(*key, one.x, one.y, one.raw, np.full(one.x.size, np.nan), np.isfinite(one.y) * 1.0)
    over = spread([(line.x, line.y) for line in lines])
    plain = all(line.raw is line.y for line in lines)
    raw = over.mean if plain else spread([(line.x, line.raw) for line in lines]).mean
    return Mean(*key, over.x, over.mean, raw, over.sd, over.count, len(lines))


def less(curves: Sequence[RunCurve], base: Sequence[RunCurve | Mean]) -> list[RunCurve]:
    """Return the curves minus the baseline's line of the same quantity; one that it lacks is left out."""
    known = {(b.kind, b.what): b for b in base}
    found = []
    for curve in curves:
        b = known.get((curve.kind, curve.what))
        if b is not None:
            y = difference((curve.x, curve.y), (b.x, b.y))[1]
            raw = y if curve.raw is curve.y else difference((curve.x, curve.raw), (b.x, b.raw))[1]
            found.append(replace(curve, y=y, raw=raw, around=None))
    return found
