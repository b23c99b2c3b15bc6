"""What lies beside a log, cut to the log's last record: a writer that was killed may have got ahead of it."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from gaba_core.runs.schema import Run, RunInfo, StepTrace, frozen


def with_trace(run: Run, steps: StepTrace | None, notes: list[str]) -> Run:
    """Return the run with its step arrays up to the step that its last record names, and notes on them."""
    return replace(run, steps=None if steps is None else _cut(run, steps), notes=(*run.notes, *notes))


def agreeing(run: Run) -> Run:
    """Return the run with the number of epochs that its log has.

    The writer puts `run.json` before the log, so that of an unfinished run may count an epoch more.
    """
    info, count = run.info, len(run.epochs)
    if info is None or info.finished is not None or info.epochs != count + 1:
        return run
    known = info.best_epoch is None or info.best_epoch in run.epochs
    found: RunInfo = replace(info, epochs=count, best_epoch=info.best_epoch if known else None)
    run = replace(run, info=found)
    return run if known else replace(run, info=replace(found, best_epoch=_whole(run.best_epoch)))


def _whole(epoch: float | int | None) -> int | None:
    return None if epoch is None or epoch != int(epoch) else int(epoch)


def _cut(run: Run, steps: StepTrace) -> StepTrace | None:
    column = run.metrics.get("step")
    known = None if column is None else column[np.isfinite(column)]
    if known is None or not known.size or bool((np.diff(steps.step) <= 0).any()):
        return steps
    count = int(np.searchsorted(steps.step, known[-1], side="right"))
    if count == len(steps.step):
        return steps
    if not count:
        return None
    retained: dict[str, Any] = {
        field.name: None if values is None else frozen(values[:count])
        for field in fields(steps)
        for values in [getattr(steps, field.name)]
    }
    return replace(steps, **retained)
