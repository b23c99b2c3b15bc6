"""Words and numbers of the Runs view: metrics with their units, read-outs at the playhead, regimes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np

from components.runs_shown import Shown
from components.runs_state import ALL_TASKS, RunsState
from gaba_core.regimes import Regime, RegimeName
from gaba_core.runs import Run, record_steps, regimes_of, steps_per_epoch
from gaba_core.runs.schema import Floats

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
MISSING = "–"


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the read-outs at the playhead."""

    name: str
    label: str
    help: str
    digits: int


def tasks_of(shown: Sequence[Shown], state: RunsState) -> tuple[str, ...]:
    """Return the tasks whose weights are drawn; the first run's first where the wish cannot be met."""
    tasks = tuple(dict.fromkeys(task for s in shown for task in s.run.tasks))
    if state.task == ALL_TASKS:
        return tasks
    return (state.task,) if state.task in tasks else tasks[:1]


def task_options(shown: Sequence[Shown]) -> list[dict[str, str]]:
    """Return what the task selector offers."""
    tasks = dict.fromkeys(task for s in shown for task in s.run.tasks)
    return [{"value": t, "label": t} for t in tasks if t != ALL_TASKS] + (
        [{"value": ALL_TASKS, "label": "All tasks"}] if len(tasks) > 1 else []
    )


def metric_options(shown: Sequence[Shown]) -> list[dict[str, str]]:
    """Return what the metric selector offers: groups first where the runs have them, then every metric."""
    names = dict.fromkeys(name for s in shown for name in s.run.metrics)
    groups = [g for g in GROUPS if any(members(s.run, g) for s in shown)]
    known = [name for name in METRICS if name in names]
    rest = [name for name in names if name not in METRICS and name != "step" and name not in GROUPS]
    return [{"value": n, "label": metric_label(n)} for n in (*known[:2], *groups, *known[2:], *rest)]


def metric_of(shown: Sequence[Shown], state: RunsState) -> str | None:
    """Return the metric that is drawn; the first on offer where the wish cannot be met."""
    offered = [option["value"] for option in metric_options(shown)]
    return state.metric if state.metric in offered else next(iter(offered), None)


def metric_label(name: str) -> str:
    """Return the metric's name with its unit."""
    return METRICS.get(name) or GROUPS.get(name) or name


def members(run: Run, group: str) -> dict[str, Floats]:
    """Return the lines of one group of metrics by label; of a single metric, itself."""
    if group == "norms" and run.norms is not None:
        return {task: run.norms[:, k] for k, task in enumerate(run.tasks)}
    if group == "losses":
        return {t: run.metrics[f"loss_{t}"] for t in run.tasks if f"loss_{t}" in run.metrics}
    if group == "ratio" and {"ratio_p05", "ratio_p50", "ratio_p95"} <= run.metrics.keys():
        return {"median": run.metrics["ratio_p50"]}
    return {group: run.metrics[group]} if group in run.metrics else {}


def columns(shown: Sequence[Shown], state: RunsState) -> tuple[Column, ...]:
    """Return the columns of the read-outs at the playhead."""
    found = []
    for task in tasks_of(shown, state):
        found += [
            Column(f"w {task}", f"Weight {task}", "What multiplied the loss at the end of this epoch.", 5),
            Column(f"s {task}", f"EMA state {task}", "The moving average before floor and renormalising.", 5),
        ]
    found += [
        Column("rmse_last", "RMSE (cycles)", "Over the last window of each test engine.", 3),
        Column("nasa", "NASA score", "Late predictions cost more than early ones; smaller is better.", 1),
        Column("ratio_p50", "Gradient ratio", "Median over the epoch's steps: first task over second.", 1),
    ]
    metric = metric_of(shown, state)
    if metric and metric not in GROUPS and metric not in {c.name for c in found}:
        found.append(Column(metric, metric_label(metric), "The metric drawn below the weights.", 4))
    return tuple(found)


def playhead(shown: Sequence[Shown], state: RunsState) -> dict[str, Any]:
    """Return what the browser needs to move the playhead: positions, and every run's numbers at each.

    The numbers are the file's own. Of an epoch that stands twice in a run the last record counts.
    """
    wanted = columns(shown, state)
    if not shown:
        return {"epochs": [], "xs": [], "digits": [], "best": 0, "values": [], "steps": []}
    epochs = np.unique(np.concatenate([s.run.epochs.astype(np.float64) for s in shown]))
    values = [_values(s.run, epochs, wanted) for s in shown]
    steps = _first_known([_aligned(s.run, epochs, record_steps(s.run)) for s in shown])
    in_steps = uses_steps(shown, state)
    best = next((s.run.best_epoch for s in shown if s.run.best_epoch is not None), float(epochs[-1]))
    return {
        "epochs": epochs.tolist(),
        "xs": (steps if in_steps else epochs).tolist(),
        "steps": [None if np.isnan(step) else step for step in steps.tolist()],
        "digits": [c.digits for c in wanted],
        "best": int(np.searchsorted(epochs, best)),
        "values": [[[None if np.isnan(v) else v for v in row] for row in table.tolist()] for table in values],
    }


def uses_steps(shown: Sequence[Shown], state: RunsState) -> bool:
    """Whether time is drawn in steps: asked for, and every run can tell its steps."""
    return state.x == "steps" and bool(shown) and all(record_steps(s.run) is not None for s in shown)


def cell(value: float | None, digits: int) -> str:
    """Return one number of the read-outs; `assets/runs.js` writes the same."""
    return MISSING if value is None else f"{value:.{digits}f}"


def first_with_regimes(shown: Sequence[Shown]) -> Shown | None:
    """Return the run whose regimes are drawn as bands: the first that has any."""
    return next((s for s in shown if regimes_of(s.run)), None)


def regime_cells(run: Run) -> dict[str, str]:
    """Return where each regime lies, in steps and the epoch it starts in; empty where none was found."""
    per_epoch = steps_per_epoch(run)
    found: dict[str, Regime] = {r.name: r for r in regimes_of(run)}
    texts = {}
    for name in REGIMES if found else ():
        regime = found.get(name)
        if regime is None:
            texts[name] = "none"
            continue
        span = f"from {regime.start:,}" if regime.end is None else f"{regime.start:,} – {regime.end - 1:,}"
        epoch = "" if per_epoch is None else f", epoch {int(regime.start // per_epoch)}"
        texts[name] = f"step {span}{epoch}"
    return texts


def _values(run: Run, epochs: Floats, wanted: Sequence[Column]) -> Floats:
    """Return (C, P): each wanted column at each position."""
    table = {f"w {t}": None if run.weights is None else run.weights[:, k] for k, t in enumerate(run.tasks)}
    table |= {f"s {t}": None if run.state is None else run.state[:, k] for k, t in enumerate(run.tasks)}
    return np.array([_aligned(run, epochs, table.get(c.name, run.metrics.get(c.name))) for c in wanted])


def _aligned(run: Run, epochs: Floats, values: Floats | None) -> Floats:
    row = np.full(epochs.size, np.nan)
    if values is not None:
        row[np.searchsorted(epochs, run.epochs.astype(np.float64))] = values
    return row


def _first_known(rows: Sequence[Floats]) -> Floats:
    out = np.full(rows[0].size, np.nan)
    for row in rows:
        out = np.where(np.isnan(out), row, out)
    return out
