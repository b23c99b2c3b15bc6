"""Pictures of the Replay view: the recorded weight and a replayed or simulated one; plain dicts."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.lru_cache import cached
from gaba_core.projection import weight_bounds
from gaba_core.runs.replay_schemes import ANY_SUM, REPLAY_SCHEMES
from gaba_core.runs.simulated_twin import Recorded, path_at

from ..layout import theme
from ..plotting.lines import line
from ..plotting.traces import QUIET, Trace
from ..run_source.styles import escaped
from .cosine_figure import cosines
from .lower_figure import apart, norms
from .state import ReplayState
from .subject import Counterpart, ReplayedRun, controller
from .time_axis import ReplayAxis, replay_axis

MARGIN = {"l": 84, "r": 16, "t": 10, "b": 44}
HALF = 0.52  # weights that never rise above it are drawn on the lower half
ROUNDING = 1e-6
WORDS = 48  # letters in a line of words: a phone shows as many
JAGGED = 1.4  # width of a line that no average smooths: a wider one would hide what was recorded
MARKED = 150  # records up to which each is marked
RECORDED, SECOND, FITTED = theme.THEORY, theme.SEED_STYLES[0].color, theme.GHOST
SAVED = QUIET | {
    "showlegend": True
}  # in the legend of a saved picture; on the page a line of keys stands above
Picture = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """What both pictures are made from; `own` and `second` are the drawn task's, recorded and compared."""

    subject: ReplayedRun
    state: ReplayState
    axis: ReplayAxis
    path: Recorded
    counterpart: Counterpart
    own: FloatArray
    second: FloatArray


def replay_pictures(
    subject: ReplayedRun, state: ReplayState, path: Recorded, counterpart: Counterpart, text: dict[str, str]
) -> dict[str, Picture]:
    """Return the weights, and below them what lies between them, as key, data, layout and text."""
    second = counterpart.state if path.weights is None else counterpart.weights
    k, axis = subject.task, replay_axis(subject, path, state)
    d = _Drawn(subject, state, axis, path, counterpart, path.drawn[:, k], second[:, k])
    width = 4.2 if state.averages else JAGGED
    bold = _line("second", _name(state), SECOND, width, "solid")
    data = [
        *_levels(d),
        *_ema(d),
        bold | axis.coordinates(counterpart.elapsed, d.second),
        *_fitted(d),
        _recorded(d),
    ]
    key = key_of(subject, state)
    upright = {"title": {"text": _what(d)}, "range": _heights(d)}
    main = {"key": key, "data": data, "layout": _layout(axis, upright), "text": text}
    return {"main": main, "below": {"key": key, **_below(d), "text": {}}}


def key_of(subject: ReplayedRun, state: ReplayState) -> str:
    """Same key, same traces: what a dragged number never changes."""
    parts = (state.mode, state.scheme, str(subject.task), state.x, state.window, state.below)
    return "/".join((*parts, ",".join(state.show), subject.key))


def nothing(subject: ReplayedRun, state: ReplayState, why: str, text: dict[str, str]) -> dict[str, Picture]:
    """Return pictures that say why there is nothing to draw."""
    blank = {"visible": False, "range": [0.0, 1.0]}
    data = [{**line("nothing", [0.0], [0.0], "", RECORDED), **QUIET, "opacity": 0}]
    lines = "<br>".join(textwrap.wrap(escaped(why), WORDS))
    middle = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper"}
    said = {"text": lines, "showarrow": False, "font": {"size": 14}, **middle}
    layout = {"xaxis": blank, "yaxis": blank}
    empty = {"key": key_of(subject, state), "data": data, "layout": layout, "text": {}}
    return {"main": {**empty, "layout": {**layout, "annotations": [said]}, "text": text}, "below": empty}


def key_lines(picture: Picture) -> list[tuple[str, str]]:
    """Return the name of each line that a picture draws, and its look as a CSS border."""
    drawn = {trace["uid"]: trace for trace in picture["data"]}
    order = ("recorded", "second", "fitted", "state-recorded", "state-second", "floor", "bound")
    looks = {"solid": "solid", "dash": "dashed", "dot": "dotted"}
    found = [drawn[uid] for uid in order if uid in drawn]
    return [
        (t["name"], f"{t['line']['width']}px {looks[t['line']['dash']]} {t['line']['color']}") for t in found
    ]


def _name(state: ReplayState) -> str:
    return "simulated" if state.mode == "compare" else f"replayed: {REPLAY_SCHEMES[state.scheme].label}"


def _line(uid: str, name: str, color: str, width: float, dash: str) -> Trace:
    return line(uid, [], [], name, color, width=width, dash=dash)


