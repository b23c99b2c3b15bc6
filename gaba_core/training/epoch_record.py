"""One epoch of the log, made from its steps and metrics."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gaba_core.training.step_table import Steps

__all__ = ["Steps", "epoch_record", "gradient_ratios"]

FIRST_METRICS = ("rmse_last", "nasa")
PERCENTILES = (5, 50, 95)


def epoch_record(
    epoch: int,
    tasks: Sequence[str],
    steps: Steps | None,
    metrics: Mapping[str, float],
    seconds: float,
    step: int | None = None,
) -> dict[str, Any]:
    """The log's object for one epoch: the state at its end, means over its steps, and the metrics.

    ``step`` is the 0-based index of the epoch's last step, as in steps.npz. Norms and ratios leave out the
    steps where a norm is not finite (or the smaller one is zero). What was not recorded has no field.

    Args:
        epoch: its index.
        tasks: the K names.
        steps: what was recorded of its steps; None where no step was measured.
        metrics: by name.
        seconds: how long it took.
        step: index of its last step where that was not recorded.
    """
    values: dict[str, float] = {name: metrics[name] for name in FIRST_METRICS if name in metrics}
    if steps is not None and steps.state is not None:
        values |= _by_task("w", tasks, steps.state[-1])
    if steps is not None or step is not None:
        values["step"] = int(steps.step[-1]) if step is None and steps is not None else int(step or 0)
    if steps is not None:
        values |= _of_steps(tasks, steps)
    values |= {name: value for name, value in metrics.items() if name not in FIRST_METRICS}
    values["seconds"] = round(seconds, 3)
    nonfinite = [name for name, value in values.items() if not math.isfinite(value)]
    record: dict[str, Any] = {"epoch": epoch}
    record |= {name: None if name in nonfinite else _number(value) for name, value in values.items()}
    return record | ({"nonfinite": nonfinite} if nonfinite else {})


def _of_steps(tasks: Sequence[str], steps: Steps) -> dict[str, float]:
    values = {} if steps.weights is None else _by_task("lambda", tasks, steps.weights[-1])
    if steps.norms is not None:
        values |= _by_task("grad", tasks, [_finite_mean(column) for column in steps.norms.T])
        values |= _ratio_percentiles(steps.norms)
    return values | _by_task("loss", tasks, steps.losses.mean(0, dtype=np.float64))


def gradient_ratios(norms: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """The finite ratios of (N, K) norms: first over second for two tasks, else largest over smallest."""
    wide = norms.astype(np.float64)
    high, low = (wide[:, 0], wide[:, 1]) if wide.shape[1] == 2 else (wide.max(1), wide.min(1))
    usable = np.isfinite(wide).all(1) & (low > 0)
    return high[usable] / low[usable]


def _ratio_percentiles(norms: NDArray[np.float32]) -> dict[str, float]:
    ratios = gradient_ratios(norms)
    found = np.percentile(ratios, PERCENTILES) if len(ratios) else [math.nan] * len(PERCENTILES)
    return {f"ratio_p{share:02d}": float(value) for share, value in zip(PERCENTILES, found, strict=True)}


def _finite_mean(values: NDArray[np.float32]) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.mean(dtype=np.float64)) if len(finite) else math.nan


def _by_task(prefix: str, tasks: Sequence[str], values: Any) -> dict[str, float]:
    return {f"{prefix}_{name}": float(value) for name, value in zip(tasks, values, strict=True)}


def _number(value: float) -> float | int:
    return value if isinstance(value, int) else float(f"{float(value):.9g}")
