"""Words of the Runs view: metrics with their units, what is drawn where, regimes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args
from urllib.parse import unquote

import numpy as np

from gaba_core import number_text
from gaba_core.checks import FloatArray
from gaba_core.regimes import Regime, RegimeName
from gaba_core.runs import Run, regimes_of, steps_per_epoch
from gaba_core.runs.judged_metric import judged_metric
from gaba_core.runs.schema import Integers

from ..run_source.runs_link import quoted
from ..run_source.selected_run import Shown
from .state import ALL_TASKS, MAX_PANELS, RunsState

METRICS = {
    "rmse_last": "RMSE, last window (cycles)",
    "nasa": "NASA score",
    "rmse_all": "RMSE, all windows (cycles)",
    "health_accuracy": "Health accuracy (%)",
    "health_f1": "Health F1 (%)",
    "seconds": "Time per epoch (s)",
}
GROUPS = {
    "ratio": "Gradient ratio, 5th to 95th percentile",
    "norms": "Gradient norms by task",
    "losses": "Losses by task",
}
REGIMES: tuple[str, ...] = get_args(RegimeName)


def tasks_of(shown: Sequence[Shown], state: RunsState) -> tuple[str, ...]:
    """Return the tasks whose weights are drawn; the first run's first where the wish cannot be met."""
    tasks = tuple(dict.fromkeys(task for s in shown for task in s.run.tasks))
    if state.task == ALL_TASKS:
        return tasks
    return (state.task,) if state.task in tasks else tasks[:1]


def holds_weights(shown: Sequence[Shown]) -> bool:
    """Whether any of the runs has weights or an EMA state to draw."""
    return any(s.run.weights is not None or s.run.state is not None for s in shown)


def task_options(shown: Sequence[Shown]) -> list[dict[str, str]]:
    """Return what the task selector offers."""
    tasks = dict.fromkeys(task for s in shown for task in s.run.tasks)
    return [{"value": t, "label": t} for t in tasks if t != ALL_TASKS] + (
        [{"value": ALL_TASKS, "label": "All tasks"}] if len(tasks) > 1 else []
    )


def metric_options(shown: Sequence[Shown]) -> list[dict[str, str]]:
    """Return what the metric selector offers: what models are judged by, groups, then every metric.

    Of runs without weights the groups come first: they are all there is of the balance.
    """
    names = dict.fromkeys(name for s in shown for name in s.run.metrics)
    groups = [g for g in GROUPS if any(members(s.run, g) for s in shown)]
    known = [name for name in METRICS if name in names]
    rest = [name for name in names if name not in METRICS and name != "step" and name not in GROUPS]
    judged = {found.name for s in shown if (found := judged_metric(s.run)) is not None}
    clocks = {name for s in shown if s.run.reading for name in s.run.reading.mapping.clocks}
    rest.sort(key=lambda name: (name not in judged, name in clocks))
    ahead = sum(name in judged for name in rest) if holds_weights(shown) else 0
    order = (*known[:2], *rest[:ahead], *groups, *known[2:], *rest[ahead:])
    return [{"value": quoted(n), "label": metric_label(n)} for n in order]


def panels_of(shown: Sequence[Shown], state: RunsState) -> tuple[str, ...]:
    """Return what is drawn below the weights; the first on offer where no wish can be met.

    A run without weights that has none of it adds a panel of its own: no run that is ticked stays unseen.
    """
    offered = [unquote(option["value"]) for option in metric_options(shown)]
    wanted = tuple(name for name in state.metrics if name in offered)
    wanted = wanted if wanted or not state.metric else tuple(offered[:1])
    for s in shown:
        if len(wanted) < MAX_PANELS and not _is_drawn(s.run, wanted):
            wanted += tuple(unquote(option["value"]) for option in metric_options((s,))[:1])
    return wanted


def panels_hint(shown: Sequence[Shown], state: RunsState) -> str:
    """Return what stands in the selector of panels: what is drawn where no wish of the reader can be met."""
    drawn = panels_of(shown, state)
    if drawn and not set(drawn) & set(state.metrics):
        return f"Drawn: {', '.join(metric_label(name) for name in drawn)}"
    return "Add a panel" if len(drawn) < MAX_PANELS else ""


def _is_drawn(run: Run, panels: Sequence[str]) -> bool:
    return run.weights is not None or run.state is not None or any(members(run, name) for name in panels)


def metric_label(name: str) -> str:
    """Return the metric's name with its unit."""
    return METRICS.get(name) or GROUPS.get(name) or name


def axis_title(name: str) -> str:
    """Return the metric's name as it fits along an axis."""
    short = {"ratio": "gradient ratio", "norms": "gradient norm", "losses": "loss"}
    return short.get(name, metric_label(name)).replace(", last window", "").replace(", all windows", "")


def weights_title(tasks: Sequence[str]) -> str:
    """Return the title of the axis of the weights."""
    return f"weight, {tasks[0]}" if len(tasks) == 1 else "weights"


def members(run: Run, group: str) -> dict[str, FloatArray]:
    """Return the lines of one group of metrics by label; of a single metric, itself."""
    if group == "norms" and run.norms is not None:
        return {task: run.norms[:, k] for k, task in enumerate(run.tasks)}
    if group == "losses":
        return {task: run.metrics[name] for task, name in run.losses.items()}
    if group == "ratio" and {"ratio_p05", "ratio_p50", "ratio_p95"} <= run.metrics.keys():
        return {"median": run.metrics["ratio_p50"]}
    return {group: run.metrics[group]} if group in run.metrics else {}


def logged(run: Run, group: str, member: str) -> Integers:
    """Return the records that say something of a metric, or of one member of a group of metrics."""
    absent = run.unlogged.get(run.losses.get(member, "") if group == "losses" else group)
    return np.arange(len(run.epochs)) if absent is None else np.flatnonzero(~absent)


def first_with_regimes(shown: Sequence[Shown]) -> Shown | None:
    """Return the run whose regimes are drawn as bands: the first that has any."""
    return next((s for s in shown if regimes_of(s.run)), None)


def regime_cells(run: Run) -> dict[str, str]:
    """Return where each regime lies; empty where none was found.

    In steps with the epoch it starts in, where the steps were recorded; else by records, as is said.
    """
    per_epoch = steps_per_epoch(run)
    found: dict[str, Regime] = {r.name: r for r in regimes_of(run)}
    texts = {}
    for name in REGIMES if found else ():
        regime = found.get(name)
        if regime is None:
            texts[name] = "none"
            continue
        if regime.unit != "step" or run.steps is None:
            texts[name] = _by_records(regime)
            continue
        start = number_text.count(int(regime.start))
        span = (
            f"from {start}" if regime.end is None else f"{start} – {number_text.count(int(regime.end) - 1)}"
        )
        epoch = "" if per_epoch is None else f", epoch {int(regime.start // per_epoch)}"
        texts[name] = f"step {span}{epoch}"
    return texts


def _by_records(regime: Regime) -> str:
    start = f"{regime.unit} {number_text.number(regime.start, 6)}"
    span = f"from {start}" if regime.end is None else f"{start} to {number_text.number(regime.end, 6)}"
    return f"{span}, to one record"
