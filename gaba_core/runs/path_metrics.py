"""What a path of weights did, in a few numbers: recorded and replayed ones are judged alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.thresholds import ROUNDING, TAIL

WITHIN = 0.01  # of the level at the end


@dataclass(frozen=True, slots=True)
class PathFigures:
    """Figures of one task's weight; samples are counted from 0.

    Attributes:
        clamped: first sample at which some task's state lies below the floor; None where none does.
        settled: first sample from which the weight stays within 1 % of its mean over the last quarter; None
            where it still leaves that band in the last quarter.
        last: weight at the last sample.
        mean: over the whole run.
    """

    clamped: int | None
    settled: int | None
    last: float
    mean: float


def path_figures(weight: FloatArray, state: FloatArray, floor: float) -> PathFigures:
    """Return the figures of a weight (N,) made of states (N, K) by a floor; floor 0 clamps nothing."""
    low = np.zeros(len(state), dtype=np.bool_)
    for task in range(state.shape[1] if floor > 0.0 else 0):
        low |= state[:, task] < floor - ROUNDING
    return PathFigures(
        clamped=int(low.argmax()) if low.any() else None,
        settled=_settled(weight),
        last=float(weight[-1]),
        mean=float(weight.mean()),
    )


def _settled(weight: FloatArray) -> int | None:
    tail = max(1, round(TAIL * len(weight)))
    level = float(weight[-tail:].mean())
    outside = np.abs(weight - level) > WITHIN * abs(level)
    if not np.isfinite(level) or bool(outside[-tail:].any()):
        return None
    return len(weight) - int(outside[::-1].argmax()) if outside.any() else 0


def largest_difference(replayed: FloatArray, recorded: FloatArray) -> tuple[float, int]:
    """Return the difference furthest from 0, with its sign, and its sample; (nan, 0) where none is finite."""
    apart = replayed - recorded
    known = np.abs(apart)
    if not np.isfinite(known).all():
        known = np.where(np.isfinite(known), known, -1.0)
    at = int(known.argmax())
    return (float(apart[at]), at) if known[at] >= 0.0 else (float("nan"), 0)
