"""The time axis of the Replay pictures, and lines thinned to it; time is counted in elapsed steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gaba_core.checks import FloatArray
from gaba_core.runs import epochs_at, peak_keeping
from gaba_core.runs.simulated_twin import Recorded

from ..plotting.traces import Trace, trace
from .state import ReplayState
from .subject import ReplayedRun, transient_end

POINTS = 900  # drawn on a line at most


@dataclass(frozen=True, slots=True)
class ReplayAxis:
    """Elapsed steps on the drawn axis: in epochs as records count them, or as 0-based steps.

    Attributes:
        per_epoch: steps that make an epoch; None where time is drawn in steps.
        end: elapsed steps by which the picture ends.
    """

    per_epoch: float | None
    end: float

    @property
    def title(self) -> str:
        """What the axis says below itself."""
        return "step" if self.per_epoch is None else "epoch (logged at its end)"

    def x(self, elapsed: Any) -> FloatArray:
        """Where a value stands that was so after so many steps."""
        steps = np.asarray(elapsed, dtype=np.float64) - 1.0
        return steps if self.per_epoch is None else epochs_at(steps, self.per_epoch)

    @property
    def range(self) -> list[float]:
        """Ends of the axis with some room."""
        low, high = (float(v) for v in self.x([1.0, self.end]))
        room = 0.012 * (high - low)
        return [low - room, high + room]

    def layout(self) -> dict[str, Any]:
        """The axis as Plotly's layout describes it."""
        return {"title": {"text": self.title}, "range": self.range, "hoverformat": ".6~g"}

    def shown(self, elapsed: FloatArray) -> slice:
        """Return which of ascending times lie in the picture, and one beyond."""
        return slice(0, int(np.searchsorted(elapsed, self.end, side="right")) + 1)

    def coordinates(self, elapsed: FloatArray, values: FloatArray) -> Trace:
        """Return x and y of what is finite in the picture, with its peaks."""
        window = self.shown(elapsed)
        keep = peak_keeping(values[window], POINTS)
        x, y = self.x(elapsed[window][keep]), values[window][keep]
        known = np.isfinite(y)
        drawn = trace("", x, y) if known.all() else trace("", x[known], y[known])
        return {"x": drawn["x"], "y": drawn["y"]}


def replay_axis(subject: ReplayedRun, path: Recorded, state: ReplayState) -> ReplayAxis:
    """Return the axis for what a run recorded."""
    whole = state.window == "whole"
    end = float(path.elapsed[-1]) if whole else transient_end(subject.run, path, subject.task)
    return ReplayAxis(subject.per_epoch if state.x == "epochs" else None, end)