def _recorded(d: _Drawn) -> Trace:
    thin = _line("recorded", "recorded", RECORDED, 1.8, "solid")
    drawn = thin | _recorded_trace(d.axis, d.path, d.subject.task, is_state=d.path.weights is None)
    if d.path.by_step or d.axis.shown(d.path.elapsed).stop > MARKED:
        return drawn
    return drawn | {"mode": "lines+markers", "marker": {"size": 6, "color": RECORDED}}


@cached(32 * 2**20)
def _recorded_trace(axis: ReplayAxis, path: Recorded, task: int, *, is_state: bool) -> Trace:
    """Return what no slider moves: the coordinates of a recorded line."""
    table = path.state if is_state and path.state is not None else path.drawn
    return axis.coordinates(path.elapsed, table[:, task])


def _fitted(d: _Drawn) -> list[Trace]:
    if d.counterpart.fitted is None:
        return []
    drawn = _line("fitted", "fitted", FITTED, 2.2, "dash")
    return [drawn | d.axis.coordinates(d.path.elapsed, d.counterpart.fitted)]


def _ema(d: _Drawn) -> list[Trace]:
    if not d.state.shows.state:
        return []
    k = d.subject.task
    drawn = []
    if d.state.averages:
        second = _line("state-second", f"EMA state, {_name(d.state)}", SECOND, 1.8, "dot")
        drawn.append(second | d.axis.coordinates(d.counterpart.elapsed, d.counterpart.state[:, k]))
    if d.path.state is not None and d.path.weights is not None:
        own = _line("state-recorded", "EMA state, recorded", RECORDED, 1.8, "dot")
        drawn.append(own | _recorded_trace(d.axis, d.path, k, is_state=True))
    return drawn


def _levels(d: _Drawn) -> list[Trace]:
    """The floor, which can be dragged, and the smallest weight that it allows."""
    if not d.state.reads("floor"):
        return []
    tasks = len(d.subject.run.tasks)
    floor = controller(d.state, tasks).floor
    bound, _ = weight_bounds(tasks, floor)
    across = d.axis.range
    return [
        line("floor", across, [floor] * 2, "floor", theme.FLOOR, width=1.6, dash="dash") | SAVED,
        line("bound", across, [bound] * 2, "exact lower bound", theme.BOUND, width=1.4, dash="dot") | SAVED,
    ]


def _heights(d: _Drawn) -> list[float]:
    """Return the lower half of the unit interval, all of it, or more where a method leaves it."""
    known = d.own[np.isfinite(d.own)]
    if d.state.mode == "replay" and d.state.scheme in ANY_SUM:
        known = np.concatenate([known, d.second[np.isfinite(d.second)]])
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    if low < -ROUNDING or high > 1.0 + ROUNDING:
        return [max(low, -1.0) - 0.05, min(high, 2.0) + 0.05]
    return [0.0, 0.56 if high <= HALF else 1.03]


def _below(d: _Drawn) -> Picture:
    elapsed, recording = d.path.elapsed, d.subject.recording
    if d.state.mode == "replay":
        if d.state.below == "norms" and recording is not None:
            times = recording.elapsed.astype(np.float64)
            return norms(d.axis, times, recording.norms, d.subject.run.tasks, _layout)
        gramians = None if recording is None else recording.gramians
        if d.state.below == "cosine" and recording is not None and gramians is not None:
            return cosines(d.axis, d.subject, recording, gramians, d.counterpart.weights, _layout)
        second = d.second
        if len(second) != len(elapsed):
            second = np.interp(elapsed, d.counterpart.elapsed, d.second, left=np.nan, right=np.nan)
        lines = {"difference": (second - d.own, "replayed − recorded", SECOND, "solid")}
        return apart(d.axis, elapsed, lines, _layout)
    off = d.own - path_at(d.second, elapsed)
    lines = {"difference": (off, "recorded − simulated", SECOND, "solid")}
    if d.counterpart.fitted is not None:
        lines["fit-residual"] = (d.own - d.counterpart.fitted, "recorded − fitted", FITTED, "dash")
    return apart(d.axis, elapsed, lines, _layout)


def _what(d: _Drawn) -> str:
    quantity = "EMA state" if d.path.weights is None else "weight"
    return escaped(f"{quantity}, {d.subject.task_name}")


def _layout(axis: ReplayAxis, upright: dict[str, Any]) -> Picture:
    return {
        "uirevision": f"{axis.title}/{axis.end}",
        "margin": MARGIN,
        "hovermode": "x unified",
        "hoverlabel": {"namelength": -1},
        "showlegend": False,
        "xaxis": axis.layout(),
        "yaxis": upright,
    }
