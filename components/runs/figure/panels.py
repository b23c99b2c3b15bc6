"""The Runs picture before it is drawn: panels one above the other on one time axis, with their lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from gaba_core.runs.implied_state import known_state

from ...run_source.selected_run import Shown
from ..groups import Group, groups_of
from ..labels import axis_title, holds_weights, panels_of, tasks_of, weights_title
from ..state import NAMED, RunsState
from ..time_axis import TimeAxis
from .curves import Maker, Mean, RunCurve, less, means_of, metric_curves, weight_curves

WEIGHTS = "weights"
GROUP = "group: "


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """One of the pictures that share the time axis.

    Attributes:
        name: WEIGHTS, a metric, or a key of `runs_text.GROUPS`.
        yaxis: "y" for the weights at the top, where any run has some, then "y2" ...
        runs: each run with its lines.
        means: each group with its mean lines.
    """

    name: str
    yaxis: str
    title: str
    runs: tuple[tuple[Shown, tuple[RunCurve, ...]], ...]
    means: tuple[tuple[Group, tuple[Mean, ...]], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """Everything that the picture draws.

    Attributes:
        tasks: those whose weights are drawn.
        baseline: what the lines are differences from; None where they are as logged.
    """

    axis: TimeAxis
    tasks: tuple[str, ...]
    panels: tuple[Panel, ...]
    groups: tuple[Group, ...]
    baseline: Shown | Group | None


def board_of(shown: Sequence[Shown], state: RunsState) -> Board:
    """Return panels, groups and baseline of the runs."""
    axis, tasks = TimeAxis(shown, state), tasks_of(shown, state)
    groups = groups_of(shown, state)
    base = baseline_of(shown, groups, state)
    switched = {"applied": state.shows.applied, "state": state.shows.state}
    kinds = [kind for kind, on in switched.items() if on]
    if groups or len(shown) > NAMED:
        kinds = [kind for kind in kinds if _is_held(kind, shown)][:1]
    weights: Maker = partial(weight_curves, axis=axis, tasks=tasks, kinds=kinds)
    below = panels_of(shown, state)
    weighted = holds_weights(shown) or not below
    makers = {WEIGHTS: weights} if weighted else {}
    makers |= {name: partial(metric_curves, axis=axis, metric=name, smooth=state.smooth) for name in below}
    panels = [
        _panel(name, f"y{i}" if i > 1 else "y", _title(name, tasks, base), maker, shown, groups, base)
        for i, (name, maker) in enumerate(makers.items(), start=1 if weighted else 2)
    ]
    return Board(axis, tasks, tuple(panels), groups, base)


def _is_held(kind: str, shown: Sequence[Shown]) -> bool:
    if kind == "applied":
        return any(s.run.weights is not None for s in shown)
    return any(known_state(s.run) is not None for s in shown)


def baseline_of(shown: Sequence[Shown], groups: Sequence[Group], state: RunsState) -> Shown | Group | None:
    """Return the run or the group that the others are compared with; None where it is not drawn."""
    named: dict[str, Shown | Group] = {s.key: s for s in shown}
    named |= {GROUP + group.key: group for group in groups}
    return named.get(state.baseline)


def baseline_options(shown: Sequence[Shown], state: RunsState) -> list[dict[str, str]]:
    """Return what the baseline selector offers."""
    groups = [
        {"value": GROUP + g.key, "label": f"Mean of {g.label}"}
        for g in groups_of(shown, state)
        if len(g.members) > 1
    ]
    none = [{"value": "", "label": "No baseline"}]
    return none + groups + [{"value": s.key, "label": s.label} for s in shown]


def _panel(
    name: str,
    yaxis: str,
    title: str,
    maker: Maker,
    shown: Sequence[Shown],
    groups: Sequence[Group],
    base: Shown | Group | None,
) -> Panel:
    curves = {s.key: maker(s) for s in shown}
    if base is not None:
        below = curves[base.key] if isinstance(base, Shown) else means_of(base, lambda s: curves[s.key])
        curves = {key: less(lines, below) for key, lines in curves.items()}
    means = [(group, tuple(means_of(group, lambda s: curves[s.key]))) for group in groups]
    return Panel(name, yaxis, title, tuple((s, tuple(curves[s.key])) for s in shown), tuple(means))


def _title(name: str, tasks: Sequence[str], base: Shown | Group | None) -> str:
    title = weights_title(tasks) if name == WEIGHTS else axis_title(name)
    return title if base is None else f"Δ {title}"
