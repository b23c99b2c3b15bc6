"""The conflict picture of the Replay view: cosines over time, their distribution, and the steps that harm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from gaba_core import number_text
from gaba_core.aggregators import cosine_histogram, gradient_cosines, harms_any, judge_conflict
from gaba_core.checks import FloatArray
from gaba_core.lru_cache import cached
from gaba_core.runs.recording import Recording
from gaba_core.runs.smoothing import running_mean

from ..layout import theme
from ..plotting.lines import line
from ..plotting.traces import QUIET, Trace
from ..run_source.styles import escaped
from .lower_figure import Layout, ladder
from .subject import ReplayedRun
from .time_axis import ReplayAxis

OVER_TIME, DISTRIBUTION = [0.0, 0.8], [0.84, 1.0]  # parts of the width: over time, and the distribution
PAIRS = 4  # of the drawn task, at most: those that oppose it most
MARKED = 200  # harmful steps that are marked at most
TICK = 0.05  # from the middle of a mark to its end
Pair = tuple[int, int]


def cosines(
    axis: ReplayAxis,
    subject: ReplayedRun,
    recording: Recording,
    gramians: FloatArray,
    weights: FloatArray,
    layout: Layout,
) -> dict[str, Any]:
    """Return data and layout of the cosines of a task's gradient with others', and of the worst pair.

    Args:
        axis: of time.
        subject: the run, with the task that is drawn.
        recording: its steps.
        gramians: (N, K, K) of these.
        weights: (N, K) of the replay, whose harmful steps are marked.
        layout: of a picture with this axis.
    """
    drawn = _along(axis, recording, subject.task, subject.run.tasks)
    upright = {"title": {"text": "cosine"}, "range": [-1.05, 1.05], "dtick": 0.5}
    largest = max((one["largest"] for one in drawn), default=0.0)
    top = ladder(largest)
    top = top if top < 1.1 * largest else top / 2.0
    share_axis = {
        "title": {"text": "share"},
        "domain": DISTRIBUTION,
        "anchor": "y",
        "range": [0.0, 1.15 * max(largest, top)],
        "tickvals": [0.0, top],
        "ticktext": ["0", number_text.percent(top)],
        "tickangle": 0,
        "fixedrange": True,
    }
    around = layout(axis, upright)
    legend = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0.0}
    return {
        "data": [
            line("zero", axis.range, [0.0, 0.0], "", theme.THEORY, width=1.2) | QUIET,
            *(dict(trace) for one in drawn for trace in one["traces"]),
            _harmful(axis, recording, gramians, weights, [one["pair"] for one in drawn]),
        ],
        "layout": {
            **around,
            "xaxis": {**around["xaxis"], "domain": OVER_TIME},
            "xaxis2": share_axis,
            "showlegend": True,
            "legend": legend,
        },
    }


@cached(32 * 2**20)
def _along(axis: ReplayAxis, recording: Recording, task: int, tasks: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return what no slider moves: the lines of each drawn pair, over time and as a distribution.

    The mean is over an epoch, or a twentieth of the run where the log does not say how long one is.
    """
    gramians = recording.gramians
    if gramians is None:
        return []
    elapsed = recording.elapsed.astype(np.float64)
    every, histogram = gradient_cosines(gramians), cosine_histogram(gramians)
    width = min(len(every), recording.per_epoch or max(1, len(every) // 20))
    found = []
    for uid, (first, second) in _pairs(gramians, task).items():
        color = theme.SEED_STYLES[(second if uid != "worst" else task) % len(theme.SEED_STYLES)].color
        name = escaped(f"{tasks[first]}, {tasks[second]}")
        values, shares = every[:, first, second], histogram.shares[first, second]
        thin = line(f"cosine-{uid}", [], [], name, color, width=0.8) | {"opacity": 0.4} | QUIET
        bold = line(f"cosine-mean-{uid}", [], [], name, color, width=2.2)
        mean = axis.coordinates(elapsed, running_mean(values, width))
        steps = np.concatenate([[0.0], np.repeat(shares, 2), [0.0]]), np.repeat(histogram.edges, 2)
        outline = line(f"cosine-share-{uid}", *steps, f"{name}: share of steps", color, width=1.6)
        traces = [
            thin | axis.coordinates(elapsed, values),
            bold | mean | {"hovertemplate": "%{y:.3~f}", "showlegend": True},
            outline | QUIET | {"xaxis": "x2"},
        ]
        found.append({"pair": (first, second), "largest": float(shares.max()), "traces": traces})
    return found


def _pairs(gramians: FloatArray, task: int) -> dict[str, Pair]:
    """Return the drawn task with each other one, or with those that oppose it most, and the worst pair."""
    mean = np.nan_to_num(gradient_cosines(gramians)[:, task], nan=1.0).mean(axis=0)
    others = [k for k in np.argsort(mean, kind="stable").tolist() if k != task][:PAIRS]
    found = {str(k): (task, k) for k in sorted(others)}
    verdict = judge_conflict(gramians)
    if verdict is not None and not any(set(verdict.opposed) == set(pair) for pair in found.values()):
        found["worst"] = verdict.opposed
    return found


def _harmful(
    axis: ReplayAxis, recording: Recording, gramians: FloatArray, weights: FloatArray, pairs: Sequence[Pair]
) -> Trace:
    """Return a short upright stroke at the lowest drawn cosine of each step that harms a task, thinned."""
    elapsed = recording.elapsed.astype(np.float64)
    at = np.flatnonzero(harms_any(gramians, weights)[axis.shown(elapsed)])
    at = at[_evenly(len(at))]
    first, second = (list(side) for side in zip(*pairs, strict=True))
    lowest = gradient_cosines(gramians[at])[:, first, second].min(axis=1, initial=1.0)
    gap = np.full(len(at), np.nan)
    x = np.column_stack([axis.x(elapsed[at])] * 2 + [gap]).ravel()
    y = np.column_stack([lowest - TICK, lowest + TICK, gap]).ravel()
    drawn = line("harmful", x, y, "replayed: harms a task", theme.HARM, width=1.6)
    return drawn | QUIET | {"showlegend": True}


def _evenly(count: int) -> npt.NDArray[np.int64]:
    """Return which of so many steps are marked: all, or as many as are marked at most."""
    return np.unique(np.linspace(0, count - 1, min(count, MARKED)).astype(np.int64))
